"""The useful parts of an ATR; the rest differs by card and by reader."""

from __future__ import annotations

from collections.abc import Sequence

_T1 = 1
_TD_FOLLOWS = 0x08


def offers_t1(atr: Sequence[int]) -> bool:
    """Tell whether a card speaks T=1, from the TD bytes of its ATR (ISO/IEC 7816-3, 8.2.3)."""
    at = 1
    while at < len(atr):
        if at > 1 and atr[at] & 0x0F == _T1:
            return True
        following = atr[at] >> 4  # which of TA, TB, TC and TD; TD is the last of them
        if not following & _TD_FOLLOWS:
            return False
        at += following.bit_count()
    return False


def fwi_of(atr: Sequence[int]) -> int | None:
    """Return a Type B card's frame waiting integer, or None if the ATR does not hold it."""
    # PC/SC part 3: of a Type B card 3B 88 80 01, application data 4, protocol info 3, MBLI, TCK.
    if len(atr) != 13 or list(atr[:4]) != [0x3B, 0x88, 0x80, 0x01]:
        return None
    return atr[10] >> 4
