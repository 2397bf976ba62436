"""Ask a card of Type B once, through an RC-S660/S on a UART.

For an ESP32 with the module on TX 32, RX 33. Built from published traces: no real module has run
it yet.
"""

import asyncio

from machine import UART, Pin

from pasori import PasoriError
from pasori.rcs660s import RCS660S

SELECT_NDEF = bytes.fromhex("00a4040007d276000085010100")  # NFC Forum Type 4 Tag, 5.5.2


async def main():
    """Wait for a card, ask it once, let it go."""
    reader = RCS660S(UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=600))
    await reader.open()
    try:
        while await reader.find_b() is None:
            pass  # it keeps the time between two looks by itself
        answer = await reader.exchange(SELECT_NDEF)
        print("the card answers", answer.hex())
    except PasoriError as error:
        print(error, "- so", error.advice)
    await reader.field_off()
    reader.close()


asyncio.run(main())
