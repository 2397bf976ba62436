"""`pinlamp record`, `report` and `export`: wrong use, and files that cannot be written."""

import json
import os
import resource
import signal
from pathlib import Path

import click
import pytest

from pinlamp_tools.recording import sources
from pinlamp_tools.recording.command import export, record

TRACES = sorted((Path(__file__).parent / "traces").glob("*.jsonl"))


def _run(verb, *arguments):
    """Run one of the commands in this process; what goes wrong in it is raised."""
    return verb.main([str(argument) for argument in arguments], standalone_mode=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "-o", "x.jsonl", "--port", "P", "--pn532", "T"),
        ("record", "-o", "x.jsonl", "--port", "P", "--licence"),
        ("record", "-o", "/nowhere/x.jsonl"),
        ("export", "x.jsonl", "-o", "/nowhere/x.pcapng"),
        ("record", "-o", "x.jsonl", "--provenance", ""),
        ("report", "-o", "x.json", "--provenance", "two\nlines"),
        ("record", "-o", "x.jsonl", "--provenance", os.fsdecode(b"\xff")),
        ("record", "-o", "x.jsonl", "--provenance", "x" * 100_000),
        ("record", "-o", "x" * 300 + ".jsonl"),
        ("report", "-o", "/dev/full"),
        ("record", "-o", "/dev/null/x"),
        ("export", TRACES[0], "-o", "/dev/full"),
        ("export", TRACES[0], "-o", "x" * 300),
        ("export", TRACES[0], "-o", "/proc/x"),
    ],
)
def test_wrong_use_is_said_before_any_tap(pinlamp, arguments):
    done = pinlamp(*arguments, timeout=20)
    assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1
    assert "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("ends", "raised"),
    [
        (KeyboardInterrupt(), click.Abort),
        (click.ClickException("no reader"), click.ClickException),
    ],
)
def test_a_file_that_a_tap_did_not_fill_is_taken_away(tmp_path, monkeypatch, ends, raised):
    out = tmp_path / "card.jsonl"

    def tap(tape, part, licence, lang):
        assert out.exists()
        raise ends

    monkeypatch.setattr(sources, "from_pcsc", tap)
    with pytest.raises(raised):
        _run(record, "-o", out)
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:Field type")  # of python-pcapng itself
def test_a_disk_that_is_full_is_one_clear_line(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2, limits[1]))
    try:
        with pytest.raises(click.ClickException, match="card.pcapng: File too large"):
            _run(export, TRACES[0], "-o", tmp_path / "card.pcapng")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o000, 0o555])
def test_a_folder_that_may_not_be_entered_or_written(tmp_path, mode):
    """As a user who is not root, with nothing of the folders of others."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    folder.chmod(mode)
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setresuid(65534, 65534, 65534)
            _run(record, "-o", folder / "card.jsonl")
        except click.UsageError as error:
            os._exit("Permission denied" in error.message)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    folder.chmod(0o755)


@pytest.mark.parametrize("lost", range(4))
def test_a_recording_with_a_gap_is_one_clear_line(tmp_path, monkeypatch, lost):
    """A line of a device's console that was damaged is no event, and so is not there."""

    def tap(tape, part, licence, lang):
        tape.take({"type": "activation", "fwi": None})
        lines = TRACES[0].read_text("utf-8").splitlines()[1:]
        for number, line in enumerate(lines):
            if number != lost:
                tape.take({"type": "exchange", **json.loads(line)})
        tape.take({"type": "result", "complete": True})
        return "none", False

    monkeypatch.setattr(sources, "from_pcsc", tap)
    with pytest.raises(click.ClickException, match="the recording has a gap"):
        _run(record, "-o", tmp_path / "card.jsonl")
    assert not list(tmp_path.iterdir())


def test_a_tap_in_which_nothing_was_asked_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "from_pcsc", lambda *_: ("none", False))
    with pytest.raises(click.ClickException, match="nothing is recorded"):
        _run(record, "-o", tmp_path / "card.jsonl")
    assert not list(tmp_path.iterdir())
