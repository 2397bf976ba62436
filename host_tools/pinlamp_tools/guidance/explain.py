"""What an app or a counter may have meant, by its words. Runs under MicroPython too.

A search over examples. `index.py` makes a weight for each n-gram (one to three characters of a
text) and each topic beforehand, from phrases as people say them. Here the weights of a text's
n-grams are added up; that gives each topic a chance. "none" is a topic of the index that stands
for everything else. A wrong topic is worse than none: below `_SURE` nothing is said.
"""

from math import exp, sqrt

_DROPPED = " \t\r\n　・,.。、!?！？「」『』【】()（）[]〔〕\"'’”“:：;；…/／~〜-‐‑–—_＝=*"
_LONGEST = 3
_MOST = 3
_SURE = 0.4
_SLIGHT = 0.05  # of the likeliest: what is less likely is not shown
_NONE = "none"
_STEPS, _FIRST, _MIDDLE = 4, 48, 80  # as index.py has them


def fold(data, text):
    """Return `text` (NFKC) in one spelling: lower case, hiragana, no marks.

    A blank is left between Latin words, and at both ends.
    """
    said = " "
    gap = False
    for letter in text.lower():
        if letter in _DROPPED:
            gap = True
            continue
        if "ァ" <= letter <= "ヶ":
            letter = chr(ord(letter) - 0x60)
        if gap and letter < "\x80" and "!" <= said[-1] < "\x80":
            said += " "
        gap = False
        said += letter
    for old, new in data["spellings"]:
        said = said.replace(old, new)
    return said + " "


def grams(said):
    """Return the n-grams of a folded text, each once."""
    found = set()
    for size in range(1, _LONGEST + 1):
        for start in range(len(said) - size + 1):
            found.add(said[start : start + size])
    found.discard(" ")
    return found


def chances(data, index, text):
    """Return the chance of each topic of `index`, "none" among them, by its id."""
    found = grams(fold(data, text))
    sums = [0] * len(index["topics"])
    for gram in found:
        lines = index["grams"].get(gram[0], "")
        start = lines.find("\n" + gram + "\t")
        if start >= 0:
            start += len(gram) + 2
            pairs = lines[start : lines.find("\n", start)]
            for at in range(0, len(pairs), 2):
                sums[ord(pairs[at]) - _FIRST] += ord(pairs[at + 1]) - _MIDDLE
    size = sqrt(max(1, len(found)))
    powers = [exp((total / size + start) / _STEPS) for total, start in zip(sums, index["start"])]
    return {topic: power / sum(powers) for topic, power in zip(index["topics"], powers)}


def explain(data, index, text):
    """Return the likely topics of `text` (NFKC), the likeliest first; none if not known."""
    likely = chances(data, index, text)
    order = sorted(likely, key=lambda topic: -likely[topic])
    if order[0] == _NONE or likely[order[0]] < _SURE:
        return []
    least = _SLIGHT * likely[order[0]]
    named = [topic for topic in order if topic != _NONE and likely[topic] >= least]
    topics = {topic["id"]: topic for topic in data["topics"]}
    return [topics[name] for name in named[:_MOST]]
