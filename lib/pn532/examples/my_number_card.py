"""Ask every PIN of a My Number Card for its tries left, without presenting one.

For an ESP32 with the PN532 on HSU: TX 32, RX 33. Needs the package mynacard.
"""

import asyncio

from machine import UART, Pin

from mynacard import Finding, Session, default_keys
from pn532 import PN532, TYPE_B, PN532Error
from pn532.hsu import HSU


async def main():
    """Wait for one Type B card and survey it."""
    uart = UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=512)
    chip = PN532(HSU(uart))
    await chip.open()
    await chip.rf_retries(1)
    targets = []
    while len(targets) != 1:
        targets = await chip.in_list_passive_target(2, TYPE_B)
        await asyncio.sleep_ms(100)
    session = Session(default_keys())  # one for each activation
    while session.command:
        try:
            answer = await chip.in_data_exchange(targets[0].tg, session.command)
        except PN532Error as error:
            print(error)
            answer = None
        for item in session.answer(answer):
            if isinstance(item, Finding):
                print(item.id, item.state, item.left)


asyncio.run(main())
