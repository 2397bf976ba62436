"""The list of virtual cards to choose from, and which of them lies on the reader."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..emulator.card.catalogue import CARDS

_HERE = "bold #7ee2b8"
_NAMES: list[str] = [card.name for card in CARDS]


class CardList(OptionList):
    """The list of virtual cards. `here` is the name of the one on the reader, or None."""

    def __init__(self) -> None:
        """List all the cards, the first one chosen."""
        super().__init__(*(Option(name, id=name) for name in _NAMES))
        self.here: str | None = None

    @property
    def chosen(self) -> str:
        """The name of the card that the cursor is on."""
        return _NAMES[self.highlighted or 0]

    def about(self, lang: str) -> str:
        """Return what the chosen card is, in "ja" or "en"."""
        card = CARDS[self.highlighted or 0]
        return str(card.ja if lang == "ja" else card.en)

    def choose(self, name: str) -> None:
        """Move the cursor to a card."""
        self.highlighted = _NAMES.index(name)

    def step(self, by: int) -> None:
        """Move the cursor on by so many cards, round and round."""
        self.highlighted = ((self.highlighted or 0) + by) % len(_NAMES)

    def mark(self, name: str | None) -> None:
        """Mark the card that lies on the reader, or none."""
        if self.here is not None:
            self.replace_option_prompt(self.here, self.here)
        if name is not None:
            self.replace_option_prompt(name, Text(f"{name} *", style=_HERE))
        self.here = name
