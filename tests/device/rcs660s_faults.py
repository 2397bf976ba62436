"""The faults of an RC-S660/S for each exchange, their places and variants; for fault_matrix.py."""

from pinlamp_tools.emulator.pasori.faults import FAULTS as ALL
from pinlamp_tools.emulator.pasori.faults import GARBAGE, Faults

__all__ = ("FAULTS", "FEW", "KINDS", "MAY_COST_THE_TAP", "WAYS", "Faults", "harmless", "places")

FAULTS = tuple([(name, "rcs", words) for name, words in ALL])
TEXT, SIGN = b"\x31\x00\x01\x01\x04\x08", b"\x00\x1b"  # ends of an applet's DF name, and an EF
CARD_BYTES = 64  # on the air, more than any exchange here has
_ACK = 7


def _carries(ins):
    """Return what tells whether a command carries one with this INS to the card."""
    return lambda c: c[3:4] == b"\x01" and len(c) > 15 and c[12] == 0x95 and c[15] == ins


def _detects(command):
    return command[3:] == b"\x02\x04\x8f\x02\x01\x04\x00"


class Again:
    """Tells the second time that an activation carries the same first SELECT: that of presence."""

    def __init__(self):
        """Begin without a card."""
        self._first = None

    def __call__(self, command):
        """Take the next command."""
        if _detects(command):
            self._first = None
        elif _carries(0xA4)(command):
            if self._first is None:
                self._first = command
            else:
                return command == self._first
        return False


# The commands of each kind of exchange: the message less its head
KINDS = {
    "detect": _detects,
    "presence": Again(),
    "flags": lambda c: c[3:6] == b"\x01\x04\x90",
    "select": _carries(0xA4),
    "applet": lambda c: _carries(0xA4)(c) and c[16] == 0x04 and TEXT in c,
    "key": lambda c: _carries(0xA4)(c) and c[16] == 0x02 and SIGN in c[17:],
    "read": _carries(0xB0),
    "query": _carries(0x20),
    "session": lambda c: c[3:6] in (b"\x00\x02\x81", b"\x00\x02\x82"),
    "field": lambda c: c[3:6] in (b"\x00\x02\x83", b"\x00\x02\x84"),
}
WAYS = {
    "checksum": (True, ({}, {"times": 2}, {"mask": 0x01}, {"mask": 0xFF})),
    "truncation": (True, ({}, {"times": 2})),
    "fragmentation": (True, ({}, {"us": 60_000}, {"us": 300_000})),
    "dropped_ack": (False, ({}, {"times": 2}, {"times": 5})),
    "late_ack": (False, ({"us": 30_000}, {"us": 105_000}, {"us": 150_000}, {"us": 700_000})),
    "garbage_before_ack": (True, ({},)),
    "zombie": (False, ({}, {"times": 2}, {"times": 6})),
    "stale_sequence": (False, ({}, {"times": 3})),
    "time_extension": (False, ({}, {"us": 1_000_000}, {"times": 5})),
    "slot_busy": (False, ({}, {"times": 3}, {"times": 15})),
    "owned_session": (False, ({}, {"times": 2}, {"times": 5})),
    "disturbed": (False, ({}, {"times": 3})),
    "refused": (False, ({}, {"times": 3})),
    "ber_81": (False, ({}, {"times": 40})),
    "ber_82": (False, ({}, {"times": 40})),
    "wtx": (False, ({},)),
    "chaining": (False, ({},)),
    "card_gone": (True, ({},)),
    "lost_byte": (True, ({},)),
    "freeze": (True, ({}, {"times": 2})),
    "chip_reset": (True, ({}, {"times": 2})),
}
FEW = ("garbage_before_ack",)  # faults with too few places to try only a share of them
# Any other single fault costs at most one activation: the next one is complete.
MAY_COST_THE_TAP = ("card_gone", "lost_byte")
_FREE = ("stale_sequence", "ber_81", "ber_82", "wtx", "chaining", "slot_busy")


def harmless(name, way, at, command, answer):
    """Tell whether a fault costs nothing: the driver has an answer to it."""
    if name == "fragmentation":
        return not way
    if name == "late_ack":
        return way["us"] < 90_000
    if name == "time_extension":
        return way.get("us", 0) < 400_000 and "times" not in way
    return name in _FREE and way.get("times", 1) < 10


def places(name, command, answer):
    """Return a fault's places in an exchange with a command and an answer of these lengths."""
    if name == "card_gone":
        return range(CARD_BYTES)
    if name == "garbage_before_ack":
        return range(len(GARBAGE))
    return range(command + _ACK + answer)
