/* Lets a program listen on this machine's loopback alone: vpcd listens on every interface, and
 * whoever reaches its port can lay a card on the tests' reader. For LD_PRELOAD. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    struct sockaddr_in here;

    if (address->sa_family != AF_INET || size < sizeof here)
        return real(fd, address, size);
    here = *(const struct sockaddr_in *)address;
    if (here.sin_addr.s_addr == htonl(INADDR_ANY))
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real(fd, (struct sockaddr *)&here, sizeof here);
}
