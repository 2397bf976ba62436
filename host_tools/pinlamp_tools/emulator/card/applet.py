"""The contents of a virtual card: applets, files and PINs, as ISO 7816-4 and JICSAP 2.0 see them.

A card answers one command with one answer and remembers three things: the selected applet (DF),
the selected file (EF), and which PINs were entered. Everything a PIN does on a real card it does
here: a wrong entry costs a try, the right one gives them all back, and at none left it is locked.
That is how a test can prove that no try was ever spent.

Status words by docs/protocol.md (W, S, I are its grades); those without one are ISO 7816-4's.
"""

OK = b"\x90\x00"
END_OF_FILE = b"\x62\x82"  # fewer bytes than Le asked for
LOCKED = b"\x69\x84"  # JICSAP: referenced IEF closed; the answer to an entry when locked [W]
DEACTIVATED = b"\x62\x83"  # to SELECT: there, but switched off (JICSAP: DF closed)
WRONG_LENGTH = b"\x67\x00"
WRONG_STRUCTURE = b"\x69\x81"  # a PIN read as a file, or a file asked as a PIN
NOT_ALLOWED = b"\x69\x82"  # security status not satisfied
NOT_NOW = b"\x69\x85"  # conditions of use not satisfied
NO_CURRENT_EF = b"\x69\x86"
NOT_FOUND = b"\x6a\x82"
WRONG_P1P2 = b"\x6a\x86"
WRONG_OFFSET = b"\x6b\x00"
NO_SUCH_INS = b"\x6d\x00"
NO_SUCH_CLA = b"\x6e\x00"


class File:
    """A transparent EF. `needs` is the EF id of the PIN to be entered before it can be read."""

    def __init__(self, data: bytes, needs=None):
        """Hold `data`; readable at once, or only after PIN `needs` of the same applet."""
        self.data = data
        self.needs = needs


class Pin:
    """A PIN (an IEF of JICSAP) with its counter of tries.

    `word` overrides the answer to the query, for answers that no counter explains (6300, 9000, …);
    `locked_word` is the answer to the query at none left: 63C0 [W], or 6984 on cards that say so.
    """

    def __init__(self, value: bytes, maximum: int, left=None, word=None, locked_word=b"\x63\xc0"):
        """Hold the right `value`; `left` of `maximum` tries, all of them when None."""
        self.value = value
        self.maximum = maximum
        self.left = maximum if left is None else left
        self.word = word
        self.locked_word = locked_word
        self.verified = False

    def query(self) -> bytes:
        """Return the status word to VERIFY without data; no try is spent.

        A correct entry in this session changes nothing: a real key still answered 63C3 after one
        [S OpenSC PR #959].
        """
        if self.word is not None:
            return self.word
        return self._tries() if self.left else self.locked_word

    def present(self, value: bytes) -> bytes:
        """Return the status word to VERIFY with `value`, and count as a real card counts."""
        if not self.left:
            return LOCKED
        if value == self.value:
            self.left = self.maximum
            self.verified = True
            return OK
        self.verified = False
        self.left -= 1
        return self._tries()

    def _tries(self) -> bytes:
        return bytes((0x63, 0xC0 | min(self.left, 15)))


class Applet:
    """A DF: its AID (5 to 16 bytes) and its EFs, a dict from EF id to File or Pin."""

    def __init__(self, aid: bytes, files: dict, deactivated: bool = False):
        """Name the applet `aid` and give it `files`; a deactivated one only says that it is."""
        self.aid = aid
        self.files = files
        self.deactivated = deactivated


