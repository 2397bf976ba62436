"""The flashing page's folder: a file of somebody's own in it stays."""

import pytest

from pinlamp_tools import cli
from pinlamp_tools.flash import page

NAMES = ("index.html", "esp32_devkitc.bin", "esp32_devkitc.json", "pico_w.uf2", "tools/x.js")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_there_is_written_over_by_force_alone(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setattr(page, "_scripts", lambda tools: {"x.js": b"new"})
    monkeypatch.setattr(page, "build", lambda board, stock: b"new")
    monkeypatch.setattr(page.uf2, "build", lambda board, stock: b"new")
    stock = tmp_path / "stock"
    stock.write_bytes(b"stock")
    out = tmp_path / "site"
    mine = out / name
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    boards = [f"esp32_devkitc={stock}", f"pico_w={stock}"]
    words = ["page", "-o", str(out), "--tools", str(stock), *boards]
    assert cli.run_cli(words) == 2
    told = str(out / name.partition("/")[0])
    assert f"{told} is there already" in capsys.readouterr().err
    assert [path for path in out.rglob("*") if path.is_file()] == [mine]
    assert mine.read_bytes() == b"mine"
    assert cli.run_cli([*words, "--force"]) == 0 and mine.read_bytes() != b"mine"
    assert {path.name for path in out.iterdir()} == {n.partition("/")[0] for n in NAMES}
