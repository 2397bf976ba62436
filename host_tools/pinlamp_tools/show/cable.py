"""What a cable shows of a device: one state, the same for `pinlamp watch`, doctor and the page.

Runs under CPython, and under MicroPython in the page. The words are in names.json, `cable`.
"""

NONE = "none"  # there is no port
TAKEN = "taken"  # the USB chip is there, and another program keeps its port away: brltty
DENIED = "denied"  # the port is somebody else's
BUSY = "busy"  # the port does not open
LISTENING = "listening"  # open just now, or the device starts anew
SILENT = "silent"  # open, and nothing is heard
LOADER = "loader"  # the chip's ROM waits for a program
REPL = "repl"  # MicroPython waits for a line
LIVE = "live"
KEEPING = "keeping"  # it lives, and keeps what it finds to itself
SEALED = "sealed"  # it lives, and Ctrl-C opens no REPL

STATES = (NONE, TAKEN, DENIED, BUSY, LISTENING, SILENT, LOADER, REPL, LIVE, KEEPING, SEALED)
# In these nothing that was heard before counts any more.
ANEW = (NONE, TAKEN, DENIED, BUSY, LISTENING, SILENT, LOADER, REPL)

# The lamp test takes 2 s, and then `alive` comes every 2 s.
PATIENCE_MS = 6000
# While a card is asked it may take 5 s for each of two answers, and no `alive` comes.
GONE_MS = 12_000

_LOADER = "waiting for download"  # the ROM of every ESP32
_REPL = ("MicroPython v", ">>> ")
# What an ESP32's ROM says after a reset, and MicroPython after a soft one.
_RESTART = ("ets ", "rst:0x", "ESP-ROM:", "MPY: soft reboot")


class Cable:
    """Follows an open port; `state` is one of STATES."""

    def __init__(self) -> None:
        """Begin with a port that was opened just now."""
        self.state = LISTENING
        self._due = False  # another event comes soon, if the device lives
        self._beats = False  # it tells `alive` beside a card, too: older ones do not

    def event(self, event: "dict[str, object]") -> None:
        """Take an event that was heard (see `reading.heard`)."""
        if "results" in event:
            self.state = LIVE if event["results"] else KEEPING
        elif self.state != KEEPING:
            self.state = LIVE
        kind = event["type"]
        self._beats = self._beats or "lamps" in event
        self._due = kind in ("ready", "alive", "removed", "fault") or (
            self._beats and kind in ("card", "key", "result")
        )

    def words(self, text: str) -> bool:
        """Take other text: a line that is no event, or the beginning of one.

        Return whether the device starts anew.
        """
        if _LOADER in text:
            self.state = LOADER
        elif _REPL[0] in text or text.startswith(_REPL[1]):
            self.state = REPL
        elif any(text.startswith(one) for one in _RESTART):
            self.state = LISTENING
            return True
        return False

    def nothing(self, ms: float) -> None:
        """Take that nothing was heard for so long, from the opening, a restart or an event on."""
        anew = self.state == LISTENING and ms >= PATIENCE_MS
        if anew or (self._due and ms >= GONE_MS and self.state in (LIVE, KEEPING)):
            self.state = SILENT
