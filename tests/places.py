"""Where the tests and the project lie, and how a message names a line of a file."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent


def line_of(path, *texts):
    """Return "path:number" of a line: the first with the first text, behind it with the second …

    `path` is relative to ROOT.
    """
    wanted = list(texts)
    for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
        if wanted[0] in line:
            wanted.pop(0)
        if not wanted:
            return f"{path}:{number}"
    raise LookupError(f"{path} has no {wanted[0]}")
