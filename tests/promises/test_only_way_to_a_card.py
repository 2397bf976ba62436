"""Read from the sources: `Reader.exchange` is the only way of a command to a card.

There are two of it: the firmware's, for the PN532 and for whatever stands in a PN532's place, and
that of PC/SC. That both ask the gate first is the part of test_gate_first. An RC-S660/S stands in
a PN532's place as `rcs660s.Chip`, whose `in_data_exchange` alone reaches the module's `exchange`.

Emulators stand on the card's side and are no exception: they receive commands and send none.
"""

import ast

from places import ROOT

# What carries bytes of the caller's choice to a card: calls of pn532, of pasori, and pyscard's.
PAGE = ROOT / "host_tools" / "pinlamp_tools" / "web" / "pasori_reader.py"
CARRIERS = {
    "in_data_exchange",
    "in_communicate_thru",
    "exchange_apdu",
    "exchange_block",
    "transmit",
    "SCardTransmit",
    "SCardControl",
}


def _sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "emulator" not in path.parts:
                yield path, ast.parse(path.read_text("utf-8"))


def _calls(tree, names):
    """Yield (names of the enclosing classes and functions, attribute) of each use of `names`."""

    def walk(node, where):
        for child in ast.iter_child_nodes(node):
            inner = where
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner = (*where, child.name)
            if isinstance(child, ast.Attribute) and child.attr in names:
                yield where, child.attr
            if isinstance(child, ast.Attribute) and _is_open_command(child):
                yield where, "chip.command"
            # also through getattr and the like
            if isinstance(child, ast.Constant) and child.value in CARRIERS:
                yield where, child.value
            yield from walk(child, inner)

    yield from walk(tree, ())


def _is_open_command(node):
    """Tell whether this is `chip.command`, by which any command of the PN532 can be sent."""
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return node.attr == "command" and name.strip("_") == "chip"


def test_an_open_command_of_the_chip_is_noticed():
    tree = ast.parse("async def f(self):\n    await self._chip.command(0x40)\n    chip.command(1)")
    assert list(_calls(tree, CARRIERS)) == [(("f",), "chip.command")] * 2


def test_only_exchange_sends_a_command_to_a_card():
    found = [
        (path.relative_to(ROOT).as_posix(), where, name)
        for path, tree in _sources("firmware", "host_tools")
        for where, name in _calls(tree, CARRIERS)
    ]
    assert found == [
        ("firmware/pinlamp/reader.py", ("Reader", "exchange"), "in_data_exchange"),
        ("host_tools/pinlamp_tools/pcsc/reader.py", ("Reader", "exchange"), "SCardTransmit"),
    ]


def test_the_module_s_exchange_is_called_by_the_chip_in_its_place_alone():
    found = [
        (path.relative_to(ROOT).as_posix(), where)
        for path, tree in _sources("firmware")
        for where, owner in _exchanges(tree)
        if owner != "reader"
    ]
    assert found == [
        ("firmware/pinlamp/rcs660s.py", ("Chip", "in_data_exchange")),
        ("firmware/pinlamp/rcs660s.py", ("Rcs660sReader", "present")),  # its own, with the gate
    ]
    for path, tree in _sources("firmware", "host_tools"):  # nor does anybody else have a module
        names = [name for name in _imported(tree) if name.split(".")[0] == "pasori"]
        assert not names or path in (ROOT / "firmware" / "pinlamp" / "rcs660s.py", PAGE), path


def test_the_page_gives_its_module_to_that_chip_and_asks_it_nothing_itself():
    tree = ast.parse(PAGE.read_text("utf-8"))
    assert list(_exchanges(tree)) == []
    of_module = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "module"
    }
    assert of_module == {"open", "close", "overwrite"}
    users = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(getattr(given, "id", None) == "module" for given in node.args)
    ]
    assert sorted(users) == ["Chip", "_serve"]


def test_the_reader_of_the_module_asks_the_one_gate():
    """It takes `exchange` from `Reader` as it is, and never touches the gate but to look."""
    tree = ast.parse((ROOT / "firmware" / "pinlamp" / "rcs660s.py").read_text("utf-8"))
    (reader,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Rcs660sReader"]
    assert [base.id for base in reader.bases] == ["Reader"]
    assert [child.name for child in reader.body if hasattr(child, "name")] == ["present"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("_gate", "_module", "_chip"):
            assert isinstance(node.ctx, ast.Load) or node.attr == "_module"


def _exchanges(tree):
    """Yield (where, owner's name) of each use of an attribute `exchange`."""

    def walk(node, where):
        for child in ast.iter_child_nodes(node):
            inner = where
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner = (*where, child.name)
            if isinstance(child, ast.Attribute) and child.attr == "exchange":
                owner = child.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                yield inner, name.strip("_")
            yield from walk(child, inner)

    yield from walk(tree, ())


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def test_nobody_reaches_behind_the_driver():
    for path, tree in _sources("firmware", "host_tools"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr != "_handshake", path
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] != "nfc", path
                assert name.split(".")[0] != "smartcard" or path.parent.name == "pcsc", path
                assert name not in ("pn532.handshake", "pn532.chip"), path


def _run_time(tree):
    """Yield every node but those that only a type checker sees."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            child = ast.Module(child.orelse, [])
        yield child
        yield from _run_time(child)


def test_the_card_s_logic_and_the_blocks_do_no_io():
    for path, tree in _sources(
        *(f"lib/{name}/{name}" for name in ("mynacard", "isodep", "pasori"))
    ):
        if path.name == "clock.py":  # of a device: the driver of a UART is given one, and the UART
            continue
        for node in _run_time(tree):
            if isinstance(node, ast.Import):
                raise AssertionError(f"{path} imports {node.names[0].name}")
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module == "collections", path


def test_lib_imports_nothing_from_the_floors_above():
    allowed = {"asyncio", "io", "collections", "errno", "micropython", "machine"}
    libraries = ("pn532", "mynacard", "isodep", "pasori")
    for path, tree in _sources(*(f"lib/{name}/{name}" for name in libraries)):
        for node in _run_time(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            # the clock of a device; the driver itself is given one
            assert set(names) <= (allowed | {"time"} if path.name == "clock.py" else allowed), path
