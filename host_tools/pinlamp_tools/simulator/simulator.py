"""The simulator: a device, a virtual reader for it, and virtual cards to hold to that."""

from __future__ import annotations

import asyncio
import os
import select
import stat
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from .. import paths
from ..boards.board import Board
from ..emulator.air.field import PULL_AFTER_FRAMES, PULL_NOW_FRAMES, Field
from ..emulator.card import cards
from ..emulator.chip import faults as of_pn532
from ..emulator.pasori import faults as of_rcs660s
from ..show.heard import parse
from ..show.reading import Reading
from .bus_chip import BusChip
from .device import Device
from .serial_chip import SerialChip

_IN_DATA_EXCHANGE = 0x40
_TIMER = b"\x5f\x46"  # only what an RC-S660/S carries to a card has one
_LOOK_S = 1.0  # between two looks whether the serial line is still there


class PortError(paths.MissingError):
    """A path that is no usable serial line; the message names it and says why."""


class Simulator:
    """A device on a virtual reader, or with `port` on the PN532 at that serial line.

    Its callbacks are those of `device.Device`: `on_line(str)`, `on_pixels(pin, rgb)`,
    `on_tone(hz)`, `on_exit(status)`. They may be set at any time.
    """

    def __init__(
        self,
        board: Board,
        settings: dict[str, Any],
        port: str | None = None,
        heapsize: str | None = None,
        record: bool = False,
    ) -> None:
        """`settings`: the content of settings.json. `record`: ask for a recording of a tap."""
        self.on_line: Callable[[str], None] = lambda line: None
        self.on_pixels: Callable[[int, bytes], None] = lambda pin, rgb: None
        self.on_tone: Callable[[int], None] = lambda hz: None
        self.on_exit: Callable[[int], None] = lambda status: None
        self._board = board
        self._settings = settings
        self._port = port
        self._port_fd = -1
        self._watch: asyncio.Task[None] | None = None
        self._heapsize = heapsize
        self._record = record
        self._faults: Any = of_pn532.Faults()
        if board.reader == "rcs660s":
            self._faults = of_rcs660s.Faults()
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
        if self._board.reader == "rcs660s":
            return of_rcs660s.NAMES
        links = of_pn532.FAULTS
        return tuple(name for name, possible, _ in links if self._board.link in possible.split())

    @property
    def fault(self) -> str | None:
        """The fault that waits for an exchange with a card, or None."""
        if self._fault is None or self._faults.struck > self._fault[1]:
            return None
        return self._fault[0]

    @property
    def struck(self) -> int:
        """How many faults there were."""
        return int(self._faults.struck)

    @property
    def line_gone(self) -> bool:
        """Whether the serial line of `port` was taken away."""
        return self._device is not None and self._device.line_gone

    async def start(self) -> None:
        """Power up. Raises PortError for an unusable port, MissingError without an interpreter."""
        paths.micropython()  # before anything has to be undone
        tty = self._port
        link, pins = self._board.link, self._board.pins
        if self._port is not None:
            self._port_fd = _open_port(self._port)
        else:
            self._field = Field()
            if link == "hsu":
                reader = self._board.reader
                self._serial = SerialChip(self._field, faults=self._faults, reader=reader)
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
        self._device.on_pixels = lambda pin, rgb: self.on_pixels(pin, rgb)
        self._device.on_tone = lambda hz: self.on_tone(hz)
        self._device.on_exit = lambda status: self.on_exit(status)
        await self._device.start()
        if self._port_fd >= 0:
            self._watch = asyncio.create_task(self._watch_port(self._device))

    async def _watch_port(self, device: Device) -> None:
        """End the device when its line is taken away: the firmware itself may fail to notice."""
        if sys.platform == "win32":  # see paths.has_ptys
            raise NotImplementedError
        hung_up = select.poll()
        hung_up.register(self._port_fd, 0)
        while not hung_up.poll(0):
            await asyncio.sleep(_LOOK_S)
        device.lose_line()

    async def stop(self) -> None:
        """Power down; no process and no line is left."""
        try:
            if self._watch:
                self._watch.cancel()
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
            self._field.lift_after(PULL_NOW_FRAMES)
        else:
            self.tap(self._name)
            self._field.lift_after(PULL_AFTER_FRAMES)

    def arm(self, name: str | None, at_byte: int | None = None) -> None:
        """Let a fault strike the next exchange with a card, at that byte of it; None: no fault.

        KeyError for a name that is not one of `faults`.
        """
        self._faults.disarm()
        self._fault = None
        if name is not None:
            if name not in self.faults:
                raise KeyError(name)
            reaches = _module_carries if self._board.reader == "rcs660s" else _reaches_a_card
            self._faults.arm(name, at_byte, reaches)
            self._fault = name, self._faults.struck

    def press(self, down: bool) -> None:
        """Press the device's button, or let go of it."""
        button = self._board.button
        if button and self._device:
            self._device.set_pin(button.pin, button.pressed if down else 1 - button.pressed)

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


def _module_carries(command: bytes) -> bool:
    return command[3:4] == b"\x01" and command[5:7] == _TIMER


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
