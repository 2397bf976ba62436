"""The words for keys, states, kinds of card and the device's own states, Japanese and English.

The words themselves are data: `names.json`, complete in both languages. No text calls a key
usable: green means "not locked", and a certificate may have expired all the same. Runs under
CPython, and under MicroPython in the page.
"""

import json

TYPE_CHECKING = False  # type checkers take it for true; MicroPython has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = ("ja", "en")
# Parts of names.json whose texts no screen may cut, however narrow it is: what is left of such a
# sentence may say the opposite.
WHOLE = ("overall", "device", "faults", "cable", "again")

# MicroPython has no pathlib; on Windows the folders of a path may be divided by backslashes.
_FOLDER = __file__.replace("\\", "/").rsplit("/", 1)[0]
with open(f"{_FOLDER}/names.json", encoding="utf-8") as _file:
    _WORDS = json.load(_file)


class Names:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        """`lang`: one of LANGUAGES; KeyError for any other."""
        self.lang = lang
        self._words = _WORDS[lang]

    def mark(self, key: str) -> str:
        """Return the number of a key on the official form (① to ④), or an empty string."""
        return str(self._words["keys"][key]["mark"])

    def key(self, key: str, short: bool = False) -> str:
        """Return the name of a key id or of "overall"; the short form has no format."""
        return str(self._words["keys"][key]["short" if short else "name"])

    def joined(self, keys: "Sequence[str]") -> str:
        """Return what a lamp of several keys is called: their families, and how many there are."""
        families = []
        for key in keys:
            words = self._words["keys"][key]
            family = words.get("family", words["short"])  # what keys of one kind have in common
            if family not in families:
                families.append(family)
        names = " + ".join(families)
        if len(families) == len(keys):
            return names
        return str(self._words["joined"]).format(names=names, count=len(keys))

    def label(self, key: str) -> str:
        """Return what a device's label calls a key id or "overall": what its holder enters."""
        return str(self._words["keys"][key]["label"])

    def state(
        self,
        state: str,
        left: "int | None" = None,
        maximum: "int | None" = None,
        told: bool = True,
        tight: bool = False,
    ) -> str:
        """Return the state of a key in words, with the tries left where that tells more.

        `tight`: in at most twelve cells, for a narrow terminal.
        `told`: False where too little is known of the maximum to tell earlier wrong entries.
        Besides the states of `mynacard.state`: "waiting" for its answer, "not_asked", and
        "none" (nothing known, no card); "deactivated", which is a note of `mynacard.survey`.
        """
        if maximum is None and left is not None and state in ("ok", "used"):
            state += "_open" if told else "_untold"
        words = self._words["tight" if tight else "states"]
        return str(words[state]).format(left=left, max=maximum)

    def overall(self, state: str) -> str:
        """Return what the worst state of all keys means for the card."""
        return str(self._words["overall"][state])

    def kind(self, kind: str) -> str:
        """Return the name of a kind of card."""
        return str(self._words["kinds"][kind])

    def device(self, state: str, **values: object) -> str:
        """Return a state of the device in words, `values` put in (`kind`, `code`)."""
        return str(self._words["device"][state]).format(**values)

    def fault(self, code: str, field: str = "", reader: str = "") -> str:
        """Return a fault of the device in words; `field` is the setting it is about.

        `reader`: the reader that was lost, if it is no PN532.
        A code that is not known, of a newer device, is named in a general sentence.
        """
        faults = self._words["faults"]
        said = faults.get(f"{code} {reader}") or faults.get(code) or faults["other"]
        return str(said).format(field=field, code=code)

    def screen(self, word: str, **values: object) -> str:
        """Return a word of the interactive screen."""
        return str(self._words["screen"][word]).format(**values)

    def cable(self, state: str, part: str, **values: object) -> str:
        """Return what a cable shows in words: `part` "is", or "do" for what to do (may be "").

        `state`: one of `cable.STATES`. `values`: `port`, and `group` that may use it.
        """
        return str(self._words["cable"][state][part]).format(**values)

    def again(self, word: str) -> str:
        """Return what a comparison says (see `again`), or "ask", what its button is called."""
        return str(self._words["again"][word])

    def watch(self, word: str, **values: object) -> str:
        """Return a word of `pinlamp watch`."""
        return str(self._words["watch"][word]).format(**values)
