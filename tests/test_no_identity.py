"""Nothing that identifies a card, its holder or the reader is in any output of any command.

Marks are planted wherever a card or a reader could say one; each output is searched for them.
"""

import json

import pytest

import pcsc
from plants import ATR, PLANTS, SERIAL, of_files, plant, search


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd")
    with pcsc.Service(name=f"SONY FeliCa RC-S300/S ({SERIAL})") as service:
        yield service


@pytest.mark.parametrize(
    ("name", "atr"), [*((name, None) for name in PLANTS), ("query", ATR), ("files", ATR)]
)
def test_over_pcsc(service, pinlamp, tmp_path, name, atr):
    with service.card("fresh", atr, change=lambda card: plant(card, PLANTS[name], 0)):
        outputs = [
            pinlamp(*command, "--reader", pcsc.SLOT)
            for command in (
                ("read",),
                ("--debug", "read", "--json"),
                ("read", "--print"),
                ("record", "-o", tmp_path / "card.jsonl"),
                ("report", "-o", tmp_path / "report.json"),
            )
        ]
    outputs += of_files(pinlamp, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["reader"] == "SONY FeliCa RC-S300/S"
    search(outputs, tmp_path)
