"""The virtual PN532 on a device's I2C or SPI pins, in real time.

`BusChip` answers the transfers that a `device.Device` tells of (`fakes/fake_host.py` has their
lines), and moves the pins between: IRQ and SDA to the device; chip select, RSTPDN and SCL to the
chip.

A transfer takes its time on the bus: the emulator's clock runs ahead of the event loop's by it,
and the answer waits until the loop has caught up. Half a millisecond is not waited for: a PC's
sleep is no finer.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..emulator.air.field import Field
from ..emulator.chip.chip import Chip
from ..emulator.chip.i2c import I2C
from ..emulator.chip.pins import IRQ_FALLING, IRQ_RISING
from ..emulator.chip.spi import LSB, MSB, SPI

if TYPE_CHECKING:
    from .device import Device

_AT_ONCE_US = 500
_FIRSTBIT = {"lsb": LSB, "msb": MSB}


class _Clock:
    """The event loop's clock in µs, and what transfers have taken beyond it."""

    def __init__(self) -> None:
        self._time = asyncio.get_running_loop().time
        self._ahead_us = 0

    def now_us(self) -> int:
        return max(int(self._time() * 1_000_000), self._ahead_us)

    def pass_us(self, us: int) -> None:
        self._ahead_us = self.now_us() + us


class BusChip:
    """A PN532 over `field`, wired to a device as `pins` says, the entry "i2c" or "spi" of a board.

    Construct and use it within one running event loop.
    """

    def __init__(
        self, field: Field, kind: str, pins: Mapping[str, int], faults: Any = None
    ) -> None:
        """`faults`: a `faults.Faults` that is asked at every transfer, or None."""
        self._loop = asyncio.get_running_loop()
        self._clock = _Clock()
        self._pins = pins
        chip = Chip(field, faults)
        self._bus: Any
        if kind == "i2c":
            self._bus = I2C(chip, self._clock)
            self._lines = {"scl": self._bus.scl, "rst": self._bus.rstpdn}
        else:
            self._bus = SPI(chip, self._clock)
            self._lines = {"cs": self._bus.select, "rst": self._bus.rstpdn}
        self._inputs = {pins[name]: line for name, line in self._lines.items() if name in pins}
        self._kind = kind
        self._told: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._device: Device | None = None

    def attach(self, device: Device) -> None:
        """Connect a device; its pins and transfers are served from now on."""
        self._device = device
        device.on_pin = self._take_pin
        device.on_transfer = self._take_transfer
        self._bus.irq.irq(lambda pin: self._tell("irq", pin.value()), IRQ_FALLING | IRQ_RISING)

    def stop(self) -> None:
        """Disconnect; the cards stay as they are."""
        self._device = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self, name: str, level: int) -> None:
        if self._device is not None and name in self._pins and self._told.get(name, 1) != level:
            self._told[name] = level
            self._device.set_pin(self._pins[name], level)

    def _take_pin(self, number: int, level: int) -> None:
        if number in self._inputs:
            self._inputs[number].value(level)
            self._turn()

    def _take_transfer(self, request: list[str], answer: Callable[[str], None]) -> None:
        try:
            line = "= " + (self._i2c if request[0] == "i2c" else self._spi)(request).hex()
        except OSError as error:
            line = f"! {error.args[0]}"
        self._turn()
        ahead_us = self._clock.now_us() - int(self._loop.time() * 1_000_000)
        if ahead_us > _AT_ONCE_US:
            self._loop.call_later(ahead_us / 1_000_000, answer, line)
        else:
            answer(line)

    def _is_ours(self, kind: str, *names_and_numbers: tuple[str, str]) -> bool:
        """Tell whether a transfer goes over the pins that the chip is on."""
        return kind == self._kind and all(
            self._pins[name] == int(number) for name, number in names_and_numbers
        )

    def _i2c(self, request: list[str]) -> bytes:
        kind, scl, sda, hz, address, what, *data = request
        if not self._is_ours(kind, ("scl", scl), ("sda", sda)):
            raise OSError(errno.ENODEV)
        self._bus.init(freq=int(hz))
        try:
            if what == "r":
                return bytes(self._bus.readfrom(int(address), int(data[0])))
            self._bus.writeto(int(address), bytes.fromhex("".join(data)))
            return b""
        finally:
            self._tell("sda", self._bus.sda.value())

    def _spi(self, request: list[str]) -> bytes:
        kind, sck, mosi, miso, hz, mode, order, data = request
        sent = bytes.fromhex(data)
        if not self._is_ours(kind, ("sck", sck), ("mosi", mosi), ("miso", miso)) or mode != "0":
            return b"\xff" * len(sent)
        self._bus.init(baudrate=int(hz), firstbit=_FIRSTBIT[order])
        received = bytearray(len(sent))
        self._bus.write_readinto(sent, received)
        return bytes(received)

    def _turn(self) -> None:
        """Let the chip go on, and come again when it has something to do."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._device is None:
            return
        self._bus.advance(self._clock.now_us())
        if self._kind == "i2c":
            self._tell("sda", self._bus.sda.value())
        due_us = self._bus.next_due()
        if due_us is not None:
            self._timer = self._loop.call_at(due_us / 1_000_000, self._turn)
