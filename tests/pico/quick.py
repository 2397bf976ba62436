"""rp2040py, recompiled for this very interpreter: it then runs more than twice as fast.

Its wheel has C extensions for every Python from 3.10 on, so most calls between them cost a look-up
in a dictionary. The wheel has their C sources too. Without a C compiler and Python's headers the
tests still run, but take twice the time.
"""

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import stock

_NAME = "rp2040py"


def folder(cache: Path) -> "Path | None":
    """Return a folder with the faster rp2040py, made once; None if that fails."""
    version = importlib.metadata.version(_NAME)
    tag = sysconfig.get_config_var("SOABI")
    made = cache / f"{_NAME}-{version}-{tag}"
    if made.is_dir():
        return made
    half_made = made.with_suffix(".part")
    shutil.rmtree(half_made, ignore_errors=True)
    installed = Path(importlib.util.find_spec(_NAME).submodule_search_locations[0])
    if not any((installed / "native").glob("*.c")):
        return None
    shutil.copytree(installed, half_made / _NAME, ignore=shutil.ignore_patterns("*.abi3.so"))
    print("Compiling rp2040py for this Python (once)", file=sys.stderr, flush=True)
    if not _compile(sorted((half_made / _NAME / "native").glob("*.c"))):
        shutil.rmtree(half_made)
        return None
    half_made.rename(made)
    return made


def _compile(sources):
    compiler = shutil.which("cc")
    if compiler is None:
        return False
    how = ["-O1", "-w", "-shared", "-fPIC", "-I" + sysconfig.get_paths()["include"]]
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    running = [
        subprocess.Popen(
            [compiler, *how, "-o", path.with_name(path.stem + suffix), path],
            stderr=subprocess.DEVNULL,
        )
        for path in sources
    ]
    statuses = [process.wait() for process in running]  # each of them must end
    return not any(statuses)


def use() -> None:
    """Let this process import the faster rp2040py, if there is one."""
    faster = folder(stock.CACHE)
    if faster is not None:
        sys.path.insert(0, str(faster))
