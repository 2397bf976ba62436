"""Make the traces of this folder, or with --check name those that it would change.

There is one for each virtual card that answers APDUs (recorded from the card itself, with the
survey), and one assembled from published exchanges. PROVENANCE.md says more.
"""

import sys
from pathlib import Path

from mynacard import apdu, keys
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.card.catalogue import CARDS
from pinlamp_tools.recording.trace import Trace, record

FOLDER = Path(__file__).parent

_DEFAULT_KEYS = tuple(key.id for key in keys.default_keys())
_ALL_KEYS = tuple(key.id for key in keys.KEYS)


def virtual(name: str) -> Trace | None:
    """Return the trace of a virtual card; None unless it is a single Type B card to ask."""
    # This level does not see a card's slot or PUPI, so a trace is always the same.
    type_b = [card for card in cards.make(name) if card.kind == "B"]
    if len(type_b) != 1:
        return None
    card = type_b[0]
    card.reset()
    ms = card.processing_us // 1000
    asked = _ALL_KEYS if name.startswith("licence") else _DEFAULT_KEYS
    return record(
        f"virtual card {name} of this project, not a real card",
        "none: the virtual card's own APDU level, its time per command assumed",
        asked,
        lambda command: (card.transmit(command), ms),
    )


def published() -> Trace:
    """Return the published exchanges (see PROVENANCE.md) that the survey would send."""
    licence = keys.LICENCE_PIN
    answers = {
        apdu.read_binary(keys.TOKEN.length): b"JPKIAPICCTOKEN2".ljust(keys.TOKEN.length),
        apdu.query_short(0x0006): b"\x63\xca",
        apdu.read_binary(licence.length): b"\xc1\x01\x01",
    }

    def transmit(command: bytes) -> tuple[bytes, int]:
        answer = answers.get(command, b"")
        return answer if answer == b"\x63\xca" else answer + apdu.SW_OK, 0

    return record(
        "put together from published fragments, not one session of one card: query 00200086 ->"
        " 63CA [S DLC], EF 001A C10101 [S DLC], token JPKIAPICCTOKEN2, space padded [W]; the 9000"
        " of each SELECT and READ BINARY is implied there; times unknown, given as 0",
        "unknown",
        ("licence",),
        transmit,
    )


def traces() -> dict[str, Trace]:
    """Return every trace by its file name."""
    made = {card.name: virtual(card.name) for card in CARDS}
    made["published"] = published()
    return {f"{name}.jsonl": trace for name, trace in made.items() if trace}


def main(check: bool) -> int:
    """Write the files, or compare them; return the exit status."""
    made = traces()
    stale = [path.name for path in FOLDER.glob("*.jsonl") if path.name not in made]
    for name, trace in made.items():
        path = FOLDER / name
        text = "".join(line + "\n" for line in trace.lines())
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                trace.save(path)
    for name in sorted(stale):
        print(name + (": not what `make traces` makes" if check else ""))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
