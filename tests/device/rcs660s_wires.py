"""Under MicroPython: an emulated RC-S660/S wired to the firmware's chip, on a virtual clock."""

from pasori.rcs660s import RCS660S
from pinlamp.rcs660s import Chip, Rcs660sReader
from pinlamp_tools.emulator.chip.virtual import Uart
from pinlamp_tools.emulator.pasori.line import Line
from pinlamp_tools.emulator.pasori.module import Module


def chip_of(world, field, faults=None, **how):
    """Return what the firmware's reader asks, with a module over `field` behind it."""
    uart = Uart(world, Line(Module(field, faults)))
    return Chip(RCS660S(uart, clock=world, **how))


def reader_of(world, field, faults=None):
    """Return the firmware's reader with such a chip."""
    return Rcs660sReader(chip_of(world, field, faults), world)
