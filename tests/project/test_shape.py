"""What holds for every module: how long it may be, and that tests import no test."""

import ast
import os
from pathlib import Path

from outside import MADE
from places import ROOT

LONGEST = 350  # lines


def _modules():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in MADE)
        yield from (Path(folder, name) for name in sorted(names) if name.endswith((".py", ".js")))


def test_no_module_is_too_long():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in _modules()}
    assert len(lengths) > 200
    long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > LONGEST]
    assert not long, f"longer than {LONGEST} lines, so of more than one thing: {long}"


def test_what_tests_share_is_in_a_helper():
    found = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [f"{path.name}:{node.lineno}" for name in names if name.startswith("test_")]
    assert not found, f"these import from a test: {found}"
