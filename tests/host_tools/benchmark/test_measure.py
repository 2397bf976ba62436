"""The bench on the virtual clock: what it measures, that it repeats, and that a bar can be missed.

No time is asserted here: `pinlamp bench --check` does that.
"""

import xml.etree.ElementTree as ElementTree

import pytest

from pinlamp_tools.benchmark import chip, measure, model, picture
from pinlamp_tools.benchmark.measure import ARRANGEMENTS, Arrangement, KeyFigures

HSU, POLLED, IRQ = ARRANGEMENTS[1], ARRANGEMENTS[4], ARRANGEMENTS[7]


@pytest.fixture(scope="module")
def figures(micropython):
    return measure.measure(arrangements=(HSU, POLLED, IRQ))


def test_two_runs_give_the_same_figures(figures):
    assert measure.measure(arrangements=(HSU, POLLED, IRQ)) == figures


def test_every_arrangement_sends_the_same_commands_and_none_beats_the_ideal(figures):
    assert [one.arrangement for one in figures.links] == [HSU, POLLED, IRQ]
    assert len({one.exchanges for one in figures.links}) == 1
    for one in figures.links:
        assert len(one.exchanges) == 29
        assert all(len(answer) >= 4 for _, answer in one.exchanges)
        assert one.ratio >= 1
        assert 0 < one.first_lamp < one.last_lamp <= one.ours
        assert one.find > 0
        assert sum(one.ideal[1:]) == one.ideal.total


def test_a_slower_card_makes_ours_and_the_ideal_slower(figures):
    (slow,) = measure.measure(20_000, (IRQ,)).links
    fast = figures.links[2]
    assert slow.ideal.total - fast.ideal.total == 29 * 10_000
    assert slow.ours > fast.ours


def test_the_link_s_speed_counts(figures):
    by_name = {one.arrangement: one for one in figures.links}
    (slow,) = measure.measure(arrangements=(HSU._replace(hz=115_200),)).links
    assert slow.ideal.link > by_name[HSU].ideal.link
    assert slow.ours > by_name[HSU].ours


def test_keys_cost_what_they_are_asked_with(figures):
    # one applet for eleven of them: its SELECT DF, and SELECT EF and query for each
    assert [one.keys for one in figures.keys] == [11, 22, 44]
    assert [one.exchanges for one in figures.keys] == [3 + 23, 3 + 46, 3 + 92]
    assert all(one.allocated > 0 for one in figures.keys)


def test_each_bar_can_be_missed(figures):
    one = figures.links[0]
    held = figures._replace(links=(one,))
    wrong = {
        "times the ideal": one._replace(ours=int(one.ideal.total * 1.06)),
        "the first lamp": one._replace(first_lamp=151_000),
        "the last lamp": one._replace(last_lamp=501_000),
        "finding a card": one._replace(find=100_001.0),
    }
    for what, figure in wrong.items():
        new = set(measure.missed(held._replace(links=(figure,)))) - set(measure.missed(held))
        assert len(new) == 1 and what in new.pop()
    keys = (KeyFigures(11, 26, 100, 1), KeyFigures(22, 49, 200, 1), KeyFigures(44, 95, 600, 1))
    assert any("a key costs" in said for said in measure.missed(held._replace(keys=keys)))


def test_bars_are_lower_where_the_issue_has_them_lower():
    slow, polled = Arrangement("i2c", 100_000, True), Arrangement("spi", 1_000_000, False)
    assert not slow.fast and polled.fast
    assert (slow.ratio_bar, polled.ratio_bar) == (1.05, 1.10)


def test_what_goes_wrong_in_the_interpreter_is_told(micropython, monkeypatch, tmp_path):
    broken = tmp_path / "device_side.py"
    broken.write_text("raise ValueError('no such thing')\n", "utf-8")
    monkeypatch.setattr(measure, "DEVICE_SIDE", broken)
    with pytest.raises(measure.BenchmarkError, match="HSU 921600.*no such thing"):
        measure.measure(arrangements=(HSU,))


def test_the_picture_has_every_figure_and_is_the_same_twice(figures):
    boards = model.of_boards(model.measured_constants(), model.Survey.of(figures))
    drawn = picture.draw(figures, chip.figures(), boards)
    assert picture.draw(figures, chip.figures(), boards) == drawn
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.text]
    for one in figures.links:
        assert one.arrangement.name in texts
        assert any(f"{one.ratio:.3f}" in text for text in texts)
    for row in boards:
        assert f"{row.board}, {row.link}" in texts
    order = [texts.index(each) for each in texts if each.startswith(("Measured", "Model", "On a"))]
    assert len(order) == 3 and order == sorted(order)


def test_the_picture_s_check_sees_a_change(figures, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(picture, "measure", lambda: figures)
    path = tmp_path / "bench.svg"
    assert picture.main([str(path), "--check"]) == 1
    assert picture.main([str(path)]) == 0
    assert picture.main([str(path), "--check"]) == 0
    path.write_text(path.read_text("utf-8").replace("ideal", "Ideal"), "utf-8")
    capsys.readouterr()
    assert picture.main([str(path), "--check"]) == 1
    assert "bench-picture" in capsys.readouterr().err
