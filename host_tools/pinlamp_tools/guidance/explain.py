"""What an app or a counter may have meant, by its words. Runs under MicroPython too.

A text contains a concept if it contains one of its spellings. Japanese spellings may stand
anywhere in the text without blanks and marks (see `fold`). Latin ones must be whole words (see
`words`): "era" is not in "camera". A topic fits if the text contains all concepts of one of its
lists, and none of its `not`. A topic with more of them comes first. A special topic, or a text
about something else (`foreign`), excludes general topics.
"""

_DROPPED = " \t\r\n　・,.。、!?！？「」『』【】()（）[]〔〕\"'’”“:：;；…/／~〜-‐‑–—_＝=*"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_MOST = 3


def fold(data, text):
    """Return `text` (NFKC) for comparison with Japanese spellings: without case and marks."""
    text = text.lower()
    for mark in _DROPPED:
        text = text.replace(mark, "")
    for old, new in data["fold"]:
        text = text.replace(old, new)
    return text


def words(data, text):
    """Return the Latin words and the numbers of `text` (NFKC), with a blank around each."""
    said = ""
    before = ""
    for letter in text.lower().replace("'", "").replace("’", ""):
        kind = "a" if letter in _LETTERS else "0" if letter in _DIGITS else ""
        said += (letter if kind == before else " " + letter) if kind else " "
        before = kind
    said = " " + " ".join(said.split()) + " "
    for old, new in data["latin"]:
        said = said.replace(" " + old + " ", " " + new + " ")
    return said


def explain(data, text):
    """Return the likely topics of `text` (NFKC), the likeliest first; none if not known."""
    folded = fold(data, text)
    latin = words(data, text)
    here = []
    known = " "
    for name, spellings in data["concepts"].items():
        found = False
        for spelling in spellings:
            if _is_latin(spelling):
                spelling = words(data, spelling)
                known += spelling
                found = found or spelling in latin
            else:
                found = found or fold(data, spelling) in folded
        if found:
            here.append(name)
    for name, spellings in data["whole"].items():
        if folded in [fold(data, spelling) for spelling in spellings]:
            here.append(name)
    # An unknown name in the middle of Japanese most likely belongs to another service.
    strange = [word for word in latin.split() if len(word) > 2 and " " + word + " " not in known]
    strange = [word for word in strange if word[0] in _LETTERS and not _is_latin(folded)]
    topics = [topic for topic in data["topics"] if _fits(topic, here)]
    alone = [topic for topic in topics if topic.get("alone")]
    special = alone or [topic for topic in topics if not topic.get("general")]
    if "card" not in here and ("foreign" in here or strange):
        topics = []
    # A stable sort keeps the file's order among equals; MicroPython's own sort is not stable.
    ordered = []
    for wanted in range(9, 0, -1):
        ordered += [topic for topic in special or topics if _fits(topic, here) == wanted]
    return ordered[:_MOST]


def _is_latin(text):
    return all([letter < "\x80" for letter in text])


def _fits(topic, here):
    """Return the length of the longest list whose concepts are all there; 0 without one."""
    if [name for name in topic.get("not", ()) if name in here]:
        return 0
    return max([len(names) for names in topic["any"] if all([n in here for n in names])] + [0])
