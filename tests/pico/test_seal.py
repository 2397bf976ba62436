"""A sealed Pico W, emulated: nothing of it comes up on USB, and the lamps show a card as before."""

import pytest

import oracle
from pinlamp_tools.boards.board import Board
from pinlamp_tools.emulator.card import cards

from . import image, parts
from .device import Pico

BOARD = Board.named("pico_w")
LIT_MS = 6000


@pytest.fixture(scope="module")
def pico():
    """A bare Pico W with its parts; `resets` counts how often a host could reset it by USB."""
    strip, hsu = BOARD.strip, BOARD.links["hsu"]
    chip = parts.Pn532(hsu["id"], hsu["rst"])
    lamps = parts.Strip(strip.pin, strip.order)
    pico = Pico(image.micropython(), (chip, lamps, parts.Buzzer(BOARD.buzzer)))
    pico.chip, pico.lamps = chip, lamps
    return pico


def _sign_is_red_and_auth_green(pico):
    *_, (_, pixels) = pico.lamps.frames
    lamps = [*oracle.lamps(12), ["overall"]]
    red, green, blue = pixels[next(n for n, keys in enumerate(lamps) if "auth" in keys)]
    return green > blue > red


def test_before_it_is_sealed_it_answers_and_afterwards_it_has_no_usb(pico):
    status, said = pico.pinlamp("deploy", "--board", "pico_w")
    assert status == 0, said
    pico.power_cycle()
    pico.run(LIT_MS)
    assert pico.usb_is_up and any('"ready"' in line for _, line in pico.lines)
    status, said = pico.pinlamp("deploy", "--board", "pico_w", "--sealed", "--force")
    assert status == 0 and "Sealed" in said, said
    pico.power_cycle()
    heard = len(pico.lines)
    pico.run(LIT_MS)
    assert not pico.usb_is_up and len(pico.lines) == heard


def test_it_shows_a_card_as_before_and_still_says_nothing(pico):
    heard = len(pico.lines)
    pico.chip.field.put(cards.make("sign_locked", cards.Prng(1)))
    pico.run(LIT_MS)
    assert _sign_is_red_and_auth_green(pico)
    assert pico.chip.field.presented == 0
    pico.chip.field.lift()
    pico.run(1000)
    assert not pico.usb_is_up and len(pico.lines) == heard


def test_ctrl_c_reaches_nobody(pico):
    pico.chip.field.put(cards.make("sign_locked", cards.Prng(1)))
    frames = len(pico.lamps.frames)
    pico.type(b"\x03\x03")
    pico.run(LIT_MS)
    assert _sign_is_red_and_auth_green(pico) and len(pico.lamps.frames) > frames
