"""The `pinlamp` command on a serial line, and the ways it can end: quietly, with nothing left."""

import json
import os
import pty
import select
import signal
import sys
from pathlib import Path

import pytest

needs_micropython = pytest.mark.usefixtures("micropython")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at /proc, which Linux has"
)


def _children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name_and_rest = stat.read_text().rpartition(")")
        except OSError:
            continue  # it has ended meanwhile
        if int(name_and_rest[2].split()[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# run --port


@needs_micropython
def test_a_tty_without_a_pn532_behind_it(pinlamp, event_of, one_line):
    far, near = pty.openpty()
    try:
        done = pinlamp("run", "--once", "--json", "--port", os.ttyname(near))
    finally:
        os.close(far)
        os.close(near)
    assert [event_of(line) for line in done.stdout.splitlines()] == [
        {"v": 1, "type": "fault", "code": "reader_lost"}
    ]
    assert "PN532" in one_line(done, 1)


@needs_micropython
def test_a_tty_that_is_pulled_out(started):
    emulator = started("emulate", "--card", "fresh")
    process = started("run", "--json", "--port", emulator.stdout.readline().strip())
    while json.loads(process.stdout.readline())["type"] != "result":
        pass
    emulator.kill()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors == "pinlamp: the serial line has gone\n"


@needs_micropython
def test_run_reads_the_card_of_another_pinlamps_emulator(started, pinlamp, event_of):
    emulator = started("emulate", "--card", "sign_locked")
    path = emulator.stdout.readline().strip()
    for _ in range(2):  # one program after the other
        done = pinlamp("run", "--once", "--json", "--port", path)
        found = [event_of(line) for line in done.stdout.splitlines()]
        assert found[-1]["keys"][0]["state"] == "locked"
        assert done.returncode == 0
    emulator.send_signal(signal.SIGINT)
    output, errors = emulator.communicate(timeout=20)
    assert (emulator.returncode, output, errors.strip()) == (130, "", "")


# Ctrl-C and other ends


@needs_proc
@needs_micropython
@pytest.mark.parametrize("event", ["ready", "card", "key", "result"])
def test_ctrl_c_at_any_event_ends_it_quietly_and_leaves_nothing(started, event):
    process = started("run", "--json", "--card", "fresh")
    while json.loads(process.stdout.readline())["type"] != event:
        pass
    children = _children(process.pid)
    assert children
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors.strip()) == (130, "")  # a new line after the terminal's ^C
    assert not any(_is_running(child) for child in children)


@needs_proc
@needs_micropython
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_other_ways_to_end_it(started, signals):
    process = started("run", "--json")
    process.stdout.readline()
    children = _children(process.pid)
    for number in signals:
        process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + signals[0]
    assert errors.strip() == ""
    assert not any(_is_running(child) for child in children)


@needs_proc
@needs_micropython
def test_a_killed_pinlamp_takes_its_firmware_along(started):
    process = started("run", "--json")
    process.stdout.readline()
    (child,) = _children(process.pid)
    process.kill()
    process.communicate()
    watched = os.pidfd_open(child) if _is_running(child) else None
    if watched is not None:
        assert select.select([watched], [], [], 10)[0]
        os.close(watched)


@needs_micropython
def test_a_reader_of_the_output_may_go(started):
    process = started("run", "--json", "--card", "fresh")
    process.stdout.readline()
    process.stdout.close()
    process.wait(timeout=30)
    assert process.stderr.read() == ""


@needs_micropython
def test_ctrl_c_on_a_terminal():
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
        os.execv(sys.executable, [sys.executable, "-m", "pinlamp_tools", "run", "--card", "fresh"])
    seen = b""
    while b"Pinlamp" not in seen:
        seen += os.read(terminal, 65536)
    os.write(terminal, b"\x03")
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:  # Linux says so when the other end has been closed
            break
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130
