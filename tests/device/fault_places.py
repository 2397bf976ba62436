"""Which faults strike which exchanges, where, and in which ways; for fault_matrix.py."""

from pinlamp_tools.emulator.faults import GARBAGE

CARD_BYTES = 64  # on the air, more than any exchange here
TRANSFERS = 12  # on the bus, with polls
DIAGNOSE_BYTES = 35  # of the exchange that proves chip and host in step

# Which commands each kind of exchange is, code first
KINDS = {
    "detect": lambda c: c[0] == 0x4A and c[2] == 0x03,
    "select": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0xA4,
    "read": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0xB0,
    "query": lambda c: c[0] == 0x40 and len(c) > 3 and c[3] == 0x20,
    "presence": lambda c: c[0] == 0x42,
    "field": lambda c: c[0] == 0x32,
}

# How each fault is armed: at every byte (True), or once (False); and the ways it is tried in.
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
    "wrong_speed": (True, ({},)),
    "stuck_low": (True, ({},)),
    "no_device": (True, ({}, {"times": 2}, {"times": 3}, {"times": 7})),
    "chip_reset": (True, ({}, {"times": 2})),
    "card_gone": (True, ({},)),
    "same_sums": (True, ({"mask": 0x01}, {"mask": 0x71}, {"mask": 0x02})),
}
# Faults with few places, of which a share would be too small.
FEW = ("length_checksum", "garbage_before_ack", "stale_answer", "no_device", "same_sums")
# Any other single fault costs one activation at the most: the next one is complete.
MAY_COST_THE_TAP = ("card_gone", "same_sums", "error_frame")


def harmless(name, way, at, command, answer):
    """Tell whether a fault costs nothing, because it is short or is repaired on the spot."""
    if name == "fragmentation":
        return not way  # shorter than what the driver takes for the end
    if name == "no_device":
        return way.get("times", 1) < 3
    if name in ("checksum", "length_checksum"):
        # Asked for again by a NACK, wherever there is a frame to be seen at all.
        return "times" not in way and command + 6 + 3 <= at < command + 6 + answer - 1
    return name == "late_ack" and way["us"] < 100_000


def places(name, command, answer):
    """Return where a fault can strike in an exchange with a command and an answer that long."""
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
