"""Ask a card of Type B once, through an RC-S300 or RC-S380 on a PC: `pip install libusb1`.

Built from published traces and programs: no real reader has been tried yet. On Linux the kernel's
`port100` may hold an RC-S380.
"""

import asyncio
import time

import usb1

from isodep import pcd_of
from pasori import LostError, PasoriError, rcs300, rcs380

SELECT_NDEF = bytes.fromhex("00a4040007d276000085010100")  # NFC Forum Type 4 Tag, 5.5.2
SIZE = 512  # of a read: more than any message
DRIVERS = {pid: rcs300.RCS300 for pid in rcs300.PRODUCTS}
DRIVERS.update({pid: rcs380.RCS380 for pid in rcs380.PRODUCTS})


class Clock:
    """Milliseconds, as MicroPython has them."""

    def ticks_ms(self):
        """Return the time now."""
        return int(time.monotonic() * 1000)

    def ticks_add(self, ticks, delta):
        """Return `ticks` later by `delta`."""
        return ticks + delta

    def ticks_diff(self, end, start):
        """Return `end` less `start`."""
        return end - start

    async def sleep_ms(self, ms):
        """Let others run for `ms`."""
        await asyncio.sleep(ms / 1000)


class Pipe:
    """The bulk endpoints of an interface, through libusb. It blocks while it waits."""

    def __init__(self, handle, out, into):
        self._handle, self._out, self._into = handle, out, into

    async def write(self, data):
        """Send one transfer, and an empty packet behind a multiple of 64 bytes."""
        try:
            self._handle.bulkWrite(self._out, bytes(data), 1000)
            if len(data) % 64 == 0:
                self._handle.bulkWrite(self._out, b"", 1000)
        except usb1.USBError:
            raise LostError from None

    async def read(self, timeout_ms):
        """Return what comes within that time, or None."""
        try:
            return self._handle.bulkRead(self._into, SIZE, max(1, timeout_ms))
        except usb1.USBErrorTimeout as error:
            return bytes(error.received) or None
        except usb1.USBError:
            raise LostError from None

    def clear(self):
        """Nothing is kept here: what comes late is dropped by its number, or by its ACK."""


def reader_on(context):
    """Return the first reader that is plugged in, or None."""
    for device in context.getDeviceIterator(skip_on_error=True):
        driver = DRIVERS.get(device.getProductID())
        if driver is None or device.getVendorID() != rcs300.VENDOR:
            continue
        for setting in device.iterSettings():
            if setting.getClass() == rcs300.CLASS:
                handle = device.open()
                handle.claimInterface(setting.getNumber())
                ends = sorted(end.getAddress() for end in setting.iterEndpoints())
                return driver(Pipe(handle, ends[0], ends[-1]), iso_dep=pcd_of, clock=Clock())
    return None


async def main():
    """Wait for a card, ask it once, let it go."""
    with usb1.USBContext() as context:
        reader = reader_on(context)
        if reader is None:
            print("no reader is plugged in")
            return
        await reader.open()
        try:
            while await reader.find_b() is None:
                await reader.field_off()
                await asyncio.sleep(0.1)
            answer = await reader.exchange(SELECT_NDEF)
            print("the card answers", bytes(answer).hex())
        except PasoriError as error:
            print(error, "- so", error.advice)
        await reader.close()


asyncio.run(main())
