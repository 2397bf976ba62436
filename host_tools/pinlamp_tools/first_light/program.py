"""Programs of `benchmark/device`, run on a device over its REPL, and the JSON that they print."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..benchmark import constants
from ..deploy.port import DeviceError
from ..deploy.repl import Repl
from ..show.heard import parse

_NOT_WHOLE = "the device's answer did not arrive whole: try again, with a short cable"
# What reading a value raises that is missing, or of another kind than our programs print.
_OTHER_SHAPE = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def run(
    repl: Repl,
    home: str,
    name: str,
    take: Callable[[dict[str, Any]], None] = lambda line: None,
    unread_s: float = 0,
    **values: object,
) -> dict[str, Any]:
    """Run a program in the folder `home`; return the last JSON object that it printed.

    `take` gets each at once. `values`: the program's names in capitals. `unread_s`: see
    `Repl.stream`. Raises DeviceError if the device is gone, the program failed, or `take` finds
    another shape than it wants.
    """
    last: dict[str, Any] | None = None

    def taken(line: str) -> None:
        nonlocal last
        found = parse(line)
        if found is not None:
            last = found
            with shaped():
                take(found)

    given = "".join(f"{key}={value!r}\n" for key, value in values.items())
    code = given + (constants.DEVICE / f"{name}.py").read_text("utf-8")
    _lines(repl, home, code, taken, unread_s)
    if last is None:
        raise DeviceError(_NOT_WHOLE)
    return last


@contextlib.contextmanager
def shaped() -> Iterator[None]:
    """Read what a device has printed: raises DeviceError where it has another shape than ours."""
    try:
        yield
    except _OTHER_SHAPE as error:
        raise DeviceError(_NOT_WHOLE) from error


def measure(repl: Repl, home: str) -> dict[str, int] | None:
    """Return the constants of the model, None for a firmware that cannot tell them."""
    lines: list[str] = []
    _lines(repl, home, constants.PROGRAM.read_text("utf-8"), lines.append)
    try:
        return constants.of("\n".join(lines))
    except ValueError:
        return None


def _lines(
    repl: Repl, home: str, code: str, take: Callable[[str], None], unread_s: float = 0
) -> None:
    rest = b""

    def parts(data: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            take(line.decode("utf-8", "replace"))

    moved = f"import os\nos.chdir({home or '/'!r})\n"
    repl.stream(moved + code, parts, "the device failed at a measurement", unread_s)
