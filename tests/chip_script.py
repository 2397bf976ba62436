"""A PN532 on a script of frames, for the driver's tests. Runs under CPython and MicroPython."""

from both import ACK, CMD, RSP, Clock, ScriptedLink, run
from pn532 import PN532

SAM = CMD("14 01 14 01")
VERSION = CMD("02")
QUERY = CMD("40 01 00200080")


def echo(count):
    """Return the exchange of the `count`-th proof that chip and host are in step."""
    fresh = "00 %04X A55A" % count
    return [CMD("00" + fresh), [ACK + RSP("01" + fresh)]]


def start(count=1):
    """Return the exchange that opens a link without speeds: wake-up is no frame."""
    return [ACK, SAM, [ACK + RSP("15")]] + echo(count)


def resettle(count):
    """Return the exchange that ends doubt with a healthy chip: what opens it, but no wake-up."""
    return start(count)


class Case:
    """An opened chip on a script; `done` checks that it has played the whole script."""

    def __init__(self, *script, opened=True, speeds=()):
        """`script` follows the opening, unless `opened` is False."""
        self.clock = Clock()
        script = (start() if opened else []) + list(script)
        self.link = ScriptedLink(self.clock, script, speeds)
        self.chip = PN532(self.link)
        if opened:
            run(self.chip.open())

    def done(self):
        """Check that the script has ended."""
        assert self.link.script == [], self.link.script
