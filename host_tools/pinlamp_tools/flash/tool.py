"""Programs that are Python packages: each runs as a process of its own.

It runs in an empty folder. In the person's own, Python would import whatever module of that name a
stranger has put there, and esptool would take its settings from there.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import Any


def run(package: str, *arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the main module of `package` and wait for its end; `how` goes to `subprocess.run`.

    Paths among the `arguments` have to be absolute.
    """
    with tempfile.TemporaryDirectory(prefix="pinlamp-") as folder:
        return subprocess.run([sys.executable, "-m", package, *arguments], cwd=folder, **how)
