"""The names of the chip's usual status codes. Source: docs/pn532.md.

Imported only when somebody prints a StatusError: other devices keep no names in their memory.
"""

NAMES = {
    0x01: "time-out: the card did not answer",
    0x02: "CRC error",
    0x03: "parity error",
    0x04: "wrong bit count in anticollision",
    0x05: "framing error",
    0x06: "bit collision",
    0x07: "buffer too small",
    0x09: "RF buffer overflow",
    0x0A: "field not switched on in time by the other side",
    0x0B: "RF protocol error",
    0x0D: "antenna drivers overheated",
    0x0E: "internal buffer overflow",
    0x10: "invalid parameter",
    0x13: "wrong data format for ISO-DEP",
    0x14: "Mifare authentication error",
    0x23: "wrong UID check byte",
    0x25: "invalid device state",
    0x26: "not allowed in this configuration",
    0x27: "not allowed in this context",
    0x29: "released by the initiator",
    0x2A: "another card in place of the activated one",
    0x2B: "the activated card is gone",
    0x2C: "NFCID3 mismatch",
    0x2D: "over-current",
    0x2E: "NAD missing",
}
