"""Sony's readers and a card of Type B: messages of the Port-400 family, and their meaning.

    from pasori import READER_DOES_ISO_DEP, Port400

    port = Port400()

    def run(message):
        send(message)
        while not port.receive(read()):
            pass
        return port.answer

    run(port.end())
    run(port.start())
    if run(port.activate_b()):
        run(port.flags(READER_DOES_ISO_DEP))
        run(port.field_on())
        print(run(port.exchange_apdu(b"\\x00\\xa4\\x04\\x0c")))

`send` and `read` are yours; `encode` and `Decoder` are for a UART. Three drivers do all of it,
each a module to be imported by itself: `rcs660s` for an RC-S660/S on a UART, `rcs300` and `rcs380`
for readers on USB, over a pipe of yours. The same files run under MicroPython and CPython.
"""

from .command import TYPE_A, TYPE_F, carried
from .errors import (
    ACTIVATE,
    BUSY_MS,
    GIVE_UP,
    RELEASE,
    REOPEN,
    RETRY,
    BusyError,
    CardError,
    CorruptError,
    InnerStatusError,
    LostError,
    NoAnswerError,
    OrderError,
    OuterStatusError,
    OwnedError,
    PasoriError,
    ReceptionError,
    SeveralError,
    SlotError,
)
from .frame import ACK, IS_ACK, IS_CORRUPT, IS_MESSAGE, Decoder, encode
from .port400 import HOST_DOES_ISO_DEP, READER_DOES_ISO_DEP, TIMEOUT_US, Port400

__version__ = "0.1.0"
__all__ = (
    "ACK",
    "ACTIVATE",
    "BUSY_MS",
    "GIVE_UP",
    "HOST_DOES_ISO_DEP",
    "IS_ACK",
    "IS_CORRUPT",
    "IS_MESSAGE",
    "READER_DOES_ISO_DEP",
    "RELEASE",
    "REOPEN",
    "RETRY",
    "TIMEOUT_US",
    "TYPE_A",
    "TYPE_F",
    "BusyError",
    "CardError",
    "CorruptError",
    "Decoder",
    "InnerStatusError",
    "LostError",
    "NoAnswerError",
    "OrderError",
    "OuterStatusError",
    "OwnedError",
    "PasoriError",
    "Port400",
    "ReceptionError",
    "SeveralError",
    "SlotError",
    "carried",
    "encode",
)
