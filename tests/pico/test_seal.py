"""A sealed Pico W, emulated: nothing comes up on USB, and the lamps show a card as before."""

import pytest
from littlefs import LittleFS

import oracle
from pinlamp_tools.boards.board import Board
from pinlamp_tools.deploy import seal
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.flash import uf2

from . import image, parts
from .device import Pico

BOARD = Board.named("pico_w")
BLOCK = 4096
START_MS = 6000  # with the lamp test


def _made(path, monkeypatch, boot):
    """Return a Pico W with our files as `deploy` leaves them, and that boot.py."""
    make = uf2.file_system

    def with_boot(board, size):
        files = LittleFS(block_size=BLOCK, block_count=size // BLOCK, mount=False)
        files.context.buffer = bytearray(make(board, size))
        files.mount()
        for name, data in {"boot.py": boot, "a/settings.json": seal.settings({})}.items():
            with files.open(f"/{name}", "wb") as file:
                file.write(data)
        return bytes(files.context.buffer)

    monkeypatch.setattr(uf2, "file_system", with_boot)
    path.write_bytes(uf2.build(BOARD, image.micropython()))
    strip, hsu = BOARD.strip, BOARD.links["hsu"]
    chip = parts.Pn532(hsu["id"], hsu["rst"])
    lamps = parts.Strip(strip.pin, strip.order)
    pico = Pico(path, (chip, lamps, parts.Buzzer(BOARD.buzzer)))
    pico.chip, pico.lamps = chip, lamps
    pico.power_cycle()
    pico.listen()
    return pico


def _shows_a_card(pico):
    """Lay a card there; tell whether the lamp of `auth` gets green. Then lift it."""
    pico.chip.field.put(cards.make("sign_locked", cards.Prng(1)))
    pico.run(2500)
    lamp = next(n for n, keys in enumerate(oracle.lamps(12)) if "auth" in keys)
    red, green, blue = pico.lamps.frames[-1][1][lamp]
    pico.chip.field.lift()
    assert pico.chip.field.presented == 0
    return green > blue > red


def test_without_the_sealed_boot_py_it_has_usb(tmp_path, monkeypatch):
    pico = _made(tmp_path / "open.uf2", monkeypatch, b"# nothing\n")
    pico.run(START_MS)
    assert pico.usb_is_up and any('"ready"' in line for _, line in pico.lines)


def test_a_sealed_one_has_none_and_shows_a_card_after_each_start(tmp_path, monkeypatch):
    pico = _made(tmp_path / "sealed.uf2", monkeypatch, seal.CONTENT)
    for _ in range(2):
        pico.run(START_MS)
        assert _shows_a_card(pico)
        pico.type(b"\x03\x03")  # whatever a host may send
        pico.run(1000)
        assert _shows_a_card(pico)
        assert not pico.usb_is_up and pico.lines == []
        pico.power_cycle()


def test_deploying_and_sealing_over_its_console(pico):
    status, said = pico.pinlamp("deploy", "--board", "pico_w", "--sealed", "--force")
    assert status == 0 and "Sealed" in said, said
    pico.power_cycle()
    heard = len(pico.lines)
    pico.run(START_MS)
    assert _shows_a_card(pico)
    assert not pico.usb_is_up and len(pico.lines) == heard


@pytest.fixture
def pico():
    """A bare Pico W with its parts."""
    strip, hsu = BOARD.strip, BOARD.links["hsu"]
    chip = parts.Pn532(hsu["id"], hsu["rst"])
    lamps = parts.Strip(strip.pin, strip.order)
    pico = Pico(image.micropython(), (chip, lamps, parts.Buzzer(BOARD.buzzer)))
    pico.chip, pico.lamps = chip, lamps
    return pico
