"""A pretend device: MicroPython behind a serial line, with a flash of its own and a PN532.

The Unix port runs on one pty, the user's program opens another, and the bytes pass between them.
So Ctrl-C, the raw REPL and resets work as on a board. The flash is a file with a LittleFS; a
killed process is a power cut.
"""

import asyncio
import contextlib
import json
import os
import pty
import select
import signal
import termios
import tty
from pathlib import Path

from pinlamp_tools import paths
from pinlamp_tools.deploy import update
from pinlamp_tools.deploy.repl import Repl
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.faults import Faults
from pinlamp_tools.emulator.pasori import faults as rcs660s
from pinlamp_tools.simulator.serial_chip import SerialChip

BOOT = Path(__file__).parent / "device" / "pretend_boot.py"
BLOCKS = 256
TRIES = 3


async def until(true, timeout=60):
    """Wait until `true()`; fail if that takes longer than `timeout` s."""
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    while not true():
        assert loop.time() < end, "it does not come about"
        await asyncio.sleep(0.02)


def deploy(repl, board, link=None, strip=None):
    """Deploy as `pinlamp deploy` does; return the plan."""
    todo = update.plan(repl, board, link, strip)
    if not todo.nothing:
        update.run(repl, todo, lambda count: None)
    return todo


class Pretend:
    """A device whose flash is the file `flash` (made if missing). Use as `async with`."""

    def __init__(self, flash, chip="esp32", cause="", reader="pn532", away_s=0):
        """`cause`: the `machine.reset_cause()` of its first start; "" for power-up.

        `reader`: what hangs on its UART, "pn532" or "rcs660s". `away_s`: for so long its port
        vanishes at each reset, as of a board with USB of its own.
        """
        self.flash = Path(flash)
        if not self.flash.exists():
            self.flash.write_bytes(b"\xff" * (4096 * BLOCKS))
        self.field = Field()
        self.faults = rcs660s.Faults() if reader == "rcs660s" else Faults()
        self.events = asyncio.Queue()
        self.pixels = b""
        self.starts = 0
        self.ctrl_cs = 0  # how many the user's program has sent
        self.usb = True  # its port is there; a sealed device's is not
        self._interrupts = True  # Ctrl-C interrupts its program
        self.watchdog_ms = None  # as last fed; 0: a timer feeds it
        self._chip = chip
        self._reader = reader
        self._away_s = away_s
        self._cause = cause
        self._process = None
        self._lines = b""
        self._said = b""  # by the device, and not yet passed on
        # Before it mounts its flash, / is this machine's own: a Ctrl-C would open a REPL there.
        self._booted = asyncio.Event()

    async def __aenter__(self):
        self._loop = asyncio.get_running_loop()
        self._server = SerialChip(self.field, faults=self.faults, reader=self._reader)
        await self._server.start()
        self._console, console = pty.openpty()
        self._keep = [None, console]  # the slaves are open here, so that nothing hangs up
        self.plug()
        self._loop.add_reader(self._console, self._from_console)
        self._task = asyncio.create_task(self._live())
        await self._booted.wait()
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self.unplug()
        self._loop.remove_reader(self._console)
        os.close(self._console)
        os.close(self._keep[1])
        await self._server.stop()

    def plug(self):
        """Give it a port, `port`: a new one each time."""
        self._user, user = pty.openpty()
        tty.setraw(user)
        os.set_blocking(self._user, False)
        self._keep[0] = user
        self.port = os.ttyname(user)
        if self._away_s:
            name = self.flash.parent / "tty"
            name.symlink_to(self.port)
            self.port = str(name)
        self._loop.add_reader(self._user, self._from_user)

    def unplug(self):
        """Take its port away, until it gets another one."""
        if self._user is not None:
            self._vanish()
            self.cut()

    def _vanish(self):
        if self._away_s:
            os.unlink(self.port)
        self._loop.remove_reader(self._user)
        self._loop.remove_writer(self._user)
        os.close(self._user)
        os.close(self._keep[0])
        self._user = None
        self._to_user()

    def _from_user(self):
        data = os.read(self._user, 4096)
        self.ctrl_cs += data.count(b"\x03")
        # Otherwise lost, as on a board whose UART does not listen yet, or that is sealed.
        if self._booted.is_set() and self.usb:
            os.write(self._console, data if self._interrupts else data.replace(b"\x03", b""))

    def interrupt(self):
        """Interrupt a program of the raw REPL: there the Unix port's terminal makes no signal."""
        os.kill(self._process.pid, signal.SIGINT)

    def _from_console(self):
        data = os.read(self._console, 4096)
        self._listen(data)
        self._said += data if self.usb else b""
        self._to_user()

    def _to_user(self):
        """Pass on what the device said; while nobody reads, it has to wait."""
        if self._user is None:
            self._said = b""
        else:
            self._loop.remove_writer(self._user)
            with contextlib.suppress(BlockingIOError):
                self._said = self._said[os.write(self._user, self._said) :]
        if self._said:
            self._loop.remove_reader(self._console)
            self._loop.add_writer(self._user, self._to_user)
        else:
            self._loop.add_reader(self._console, self._from_console)

    def _listen(self, data):
        *lines, self._lines = (self._lines + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                # An event may follow the raw REPL's own bytes.
                event = json.loads(line[max(0, line.find(b"{")) :])
                if isinstance(event, dict) and "type" in event:
                    self.events.put_nowait(event)

    async def _live(self):
        while True:
            hardware_read, hardware_out = os.pipe()
            hardware_in, self._answers = os.pipe()
            console = self._keep[1]
            environment = {
                **os.environ,
                "PINLAMP_HW_OUT": str(hardware_out),
                "PINLAMP_HW_IN": str(hardware_in),
                "PINLAMP_TTY": "/host" + self._server.path,
                "PINLAMP_CONSOLE": os.ttyname(console),
                "PINLAMP_CHIP": self._chip,
                "PINLAMP_RESET": self._cause,
                "MICROPYPATH": ".frozen",
                "HOME": str(self.flash.parent),  # where its REPL keeps its history
            }
            tty.setraw(console)
            mode = termios.tcgetattr(console)
            mode[3] |= termios.ISIG  # Ctrl-C interrupts the running program
            mode[6][termios.VINTR] = b"\x03"
            termios.tcsetattr(console, termios.TCSANOW, mode)

            self._forget()
            self.starts += 1
            self.usb = self._interrupts = True
            self._process = await asyncio.create_subprocess_exec(
                *(str(paths.micropython()), "-i", str(BOOT), str(self.flash), str(paths.FAKES)),
                **dict.fromkeys(("stdin", "stdout", "stderr"), console),
                env=environment,
                pass_fds=(hardware_out, hardware_in),
                start_new_session=True,  # whose first terminal becomes its own: Ctrl-C's
            )
            os.close(hardware_out)
            os.close(hardware_in)
            self._cause = ""
            self._loop.add_reader(hardware_read, self._hardware, hardware_read)
            try:
                await self._process.wait()
            finally:
                self._booted.clear()
                self.cut()
                self._loop.remove_reader(hardware_read)
                os.close(hardware_read)
                os.close(self._answers)
            self._cause = self._cause or "5"  # a soft reset, unless it told another

    def _forget(self):
        """Drop the events of its start before, and those that still wait in its console."""
        while select.select([self._console], [], [], 0)[0]:
            self._from_console()
        while not self.events.empty():
            self.events.get_nowait()

    def _hardware(self, fd):
        data = os.read(fd, 65536)
        for line in data.decode().splitlines():
            words = line.split()
            if words[0] == "np":
                with contextlib.suppress(ValueError):
                    self.pixels = bytes.fromhex(words[2])
            elif words[0] == "pin":
                os.write(self._answers, b"=\n")
            elif words[0] in ("i2c", "spi"):
                os.write(self._answers, b"! 19\n")  # ENODEV: nobody is on that bus
            elif words[0] == "wdt":
                self.watchdog_ms = int(words[1])
            elif words[0] == "reset":
                self._cause = words[1]
                if self._away_s and self._user is not None:
                    self._vanish()
                    self._loop.call_later(self._away_s, self.plug)
            elif words[0] == "usb":
                self.usb = False
            elif words[0] == "intr":
                self._interrupts = words[1] == "3"
            elif words[0] == "booted":
                self._booted.set()

    def cut(self):
        """Cut its power for a moment."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    def with_chip(self):
        """Let the PN532 go from its reset."""
        self._server.rstpdn(1)

    def without_chip(self):
        """Hold the PN532 in its reset: it no longer answers."""
        self._server.rstpdn(0)

    def level(self, pin, value):
        """Drive an input of the board, a button's for instance."""
        os.write(self._answers, b"pin %d %d\n" % (pin, value))

    def lay(self, name):
        """Hold a card to it."""
        self.field.put(cards.make(name))

    async def event(self, *kinds, timeout=15):
        """Return the next event of one of these types; fail without one within `timeout` s."""
        end = self._loop.time() + timeout
        while True:  # others come all the time: `alive`
            event = await asyncio.wait_for(self.events.get(), end - self._loop.time())
            if event["type"] in kinds:
                return event

    async def repl(self, work, *args, kind=Repl):
        """Do `work(repl, *args)` in a thread, while this one serves the device; restart it.

        Not before it has booted, nor without its end: a Ctrl-C is lost between the two, and on a
        busy machine that is long.
        """

        def thread():
            repl = kind(self.port)
            try:
                done = work(repl, *args)
                starts = self.starts
                repl.reset()
                return done, starts
            finally:
                repl.abandon()

        await self._booted.wait()
        done, starts = await asyncio.to_thread(thread)
        await until(lambda: self.starts > starts)
        return done

    async def _result(self):
        """Lay a card there, if none is; return its result, on a busy machine by a second try."""
        for _ in range(TRIES):
            if not self.field.cards:
                self.lay("sign_locked")
            result = await self.event("result", timeout=30)
            if result["complete"]:
                return result
            self.field.lift()
            await self.event("removed")
        raise AssertionError(f"the card was not read in {TRIES} tries")

    async def works(self):
        """Check that a tap ends in the right lamps; return the board that the device names."""
        ready = await self.event("ready", timeout=30)
        result = await self._result()
        states = {key["id"]: key["state"] for key in result["keys"]}
        assert states["sign"] == "locked" and states["auth"] == "ok"
        end = self._loop.time() + 10
        while not _is_green(self.pixels[3:6]):  # the second lamp, of `auth`
            assert self._loop.time() < end, self.pixels[3:6]
            await asyncio.sleep(0.02)  # pixels and events come by two ways
        assert self.field.presented == 0
        return ready["board"]


def _is_green(pixel):
    red, green, blue = pixel
    return green > blue > red
