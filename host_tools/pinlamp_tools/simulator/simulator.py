"""The simulator: a device, and the virtual reader with virtual cards in front of it."""

from __future__ import annotations

import os
import stat
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from .. import paths
from ..emulator.air.field import Field
from ..emulator.card import cards
from ..emulator.chip.faults import FAULTS, Faults
from ..show.reading import Reading, parse
from .bus_chip import BusChip
from .device import Device
from .serial_chip import SerialChip

# Frames that go to the card before it is pulled: a whole survey takes some 60, so this is within
# any; and the few that are left when it is pulled out of a reading that is under way.
_PULL_AFTER_FRAMES = 20
_PULL_NOW_FRAMES = 1

_IN_DATA_EXCHANGE = 0x40


class PortError(paths.MissingError):
    """The serial line is not one; the message names it and says why."""


class Simulator:
    """A device on a virtual reader, or with `port` on whatever PN532 is on that serial line.

    Set the callbacks before `start`: `on_line(str)`, `on_pixels(pin, rgb)`, `on_tone(hz)`,
    `on_exit(status)`, as `device.Device` has them.
    """

    def __init__(
        self,
        board: dict[str, Any],
        settings: dict[str, Any],
        port: str | None = None,
        heapsize: str | None = None,
        record: bool = False,
    ) -> None:
        """`board` and `settings` are the contents of board.json and settings.json."""
        self.on_line: Callable[[str], None] = lambda line: None
        self.on_pixels: Callable[[int, bytes], None] = lambda pin, rgb: None
        self.on_tone: Callable[[int], None] = lambda hz: None
        self.on_exit: Callable[[int], None] = lambda status: None
        self._board = board
        self._settings = settings
        self._port = port
        self._port_fd = -1
        self._heapsize = heapsize
        self._record = record
        self._faults = Faults()
        self._fault: tuple[str, int] | None = None  # armed last, and how many struck before it
        self._field: Field | None = None
        self._serial: SerialChip | None = None
        self._bus: BusChip | None = None
        self._device: Device | None = None
        self._name: str | None = None  # of the card held last
        self._reading = Reading()

    @property
    def presented(self) -> int:
        """How many PINs were presented to virtual cards: 0, or something is very wrong."""
        return self._field.presented if self._field else 0

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults that can be armed here: none on a real reader."""
        if self._port is not None:
            return ()
        return tuple(name for name, links, _ in FAULTS if self._board["link"] in links.split())

    @property
    def fault(self) -> str | None:
        """The fault that waits for an exchange with a card, or None."""
        if self._fault is None or self._faults.struck > self._fault[1]:
            return None
        return self._fault[0]

    @property
    def struck(self) -> int:
        """How many faults there were."""
        return self._faults.struck

    @property
    def line_gone(self) -> bool:
        """Whether the serial line of `port` was taken away."""
        return self._device is not None and self._device.line_gone

    async def start(self) -> None:
        """Power up. Raises PortError for an unusable port, MissingError without an interpreter."""
        paths.micropython()  # before anything has to be undone
        tty = self._port
        link = self._board["link"]
        pins = self._board["links"][link]
        if self._port is not None:
            self._port_fd = _open_port(self._port)
        else:
            self._field = Field()
            if link == "hsu":
                self._serial = SerialChip(self._field, faults=self._faults)
                await self._serial.start()
                tty = self._serial.path
            else:
                self._bus = BusChip(self._field, link, pins, self._faults)
        self._device = Device(
            self._board, self._settings, tty, self._heapsize, record=self._record
        )
        if self._bus:
            self._bus.attach(self._device)
        elif self._serial and "rst" in pins:
            self._device.on_pin = partial(self._reset, pins["rst"])
        self._device.on_line = self._take_line
        self._device.on_pixels = self.on_pixels
        self._device.on_tone = self.on_tone
        self._device.on_exit = self.on_exit
        await self._device.start()

    async def stop(self) -> None:
        """Power down; no process and no line is left."""
        try:
            if self._device:
                await self._device.stop()
        finally:
            if self._serial:
                await self._serial.stop()
            if self._bus:
                self._bus.stop()
            if self._port_fd >= 0:
                os.close(self._port_fd)
                self._port_fd = -1

    def tap(self, name: str) -> None:
        """Hold a fresh virtual card to the reader, instead of whatever lies there."""
        fresh = cards.make(name)
        if self._field:
            self.lift()
            self._name = name
            self._field.put(fresh)

    def lift(self) -> None:
        """Take every card away."""
        if self._field:
            self._field.lift()

    def pull(self) -> None:
        """Take the card away while it is read; one that was read is held again first."""
        if self._field is None or self._name is None:
            return
        if self._reading.phase == "reading":
            self._field.lift_after(_PULL_NOW_FRAMES)
        else:
            self.tap(self._name)
            self._field.lift_after(_PULL_AFTER_FRAMES)

    def arm(self, name: str | None, at_byte: int | None = None) -> None:
        """Let a fault strike the next exchange with a card, at that byte of it; None: no fault.

        KeyError for a name that is not one of `faults`.
        """
        self._faults.disarm()
        self._fault = None
        if name is not None:
            if name not in self.faults:
                raise KeyError(name)
            self._faults.arm(name, at_byte, _reaches_a_card)
            self._fault = name, self._faults.struck

    def press(self, down: bool) -> None:
        """Press the device's button, or let go of it."""
        button = self._board.get("button")
        if button and self._device:
            pressed = int(button["pressed"])
            self._device.set_pin(int(button["pin"]), pressed if down else 1 - pressed)

    def _reset(self, rst: int, pin: int, level: int) -> None:
        if pin == rst and self._serial:
            self._serial.rstpdn(level)

    def _take_line(self, line: str) -> None:
        event = parse(line)
        if event:
            self._reading.take(event)
        self.on_line(line)


def _reaches_a_card(command: bytes) -> bool:
    return command[0] == _IN_DATA_EXCHANGE


def _open_port(path: str) -> int:
    """Return a descriptor that holds a serial line open, which needs no carrier from now on."""
    if sys.platform == "win32":  # see paths.has_ptys
        raise NotImplementedError
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        raise PortError(f"{path}: {error.strerror}") from None
    try:
        if not stat.S_ISCHR(os.fstat(fd).st_mode) or not os.isatty(fd):
            raise PortError(f"{path}: not a serial line")
        with suppress(OSError):
            os.tcgetpgrp(fd)
            raise PortError(f"{path}: that is this terminal, not a reader's serial line")
        attributes = termios.tcgetattr(fd)
        # The line has three wires: no carrier, no handshake.
        attributes[2] = (attributes[2] | termios.CLOCAL | termios.CREAD) & ~termios.CRTSCTS
        termios.tcsetattr(fd, termios.TCSANOW, attributes)
    except BaseException:
        os.close(fd)
        raise
    return fd
