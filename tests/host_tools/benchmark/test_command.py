"""`pinlamp bench` as a user sees it. Figures are printed; only that they are there is asserted."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pinlamp_tools.benchmark import chip, command, idle, measure, race
from pinlamp_tools.benchmark.measure import ARRANGEMENTS
from pinlamp_tools.benchmark.race import Program

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture(scope="module")
def slow():
    """`bench` with a card that takes 60 ms a command: (exit status, what its JSON says)."""
    done = subprocess.run(
        [sys.executable, "-m", "pinlamp_tools"]
        + ["bench", "--virtual", "--json", "--check", "--card-ms", "60"],
        capture_output=True,
        text=True,
        timeout=90,
    )
    return done.returncode, json.loads(done.stdout)


def test_json_has_every_figure(slow):
    _, found = slow
    assert found["card_ms"] == 60
    assert [one["name"] for one in found["links"]] == [one.name for one in ARRANGEMENTS]
    assert {one["exchanges"] for one in found["links"]} == {29}
    for one in found["links"]:
        assert abs(sum(one["ideal_parts_ms"].values()) - one["ideal_ms"]) < 0.01
        assert one["ratio"] >= 1
    assert [one["keys"] for one in found["keys"]] == [11, 22, 44]
    assert "real_time" not in found


def test_a_slow_card_misses_a_bar(slow):
    status, found = slow
    assert status == 1
    assert any(said.startswith("HSU 921600: the last lamp took") for said in found["missed"])


@pytest.fixture(scope="module")
def figures(micropython):
    """The figures of one arrangement; as if they had come out well."""
    found = measure.measure(arrangements=ARRANGEMENTS[1:2])
    (one,) = found.links
    good = one._replace(ours=one.ideal.total, first_lamp=1, last_lamp=2, find=3.0)
    assert measure.missed(found._replace(links=(good,))) == []
    return found._replace(links=(good,))


@pytest.fixture
def bench(figures, good_chip, monkeypatch):
    """A function: options, figures, programs -> exit status and what is printed."""

    def run(*options, found=figures, on_chip=good_chip, programs=(), share=0.01):
        monkeypatch.setattr(chip, "figures", lambda: on_chip)
        monkeypatch.setattr(measure, "measure", lambda card_us: found)
        monkeypatch.setattr(race, "run", lambda exchanges, card_us: list(programs))
        monkeypatch.setattr(idle, "share", lambda: share)
        options = [str(option) for option in options]
        done = CliRunner().invoke(command.bench, options, standalone_mode=False)
        assert done.exception is None, done.exception
        assert max(map(len, done.output.splitlines())) <= 80
        return done.return_value, done.output

    return run


def test_check_holds_and_fails_on_the_virtual_clock(bench, figures):
    assert bench("--virtual", "--check")[0] == 0
    late = figures._replace(links=(figures.links[0]._replace(first_lamp=200_000),))
    status, text = bench("--virtual", "--check", found=late)
    assert status == 1 and "Missed: HSU 921600: the first lamp took 200.0 ms" in text
    status, text = bench("--virtual", found=late)
    assert status == 0 and "Missed" in text


def test_check_holds_and_fails_on_the_chip(bench, good_chip):
    assert bench("--virtual", "--check")[0] == 0
    status, text = bench("--virtual", "--check", on_chip=good_chip._replace(waiting_share=0.2))
    assert status == 1 and "Missed: emulated Pico W: the processor is busy 20.0%" in text


def test_the_chip_comes_first_then_boards_then_links_then_the_race(bench):
    ours = Program("pinlamp", 921_600, (400_000,) * 5, None)
    _, text = bench(programs=[ours])
    signs = ("emulated Pico W", "each board, modelled", "on the virtual clock", "In real time")
    assert sorted(signs, key=text.index) == list(signs)
    said = json.loads(bench("--json", "-", programs=[ours])[1])
    assert list(said)[1:4] == ["emulated_pico_w", "modelled", "links"]
    assert {row["board"] for row in said["modelled"]} >= {"pico_w", "xiao_esp32c3"}


def test_check_holds_and_fails_in_the_race(bench):
    ours = Program("pinlamp", 921_600, (400_000,) * 5, None)
    absent = Program("nfcpy", None, (), "nfcpy is not installed")
    slower = Program("libnfc", 115_200, (500_000,) * 5, None)
    status, text = bench("--check", programs=[ours, slower, absent])
    assert status == 0 and "nfcpy is not installed" in text and "500.0" in text
    faster = slower._replace(runs=(300_000,) * 5)
    status, text = bench("--check", programs=[ours, faster, absent])
    assert status == 1 and "Missed: libnfc took 300.0 ms" in text
    status, text = bench("--check", "--json", "-", programs=[ours, faster, absent])
    assert status == 1
    rows = {one["program"]: one for one in json.loads(text)["real_time"]}
    assert rows["libnfc"]["median_ms"] == 300 and len(rows["pinlamp"]["runs_ms"]) == 5
    assert rows["nfcpy"]["missing"] == "nfcpy is not installed"


def test_check_holds_and_fails_on_an_idle_device(bench):
    ours = Program("pinlamp", 921_600, (400_000,) * 5, None)
    assert bench("--check", programs=[ours], share=0.049)[0] == 0
    status, text = bench("--check", programs=[ours], share=0.051)
    assert status == 1 and "Missed: the idle device uses 5.1% of a core" in text
    assert json.loads(bench("--json", "-", programs=[ours])[1])["idle_core_share"] == 0.01


def test_the_figures_go_into_a_file_beside_the_tables(bench, tmp_path):
    ours = Program("pinlamp", 921_600, (400_000,) * 5, None)
    file = tmp_path / "figures.json"
    status, text = bench("--json", file, programs=[ours])
    assert status == 0 and "A survey on the virtual clock" in text and "pinlamp" in text
    found = json.loads(file.read_text("utf-8"))
    assert found["links"][0]["name"] == "HSU 921600"
    assert json.loads(bench("--json", "-", programs=[ours])[1]) == found


def test_a_file_that_is_there_stays_and_no_time_is_spent(bench, tmp_path):
    file = tmp_path / "figures.json"
    file.write_text("mine")
    ours = Program("pinlamp", 921_600, (400_000,) * 5, None)
    with pytest.raises(AssertionError, match="is there already"):
        bench("--json", file, programs=[ours])
    assert file.read_text() == "mine"
    assert bench("--json", file, "--force", programs=[ours])[0] == 0
    assert json.loads(file.read_text())["links"]


def test_a_file_that_cannot_be_written_loses_no_figures(pinlamp, one_line, tmp_path):
    done = pinlamp("bench", "--virtual", "--json", tmp_path / "nowhere" / "figures.json")
    assert str(tmp_path) in one_line(done, 2)
    assert "A survey on the virtual clock" in done.stdout


def test_an_idle_device_s_time_is_counted():
    assert 0 < idle.share(1.0) < 1
