"""What an app or a counter may have meant, by the words it used. Runs under MicroPython too.

A text is folded (see `fold`), then looked through for concepts: a concept is there if one of its
spellings is. A topic fits if all concepts of one of its lists are there; what fits by more of them
comes first, and general topics are left out where a special one fits.
"""

_DROPPED = " \t\r\n　・,.。、!?！？「」『』【】()（）[]〔〕\"'’”“:：;；…/／~〜-‐‑–—_＝=*"
_MOST = 3


def fold(data, text):
    """Return `text` (NFKC) as spellings are compared: without case and marks."""
    text = text.lower()
    for mark in _DROPPED:
        text = text.replace(mark, "")
    for old, new in data["fold"]:
        text = text.replace(old.lower(), new)
    return text


def explain(data, text):
    """Return the topics that `text` (NFKC) may be about, the likeliest first; none: not known."""
    words = fold(data, text)
    here = [
        name
        for name, spellings in data["concepts"].items()
        if any([fold(data, spelling) in words for spelling in spellings])
    ]
    special = []
    general = []
    for topic in data["topics"]:
        fitting = [len(names) for names in topic["any"] if all([name in here for name in names])]
        if fitting:
            (general if topic.get("general") else special).append((max(fitting), topic))
    if "foreign" in here and "card" not in here:
        general = []
        special = [(count, topic) for count, topic in special if count > 1]
    found = special or general
    # Stable, so that among equals the file's order counts; MicroPython's own sort is not.
    ordered = []
    for wanted in range(9, 0, -1):
        ordered += [topic for count, topic in found if count == wanted]
    return ordered[:_MOST]
