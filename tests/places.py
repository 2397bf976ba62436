"""The folders of the tests and the project, and a message's name for a line of a file."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent


def line_of(path, *texts):
    """Return "path:number": find the first text's line, after it the second text's, and so on.

    `path` is relative to ROOT.
    """
    wanted = list(texts)
    for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
        if wanted[0] in line:
            wanted.pop(0)
        if not wanted:
            return f"{path}:{number}"
    raise LookupError(f"{path} has no {wanted[0]}")
