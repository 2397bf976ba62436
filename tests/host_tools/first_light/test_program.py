"""What a program on a device prints, and what a session makes of it."""

import pytest

from pinlamp_tools.deploy.port import DeviceError
from pinlamp_tools.first_light import program


class Says:
    """A REPL whose device says the same, whatever it runs."""

    def __init__(self, data):
        self._data = data

    def stream(self, code, take, what, unread_s):
        take(self._data)


def steps(data):
    """Return the steps in what a device says; each is taken out of its line, as a session does."""
    told = []
    program.run(Says(data), "", "link", lambda line: told.append(line.pop("step", None)))
    return told


def test_a_card_that_never_came_is_an_answer():
    assert steps(b'{"step": "lay"}\r\n\r\n{"step": "none"}\r\n') == ["lay", "none"]


@pytest.mark.parametrize("data", [b"", b"\r\n", b'{"step": "lay"', b"[]\n", b"\xff\n"])
def test_no_answer_is_an_error(data):
    with pytest.raises(DeviceError, match="did not arrive whole"):
        steps(data)
