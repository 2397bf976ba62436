"""The check bytes of a frame in the air: CRC_A and CRC_B of ISO/IEC 14443-3.

Both are the CCITT polynomial x^16 + x^12 + x^5 + 1, least significant bit first; they differ in
the preset and in the final complement. Two bytes, low byte first, at the end of the frame.
"""


def _shifted(byte):
    for _ in range(8):
        byte = (byte >> 1) ^ 0x8408 if byte & 1 else byte >> 1
    return byte


_TABLE = tuple([_shifted(byte) for byte in range(256)])


def _crc(data: bytes, crc: int) -> int:
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def crc_a(data: bytes) -> bytes:
    """Return the two CRC_A bytes of `data` (ISO/IEC 14443-3, Annex B: preset 6363)."""
    crc = _crc(data, 0x6363)
    return bytes((crc & 0xFF, crc >> 8))


def crc_b(data: bytes) -> bytes:
    """Return the two CRC_B bytes of `data` (the same: preset FFFF, complemented)."""
    crc = _crc(data, 0xFFFF) ^ 0xFFFF
    return bytes((crc & 0xFF, crc >> 8))


def checked(frame: bytes, crc):
    """Return `frame` without its two check bytes, or None when they are wrong or missing."""
    if len(frame) < 3 or crc(frame[:-2]) != frame[-2:]:
        return None
    return frame[:-2]
