"""Exchange APDUs with a Type 4 card: select its NDEF application and say whether it has one.

For an ESP32 with the PN532 on HSU: TX 32, RX 33. Give the chip a card of Type A or B.
"""

import asyncio

from machine import UART, Pin

from pn532 import PN532, TYPE_A, TYPE_B, StatusError
from pn532.hsu import HSU

SELECT_NDEF = bytes.fromhex("00a4040007d276000085010100")  # NFC Forum Type 4 Tag, 5.5.2


async def main():
    """Wait for a card, ask it once."""
    uart = UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=512)
    async with PN532(HSU(uart)) as chip:
        await chip.rf_retries(1)
        targets = []
        while not targets:
            for card_type in (TYPE_A, TYPE_B):
                targets = targets or await chip.in_list_passive_target(1, card_type)
            await asyncio.sleep_ms(100)
        try:
            answer = await chip.in_data_exchange(targets[0].tg, SELECT_NDEF)
            print("NDEF" if answer[-2:] == b"\x90\x00" else "no NDEF")
        except StatusError as error:
            print("no answer from the card:", error)
        await chip.in_release()


asyncio.run(main())
