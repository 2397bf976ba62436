"""The antenna: power, time, cards coming and going, two at once."""

import pytest

from pinlamp_tools.emulator.air.crc import checked, crc_b
from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards

REQB = b"\x05\x00\x00"


def field_with(*names, on=True):
    field = Field()
    if on:
        field.switch(True)
        field.now_us = 5_000
    for name in names:
        field.put(cards.make(name))
    return field


def request(field, data=REQB):
    return field.transmit(data + crc_b(data), "B")[0]


def later(field, us):
    field.now_us += us
    return field


def test_a_card_hears_nothing_in_its_first_five_milliseconds():
    field = field_with("fresh")
    assert request(later(field, 4_999)) is None
    assert request(later(field, 1)) is not None


def test_no_field_no_answer():
    field = field_with("fresh", on=False)
    assert request(later(field, 10_000)) is None
    field.switch(True)
    assert request(later(field, 5_000)) is not None


@pytest.mark.parametrize(("us", "forgotten"), [(4_999, False), (5_000, True)])
def test_a_card_forgets_after_five_milliseconds_without_field(us, forgotten):
    field = field_with("fresh")
    pupi = request(later(field, 5_000))[1:5]
    request(field, b"\x1d" + pupi + b"\x00\x08\x01\x01")
    field.switch(False)
    later(field, us).switch(True)
    assert (request(later(field, 5_000)) is not None) == forgotten


def test_a_card_of_another_kind_does_not_hear():
    field = later(field_with("credit", "transit"), 5_000)
    assert request(field) is None
    assert [card.kind for card in field.sense("A") + field.sense("F")] == ["A", "F"]


def test_two_answers_at_once_are_a_broken_frame():
    answer = request(later(field_with("two_cards"), 5_000))
    assert len(answer) == 14 and checked(answer, crc_b) is None


def test_lifted_cards_are_gone_and_without_power():
    field = later(field_with("fresh"), 5_000)
    card = field.cards[0]
    field.lift()
    assert field.cards == [] and request(field) is None and card.state == "off"


def test_lifted_after_so_many_frames():
    field = later(field_with("fresh"), 5_000)
    field.lift_after(2)
    assert request(field) and request(field)
    assert field.cards
    assert request(field) is None and field.cards == []
    field.put(cards.make("fresh"))
    assert request(later(field, 5_000)), "only the cards that lay there were to be lifted"


@pytest.mark.presents_pin
def test_presented_is_the_sum_over_all_cards_that_ever_lay_here():
    field = field_with("fresh", "child")
    for card in field.cards:
        card.transmit(bytes.fromhex("00A4040C0AD392F000260100000001"))
        card.transmit(bytes.fromhex("00A4020C020018"))
        card.transmit(bytes.fromhex("002000800430303030"))
    again = field.cards[0]
    field.lift()
    field.put([again])
    assert field.presented == 2


@pytest.mark.presents_pin
def test_cards_that_are_forgotten_stay_counted_once():
    field = field_with("fresh")
    (card,) = field.cards
    card.transmit(bytes.fromhex("00A4040C0AD3921000310001010408"))
    card.transmit(bytes.fromhex("00A4020C020011"))
    card.transmit(bytes.fromhex("0020008004") + b"0000")
    field.forget()
    assert field.presented == 1  # it still lies here
    field.lift()
    for _ in range(2):
        field.forget()
        assert field.presented == 1
    field.put(cards.make("fresh"))
    assert field.presented == 1
