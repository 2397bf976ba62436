"""The built page in a real Chromium, for the tests of it."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from lamps import colour_name

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
AXE = "axe-core-4.10.3"
# The headless shell draws the same page with half the work.
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _BROWSERS)), None)
LOADED = "() => document.body.classList.contains('ready')"  # its own device may still start
# Before the page's scripts: what the computer's clock, and no other, went on by, in ms.
WALL = """window.slept = 0; const Real = Date;
  Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + window.slept])); } };"""
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


def serious(page):
    """Return what an accessibility checker, fetched once with npm, finds serious."""
    package = CACHE / AXE
    if not package.is_dir():
        CACHE.mkdir(exist_ok=True)
        command = ["npm", "pack", "--silent", AXE.replace("core-", "core@")]
        subprocess.run(command, cwd=CACHE, check=True, capture_output=True)
        with tarfile.open(CACHE / f"{AXE}.tgz") as archive:
            archive.extractall(package, filter="data")
    page.evaluate((package / "package" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
