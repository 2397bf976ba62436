"""MicroPython for a board from micropython.org, fetched by mpflash if that is installed."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import click

from ..show.strange import tell
from .chips import FlashError
from .tool import run

_VERSION = re.compile(r"-v(\d+)\.(\d+)(?:\.(\d+))?\.bin$")


def fetch(image: str) -> Path:
    """Return the newest stable build `image`, a .bin file; keep it for the next time.

    FlashError says what to do without mpflash, or after a failed download.
    """
    by_hand = (
        f"get the newest .bin of {image} from micropython.org/download/{image} and name it:"
        " --image FILE"
    )
    if importlib.util.find_spec("mpflash") is None:
        raise FlashError(
            f"{by_hand}. Or install Pinlamp with '.[download]', then the same command fetches it"
        )
    folder = Path(click.get_app_dir("pinlamp")) / "micropython"
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"Fetching MicroPython ({image}) with mpflash", err=True)
    # Its exit status is 0 even if it fetched nothing; only the folder tells.
    run(
        *("mpflash", "download", "--board", image, "--version", "stable"),
        env={**os.environ, "MPFLASH_FIRMWARE": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    found = newest(folder, image)
    if found is None:
        raise FlashError(f"mpflash fetched nothing: check the network, or {by_hand}")
    return found


def newest(folder: Path, image: str) -> Path | None:
    """Return the file of build `image` with the highest version below `folder`.

    mpflash keeps them as PORT/BUILD-vX.Y.Z.bin.
    """
    versions = {}
    for path in folder.glob(f"*/{image}-v*.bin"):
        numbers = _VERSION.search(path.name)
        if numbers:
            versions[tuple(int(number or 0) for number in numbers.groups())] = path
    return versions[max(versions)] if versions else None
