"""Ask a card of Type B once, through an RC-S660/S on a UART.

For an ESP32 with the module on TX 32, RX 33. Built from published traces: no real module has run
it yet.
"""

import asyncio

from machine import UART, Pin

from pasori import (
    BUSY_MS,
    IS_MESSAGE,
    READER_DOES_ISO_DEP,
    BusyError,
    Decoder,
    PasoriError,
    Port400,
    encode,
)

SELECT_NDEF = bytes.fromhex("00a4040007d276000085010100")  # NFC Forum Type 4 Tag, 5.5.2
PAUSE_MS = 70  # between two commands, as in the one program that is known to work
POLL_MS = 100  # more often, and a module froze
WAIT_MS = 3_000  # for a message: longer than the reader waits for the card


class Reader:
    """A Port400 and its UART."""

    def __init__(self, uart):
        """Take a UART of 115200 baud."""
        self._uart = uart
        self._stream = asyncio.StreamReader(uart)
        self._decoder = Decoder()
        self.port = Port400()

    async def wake(self):
        """Make the module listen."""
        self._uart.write(b"\x01")
        await asyncio.sleep_ms(30)
        self._uart.write(encode(self.port.abort()))

    async def run(self, message):
        """Send a message; return what is answered."""
        await asyncio.sleep_ms(PAUSE_MS)
        while True:
            self._uart.write(encode(message))
            try:
                while not self.port.receive(await self._message()):
                    pass
                return self.port.answer
            except BusyError:
                await asyncio.sleep_ms(BUSY_MS)

    async def _message(self):
        while True:
            found = self._decoder.next()
            if found is None:
                chunk = await asyncio.wait_for_ms(self._stream.read(300), WAIT_MS)
                self._decoder.push(chunk)
            elif found[0] == IS_MESSAGE:
                return found[1]


async def main():
    """Wait for a card, ask it once, let it go."""
    reader = Reader(UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=600))
    port = reader.port
    await reader.wake()
    await reader.run(port.end())
    await reader.run(port.start())
    while await reader.run(port.activate_b()) is None:
        await asyncio.sleep_ms(POLL_MS)
    try:
        await reader.run(port.flags(READER_DOES_ISO_DEP))
        await reader.run(port.field_on())
        answer = await reader.run(port.exchange_apdu(SELECT_NDEF))
        print("the card answers", answer.hex())
    except PasoriError as error:
        print(error, "- so", error.advice)
    await reader.run(port.field_off())
    await reader.run(port.end())


asyncio.run(main())
