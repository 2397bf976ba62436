"""The firmware on each link of the emulated board, as it is and with an ESP32's clock.

`machine.UART`, `machine.I2C` and `machine.SPI` are stock MicroPython's, and drive the virtual chip.
"""

import pytest

from .bench import WIRINGS, Bench

CARD = "worn"
CARD_US = (10_000, 0)  # a usual card's time for one command, and none
# The most that a survey may take of the ideal, at 10 ms a command and with an ESP32's clock.
MOST_WOKEN = 1.20
MOST_POLLED = 1.40


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The board, once installed."""
    return Bench(tmp_path_factory.mktemp("root"))


def _name(link, irq):
    return link if link == "hsu" else f"{link}_{'irq' if irq else 'polled'}"


def _taps(bench, truth, figure, where, link, irq):
    """Read a card of each of CARD_US; return the Taps."""
    taps = []
    for card_us in CARD_US:
        tap = bench.tap(CARD, card_us)
        assert tap.result["complete"]
        assert {key.pop("id"): key for key in tap.result["keys"]} == truth[CARD]["keys"]
        name = f"{where}_{_name(link, irq)}_{card_us // 1000}ms"
        figure(f"{name}: {tap}", **{name: tap.figures()})
        taps.append(tap)
    return taps


@pytest.mark.parametrize("link, irq", WIRINGS)
def test_reads_a_card(bench, truth, figure, link, irq):
    bench.start(link, irq)
    _taps(bench, truth, figure, "link", link, irq)


@pytest.mark.parametrize("link, irq", WIRINGS)
def test_reads_it_as_fast_with_the_clock_of_an_esp32(bench, truth, figure, link, irq):
    bench.start(link, irq, esp32_clock=True)
    usual, _ = _taps(bench, truth, figure, "esp32_clock", link, irq)
    most = MOST_WOKEN if irq or link == "hsu" else MOST_POLLED
    assert usual.ratio <= most


def test_no_task_runs_for_long(bench, figure):
    bench.start("hsu", False, tells=True)
    longest_ms = bench.tap(CARD, CARD_US[0]).longest_stretch_ms
    assert longest_ms
    figure(
        f"from laying down to the result a task runs {longest_ms:.1f} ms at most until it gives way",
        longest_stretch_ms=longest_ms,
    )
