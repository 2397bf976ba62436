"""The gate: which command may go to a card, and when. Every command passes here before it is sent.

A state machine without I/O. Each activation of a card has its own, fed with commands and answers,
one after the other:
- SELECT DF of an applet in the table passes always;
- SELECT EF passes only after that applet's full AID was the last SELECT DF and answered 9000, and
  only for an EF that the table lists under that AID;
- a query or READ BINARY passes only as the very next command after the card selected its own EF
  with 9000 (a key asked by short identifier: its DF).

Even a faulty survey therefore cannot cost a try, query an unselected key, or read a file that
identifies the holder. After a failed SELECT a card would answer a query for the key selected
before it. Some other cards count even the query as a failed try (OpenSC iso7816.c), so a card gets
no query unless it answered to the applet's full AID.
"""

from .apdu import QUERY, SW_OK, query_short, read_binary, select_df, select_ef
from .keys import FILES, KEYS

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    # What may follow within a selected applet: see `_rules`.
    _Applet = dict[bytes | None, bytes | None]


class GateError(Exception):
    """The gate refused a command. Do not send it: this is a fault of the caller, so give up.

    The message is a sentence without any byte of the command.
    """


def _rules() -> "dict[bytes, _Applet]":
    """Return {SELECT DF: {command: command that may follow its 9000, or None}} of the table.

    The inner None entry is the command that may directly follow the SELECT DF itself.
    """
    rules: "dict[bytes, _Applet]" = {}
    for key in KEYS:
        inner = rules.setdefault(select_df(key.aid), {})
        if key.short:
            inner[None] = query_short(key.ef)
        else:
            inner[key.select] = QUERY
    for file in FILES:
        rules.setdefault(select_df(file.aid), {})[select_ef(file.ef)] = read_binary(file.length)
    return rules


_RULES = _rules()


def commands() -> "set[bytes]":
    """Return every command that a gate ever lets pass."""
    found = set(_RULES)
    for inner in _RULES.values():
        found.update([c for pair in inner.items() for c in pair if c is not None])
    return found


class Gate:
    """The gate of one activation: `check` each command before you send it, then say `answered`.

    It starts as for a freshly activated card: nothing selected.
    """

    def __init__(self) -> None:
        # The rules of the selected applet, known by its 9000.
        self._selects: "_Applet" = {}
        # The one command that the last 9000 made possible.
        self._next: "bytes | None" = None
        # What a 9000 to the command under way will change: (_selects, _next).
        self._on_ok: "tuple[_Applet, bytes | None] | None" = None
        self._waits = False  # for the answer to the command that passed last

    def check(self, command: bytes) -> None:
        """Let `command` pass, or raise GateError; then send nothing.

        Only `bytes` pass: a mutable buffer could change between the check and the bus. Nothing
        passes while an answer is outstanding: of two, nobody could tell which one selected what.
        """
        if self._waits:
            raise GateError("the command before is not answered yet")
        allowed = self._next
        self._next = None
        self._on_ok = None
        if type(command) is not bytes:
            raise GateError("a command has to be bytes")
        if command == allowed:
            self._waits = True
            return
        selects = self._selects
        if command in selects:
            self._on_ok = (selects, selects[command])
            self._waits = True
            return
        rules = _RULES.get(command)
        if rules is None:
            raise GateError("this command may not be sent to a card now")
        # Until the card answers 9000, no applet counts as selected.
        self._selects = {}
        self._on_ok = (rules, rules.get(None))
        self._waits = True

    def answered(self, answer: "bytes | bytearray | memoryview | None") -> None:
        """Take the answer to the command that passed last: bytes, or None for no answer."""
        self._waits = False
        on_ok = self._on_ok
        if on_ok:
            if answer == SW_OK:
                self._selects, self._next = on_ok
            self._on_ok = None
