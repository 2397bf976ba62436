"""The ideal, held against times worked out by hand."""

import pytest

from pinlamp_tools.benchmark import ideal as module
from pinlamp_tools.benchmark.ideal import ideal

SELECT = (7, 2)  # SELECT EF and 9000


def test_one_exchange_over_a_uart():
    # A byte takes 10 µs. 16 bytes to the chip and 11 back, the postambles not counted; the ACK
    # passes while the chip works.
    found = ideal("hsu", 1_000_000, [SELECT], 10_000)
    assert found.link == 160 + 110
    assert found.chip == 300 + 300
    assert found.air == 1038 + 170 + 566  # 11 bytes, TR0 and TR1, 6 bytes
    assert found.card == 10_000
    assert found.guard == 0
    assert found.total == sum(found[1:]) == 12_644


def test_i2c_has_an_address_a_status_byte_and_a_ninth_bit():
    # 1 + 17 bytes there, 2 + 12 back, 90 µs each
    assert ideal("i2c", 100_000, [SELECT], 10_000).link == 18 * 90 + 14 * 90


def test_spi_has_one_byte_more_each_way():
    assert ideal("spi", 1_000_000, [SELECT], 10_000).link == 18 * 8 + 13 * 8


def test_an_ack_that_is_slower_than_chip_air_and_card_is_waited_for():
    # 9600 baud: the five bytes of the ACK take 5208 µs after 300; the card has answered by 2374.
    found = ideal("hsu", 9_600, [SELECT], 0)
    assert found.link == 16_666 + (300 + 5_208 - 2_374) + 11_458
    assert found.total == sum(found[1:])


def test_the_guard_time_counts_where_nothing_hides_it(monkeypatch):
    monkeypatch.setattr(module, "GAP_US", 5_000)
    once = ideal("spi", 5_000_000, [SELECT], 10_000)
    twice = ideal("spi", 5_000_000, [SELECT, SELECT], 10_000)
    assert once.guard == 0
    # 13 bytes back, 18 there at 1.6 µs, and the chip's 600
    assert twice.guard == 5_000 - 20 - 28 - 600
    assert twice.total == sum(twice[1:])


def test_an_exchange_of_several_blocks_is_refused():
    with pytest.raises(ValueError, match="block"):
        ideal("hsu", 115_200, [(7, 258)], 10_000)
