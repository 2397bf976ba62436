"""`make tables`: the pages that list the keys, made from the table of the keys.

    python tables.py [--check]

In docs/protocol.md the columns key, AID, EF and tries come from `mynacard.keys`. The name of an
applet and the last column (grade and sources) are the page's own, and stay. A new key gets "?".
"""

import re
import sys

from mynacard.keys import KEYS, default_keys
from places import ROOT

PAGE = ROOT / "docs" / "protocol.md"
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \| (.*) \|$")
_COUNT = re.compile(r"\d+ exchanges for the \w+ keys")
_NUMBERS = "none one two three four five six seven eight nine ten eleven twelve".split()
_HEAD = (
    "| key | applet, its AID | EF | tries when full | grade and sources |\n|---|---|---|---|---|\n"
)


def exchanges():
    """Return the number of exchanges in a survey of a full card."""
    asked = default_keys()
    files = 2 * 2  # SELECT EF and READ BINARY of the token and of the certificates
    return len({key.aid for key in asked}) + files + 2 * len(asked)


def page(text):
    """Return docs/protocol.md with the right table of keys."""
    before, table, after = _parts(text)
    rows = {row.group(1): row for row in map(_ROW.match, table) if row}
    names = {}  # AID -> the page's name of the applet
    for row in rows.values():
        if aid := re.search("`([0-9A-F]+)`", row.group(2)):
            names[aid.group(1)] = row.group(2).partition(" `")[0]
    made, aid = "", None
    for key in KEYS:
        own = rows[key.id].group(5) if key.id in rows else "?"
        name = names.get(key.aid.hex().upper(), "?")
        applet = "the same" if key.aid == aid else f"{name} `{key.aid.hex().upper()}`"
        made += f"| `{key.id}` | {applet} | `{key.ef:04X}` | {_tries(key)} | {own} |\n"
        aid = key.aid
    asked = len(default_keys())
    number = _NUMBERS[asked] if asked < len(_NUMBERS) else str(asked)
    before = _COUNT.sub(f"{exchanges()} exchanges for the {number} keys", before)
    return before + made + after


def _tries(key):
    if key.max is None:
        return f"at least {key.floor}" if key.floor else "not known"
    return str(key.max)


def _parts(text):
    """Split a page around the rows of the table: (text, lines, text)."""
    before, head, rest = text.partition(_HEAD)
    assert head, f"{PAGE.name} has no table of the keys"
    table, end, after = rest.partition("\n\n")
    return before + head, table.splitlines(), "\n" + after


def main():
    """Write the page, or check it; return the exit status."""
    text = PAGE.read_text("utf-8")
    wanted = page(text)
    if wanted == text:
        return 0
    if "--check" in sys.argv[1:]:
        lines = zip(text.splitlines(), wanted.splitlines(), strict=False)
        number = next(n for n, (old, new) in enumerate(lines, 1) if old != new)
        path = PAGE.relative_to(ROOT)
        print(f"{path}:{number} is not as the table of keys has it: make tables", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
