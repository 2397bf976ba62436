"""What lies on a device beside Pinlamp's folders: whoever had its cable may have left it there."""

from __future__ import annotations

from pinlamp import files

from ..boards.board import Board
from . import payload, seal
from .port import DeviceError
from .repl import Repl
from .snippets import path_of

ROM = "/rom"  # MicroPython mounts a file system in ROM there, and looks for modules in it
EMPTY = ("/lib", ROM)  # these folders may be there: nothing that is right is in them
# A deployment renames the .new ones. The state of a device without slots is data, never run.
_OURS = {*EMPTY, "/main.py", "/main.new", "/boot.new", *(f"/{name}" for name in files.STATE)}
# What lies in the file system at /, and in no other that is mounted: those have no name in "/.".
# They last until the next reset, and what mounts one at a start is a file that is compared.
_ROOT = """
import os
hx=lambda d:''.join(['%02x'%c for c in d])
_tell(' '.join([hx(e[0])for e in os.ilistdir(b'/.')]))
"""


def everything(repl: Repl, but: set[str] | None = None) -> dict[str, str]:
    """Return what lies on the device, as `Repl.tree` does, but for some folders."""
    names = repl.told(_ROOT, "looking at /").split()
    try:
        tops = {ROM, *(f"/{path_of(name)}" for name in names)}
        if len({*names}) < len(names):  # two of one name: one hides the other
            raise ValueError(names)
    except ValueError:
        raise DeviceError("looking at /: the device's answer cannot be read") from None
    return {
        path: digest for top in tops - (but or set()) for path, digest in repl.tree(top).items()
    }


def runs_nothing(repl: Repl) -> bool:
    """Tell whether the device's boot.py runs nothing, or is the one that seals a device."""
    boot = repl.read(seal.BOOT)
    return boot == seal.CONTENT or payload.runs_nothing(boot)


def beside(repl: Repl, mip: Board | None = None) -> list[str]:
    """Return the paths, sorted, of what lies beside Pinlamp's folders. No deployment removes it.

    `mip`: the board of a device that mip filled. What mip puts there is then no stranger's: no
    program looks for it any more once a slot starts.
    """
    slots = {f"/{slot}" for slot in payload.SLOTS}
    found = everything(repl, slots).keys() - _OURS - (_of_mip(mip) if mip else set())
    if seal.BOOT in found and runs_nothing(repl):
        found -= {seal.BOOT}
    return sorted(found)


def _of_mip(board: Board) -> set[str]:
    """Return what mip leaves at the root, compiled or as it is written."""
    there = payload.belonging("", payload.root_files(board))
    written = {f"{path.removesuffix('.mpy')}.py" for path in there if path.endswith(".mpy")}
    return {*there, *written}
