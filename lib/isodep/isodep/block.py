"""The blocks of ISO/IEC 14443-4, 7.1: PCB, the CID if the card has one, INF. CRC excluded.

A PCB here is one without the bit for the CID: `make` sets it, `parse` checks and clears it.
"""

I_BLOCK = 0x02  # | number | CHAINING
R_ACK = 0xA2  # | number
R_NAK = 0xB2  # | number
S_DESELECT = 0xC2
S_WTX = 0xF2
CHAINING = 0x10  # more I-blocks follow
_CID = 0x08  # a CID follows the PCB

TYPE_CHECKING = False
if TYPE_CHECKING:
    Bytes = bytes | bytearray | memoryview


def make(pcb: int, cid: "int | None", inf: bytes = b"") -> bytes:
    """Return a block; `cid` 0–14, or None for a block without it."""
    head = bytes((pcb,)) if cid is None else bytes((pcb | _CID, cid))
    return head + inf


def parse(block: "Bytes", cid: "int | None", longest: int) -> "tuple[int, Bytes] | None":
    """Return (PCB, INF) of a block from the card; None if it is no valid one of this card.

    `longest`: bytes that a block may have. The two high bits of a CID byte tell how much power
    the card gets, and are ignored; the two below must be 0. The INF is a part of `block`, no copy.
    """
    size = len(block)
    head = 1 if cid is None else 2
    if not head <= size <= longest:
        return None
    pcb = block[0]
    if bool(pcb & _CID) != (cid is not None) or (cid is not None and block[1] & 0x3F != cid):
        return None
    pcb &= ~_CID
    if pcb & 0xEE == I_BLOCK:
        valid = True  # any INF; one with a NAD (bit 3) is not for us, who never sent one
    elif pcb & 0xEE == R_ACK or pcb == S_DESELECT:
        valid = size == head
    else:
        valid = pcb == S_WTX and size == head + 1
    return (pcb, memoryview(block)[head:]) if valid else None
