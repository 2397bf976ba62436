/* A driver for pcscd that is vpcd's, until the file named by $PINLAMP_READER_GONE exists: then the
   reader is unplugged, as a driver for USB says it. Compiled by tests/pcsc.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
#include <ifdhandler.h>

static void *theirs(const char *name)
{
    static void *driver;
    if (!driver)
        driver = dlopen(getenv("PINLAMP_DRIVER"), RTLD_NOW);
    return driver ? dlsym(driver, name) : NULL;
}

static int gone(void)
{
    const char *file = getenv("PINLAMP_READER_GONE");
    return file && access(file, F_OK) == 0;
}

#define PASS(name, parameters, arguments)                      \
    RESPONSECODE name parameters                               \
    {                                                          \
        if (gone())                                            \
            return IFD_NO_SUCH_DEVICE;                         \
        return ((RESPONSECODE(*) parameters)theirs(#name)) arguments; \
    }

PASS(IFDHCreateChannelByName, (DWORD lun, LPSTR name), (lun, name))
PASS(IFDHCreateChannel, (DWORD lun, DWORD channel), (lun, channel))
PASS(IFDHCloseChannel, (DWORD lun), (lun))
PASS(IFDHGetCapabilities, (DWORD lun, DWORD tag, PDWORD size, PUCHAR value), (lun, tag, size, value))
PASS(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD size, PUCHAR value), (lun, tag, size, value))
PASS(IFDHSetProtocolParameters, (DWORD lun, DWORD protocol, UCHAR flags, UCHAR a, UCHAR b, UCHAR c),
     (lun, protocol, flags, a, b, c))
PASS(IFDHPowerICC, (DWORD lun, DWORD action, PUCHAR atr, PDWORD size), (lun, action, atr, size))
PASS(IFDHTransmitToICC,
     (DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD length, PUCHAR answer, PDWORD size,
      PSCARD_IO_HEADER receive),
     (lun, send, command, length, answer, size, receive))
PASS(IFDHControl,
     (DWORD lun, DWORD code, PUCHAR sent, DWORD length, PUCHAR got, DWORD size, LPDWORD returned),
     (lun, code, sent, length, got, size, returned))
PASS(IFDHICCPresence, (DWORD lun), (lun))
