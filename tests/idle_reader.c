/* A driver for pcscd: a reader on which there never is a card. Compiled by tests/pcsc.py. */
#include <string.h>
#include <ifdhandler.h>

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) { return IFD_SUCCESS; }
RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) { return IFD_SUCCESS; }
RESPONSECODE IFDHCloseChannel(DWORD lun) { return IFD_SUCCESS; }
RESPONSECODE IFDHICCPresence(DWORD lun) { return IFD_ICC_NOT_PRESENT; }

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD size, PUCHAR value)
{
    if (tag != TAG_IFD_SLOTS_NUMBER && tag != TAG_IFD_SIMULTANEOUS_ACCESS)
        return IFD_ERROR_TAG;
    memset(value, 1, 1);
    *size = 1;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD size, PUCHAR value)
{
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR a, UCHAR b, UCHAR c)
{
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD size)
{
    return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD length,
                               PUCHAR answer, PDWORD size, PSCARD_IO_HEADER receive)
{
    return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR sent, DWORD length, PUCHAR got, DWORD size,
                         LPDWORD returned)
{
    return IFD_NOT_SUPPORTED;
}
