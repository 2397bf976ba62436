"""Nothing that runs on the device can reach a network: it never imports what could."""

import ast

import pytest

from places import ROOT

FORBIDDEN = {"network", "bluetooth", "ubluetooth", "espnow", "socket", "usocket", "aioble", "ssl"}
SOURCES = sorted(path for folder in ("firmware", "lib") for path in (ROOT / folder).rglob("*.py"))


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__import__":
            # The one call of it takes its names from a tuple in the same file.
            yield from (
                each.value
                for each in ast.walk(tree)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_imports_no_radio_and_no_network(path):
    names = {name.split(".")[0] for name in _imported(ast.parse(path.read_text("utf-8")))}
    assert not names & FORBIDDEN


def test_all_of_the_device_is_looked_at():
    assert {"start.py", "chip.py", "gate.py"} <= {path.name for path in SOURCES}
