"""Every path that code, comments and docs of the repository cite is there."""

import ast
import io
import os
import re
import tokenize
from fnmatch import fnmatch
from pathlib import Path

import pytest

from outside import MADE
from places import ROOT

TEXTS = {"", ".md", ".json", ".toml", ".ini", ".yml", ".js", ".css", ".html", ".c"}  # "": Makefile
# Cited too, and not files of the repository:
FOREIGN = {
    *("settings.json", "files.json", "boot.py"),  # on a device
    *("report.json", "first-light.json", "my_case.json"),  # a user's
    *("pinlamp_tools/device_files/main.py", "pinlamp_tools/device_files/boot.py"),  # of a build
    *("tools/install-button.js", "data.json"),  # of a build
    *("looks.css", "reader.json", "usb_files.json"),  # of the page's build, and of its tests
    *(
        "machine_i2c.c",
        "machine_hw_spi.c",
        "machine_spi.c",
        "machine_pin.c",
        "machine_uart.c",
    ),  # MicroPython's
    *("mp_usbd_cdc.c", "usb_serial_jtag.c", "stdout_helpers.c", "modmachine.c"),  # MicroPython's
    *("manifestfile.py", "mp_usbd_runtime.c", "pyexec.c"),  # MicroPython's
    *("card-jpki.c", "iso7816.c"),  # OpenSC's
}

_FOLDERS = "docs|tests|lib|firmware|host_tools|boards|facts"
_CITED = re.compile(
    # a path from the root of the repository
    rf"(?<![\w./<~$}})-])(?:{_FOLDERS})/[\w*./-]*[\w*]"
    # a file's name, perhaps with some of its folders
    r"|(?<![\w./<*~$})-])[\w-]+(?:/[\w-]+)*\.(?:py|md|json|js|toml|ya?ml|c|css|html)\b(?!/)"
    # a module of the tests
    r"|(?<![\w./:])test_[a-z0-9]+(?:_[a-z0-9]+)*(?![\w*(\[]|\.\w)"
    # what this project was made from, and no reader has
    r"|\bthe design\b"
)
_PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b(?!\.md)")


def _files():
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE]
        found += [Path(folder, name) for name in names]
    return sorted(found)


FILES = _files()
NAMES = {path.relative_to(ROOT).as_posix() for path in FILES}
ENDS = {
    "/".join(parts[start:])
    for parts in (name.split("/") for name in NAMES)
    for start in range(len(parts))
}
NAMED = {path.stem for path in FILES if path.suffix == ".py"} | {
    name
    for path in FILES
    if path.name.startswith("test_") and path.suffix == ".py"
    for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
}


def _prose(path):
    """Yield (line, text) of what a person wrote for persons: of Python comments and docstrings."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                yield from enumerate(node.value.value.splitlines(), node.lineno)


def _is_there(cited):
    if cited.startswith("test_") and "." not in cited:
        return cited in NAMED
    if cited.startswith("URL/"):  # for a reader to put in
        return True
    wanted = _PLACEHOLDER.sub("*", cited)
    if "*" in wanted:
        return any(fnmatch(end, wanted) for end in ENDS)
    return (ROOT / wanted).exists() or wanted in ENDS or wanted in FOREIGN


def _wrong(lines):
    """Return (line, what it cites) of all that is not there."""
    return [
        (number, cited)
        for number, line in lines
        for cited in _CITED.findall(line)
        if not _is_there(cited)
    ]


def test_what_is_cited_is_there():
    wrong = [
        f"{name}:{line} cites {cited}, which is not there"
        for name, path in ((path.relative_to(ROOT).as_posix(), path) for path in FILES)
        if path.suffix == ".py" or path.suffix in TEXTS
        for line, cited in _wrong(_prose(path))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("# Times by facts/card.md.", "facts/card.md"),
        ("from the design", "the design"),
        ("`docs/nothing.md`, and so on", "docs/nothing.md"),
        ("as nothing.py has it", "nothing.py"),
        ("see [it](nothing/README.md)", "nothing/README.md"),
        ("the part of test_nothing_at_all.", "test_nothing_at_all"),
        ("tests/test_nothing_*.py", "tests/test_nothing_*.py"),
    ],
)
def test_what_is_not_there_is_noticed(text, cited):
    assert _wrong([(7, text)]) == [(7, cited)]


@pytest.mark.parametrize(
    "text",
    [
        "docs/use.md, lib/pn532/README.md and boards/NAME/board.json",
        "`test_only_way_to_a_card.py` or `test_citations`, tests/fuzz/test_fuzz_*.py",
        "https://example.org/docs/nothing.html and /lib/nothing on the device",
        "designed like the designs of others",
    ],
)
def test_what_is_there_or_is_no_citation_passes(text):
    assert _wrong([(7, text)]) == []
