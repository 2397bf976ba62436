"""What a Type B card says of itself in its ATQB: the protocol info (ISO/IEC 14443-3, 7.9.4)."""

from collections import namedtuple

FRAME_SIZES = (16, 24, 32, 40, 48, 64, 96, 128, 256)  # by FSCI or FSDI 0–8: bytes with PCB and CRC
_RFU_FWI = 15
_RFU_FWI_IS = 4  # what a reader takes for 15, for Types A and B alike [W]

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from typing import NamedTuple

    class ProtocolInfo(NamedTuple):
        """What the three bytes say."""

        fsc: int  # bytes of the longest frame that the card takes, with PCB, CID and CRC
        fwt_us: int  # frame waiting time: how long the card may take to answer
        cid: bool  # whether the card supports CIDs
        iso14443_4: bool  # whether it speaks ISO/IEC 14443-4 at all

else:
    ProtocolInfo = namedtuple("ProtocolInfo", ("fsc", "fwt_us", "cid", "iso14443_4"))


def protocol_info(data: "bytes | bytearray | memoryview") -> ProtocolInfo:
    """Read the protocol info, bytes 9–11 of an ATQB (or 8–10, if its 50 is left out).

    A code for frames of more than 256 bytes counts as 256: a card takes shorter ones too.
    Raises ValueError for less than three bytes.
    """
    if len(data) < 3:
        raise ValueError("a protocol info has three bytes")
    fsci = min(data[1] >> 4, len(FRAME_SIZES) - 1)
    return ProtocolInfo(
        FRAME_SIZES[fsci],
        fwt_us(data[2] >> 4),
        bool(data[2] & 0x01),
        # Bit 4 must not be set: a reader that knows no later standard leaves such a card alone.
        data[1] & 0x09 == 0x01,
    )


def fwt_us(fwi: int) -> int:
    """Return the frame waiting time in µs of an FWI: 4096 / 13.56 MHz, doubled `fwi` times."""
    return (302_065 << (_RFU_FWI_IS if fwi == _RFU_FWI else fwi)) // 1000
