# mypy: ignore-errors
"""The MicroPython side of the race: the firmware's reader over HSU, in real time.

    PINLAMP_TTY=… micropython race_side.py SPEED

For the lines on stdin and stdout see `race`.
"""

import asyncio
import json
import sys
import time

import machine

from pinlamp.reader import TYPE_B_CARD, Reader
from pn532 import PN532, clock
from pn532.hsu import HSU


async def _race(speed):
    link = HSU(machine.UART(1, 115200, rxbuf=512))
    link.speeds = (115200, speed) if speed != 115200 else (speed,)
    reader = Reader(PN532(link), clock)
    await reader.open()
    print(json.dumps({"ready": True}))
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        commands = [bytes.fromhex(command) for command in json.loads(line)]
        start = time.ticks_us()
        answers = [await reader.find() == TYPE_B_CARD]
        for command in commands:
            answers.append(bytes(await reader.exchange(command)))
        us = time.ticks_diff(time.ticks_us(), start)
        print(json.dumps({"us": us, "answers": [answer.hex() for answer in answers[1:]]}))
        await reader.release()


asyncio.run(_race(int(sys.argv[1])))
