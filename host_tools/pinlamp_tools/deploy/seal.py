"""Sealing: after `pinlamp deploy --sealed` nobody gets at the device by its USB port any more.

"sealed": MicroPython begins with USB after boot.py, and not at all if a runtime device is there
that is not active (`mp_usbd_init` in MicroPython's mp_usbd_runtime.c). "hindered": the socket is
a converter on a UART with a REPL, where main.py takes Ctrl-C away; before its first bytecode
MicroPython has given it back (`parse_compile_execute` in pyexec.c). "no": the
chip's USB is no program's. Which board is what, its board.json says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .. import paths
from ..boards.board import Board
from . import payload
from .port import DeviceError
from .repl import Repl
from .settings import SettingError, on_device, written

TEXTS = json.loads(Path(__file__).with_name("seal.json").read_text("utf-8"))
BOOT = "/boot.py"
_NEXT = "/boot.new"  # becomes /boot.py
# It asks whether there is a USBDevice: an exception would keep main.py from starting.
CONTENT = paths.SEALED_BOOT.read_bytes()
# Chips whose USB is MicroPython's own.
_OWN_USB = ("rp2040", "esp32s3")
_ASK = "import machine\nprint(hasattr(machine,'USBDevice'))"


def can(board: Board) -> bool:
    """Tell whether sealing means something on a board, and somebody has looked that up."""
    return board.seal in ("sealed", "hindered") and "seal" not in board.not_looked_up


def takes_ctrl_c(board: Board) -> bool:
    """Tell whether a sealed main.py has to take Ctrl-C away: there is a REPL beside USB."""
    return board.seal == "hindered"


def words(board: Board, lang: str) -> str:
    """Return what sealing does to a board, or why it cannot be, and how to get back, in lines."""
    texts = TEXTS[lang]
    if not can(board):
        text: str = texts["no" if board.seal == "no" else "unknown"]
        return text.format(title=board.title)
    parts = (texts[str(board.seal)], texts["rest"], texts["back"], texts["back_" + board.chip])
    return "\n".join(parts).format(title=board.title)


def boot_of(repl: Repl, board: Board, sealed: bool) -> bool | None:
    """Return what is to be done to /boot.py: True write ours, False remove ours, None nothing.

    Raises DeviceError for another program's boot.py, or a MicroPython that cannot take its USB
    away.
    """
    boot = repl.read(BOOT)
    if not sealed or board.chip not in _OWN_USB:
        return False if boot == CONTENT else None
    if boot == CONTENT:
        return None
    if (boot is None and repl.is_folder(BOOT)) or not payload.runs_nothing(boot):
        raise DeviceError(
            "the device has a boot.py of another program: save it if you need it, then remove it:"
            " mpremote rm :boot.py"
        )
    if not repl.holds(_ASK, "asking for its USB"):
        raise DeviceError(
            "MicroPython on the device cannot take its USB away: put a newer one onto it"
            " (pinlamp flash)"
        )
    return True


def close(repl: Repl) -> None:
    """Write our boot.py; a pulled cable leaves the old one or ours. It counts from the next start.

    Raises DeviceError.
    """
    repl.clear(_NEXT)
    repl.write(_NEXT, CONTENT)
    if repl.read(_NEXT) != CONTENT:
        raise DeviceError("boot.py was not written well: repeat the command")
    repl.rename(_NEXT, BOOT)


def settings(given: Any) -> bytes:
    """Return the settings of a sealed device: `given`, the user's, but only its heartbeat is told.

    Raises DeviceError where nobody knows what the user's are: later nobody could mend them.
    """
    if not isinstance(given, dict):
        raise DeviceError(
            "the device's settings.json is damaged: mend it first (pinlamp settings reset, then"
            " pinlamp settings set)"
        )
    try:
        return written({**given, "events": False})
    except SettingError as error:
        raise DeviceError(str(error)) from error


def is_told(repl: Repl, home: str) -> bool:
    """Tell whether the settings in the folder `home` are those of a sealed device."""
    given = on_device(repl, home)
    return isinstance(given, dict) and given.get("events") is False
