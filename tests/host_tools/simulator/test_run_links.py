"""The `pinlamp` command with its PN532 on each link, with faults, and on a tty without one."""

import json
import os
import pty
import select
import signal

import pytest

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.mark.parametrize("link", ["i2c", "spi"])
def test_a_card_is_read_over_each_link(pinlamp, link):
    done = pinlamp("run", "--once", "--json", "--card", "sign_locked", "--link", link)
    assert json.loads(done.stdout.splitlines()[-1])["keys"][0]["state"] == "locked"
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_may_cost_the_tap_but_never_lies(pinlamp, truth):
    what = ("--card", "sign_locked", "--link", "i2c", "--fault", "checksum@25")
    done = pinlamp("run", "--once", "--json", *what)
    result = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == (0 if result["complete"] else 1)
    for key in result["keys"]:
        if key["state"] != "unknown":
            assert key == {"id": key["id"], **truth["sign_locked"]["keys"][key["id"]]}


def test_a_reader_that_a_fault_has_lost_is_waited_for(pinlamp):
    done = pinlamp("run", "--once", "--card", "sign_locked", "--fault", "chip_reset")
    assert "Faults of chip_reset: 1" in done.stdout
    assert "PINs presented: 0" in done.stdout
    assert done.returncode in (0, 1) and done.stderr == ""


def test_without_once_a_tty_without_a_pn532_is_tried_again_and_again(started, event_of):
    far, near = pty.openpty()
    process = started("run", "--json", "--port", os.ttyname(near))
    try:
        lost = event_of(process.stdout.readline())
        while select.select([far], [], [], 0)[0]:
            os.read(far, 4096)  # what was sent until it was lost
        assert select.select([far], [], [], 10)[0], "it sends again"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    finally:
        os.close(far)
        os.close(near)
    assert lost == {"v": 1, "type": "fault", "code": "reader_lost"}
    assert process.returncode == 130
    told = [event_of(line) for line in output.splitlines() if line]
    assert [(one["type"], one["fault"]) for one in told] == [("alive", "reader_lost")] * len(told)
    assert len(told) <= 2
