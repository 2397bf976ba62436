"""A device with a stub of a firmware: the fakes' lines to the host, and the console."""

import asyncio
from dataclasses import replace

from pinlamp_tools.boards.board import Board
from pinlamp_tools.simulator.device import Device

BOARD = Board.named("esp32_devkitc")


async def run(folder, source, line=None, at_line=None, chip="esp32", transfer=None):
    """Run a firmware of this `source` to its end; return all its lines and actions.

    `line`: a serial line. `at_line(text, device)` hears each line of the console;
    `transfer(request)` returns the answer to a transfer on a bus.
    """
    main = folder / "main.py"
    main.write_text(source)
    device = Device(replace(BOARD, chip=chip), {}, line, main=main)
    seen = {"lines": [], "pixels": [], "tones": [], "pins": [], "transfers": []}
    ended = asyncio.get_running_loop().create_future()

    def on_line(text):
        seen["lines"].append(text)
        if at_line:
            at_line(text, device)

    device.on_line = on_line
    device.on_pixels = lambda pin, rgb: seen["pixels"].append((pin, rgb.hex()))
    device.on_tone = seen["tones"].append
    device.on_pin = lambda pin, level: seen["pins"].append((pin, level))
    if transfer:

        def on_transfer(request, answer):
            seen["transfers"].append(" ".join(request))
            answer(transfer(request))

        device.on_transfer = on_transfer
    device.on_exit = ended.set_result
    await device.start()
    try:
        seen["status"] = await asyncio.wait_for(ended, 20)
    finally:
        await device.stop()
    seen["gone"] = device.line_gone
    return seen
