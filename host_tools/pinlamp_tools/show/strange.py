"""Text from strangers (a device, file, card, reader or port name) on its way to eyes.

Terminal, SVG, PDF and wiring picture come here; the page has the same list (site/strange.js).
A terminal obeys control characters: it moves the cursor, fills the clipboard, changes its title. A
bidi control turns a name round, and characters without a width make two names look alike. Marks
without a width pile up on a letter, and are drawn over the lines above it.
"""

from __future__ import annotations

import unicodedata

import click

# Unicode's general categories Cc, Cf, Cs, Zl and Zp, and the letters and marks that show nothing
# (UCD, DerivedCoreProperties.txt: Default_Ignorable_Code_Point). Joiners are among them.
_RANGES = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1345F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_MARKS = ("Mn", "Me")  # general categories
_MOST_MARKS = 2  # on one letter: a letter of Vietnamese has so many, one of Japanese has one


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_ESCAPES = {code: _escape(code) for first, last in _RANGES for code in range(first, last + 1)}


def visible(text: str) -> str:
    r"""Return one line of text in which each such character is an escape: `\u001b`, `\u202e`."""
    shown = text.translate(_ESCAPES)
    if shown.isascii():
        return shown
    marks = 0  # one after the other
    found = []
    for letter in shown:
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        found.append(letter if marks <= _MOST_MARKS else _escape(ord(letter)))
    return "".join(found)


def tell(line: str, err: bool = False) -> None:
    """Print one line, `visible`; `err`: on standard error."""
    click.echo(visible(line), err=err)
