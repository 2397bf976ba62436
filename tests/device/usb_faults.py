"""The faults of an RC-S300 or RC-S380 for each exchange, and their places; for fault_matrix.py."""

from pinlamp_tools.emulator.pasori.usb_faults import FAULTS, Faults

__all__ = ("FAULTS", "FEW", "KINDS", "MAY_COST_THE_TAP", "WAYS", "Faults", "harmless", "places")

CARD_BYTES = 64  # on the air, more than any exchange here has
TRANSFERS = 3


def _apdu(command):
    """Return the command that a reader's command carries to a card, or b""."""
    if command[:1] == b"\xff":
        block = command[19:-3] if command[3:8] == b"\x01\x00\x00" + command[6:7] + b"\x5f" else b""
        cid = 2 if block[:1] and block[0] & 0x08 else 1
    else:
        block = command[3:] if command[:1] == b"\x04" else b""
        cid = 1
    return block[cid:] if block[:1] and block[0] & 0xC0 == 0 else b""


def _carries(ins):
    """Return what tells whether a command carries one with this INS to the card."""
    return lambda c: _apdu(c)[1:2] == bytes((ins,))


def _detects(command):
    return command[3:4] == b"\x02" or command[:1] == b"\x04" and command[3:] == b"\x05\x00\x10"


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
                self._first = _apdu(command)
            else:
                return _apdu(command) == self._first
        return False


# The commands of each kind of exchange
KINDS = {
    "detect": _detects,
    "activate": lambda c: c[5:6] == b"\x90" or c[3:4] == b"\x1d",  # the flags, or ATTRIB
    "presence": Again(),
    "select": _carries(0xA4),
    "read": _carries(0xB0),
    "query": _carries(0x20),
    "session": lambda c: c[3:6] in (b"\x00\x02\x81", b"\x00\x02\x82") or c[:1] == b"\x2a",
    "field": lambda c: c[3:6] in (b"\x00\x02\x83", b"\x00\x02\x84") or c[:1] == b"\x06",
}
WAYS = {
    "several_transfers": (True, ({}, {"us": 100_000}, {"us": 700_000})),
    "short_reads": (False, ({}, {"us": 3_000}, {"times": 40})),
    "stale_answer": (False, ({}, {"times": 3})),
    "time_extension": (False, ({}, {"us": 1_000_000}, {"times": 5})),
    "slot_busy": (False, ({}, {"times": 3}, {"times": 15})),
    "owned_session": (False, ({}, {"times": 2}, {"times": 5})),
    "disturbed": (False, ({}, {"times": 3})),
    "refused": (False, ({}, {"times": 3})),
    "ber_81": (False, ({}, {"times": 40})),
    "ber_82": (False, ({}, {"times": 40})),
    "reception": (False, [{"mask": 1 << n % 5, "times": n} for n in (1, 2, 3, 4, 5, 9, 14)]),
    "status": (False, [{"mask": bit} for bit in (0x400, 0x40, 0x80000000, 3, 7)]),
    "long_atqb": (False, ({}, {"times": 9})),
    "wtx": (False, ({},)),
    "chaining": (False, ({},)),
    "card_gone": (True, ({},)),
    "unplugged": (True, ({}, {"us": 2_000_000}, {"times": 2})),
    "no_empty_out": (False, ({}, {"times": 2}, {"times": 6})),
    "no_empty_in": (False, ({}, {"times": 2}, {"times": 6})),
    "truncation": (True, ({}, {"times": 2})),
    "zombie": (False, ({}, {"times": 2}, {"times": 6})),
    "late": (False, ({}, {"us": 150_000}, {"us": 250_000}, {"us": 700_000})),
    "checksum": (True, ({}, {"times": 2}, {"mask": 0x01}, {"mask": 0xFF})),
    "dropped_ack": (False, ({}, {"times": 2}, {"times": 5})),
    "error_frame": (False, ({}, {"times": 2}, {"times": 5})),
}
FEW = ("unplugged",)  # faults with too few places to try only a share of them
# Any other single fault costs at most one activation: the next one is complete.
MAY_COST_THE_TAP = ("card_gone",)
_FREE = ("stale_answer", "ber_81", "ber_82", "wtx", "chaining", "slot_busy", "short_reads")


def harmless(name, way, at, command, answer):
    """Tell whether a fault costs nothing: the driver has an answer to it."""
    if name in ("several_transfers", "late"):
        return way.get("us", 1_000_000 if name == "late" else 0) < 160_000
    if name == "time_extension":
        return way.get("us", 0) < 400_000 and "times" not in way
    return name in _FREE and way.get("times", 1) < 10


def places(name, command, answer):
    """Return a fault's places in an exchange with a command and an answer of these lengths."""
    if name == "card_gone":
        return range(CARD_BYTES)
    if name == "unplugged":
        return range(TRANSFERS)
    return range(1, answer)
