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
    """Return the time beyond the ideal, and the time that the processor is busy."""
    found = modelled(CONSTANTS, survey, host, slower)
    return found.survey - found.ideal.total, found.busy


def test_a_slow_card_hides_lamps_and_console_but_no_exchange():
    # 1000 + 100 each; a finding is shown in 3000 + 400 + 100
    assert beyond(Survey([SELECT] * 3, 2, 10_000), HSU) == (3_300, 3 * 1_100 + 2 * 3_500)


def test_a_fast_card_hides_as_much_as_it_takes():
    assert beyond(Survey([SELECT], 1, 0), HSU)[0] == 1_100 + 3_500 - 600 - 1_774


def test_i2c_and_spi_wait_for_the_ack_too():
    for link in ("i2c", "spi"):
        assert beyond(Survey([SELECT], 0, 0), Host(link, 100_000_000)) == (1_200, 1_200)


def test_time_goes_with_the_clock_and_with_how_slow_a_processor_is():
    survey = Survey([SELECT], 0, 10_000)
    assert beyond(survey, HSU._replace(clock_hz=200_000_000))[0] == 550
    assert beyond(survey, HSU, model.SLOWER)[0] == 1_650


def test_without_an_interrupt_a_wait_ends_late():
    survey = Survey([SELECT], 0, 626)  # chip, air and card: 3 ms
    polled = Host("i2c", 100_000_000, woken=False)
    assert beyond(survey, polled) == (1_200 + 2 * 500, 1_200 + 3 * 100)
    assert beyond(survey, polled._replace(ticks=True))[0] == 1_200 + 2 * 5_000


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
