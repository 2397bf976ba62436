"""The settings of a device, seen and changed from a PC."""

import json

import pytest

import device_code
from pinlamp.settings import MOST
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import seal
from pinlamp_tools.deploy.repl import DeviceError
from pinlamp_tools.deploy.settings import TAKES, OfDevice, SettingError, reset


class Device(device_code.Files):
    """Has files, as a device behind a Repl, that can be changed."""

    def __init__(self, settings, home="/a"):
        board = json.dumps(Board.named("esp32_devkitc").data()).encode()
        super().__init__({f"{home}/board.json": board, f"{home}/settings.json": settings}, home)

    def write(self, path, data):
        self.files[path] = data

    def rename(self, old, new):
        self.files[new] = self.files.pop(old)

    def clear(self, path):
        self.files.pop(path, None)


@pytest.mark.parametrize("home", ["/a", "/b", ""])
def test_a_change_keeps_all_else(home):
    device = Device(b'{"hold_s": 5, "of_the_next_version": [1]}', home)
    OfDevice(device).set("brightness", "40")
    OfDevice(device).set("profile", "counter")
    OfDevice(device).set("sound", "true")
    assert json.loads(device.files[f"{home}/settings.json"]) == {
        "hold_s": 5,
        "of_the_next_version": [1],
        "brightness": 40,
        "profile": "counter",
        "sound": True,
    }
    used = OfDevice(device).effective()
    assert (used.hold_s, used.brightness, used.sound, used.events) == (5, 40, True, False)
    reset(device)
    reset(device)
    assert OfDevice(device).effective().brightness == 25


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("brightness", "4"),
        ("brightness", "forty"),
        ("brightness", "true"),
        ("profile", "pockets"),
        ("layout", "13"),
        ("sound", "1"),
        ("hold_s", "NaN"),
        ("poll_ms", "[" * 100_000),
        ("poll_ms", "20.0"),
    ],
)
def test_what_the_device_would_not_take_is_refused(name, text):
    device = Device(b'{"hold_s": 5}')
    with pytest.raises(SettingError, match=f"{name} cannot be .* it takes "):
        OfDevice(device).set(name, text)
    assert device.files["/a/settings.json"] == b'{"hold_s": 5}'


def test_a_layout_that_would_hide_a_key_is_refused_both_ways():
    device = Device(b'{"licence": true}')
    with pytest.raises(SettingError, match="layout 8 does not go with licence"):
        OfDevice(device).set("layout", "8")
    device = Device(b'{"layout": 8}')
    with pytest.raises(SettingError, match="licence cannot be true: .* needs layout 12 or 1"):
        OfDevice(device).set("licence", "true")


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'\xef\xbb\xbf{"brightness": 40}',
        b'{"hold_s": 5',
        b"[" * 100_000,
    ],
)
def test_half_a_file_is_told_and_can_be_mended(file):
    device = Device(file)
    found = OfDevice(device)
    assert found.damaged and found.effective().brightness == 25
    # It may have said that results stay on the device: they do, until somebody says otherwise.
    found.set("hold_s", "7")
    assert json.loads(device.files["/a/settings.json"]) == {"events": False, "hold_s": 7}
    assert not OfDevice(device).damaged


def test_what_a_profile_does_not_change_is_known():
    device = OfDevice(Device(b'{"events": true, "hold_s": 3, "sound": false, "brightness": 40}'))
    device.set("profile", "counter")
    assert device.own("counter") == {"events": True}
    assert device.own("pocket") == {"hold_s": 3, "sound": False}


@pytest.mark.parametrize("board", [None, b"", b"{}", b"[]", b'{"strips": [{}]}'])
def test_a_device_without_a_usable_board(board):
    device = Device(None)
    device.files["/a/board.json"] = board
    with pytest.raises(DeviceError, match="pinlamp deploy"):
        OfDevice(device)


def test_every_setting_of_the_firmware_is_known():
    used = OfDevice(Device(b"{}")).effective()
    assert set(TAKES) == set(vars(used)) - {"replaced"}


def test_no_more_is_written_than_the_device_reads():
    device = Device(json.dumps({"profile": "counter", "later": "x" * 470}).encode())
    with pytest.raises(SettingError, match="512 at most"):
        OfDevice(device).set("brightness", "40")
    assert OfDevice(device).effective().profile == "counter"


def test_a_sealed_device_gets_settings_that_it_reads():
    given = {"profile": "counter", "later": "窓口の番号" * 30}
    content = seal.settings(given)
    assert len(content) <= MOST and json.loads(content) == {**given, "events": False}
    with pytest.raises(DeviceError, match="512 at most"):
        seal.settings({"later": "x" * 500})
