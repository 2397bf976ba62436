"""Exchange APDUs with a Type B card through a PN532 that only carries the frames.

For an ESP32 with the PN532 on HSU: TX 32, RX 33. Needs the package pn532. The chip can do the
blocks itself (`in_data_exchange`); this shows what a reader needs that cannot.
"""

import asyncio

from machine import UART, Pin

from isodep import IsoDepError, Pcd, protocol_info
from pn532 import PN532, TYPE_B, StatusError
from pn532.hsu import HSU

SELECT_NDEF = bytes.fromhex("00a4040007d276000085010100")  # NFC Forum Type 4 Tag, 5.5.2
FIFO = 64  # bytes of the chip's longest frame
NO_BLOCK = (0x01, 0x02, 0x03, 0x05)  # time-out, CRC, parity, framing


async def transceive(chip, block, timeout_us):
    """Send a block; return the card's, or None if none came or a damaged one."""
    code = 1  # of the chip's own time-out, 100 µs * 2**(code - 1), 3.3 s at most
    while code < 16 and 100 << (code - 1) < timeout_us:
        code += 1
    await chip.command(0x32, bytes((0x02, 0x00, 0x0B, code)))  # RFConfiguration
    try:
        return await chip.in_communicate_thru(block)
    except StatusError as error:
        if error.status not in NO_BLOCK:
            raise
        return None


async def main():
    """Wait for a card, ask it once, let it go."""
    uart = UART(1, 115200, tx=Pin(32), rx=Pin(33), rxbuf=512)
    async with PN532(HSU(uart)) as chip:
        await chip.rf_retries(1)
        targets = []
        while len(targets) != 1:
            targets = await chip.in_list_passive_target(2, TYPE_B)
            await asyncio.sleep_ms(100)
        info = protocol_info(targets[0].atqb[9:12])
        # The chip has given the card its own number for it.
        pcd = Pcd(min(info.fsc, FIFO), info.fwt_us, targets[0].tg if info.cid else None, FIFO)
        try:
            block = pcd.exchange(SELECT_NDEF)
            while block is not None:
                block = pcd.receive(await transceive(chip, block, pcd.timeout_us))
            print("the card answers", bytes(pcd.answer).hex())
        except IsoDepError as error:
            print(error)
        await chip.in_release()


asyncio.run(main())
