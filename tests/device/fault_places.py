"""The faults for each exchange, their places and their variants; for fault_matrix.py."""

from pinlamp_tools.emulator.chip.faults import GARBAGE

CARD_BYTES = 64  # on the air, more than any exchange here has
TRANSFERS = 12  # on the bus, with polls
DIAGNOSE_BYTES = 35  # of the exchange that proves chip and host are in step

# The commands of each kind of exchange, code first
KINDS = {
    "detect": lambda c: c[0] == 0x4A and c[2] == 0x03,
    "select": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0xA4,
    # What gets lost of these two may be missed in one key alone.
    "applet": lambda c: c[0] == 0x40 and c[3:5] == b"\xa4\x04" and c[-1] == 0x08,
    "key": lambda c: c[0] == 0x40 and c[3:5] == b"\xa4\x02" and c[-1] == 0x1B,
    "read": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0xB0,
    "query": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0x20,
    "presence": lambda c: c[0] == 0x42,
    "field": lambda c: c[0] == 0x32,
}

# How to arm each fault: at every byte (True), or once (False); and its variants.
WAYS = {
    "checksum": (True, ({}, {"times": 2}, {"mask": 0x01}, {"mask": 0xFF})),
    "length_checksum": (True, ({}, {"times": 2}, {"mask": 0xFF})),
    "dropped_ack": (False, ({}, {"times": 2}, {"times": 3}, {"times": 5})),
    "late_ack": (False, ({"us": 30_000}, {"us": 105_000}, {"us": 150_000}, {"us": 700_000})),
    "garbage_before_ack": (True, ({},)),
    "zombie": (False, ({}, {"times": 2}, {"times": 6})),
    "truncation": (True, ({}, {"times": 2})),
    "fragmentation": (True, ({}, {"us": 60_000}, {"us": 300_000})),
    "stale_answer": (True, ({},)),
    "error_frame": (False, ({}, {"times": 3})),
    "nack": (False, ({}, {"times": 2}, {"times": 5})),
    "lost_byte": (True, ({},)),
    "wrong_speed": (True, ({},)),
    "stuck_low": (True, ({},)),
    "scl_low": (True, ({}, {"us": 3_000_000})),
    "no_device": (True, ({}, {"times": 2}, {"times": 3}, {"times": 7})),
    "chip_reset": (True, ({}, {"times": 2})),
    "forgets": (True, ({}, {"times": 2})),
    "nad": (False, ({}, {"times": 3})),
    "empty_part": (False, ({}, {"times": 3})),
    "card_gone": (True, ({},)),
    "same_sums": (True, ({"mask": 0x01}, {"mask": 0x71}, {"mask": 0x02})),
}
# Faults with too few places to try only a share of them.
FEW = ("length_checksum", "garbage_before_ack", "stale_answer", "no_device", "same_sums")
# Any other single fault costs at most one activation: the next one is complete.
MAY_COST_THE_TAP = ("card_gone", "same_sums", "error_frame", "lost_byte")


def harmless(name, way, at, command, answer):
    """Tell whether a fault costs nothing: it is short, or the driver repairs it at once."""
    if name == "fragmentation":
        return not way  # shorter than the pause that the driver takes for the end
    if name == "no_device":
        return way.get("times", 1) < 3
    if name in ("checksum", "length_checksum"):
        # The driver asks again by a NACK, provided that it sees a frame at all.
        return "times" not in way and command + 6 + 3 <= at < command + 6 + answer - 1
    return name == "late_ack" and way["us"] < 100_000


def places(name, command, answer):
    """Return a fault's places in an exchange with a command and an answer of these lengths."""
    if name == "length_checksum":
        return [start + at for start in (0, command, command + 6) for at in (3, 4)]
    if name == "same_sums":
        return range(command + 6 + 7, command + 6 + answer - 2)
    if name == "card_gone":
        return range(CARD_BYTES)
    if name == "no_device":
        return range(TRANSFERS)
    if name == "stale_answer":
        return [None] + list(range(DIAGNOSE_BYTES))
    if name == "garbage_before_ack":
        return range(len(GARBAGE))
    return range(command + 6 + answer)
