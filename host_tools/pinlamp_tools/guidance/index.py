"""Makes the index of `explain` from the topics' phrases: `python -m pinlamp_tools.guidance.index`.

`phrases.txt` has what people say, a topic's id before its phrases. "none" is what they say of
something else, and a topic like the others: that tells a near miss from a hit. It grows by `names`
of other things in the sentences of `frames`; every phrase also stands between words of `before`
and `after`, which mean nothing.

The index has a weight for each n-gram and topic, found by logistic regression: it is a search over
all phrases, without keeping one of them. To make it takes a minute. With --check nothing is made:
the exit status is 1 if the index is of other phrases, titles or spellings.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .explain import fold, grams
from .texts import phrases

NONE = "none"
_HERE = Path(__file__).parent
_SOURCE = _HERE / "phrases.txt"
_INDEX = _HERE / "index.json"
_HELPERS = ("names", "frames", "before", "after")
_FRAMES_EACH = 6
_RARE = 2  # an n-gram of fewer examples is left out
_ROUNDS = 12
_STEP = 3.0
_SLOWER = 0.3
_NEARLY = 0.002  # a chance that is as wrong as this is right enough
_STEPS = 4  # of a weight, in one
_LEAST = 2  # steps; a smaller weight is left out
_REACH = 44
_FIRST, _MIDDLE = 48, 80  # letters for topic 0 and for the weight 0

Example = tuple[frozenset[str], int]


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines of `phrases.txt` by the heading before them."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("# "):
            lines = found.setdefault(line[2:], [])
        elif line:
            lines.append(line)
    return found


def examples(said: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield a topic and a phrase, for all that `said` (as of `sections`) has or can be made of."""
    helpers = {name: said.get(name, []) for name in _HELPERS}
    frames = helpers["frames"]
    topics = [(topic, text) for topic in said if topic not in _HELPERS for text in said[topic]]
    for count, name in enumerate(helpers["names"]):
        for turn in range(_FRAMES_EACH):
            frame = frames[(count * _FRAMES_EACH + turn * 7) % len(frames)]
            topics.append((NONE, frame.replace("…", name)))
    before, after = helpers["before"], helpers["after"]
    for count, (topic, text) in enumerate(topics):
        yield topic, text
        if before and not text.isascii():
            lead, end = before[count % len(before)], after[count * 3 % len(after)]
            yield topic, (lead + text + end if count % 3 else text + end)


def learn(found: Sequence[Example], topics: int) -> tuple[dict[str, list[float]], list[float]]:
    """Return the weights of each n-gram, and those of none at all, by topic's number."""
    often = Counter(gram for seen, _ in found for gram in seen)
    weights = {gram: [0.0] * topics for gram in sorted(often) if often[gram] >= _RARE}
    start = [0.0] * topics
    known = [
        ([weights[gram] for gram in sorted(seen) if gram in weights], len(seen) ** -0.5, right)
        for seen, right in found
    ]
    order = list(range(len(known)))
    shuffled = random.Random(0)
    for turn in range(_ROUNDS):
        shuffled.shuffle(order)
        step = _STEP / (1 + turn * _SLOWER)
        for place in order:
            rows, size, right = known[place]
            sums = (
                [size * sum(column) for column in zip(*rows, strict=True)]
                if rows
                else [0.0] * topics
            )
            powers = [math.exp(a + b) for a, b in zip(sums, start, strict=True)]
            total = sum(powers)
            for topic in range(topics):
                wrong = powers[topic] / total - (topic == right)
                if abs(wrong) > _NEARLY:
                    start[topic] -= 0.1 * step * wrong
                    less = step * size * wrong
                    for row in rows:
                        row[topic] -= less
    return weights, start


def index(said: dict[str, list[str]], extra: Iterable[tuple[str, str]] = ()) -> dict[str, object]:
    """Return the index of what `sections` and `extra` (topics and phrases) say.

    "topics": ids, in the order of their numbers. "start": their weights without any n-gram, in
    steps. "grams": by their first letter a text with a line for each n-gram: a tab, and two
    letters for each topic that it speaks for or against. A dictionary of all n-grams would take
    seven times the space in the page's heap.
    """
    data = phrases()
    topics = [topic for topic in said if topic not in _HELPERS]
    found = [
        (frozenset(grams(fold(data, unicodedata.normalize("NFKC", text)))), topics.index(topic))
        for topic, text in [*examples(said), *extra]
    ]
    weights, start = learn(found, len(topics))
    grouped: dict[str, str] = {}
    for gram, row in weights.items():
        if pairs := _letters(row):
            grouped[gram[0]] = grouped.get(gram[0], "\n") + f"{gram}\t{pairs}\n"
    return {
        "topics": topics,
        "start": [round(weight * _STEPS) for weight in start],
        "grams": grouped,
    }


def _letters(row: Iterable[float]) -> str:
    steps = [max(-_REACH, min(_REACH, round(weight * _STEPS))) for weight in row]
    return "".join(
        chr(_FIRST + topic) + chr(_MIDDLE + many)
        for topic, many in enumerate(steps)
        if abs(many) >= _LEAST
    )


def titles() -> list[tuple[str, str]]:
    """Return each topic's id and title, in every language: it is offered to whoever asks."""
    return [
        (one["id"], one[lang]["title"]) for one in phrases()["topics"] for lang in ("ja", "en")
    ]


def digest() -> str:
    """Return a digest of all texts that the index is made of."""
    texts = [_SOURCE.read_text("utf-8"), titles(), phrases()["spellings"]]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def main() -> int:
    """Write the index, or with --check tell whether it is of these phrases."""
    if "--check" in sys.argv:
        same = _INDEX.exists() and json.loads(_INDEX.read_text("utf-8"))["of"] == digest()
        if not same:
            print("guidance/index.json is of other phrases: make index", file=sys.stderr)
        return not same
    made = {"of": digest(), **index(sections(_SOURCE.read_text("utf-8")), titles())}
    _INDEX.write_text(json.dumps(made, ensure_ascii=False, indent=0) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
