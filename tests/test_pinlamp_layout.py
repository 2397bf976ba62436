"""The layouts: no key is hidden, and no 照合番号 is joined to a PIN."""

import pytest

from pinlamp.layout import LAYOUTS, PLACES, hidden


@pytest.mark.parametrize("layout", (12, 8, 5))
def test_the_text_pin_is_never_joined(layout):
    assert ("text_pin",) in LAYOUTS[layout]


def test_a_layout_that_would_hide_a_key_is_known():
    assert hidden(8, ("sign", "licence")) == ["licence"]
    assert hidden(5, ("sign", "licence")) == ["licence"]
    assert hidden(12, PLACES) == hidden(1, PLACES) == []
