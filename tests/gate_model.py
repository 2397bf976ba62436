"""What may be sent to a card and when, written by hand: the gate's oracle."""

OK = b"\x90\x00"
SELECT_DF, SELECT_EF = b"\x00\xa4\x04\x0c", b"\x00\xa4\x02\x0c\x02"
QUERY = b"\x00\x20\x00\x80"
LICENCE = bytes.fromhex("A0000002310600000000000000000000")

# The whole of what may be sent, by hand: AID -> {EF: what may follow it}
ALLOWED = {
    bytes.fromhex("D392F000260100000001"): {
        0x0006: bytes.fromhex("00B0000020"),
        0x0008: bytes.fromhex("00B0000003"),
        0x0018: QUERY,
        0x001B: QUERY,
    },
    bytes.fromhex("D3921000310001010401"): {0x001C: QUERY},
    bytes.fromhex("D3921000310001010100"): {0x001C: QUERY},
    bytes.fromhex("D3921000310001010408"): {0x0011: QUERY, 0x0014: QUERY, 0x0015: QUERY},
    bytes.fromhex("D3921000310001010402"): {0x0011: QUERY, 0x0012: QUERY, 0x0013: QUERY},
    LICENCE: {0x001A: bytes.fromhex("00B0000003")},
}
SHORT_QUERY = bytes.fromhex("00200086")  # right behind the SELECT DF of the licence


def select_df(aid):
    """SELECT DF, in full."""
    return SELECT_DF + bytes((len(aid),)) + aid


def select_ef(ef):
    """SELECT EF."""
    return SELECT_EF + bytes((ef >> 8, ef & 0xFF))


EFS = sorted({ef for efs in ALLOWED.values() for ef in efs})


class Model:
    """What the card has seen: everything is worked out anew from there, each time."""

    def __init__(self):
        self.seen = []  # (command, answer or None) of what was sent
        self.refused_since = False  # something was refused after the last of them

    def _selected(self):
        """Return the AID that is selected beyond doubt."""
        for command, answer in reversed(self.seen):
            if command[:4] == SELECT_DF:
                return command[5:] if answer == OK else None
        return None

    def allows(self, command):
        """Tell whether a command may be sent now."""
        if type(command) is not bytes:
            return False
        if command in [select_df(aid) for aid in ALLOWED]:
            return True
        aid = self._selected()
        if aid is None:
            return False
        if command in [select_ef(ef) for ef in ALLOWED[aid]]:
            return True
        before, answer = self.seen[-1]
        if self.refused_since or answer != OK:
            return False
        if aid == LICENCE and before == select_df(LICENCE):
            return command == SHORT_QUERY
        if before[:5] == SELECT_EF:
            return command == ALLOWED[aid].get(before[5] << 8 | before[6])
        return False
