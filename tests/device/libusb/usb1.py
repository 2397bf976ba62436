"""libusb1's names as lib/pasori/examples/usb_reader.py uses them, over an emulated reader.

For CPython. PINLAMP_USB names the reader, PINLAMP_CARD the card on it.
"""

import os
import time

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.pasori.rcs300 import RCS300
from pinlamp_tools.emulator.pasori.rcs380 import RCS380


class USBError(Exception):
    """Any error."""


class USBErrorTimeout(USBError):
    """`received`: what came before the time was over."""

    received = b""


class Ours:
    """A device, its handle, a setting and an endpoint: whatever is asked."""

    def __init__(self, **told):
        """Keep what it tells."""
        for name, what in told.items():
            setattr(self, name, lambda *_, what=what, **__: what)


class Handle(Ours):
    """An open device."""

    def bulkWrite(self, endpoint, data, timeout=0):
        """Send a transfer."""
        self.usb().write(data)

    def bulkRead(self, endpoint, length, timeout=0):
        """Return a transfer, or what there is when the time is over."""
        ends = time.monotonic() + timeout / 1000
        whole = b""
        while time.monotonic() < ends:
            packet = self.usb().read()
            if packet is not None:
                whole += packet
                if len(packet) < 64:
                    return whole
            time.sleep(0.0005)
        error = USBErrorTimeout()
        error.received = whole
        raise error


class USBContext:
    """The bus with one reader on it."""

    def __enter__(self):
        """Plug it in."""
        return self

    def __exit__(self, *_):
        """Do nothing."""

    def getDeviceIterator(self, skip_on_error=False):
        """Yield the devices."""
        field = Field()
        field.put(cards.make(os.environ["PINLAMP_CARD"]))
        kind = RCS300 if os.environ["PINLAMP_USB"] == "rcs300" else RCS380
        usb = kind(field, lambda: time.monotonic_ns() // 1000)
        settings = [
            Ours(
                getClass=of_class,
                getNumber=number,
                iterEndpoints=[Ours(getAddress=into), Ours(getAddress=out)],
            )
            for number, of_class, into, out in usb.interfaces
        ]
        handle = Handle(usb=usb, claimInterface=None)
        yield Ours(getProductID=usb.pid, getVendorID=usb.vid, iterSettings=settings, open=handle)
