"""An emulated Pico W with stock MicroPython, in emulated time, which only `run` lets pass."""

import asyncio
import dataclasses
import subprocess
import sys
import time

from rp2040py.boards import BOARDS, resolve_firmware
from rp2040py.cli.pty_repl import PtyInteractiveRepl
from rp2040py.device import MicroPythonDevice

from . import cures

_PROGRAM_S = 400  # forty seconds, or two minutes with an uncompiled rp2040py
_CYCLE_MS = 8e-6  # 125 MHz
_PACE_NS = 1_000_000


class Pico:
    """The board with the given parts; `lines` has the lines of its console."""

    def __init__(self, uf2, parts):
        """Put the image into its flash and wire up `parts`, objects with `attach(mcu)`."""
        spec = resolve_firmware(BOARDS["pico_w"], "micropython", str(uf2))
        extras = spec.extras + tuple([lambda part=part: part for part in parts])
        self._device = MicroPythonDevice(board=dataclasses.replace(spec, extras=extras))
        cures.cure_uart(self._device.mcu)
        cures.cure_i2c(self._device.mcu)
        cures.cure_usb(self._device)
        cures.cure_divider()
        self._simulator = self._device.simulator
        self._clock = self._simulator.clock
        self._core = self._device.mcu.core
        self._alarm = self._clock.create_alarm(self._halt)
        self._pace = self._clock.create_alarm(self._halt)
        self.usb_is_up = False  # since power-up its program has begun with USB
        usb = self._device.cdc.usb
        began = usb.on_usb_enabled

        def enabled():
            self.usb_is_up = True
            began()

        usb.on_usb_enabled = enabled
        self.lines = []  # (ms, line)
        self._said = b""
        self._until = None

    @property
    def ms(self):
        """The emulated time, in milliseconds since power-up."""
        return self._clock.nanos / 1e6

    @property
    def busy_ms(self):
        """The part of that time in which the processor did not sleep."""
        return self._core.cycles * _CYCLE_MS

    @property
    def pins(self):
        """The pins, to be driven."""
        return self._device.mcu.gpio

    def mpremote(self, *commands):
        """Run `mpremote` on the board's console to its end; return its output."""
        command = ("mpremote", "connect")
        status, said = asyncio.run(self._program(lambda port: (*command, port, *commands)))
        assert not status, said
        return said

    def pinlamp(self, *words, kill_after_s=None):
        """Run `pinlamp` with `--port` at the board's console; return (exit status, output).

        `kill_after_s`: kill it then, as a pulled cable would.
        """
        command = ("pinlamp_tools", *words, "--port")
        return asyncio.run(self._program(lambda port: (*command, port), kill_after_s))

    async def _program(self, command, kill_after_s=None):
        if self._device._started:
            self._simulator.bind_loop()
            self._simulator.start_execution()
        else:
            await self._device.astart()
        console = PtyInteractiveRepl(self._device.cdc, self._simulator, on_quit=lambda code: None)
        await console.start()
        self._ahead_of = time.monotonic() - self.ms / 1000
        self._simulator._execute_batch = self._paced_batch
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *map(str, command(console.slave_path))),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            if kill_after_s is not None:
                await asyncio.sleep(kill_after_s)
                process.kill()
            said, _ = await asyncio.wait_for(process.communicate(), _PROGRAM_S)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            del self._simulator._execute_batch
            await console.stop()
            self.listen()
            self._simulator.stop()
            await self._simulator._execute_task
        return process.returncode, said.decode()

    # With a real program at the other end no emulated second may be shorter than a real one:
    # else a sleeping processor would reach its next time-out before the program has sent.

    def _paced_batch(self):
        if self._ahead_s() > 0:
            time.sleep(_PACE_NS / 1e9)
            return
        self._pace.schedule(_PACE_NS)
        type(self._simulator)._execute_batch(self._simulator)
        self._pace.cancel()
        self._simulator.stopped = False  # only `_halt` did this; `stop` comes between batches

    def _ahead_s(self):
        ahead_s = self.ms / 1000 - (time.monotonic() - self._ahead_of)
        if ahead_s < 0:
            self._ahead_of -= ahead_s
        return ahead_s

    def listen(self):
        """Take the lines of its console, as a program does that has its port open."""
        self._device.cdc.on_serial_data = self._hear

    def type(self, data):
        """Let a host send bytes to its console."""
        for byte in data:
            self._device.cdc.send_serial_byte(byte)

    def power_cycle(self):
        """Restart it, as the RUN pin does; its flash and its parts stay as they are."""
        self.usb_is_up = False
        self._device.hard_reset()

    def run(self, ms, until=lambda: False):
        """Let `ms` pass, or less: each line of the console asks `until()`, and True ends it.

        Returns whether it is.
        """
        self._until = until
        self._simulator.stopped = False
        self._alarm.schedule(ms * 1e6)
        while not self._simulator.stopped:
            self._simulator._execute_batch()
        self._alarm.cancel()
        self._until = None
        return until()

    def _halt(self):
        self._simulator.stopped = True

    def _hear(self, data):
        *lines, self._said = (self._said + bytes(data)).split(b"\n")
        for line in lines:
            text = line.decode().rstrip("\r")
            if text:  # the firmware begins each line with an end of line
                self.lines.append((self.ms, text))
        if lines and self._until and self._until():
            self._simulator.stopped = True
