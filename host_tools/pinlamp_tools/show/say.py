"""Says help, errors and prompts in the user's language.

English stands in the code, where a text belongs. Japanese stands in `say.ja.json`, by the English
text. An error is raised deep inside, in English and with its values put in; here, at the one place
where it is printed, the catalogue's text with the same words around its {fields} is found, and the
values are put into the Japanese one. A test finds each text in the code that the catalogue lacks.
"""

from __future__ import annotations

import gettext
import json
import re
from functools import cache
from pathlib import Path

_FIELD = re.compile(r"\\\{(\w+)\\\}")
# What the user typed or must type: `board` stays `board`, although it is a word of the catalogue.
_AS_TYPED = ("value", "near", "names", "name")
# Characters of a text with its values; the rest is a stranger's. To find the values takes the cube
# of the length.
LONGEST = 600
_lang = "en"


def speak(lang: str) -> None:
    """Say everything in `lang` from now on, click's own words too."""
    global _lang
    _lang = lang
    # click asks gettext for each of its texts. A catalogue of gettext's would be a compiled file.
    gettext.dgettext = _of_click
    gettext.dngettext = _of_click_by_number


def _of_click(domain: str, message: str) -> str:
    return message if _lang == "en" else catalogue().get(message, message)


def _of_click_by_number(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    return _of_click(domain, msgid1 if n == 1 else msgid2)


def spoken() -> str:
    """Return the language that is spoken, "ja" or "en"."""
    return _lang


def say(text: str, lang: str | None = None) -> str:
    """Return a text, with or without values in it, in `lang`, or in the language that is spoken.

    Its values may be texts of the catalogue too. A text that is not known, or is very long, stays
    as it is.
    """
    if (lang or _lang) == "en" or not text:
        return text
    known = catalogue().get(text)
    if known is not None or len(text) > LONGEST:
        return known or text
    for pattern, japanese in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return japanese.format(
                **{
                    name: part if name in _AS_TYPED else say(part, lang)
                    for name, part in found.groupdict().items()
                }
            )
    return text


def paragraphs(text: str) -> str:
    """Return the same of a help text, paragraph by paragraph."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(map(say, parts))


@cache
def catalogue() -> dict[str, str]:
    """Return the Japanese texts by the English ones."""
    found: dict[str, str] = json.loads(Path(__file__).with_name("say.ja.json").read_text("utf-8"))
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the texts that have fields, those with the most words of their own first."""
    texts = [text for text in catalogue() if "{" in text and "!r" not in text]
    texts.sort(key=lambda text: len(_FIELD.sub("", re.escape(text))), reverse=True)
    return [(pattern_of(text), catalogue()[text]) for text in texts]


def pattern_of(text: str) -> re.Pattern[str]:
    """Return what matches a text of the catalogue with any values in its fields."""
    return re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)
