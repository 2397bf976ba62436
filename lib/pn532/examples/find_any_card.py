"""Tell what kind of card lies on the antenna, again and again, and nothing that identifies it.

For an ESP32 with the PN532 on HSU: TX 32, RX 33.
"""

import asyncio

from machine import UART, Pin

from pn532 import PN532, TYPE_A, TYPE_B, TYPE_F, PN532Error
from pn532.hsu import HSU


async def main():
    """Look three times a second."""
    uart = UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=512)
    chip = PN532(HSU(uart))
    await chip.open()
    found = await chip.get_firmware_version()
    print("firmware %d.%d, Type B:" % (found.version, found.revision), found.type_b)
    await chip.rf_retries(1)  # otherwise an empty field is a NoAnswerError
    while True:
        for name, card_type in (("A", TYPE_A), ("B", TYPE_B), ("F", TYPE_F)):
            try:
                if await chip.in_list_passive_target(1, card_type):
                    print("a card of type", name)
            except PN532Error as error:
                print(error, "->", error.advice)
        await chip.rf_field(False)
        await asyncio.sleep_ms(300)


asyncio.run(main())
