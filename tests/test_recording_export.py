"""The export: what is written opens in Wireshark, and nothing is overwritten."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pinlamp_tools.recording.export import export
from pinlamp_tools.trace import load

SOME = ("published", "swapped", "phone_ios", "juki_card")  # opened in every run
TRACES = sorted((Path(__file__).parent / "traces").glob("*.jsonl"))


def _long_but_some(trace):
    return pytest.param(trace, id=trace.stem, marks=[] if trace.stem in SOME else pytest.mark.long)


@pytest.mark.filterwarnings("ignore:Field type")  # of python-pcapng itself
@pytest.mark.parametrize("trace", [_long_but_some(trace) for trace in TRACES])
def test_the_export_opens_in_wireshark(tmp_path, trace):
    if shutil.which("tshark") is None and os.environ.get("CI") != "true":
        pytest.skip("needs tshark: apt install tshark")
    out = tmp_path / "card.pcapng"
    out.write_bytes(export(load(trace)))

    def tshark(*options):
        command = ["tshark", "-r", out, "-d", "iso14443.subdissector,iso7816", *options]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    summary = tshark()
    exchanges = load(trace).exchanges
    assert "alformed" not in summary
    assert summary.count("Select file") == 2 * summary.count("(to Select file)") > 0
    asked = sum(exchange.command[1] == 0x20 for exchange in exchanges)
    assert len(re.findall(r"Verify$", summary, re.MULTILINE)) == asked
    assert len(summary.splitlines()) == 2 + 2 * len(exchanges)
    words = tshark("-T", "fields", "-e", "iso7816.apdu.sw1", "-e", "iso7816.apdu.sw2").split()
    assert [int(word, 16) for word in words] == [
        byte for exchange in exchanges for byte in exchange.answer[-2:]
    ]


@pytest.mark.filterwarnings("ignore:Field type")  # of python-pcapng itself
def test_an_export_leaves_a_file_alone_that_is_there(pinlamp, one_line, tmp_path):
    out = tmp_path / "card.pcapng"
    assert pinlamp("export", TRACES[0], "-o", out).returncode == 0
    before = out.read_bytes()
    assert "is there already" in one_line(pinlamp("export", TRACES[0], "-o", out), 2)
    assert out.read_bytes() == before == export(load(TRACES[0]))
