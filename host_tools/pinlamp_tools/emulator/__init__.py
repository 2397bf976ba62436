"""The virtual PN532 and the virtual cards, byte by byte, on a virtual clock.

Nothing here does I/O or asks what time it is: bytes and microseconds go in, bytes come out.
`simulator/serial_chip.py` puts it behind a tty in real time. Runs on CPython and MicroPython.

The way of a byte: `chip.hsu` (a serial line at some speed) -> `frames` -> `chip` (ACK, abort,
resend) -> `commands` and `radio` (what the command does) -> `pcd` (the chip's side of
ISO 14443-4) -> `air.field` (the antenna) -> `picc`, `dep` (the card's side) -> `card.applet` (the
card's files and PINs). `card.catalogue` describes each card, `card.cards`
makes it by its name.
"""