class Icc:
    """The card's processor: applets and what is selected. One command in, one answer out."""

    def __init__(self, applets, counts_query: bool = False, first_word=None):
        """Load `applets`.

        `counts_query`: the card takes even the four-byte query as a failed entry, as some cards do
        (docs/protocol.md). `first_word`: answers the first command after power-up [S soltia].
        """
        self.applets = applets
        self.presented = 0
        self._counts_query = counts_query
        self._first_word = first_word
        self.reset()

    def reset(self) -> None:
        """Power lost and back: nothing selected, nothing entered. Counters stay."""
        self._leave()
        self._df = None
        self._ef = None
        self._fresh = True

    def _leave(self):
        # "A verified state survives until another applet is selected or power is lost" [W].
        for applet in self.applets:
            for entry in applet.files.values():
                if isinstance(entry, Pin):
                    entry.verified = False

    def process(self, apdu: bytes) -> bytes:
        """Return data and status word for a short APDU (extended lengths answer 6700)."""
        fresh, self._fresh = self._fresh, False
        if fresh and self._first_word is not None:
            return self._first_word
        if len(apdu) < 4:
            return WRONG_LENGTH
        cla, ins, p1, p2 = apdu[:4]
        if cla != 0x00:
            return NO_SUCH_CLA
        lengths = _lengths(apdu[4:])
        if ins == 0x20:  # whatever its length says: an entry, see `_verify`
            data = apdu[4:] if lengths is None else lengths[0]
            return self._verify(p1, p2, data, len(apdu) > 4)
        if lengths is None:
            return WRONG_LENGTH
        data, le = lengths
        if ins == 0xA4:
            return self._select(p1, p2, data)
        if ins == 0xB0:
            return self._read(p1, p2, data, le)
        return NO_SUCH_INS

    def _select(self, p1, p2, data):
        if p2 not in (0x00, 0x0C):
            return WRONG_P1P2
        if p1 == 0x04:
            return self._select_df(p2, data)
        if p1 == 0x02:
            if len(data) != 2:
                return WRONG_LENGTH
            # A failed SELECT leaves the file selected before: a trap, see docs/protocol.md.
            ef = data[0] << 8 | data[1]
            if self._df is not None and self._df.deactivated:
                return NOT_NOW
            if self._df is None or ef not in self._df.files:
                return NOT_FOUND
            self._ef = ef
            return OK
        return WRONG_P1P2

    def _select_df(self, p2, name):
        for applet in self.applets:
            if name and applet.aid.startswith(name):  # DF names match by prefix
                if applet is not self._df:
                    self._leave()
                self._df = applet
                self._ef = None
                if applet.deactivated:
                    return DEACTIVATED
                if p2 == 0x0C:
                    return OK
                fci = b"\x84" + bytes((len(applet.aid),)) + applet.aid
                return b"\x6f" + bytes((len(fci),)) + fci + OK
        return NOT_FOUND

    def _verify(self, p1, p2, data, more_than_header):
        # P2 is 80 for the selected EF, or 80 + a short EF id (proven in the licence AP only [S
        # DLC], likely in all [I]).
        if p1 != 0x00 or not p2 & 0x80 or p2 & 0x60:
            return WRONG_P1P2
        entry = self._current(p2 & 0x1F)
        # What a fifth byte (00 20 00 80 00) does is not known: taken for the worst, an entry.
        counted = more_than_header or self._counts_query
        if counted:
            self.presented += 1
        if entry is None:
            return NO_CURRENT_EF
        if not isinstance(entry, Pin):
            return WRONG_STRUCTURE
        return entry.present(data) if counted else entry.query()

    def _read(self, p1, p2, data, le):
        if data or le is None:
            return WRONG_LENGTH
        if p1 & 0x80:
            return WRONG_P1P2  # short EF ids in READ BINARY are not known of this card
        entry = self._current(0)
        if entry is None:
            return NO_CURRENT_EF
        if isinstance(entry, Pin):
            return WRONG_STRUCTURE
        if entry.needs is not None and not self._df.files[entry.needs].verified:
            return NOT_ALLOWED
        offset = p1 << 8 | p2
        if offset >= len(entry.data):
            return WRONG_OFFSET
        answer = entry.data[offset : offset + (le or 256)]
        return answer + (OK if not le or len(answer) == le else END_OF_FILE)

    def _current(self, sfi):
        if self._df is None or self._df.deactivated:
            return None
        if sfi:
            if sfi not in self._df.files:
                return None
            self._ef = sfi
        return None if self._ef is None else self._df.files[self._ef]


def _lengths(body):
    # ISO 7816-4 short cases 1 to 4 -> (data, Le or None), or None when Lc and the length disagree.
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0]
    lc = body[0]
    if lc == 0 or len(body) - 1 not in (lc, lc + 1):
        return None
    return body[1 : 1 + lc], (body[-1] if len(body) > 1 + lc else None)
