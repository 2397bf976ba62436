"""One tap: surveys of the card that lies there, until one is complete or three have failed."""

from mynacard import Card
from mynacard.survey import survey

from .reader import TYPE_B_CARD

_RESTARTS = 2
_LOOKS = 4  # a card that dropped out may come back at once
_LOOK_MS = 40


class Tap:
    """The result of one tap: `kind` (None: the card left too early), `findings`, `complete`, `ms`.

    `ms` runs from activation to the last answer.
    """

    def __init__(self):
        self.clear()

    def clear(self):
        """Forget everything: answers of two activations never meet in one result."""
        self.kind = None
        self.findings = []
        self.complete = False
        self.ms = 0


async def run(reader, keys, clock, listener, on_exchange=None):
    """Survey the card that `reader` has just found, and return a Tap.

    `reader`: `exchange`, `find` and `release` of a `reader.CardReader`. `keys`: the keys to ask.
    `listener` hears `started()` for every activation, `card(Card)` and `finding(Finding)`.
    `on_exchange(command, answer, ms, first)`, if given, hears every exchange: `ms` is the time
    from command to answer, `first` marks the first one of an activation. A fault that ends the
    activation ends its survey. If a card is still there, the tap activates it again and starts
    over, at most twice.
    """
    tap = Tap()
    for attempt in range(1 + _RESTARTS):
        if attempt and not await _back(reader, clock):
            break
        tap.clear()
        listener.started()
        await _survey(reader, keys, clock, listener, tap, on_exchange)
        if tap.complete:
            break
    return tap


async def _survey(reader, keys, clock, listener, tap, on_exchange):
    # `survey` and not `Session`, whose gate would check everything that the reader's checks.
    start = last = clock.ticks_ms()
    tap.complete = True
    asking = survey(keys)
    item = next(asking)
    first = True
    try:
        while True:
            if not isinstance(item, bytes):
                if isinstance(item, Card):
                    tap.kind = item.kind
                    listener.card(item)
                else:
                    tap.findings.append(item)
                    listener.finding(item)
                item = next(asking)
                continue
            if on_exchange:
                sent = clock.ticks_ms()
            answer = await reader.exchange(item)
            if on_exchange:
                on_exchange(item, answer, clock.ticks_diff(clock.ticks_ms(), sent), first)
                first = False
            if answer is None:
                tap.complete = False
            else:
                last = clock.ticks_ms()
            item = asking.send(answer)
    except StopIteration:
        tap.ms = clock.ticks_diff(last, start)


async def _back(reader, clock):
    """Switch the field off, and tell whether the reader can activate a card again."""
    await reader.release()
    for _ in range(_LOOKS):
        if await reader.find() == TYPE_B_CARD:
            return True
        await clock.sleep_ms(_LOOK_MS)
    return False
