"""The gate: which command may go to a card, and when. Every command passes here, once.

A state machine without I/O, one for each activation, fed with commands and answers:
- SELECT DF of an applet in the table passes always;
- SELECT EF only after that applet's full AID was the last SELECT DF and answered 9000, and only
  for an EF that the table lists under that AID;
- a query or READ BINARY only as the very next command after its own EF (a key asked by short
  identifier: its DF) was selected with 9000.

So a survey with a mistake in it can spend no try, ask for no key that was not selected, and read
no file that names the holder. A query after a failed SELECT would be answered for the key
selected before; some other cards count even the query as a failed try (OpenSC iso7816.c), so no
card is asked that did not answer to the applet's full AID.
"""

from .apdu import OK, QUERY, query_short, read_binary, select_df, select_ef
from .keys import FILES, KEYS


class GateError(Exception):
    """The command was refused and must not be sent. A fault of the caller: give up."""

    def __init__(self, reason):
        """`reason` is a sentence without any byte of the command."""
        super().__init__(reason)


def _rules():
    """Return {SELECT DF: {command: command that may follow its 9000, or None}} of the table.

    The inner None entry is the command that may directly follow the SELECT DF itself.
    """
    rules = {}
    for key in KEYS:
        inner = rules.setdefault(select_df(key.aid), {})
        if key.short:
            inner[None] = query_short(key.ef)
        else:
            inner[select_ef(key.ef)] = QUERY
    for file in FILES:
        rules.setdefault(select_df(file.aid), {})[select_ef(file.ef)] = read_binary(file.length)
    return rules


_RULES = _rules()


class Gate:
    """The gate of one activation: `check` each command before it is sent, then say `answered`."""

    def __init__(self):
        """A new gate is a card just activated: nothing is selected."""
        self._selects = {}  # rules of the applet that is selected, known by its 9000
        self._next = None  # the one command that the last 9000 made possible
        self._on_ok = None  # what a 9000 to the command under way will change: (selects, next)

    def check(self, command):
        """Let `command` pass, or raise GateError; then nothing may be sent.

        Only `bytes` pass: what is not immutable could change between the check and the bus.
        """
        allowed, self._next, self._on_ok = self._next, None, None
        if type(command) is not bytes:
            raise GateError("a command has to be bytes")
        if command in _RULES:
            # Until it is answered 9000 no applet counts as selected.
            self._selects = {}
            rules = _RULES[command]
            self._on_ok = (rules, rules.get(None))
        elif command in self._selects:
            self._on_ok = (self._selects, self._selects[command])
        elif command != allowed:
            raise GateError("this command may not be sent to a card now")

    def answered(self, answer):
        """Take the answer to the command that passed last: bytes, or None for no answer."""
        if self._on_ok and answer is not None and bytes(answer) == OK:
            self._selects, self._next = self._on_ok
        self._on_ok = None
