"""The model, held against times worked out by hand."""

import json

import pytest

from pinlamp_tools.benchmark import constants, model
from pinlamp_tools.benchmark.model import Host, Survey, modelled
from pinlamp_tools.boards.board import Board

CONSTANTS = {
    "hz": 100_000_000,
    "exchange_us": 1_000,
    "wait_us": 100,
    "render_us": 3_000,
    "event_us": 400,
}
SELECT = (7, 2)  # SELECT EF and 9000: chip 600, air 1774 µs
HSU = Host("hsu", 100_000_000)


def beyond(survey, host, slower=1.0):
    """Return the time beyond the ideal."""
    found = modelled(CONSTANTS, survey, host, slower)
    return found.survey - found.ideal.total


def test_a_slow_card_hides_lamps_and_console_but_no_exchange():
    # 1000 + 2 * 100 each; a finding is shown in 3000 + 400 + 200
    assert beyond(Survey([SELECT] * 3, 2, 10_000), HSU) == 3 * 1_200


def test_a_fast_card_hides_as_much_as_it_takes():
    assert beyond(Survey([SELECT], 1, 0), HSU) == 1_200 + 3_600 - 600 - 1_774


def test_i2c_and_spi_wait_for_the_ack_too():
    for link in ("i2c", "spi"):
        assert beyond(Survey([SELECT], 0, 0), Host(link, 100_000_000)) == 1_400


def test_time_goes_with_the_clock_and_with_how_slow_a_processor_is():
    survey = Survey([SELECT], 0, 10_000)
    assert beyond(survey, HSU._replace(clock_hz=200_000_000)) == 600
    assert beyond(survey, HSU, model.SLOWER) == 1_800


def test_without_an_interrupt_a_wait_ends_late():
    survey = Survey([SELECT], 0, 10_000)
    polled = Host("i2c", 100_000_000, woken=False)
    assert beyond(survey, polled) == 1_200 + 500
    assert beyond(survey, polled._replace(ticks=True)) == 1_200 + 5_000


def test_the_processor_is_busy_with_all_of_a_tap():
    found = modelled(CONSTANTS, Survey([SELECT], 1, 10_000), HSU)
    # activation and exchange, a finding shown and told again, and the frames of that time
    frames = (found.ideal.total + 1_200) / 40_000 * 3_200
    assert found.busy == round(2 * 1_200 + 3_600 + 400 + frames)


def test_polling_and_transfers_keep_it_busy():
    survey = Survey([SELECT], 0, 626)  # chip, air and card: 3 ms
    found = modelled(CONSTANTS, survey, Host("i2c", 100_000_000, woken=False))
    frames = found.survey / 40_000 * 3_200
    assert found.busy == round(2 * 1_200 + 3 * 200 + found.ideal.link + frames)


def test_every_board_has_a_clock_and_a_row():
    rows = model.of_boards(CONSTANTS, Survey([SELECT] * 29, 11, 10_000))
    by_name = {row.board: row for row in rows}
    assert by_name["m5stack_atom_lite"].host.clock_hz == 240_000_000
    assert by_name["pico_w"].host.clock_hz == 125_000_000
    for row in rows:
        assert row.host.clock_hz == model.clock_hz(Board.named(row.board))
        assert row.slower.survey > row.usual.survey > row.usual.ideal.total
        assert json.dumps(row.data())
        assert [name for name in row.data() if "survey" in name or "busy" in name] == [
            "modelled_survey_ms",
            "modelled_busy_ms",
            "modelled_survey_ms_at_1.5",
            "modelled_busy_ms_at_1.5",
        ]


def test_the_written_constants_are_complete():
    assert list(model.measured_constants()) == list(constants.NAMES)


@pytest.mark.parametrize("now, said", [(1_099, []), (1_101, ["exchange_us: 1000, now 1101"])])
def test_a_tenth_is_tolerated(now, said):
    assert model.changed(CONSTANTS, {**CONSTANTS, "exchange_us": now}) == said
