"""The model's constants, measured on the emulated board, against the written ones.

    PYTHONPATH=tests python -m pico.model [--check]

Without --check it writes them; with it the exit status is 1 if one has moved by too much.
"""

import json
import sys
import tempfile
from pathlib import Path

from pinlamp_tools.benchmark import constants, model

from . import quick


def measured(pico):
    """Run the program on a board that is installed and has not started; return the constants."""
    return constants.of(pico.mpremote("run", constants.PROGRAM))


def main(arguments):
    """Write the constants or check the written ones; return the exit status."""
    quick.use()
    from .bench import Bench  # only now: it imports rp2040py

    with tempfile.TemporaryDirectory() as folder:
        found = measured(Bench(Path(folder)).pico)
    if "--check" not in arguments:
        model.CONSTANTS.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        return 0
    moved = model.changed(model.measured_constants(), found)
    for sentence in moved:
        print(f"{sentence}: `make model` writes it", file=sys.stderr)
    return 1 if moved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
