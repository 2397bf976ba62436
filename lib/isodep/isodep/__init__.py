"""The reader's side of ISO/IEC 14443-4, for readers that hand out bare frames. No I/O.

    from isodep import Pcd, protocol_info

    info = protocol_info(atqb[9:12])
    pcd = Pcd(info.fsc, info.fwt_us)
    block = pcd.exchange(b"\\x00\\xa4\\x04\\x0c")
    while block is not None:
        block = pcd.receive(transceive(block, pcd.timeout_us))
    print(bytes(pcd.answer))

`transceive(block, timeout_us)` is yours: it sends a block to the card and returns the block that
the card answers, both without their CRC, or None. The same files run under MicroPython and
CPython.
"""

from .errors import (
    ACTIVATE,
    InvalidBlockError,
    IsoDepError,
    NoAnswerError,
    OverError,
    ProtocolError,
    TooLongError,
    WaitError,
)
from .info import ProtocolInfo, fwt_us, protocol_info
from .pcd import Pcd, pcd_of

__version__ = "0.1.0"
__all__ = (
    "ACTIVATE",
    "InvalidBlockError",
    "IsoDepError",
    "NoAnswerError",
    "OverError",
    "Pcd",
    "ProtocolError",
    "ProtocolInfo",
    "TooLongError",
    "WaitError",
    "fwt_us",
    "pcd_of",
    "protocol_info",
)
