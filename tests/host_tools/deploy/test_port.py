"""Ports are named as what they are, and opened without a reset."""

import os
import pty
import threading
import tty

import pytest
import serial

from pinlamp_tools.cli import run_cli
from pinlamp_tools.deploy import port, raw_repl, repl
from pinlamp_tools.show import cable


class _Info:
    def __init__(self, device, vid, pid):
        self.device, self.vid, self.pid = device, vid, pid


def _device(usb, name, vendor, product, tty=None):
    folder = usb / name
    (folder / f"{name}:1.0").mkdir(parents=True)
    (folder / "idVendor").write_text(vendor + "\n")
    (folder / "idProduct").write_text(product + "\n")
    if tty:
        (folder / f"{name}:1.0" / tty).mkdir()


@pytest.mark.parametrize(
    ("vendor", "product", "name"), [("1a86", "7523", "CH340"), ("10c4", "ea60", "CP210x")]
)
def test_a_converter_whose_port_brltty_took_is_named(tmp_path, vendor, product, name):
    _device(tmp_path, "1-1", vendor, product, "ttyUSB0")
    _device(tmp_path, "1-3", "046d", "c31c")
    assert port.taken(tmp_path) == ""
    _device(tmp_path, "1-2", vendor, product)
    assert port.taken(tmp_path) == name
    for lang in ("ja", "en"):
        told = port.words(cable.TAKEN, name, lang)
        assert name in told and "sudo apt remove brltty" in told


def test_without_any_port_a_cable_for_charging_alone_is_named(monkeypatch):
    monkeypatch.setattr(port.list_ports, "comports", lambda: [])
    monkeypatch.setattr(port, "taken", lambda: "")
    with pytest.raises(port.DeviceError, match="charge-only") as raised:
        port.find_port(None)
    assert raised.value.state == cable.NONE
    monkeypatch.setattr(port, "taken", lambda: "CH340")
    with pytest.raises(port.DeviceError, match="brltty"):
        port.find_port(None)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_two_sockets_of_one_board_are_told_apart(monkeypatch, lang):
    infos = [_Info("/dev/ttyACM0", 0x303A, 0x4001), _Info("/dev/ttyUSB0", 0x1A86, 0x7523)]
    monkeypatch.setattr(port.list_ports, "comports", lambda: infos)
    told = port.several(port.usb_ports(), lang)
    own = "the chip's own USB" if lang == "en" else "チップのUSB"
    assert f"/dev/ttyACM0 ({own}) /dev/ttyUSB0 (CH340)" in told
    assert ("two sockets" if lang == "en" else "口が2つ") in told


@pytest.fixture
def opened(monkeypatch):
    """A function: (system, USB vendor) -> what opening and closing did to the port, in order."""

    def run(system, vendor):
        seen = []

        def note(*what):
            seen.append(what)

        def opened(line, now):
            line.is_open = now
            seen.append("open" if now else "close")

        monkeypatch.setattr(port, "_WINDOWS", system == "Windows")
        monkeypatch.setattr(port.list_ports, "grep", lambda name: [_Info(name, vendor, 0)])
        monkeypatch.setattr(serial.Serial, "open", lambda line: opened(line, True))
        monkeypatch.setattr(serial.Serial, "close", lambda line: opened(line, False))
        for name in ("dtr", "rts"):
            lines = property(None, lambda line, on, name=name: note(name, on))
            monkeypatch.setattr(serial.Serial, name, lines)
        line = port.Line("COM3", 0.1)
        line.close()
        return list(seen)

    return run


CLOSED = [("rts", False), ("dtr", False), "close"]


def test_rts_falls_before_dtr_on_every_system(opened):
    for system, vendor in (("Linux", 0x10C4), ("Windows", 0x1A86)):
        assert opened(system, vendor) == ["open", *CLOSED]


def test_the_cp210x_driver_of_windows_does_not_raise_them_apart(opened):
    low = [("dtr", False), ("rts", False)]
    assert opened("Windows", 0x10C4) == [*low, "open", ("dtr", True), ("rts", True), *CLOSED]


@pytest.mark.parametrize(
    ("says", "state"),
    [
        (b'\n{"v":1,"type":"alive","results":false}\n', cable.SEALED),
        (b"\r\nwaiting for download\r\n", cable.LOADER),
        (b"", cable.SILENT),
    ],
)
def test_a_device_without_a_repl_is_named_as_what_is_heard_of_it(monkeypatch, says, state, capsys):
    master, slave = pty.openpty()
    tty.setraw(slave)
    stopped = threading.Event()

    def device():
        while not stopped.wait(0.5):  # not without end: mpremote would listen on
            os.write(master, says)

    monkeypatch.setattr(repl, "_PATIENCE_S", 0.1)
    monkeypatch.setattr(raw_repl, "ATTEMPT_S", 0.3)
    monkeypatch.setattr(port, "_HEAR_S", 1.0)
    thread = threading.Thread(target=device)
    thread.start()
    try:
        with pytest.raises(port.DeviceError) as raised:
            repl.Repl(os.ttyname(slave))
        assert raised.value.state == state
        assert run_cli(["doctor", "--port", os.ttyname(slave), "--lang", "ja"]) == 1
        assert port.words(state, os.ttyname(slave), "ja") in capsys.readouterr().err
    finally:
        stopped.set()
        thread.join()
