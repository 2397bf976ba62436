"""The built page in a real Chromium, for the tests of it."""

import os
import shutil
from pathlib import Path

import pytest

from lamps import colour_name

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
# The headless shell draws the same page with half the work.
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _BROWSERS)), None)
LOADED = "() => document.body.classList.contains('ready')"  # its own device may still start
READY = "() => /かざして|Hold a card/.test(document.getElementById('headline').textContent)"

needs_chromium = pytest.mark.skipif(
    not (os.environ.get("CI") or (CHROMIUM and shutil.which("npm"))),
    reason="Chromium or npm is not installed: apt install chromium-headless-shell npm",
)


def colours(drives):
    """Return the names of a lamp's colours, without dark."""
    names = [colour_name(tuple(map(int, drive.split(",")))) for drive in drives if drive]
    return {name.removeprefix("dim ") for name in names} - {"off"}


def tap(page, name):
    page.click(f"[data-card={name}]")
    page.wait_for_selector("#advice .advice")
