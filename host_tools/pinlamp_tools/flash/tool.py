"""Programs that are Python packages: each runs as a process of its own, or is imported.

It runs in an empty folder. In the person's own, Python would import whatever module of that name a
stranger has put there, and esptool would take its settings from there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def run(package: str, *arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the main module of `package` and wait for its end; `how` goes to `subprocess.run`.

    Paths among the `arguments` have to be absolute.
    """
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        return subprocess.run([sys.executable, "-m", package, *arguments], cwd=folder, **how)


@contextlib.contextmanager
def usual_settings() -> Iterator[None]:
    """Import esptool with its own settings: else it reads those of the person's folder."""
    name = "ESPTOOL_CFGFILE"
    before = os.environ.get(name)
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        empty = Path(folder) / "esptool.cfg"
        empty.write_text("[esptool]\n")
        os.environ[name] = str(empty)
        try:
            yield
        finally:
            del os.environ[name]
            if before is not None:
                os.environ[name] = before
