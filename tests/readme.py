"""The READMEs and the builds' pages: their commands, how to try each, the output they show."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "ja": ROOT / "README.ja.md"}

RUN = "is run"
PLAN = "takes long: make says what it would do"
WAIT = "waits for a device until it is stopped"
FRESH = "installs: test_fresh_clone.py"
NO_READER = r"^pinlamp: .*(PC/SC|pyscard)"
NO_DEVICE = r"^pinlamp: no serial port"
# command: (how to try it, exit status, its output)
COMMANDS = {
    "make run CARD=bank_app_lockout": (RUN, 0, r"^PINs presented: 0$"),
    "make check": (PLAN, 0, r"ruff check"),
    "make test": (PLAN, 0, r"pytest"),
    "pipx install '.[pcsc]'": (FRESH, 0, r"pinlamp"),
    "pinlamp read": (RUN, 1, NO_READER),
    "pinlamp guide my_number_card visual_b locked": (RUN, 0, r"The office of the municipality"),
    'pinlamp explain "券面確認APがブロックされています"': (RUN, 0, r"check number B"),
    "pinlamp report -o report.json": (RUN, 1, NO_READER),
    "make web-run": (PLAN, 0, r"pinlamp_tools\.web\.serve dist/web"),
    "pinlamp board list": (RUN, 0, r"^esp32_devkitc "),
    "pinlamp flash --board esp32_devkitc --image FILE.bin": (
        RUN,
        2,
        r"^pinlamp: FILE.bin: No such",
    ),
    "pinlamp deploy --board esp32_devkitc": (RUN, 1, NO_DEVICE),
    "pinlamp doctor": (RUN, 1, NO_DEVICE),
    "pinlamp watch": (WAIT, None, r"^No device is connected"),
    "pinlamp first-light": (RUN, 1, NO_DEVICE),
}


def commands(readme):
    """Return the commands of a README: the lines of its indented blocks, without comments."""
    text = re.sub(r"^```text\n.*?^```$", "", readme.read_text("utf-8"), flags=re.M | re.S)
    assert "```" not in text
    return [re.sub(r"\s+# .*", "", line[4:]) for line in text.splitlines() if line[:4] == "    "]


def shown(readme):
    """Return the lines that a README shows as the end of `make run`."""
    return re.search(r"^```text\n(.*?)^```$", readme.read_text("utf-8"), re.M | re.S)[
        1
    ].splitlines()


def last_lines(text, count):
    """Return the last lines of an output, without a table's trailing blanks."""
    return [line.rstrip() for line in text.splitlines()[-count:]]


BUILDS = sorted((ROOT / "docs" / "builds").glob("*.md"))
OF_BUILDS = list(dict.fromkeys(line for page in BUILDS for line in commands(page)))
# The beginning of a command: how to try it, exit status, its output.
_OF_A_BUILD = {
    "pinlamp flash ": (RUN, 2, r"^pinlamp: FILE.bin: No such"),
    "pinlamp deploy ": (RUN, 1, NO_DEVICE),
    "pinlamp doctor": (RUN, 1, NO_DEVICE),
    "pinlamp watch": COMMANDS["pinlamp watch"],
    "pinlamp board label ": (RUN, 0, r"^[a-z-]+\.svg is written"),
    "pinlamp case ": (RUN, 0, r"printed|^case-[a-z-]+\.svg is written"),
}


def how_of_build(line):
    """Return how to try a command of a build's page, its exit status and its output."""
    (row,) = (row for begins, row in _OF_A_BUILD.items() if line.startswith(begins))
    return row
