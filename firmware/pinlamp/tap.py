"""One tap: surveys of the card that lies there, until one is complete or three have failed."""

from mynacard.survey import Card, survey

from .reader import TYPE_B_CARD

_RESTARTS = 2
_LOOKS = 4  # for a card that dropped out: it may be on its way back
_LOOK_MS = 40


class Tap:
    """What one tap found: `kind` (None: left before it was known), `findings`, `complete`, `ms`.

    `ms` runs from activation to the last answer.
    """

    def __init__(self):
        """Nothing is known yet."""
        self.clear()

    def clear(self):
        """Forget everything: answers of two activations never meet in one result."""
        self.kind = None
        self.findings = []
        self.complete = False
        self.ms = 0


async def run(reader, keys, clock, listener):
    """Survey the card that `reader` has just found, and return a Tap.

    `keys`: the keys to ask. `listener` hears `started()` for every activation, `card(Card)` and
    `finding(Finding)`. A fault that ends the activation ends its survey; if a card is still
    there it is activated again and asked from the beginning, at most twice.
    """
    tap = Tap()
    for attempt in range(1 + _RESTARTS):
        if attempt and not await _back(reader, clock):
            break
        tap.clear()
        listener.started()
        await _survey(reader, keys, clock, listener, tap)
        if tap.complete:
            break
    return tap


async def _survey(reader, keys, clock, listener, tap):
    start = clock.ticks_ms()
    tap.complete = True
    asked = survey(keys)
    try:
        item = next(asked)
        while True:
            answer = None
            if type(item) is bytes:
                answer = await reader.exchange(item)
                if answer is None:
                    tap.complete = False
                else:
                    tap.ms = clock.ticks_diff(clock.ticks_ms(), start)
            elif isinstance(item, Card):
                tap.kind = item.kind
                listener.card(item)
            else:
                tap.findings.append(item)
                listener.finding(item)
            item = asked.send(answer)
    except StopIteration:
        pass


async def _back(reader, clock):
    """Switch the field off, and tell whether a card can be activated again."""
    await reader.release()
    for _ in range(_LOOKS):
        if await reader.find() == TYPE_B_CARD:
            return True
        await clock.sleep_ms(_LOOK_MS)
    return False
