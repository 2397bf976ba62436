"""One tap: surveys of one activation each, and what comes of them when the card does not stay."""

from both import Clock, run
from mynacard import default_keys
from oracle import ASKED, EXCHANGES
from pinlamp import tap

OK = b"\x90\x00"
TOKEN = b"JPKIAPICCTOKEN2" + b" " * 17 + OK


def _card(left):
    """Return a card on which every key has `left` tries."""

    def answer(command):
        if command[1] == 0xB0:
            return TOKEN if command[4] == 32 else b"\x8f\x8f\x00" + OK
        return bytes((0x63, 0xC0 | left)) if command[1] == 0x20 else OK

    return answer


class Activations:
    """A reader whose activations answer as listed: (card, after how many exchanges it is gone)."""

    def __init__(self, clock, *activations):
        """The first activation has been found already; None in the list is "no card found"."""
        self.clock = clock
        self.card, self.lasts = activations[0]
        self.more = list(activations[1:])
        self.released = 0
        self.sent = 0

    async def exchange(self, command):
        """Answer until the activation is over, 10 ms each."""
        self.clock.now += 10
        if self.sent == self.lasts:
            return None
        self.sent += 1
        return self.card(command)

    async def release(self):
        """Count it."""
        self.released += 1

    async def find(self):
        """Give the next activation."""
        following = self.more.pop(0) if self.more else None
        if following is None:
            return None
        assert self.released, "activated again with the field on"
        (self.card, self.lasts), self.sent = following, 0
        return "type_b"


class Listener:
    """Keeps what is told, since the last `started`."""

    def __init__(self):
        """Nothing told yet."""
        self.starts = 0

    def started(self):
        """Forget everything, as the lamps do."""
        self.starts += 1
        self.kinds, self.states = [], {}

    def card(self, card):
        """Keep the kind."""
        self.kinds.append(card.kind)

    def finding(self, finding):
        """Keep the state."""
        assert finding.id not in self.states
        self.states[finding.id] = (finding.state, finding.left)


def _run(*activations, on_exchange=None):
    clock = Clock()
    reader, listener = Activations(clock, *activations), Listener()
    result = run(tap.run(reader, default_keys(), clock, listener, on_exchange))
    return result, listener, reader


def test_a_card_that_stays():
    result, listener, reader = _run((_card(3), 99))
    assert result.complete and result.kind == "my_number_card"
    assert len(result.findings) == len(ASKED)
    assert result.ms == 10 * EXCHANGES  # of 10 ms each: from activation to the last answer
    assert listener.starts == 1 and reader.released == 0


def test_a_card_that_is_pulled_leaves_unknown():
    result, listener, _ = _run((_card(3), 9))
    assert not result.complete
    states = {finding.id: finding.state for finding in result.findings}
    assert states == {key: found[0] for key, found in listener.states.items()}
    assert states["sign"] == "used" and states["auth"] == "ok"
    assert all(states[key.id] == "unknown" for key in default_keys()[2:])
    assert result.ms == 90


def test_a_card_that_comes_back_is_asked_from_the_beginning():
    for lasts in range(EXCHANGES):
        result, listener, reader = _run((_card(3), lasts), (_card(2), 99))
        assert result.complete and listener.starts == 2 and reader.released == 1
        assert {finding.left for finding in result.findings} == {2}, lasts
        assert {left for _, left in listener.states.values()} == {2}
        assert listener.kinds == ["my_number_card"]


def test_every_exchange_can_be_heard():
    heard = []
    _run((_card(3), 4), (_card(2), 99), on_exchange=lambda *told: heard.append(told))
    assert [told[3] for told in heard] == [True] + [False] * 4 + [True] + [False] * (EXCHANGES - 1)
    assert {told[2] for told in heard} == {10}
    assert heard[0][:2] == (bytes.fromhex("00A4040C0AD392F000260100000001"), OK)
    assert [at for at, told in enumerate(heard) if told[1] is None] == [4]
    assert heard[4][0] == heard[9][0]  # what was not answered is told as well


def test_a_card_that_needs_a_moment_to_come_back():
    result, listener, _ = _run((_card(3), 20), None, None, (_card(3), 99))
    assert result.complete and listener.starts == 2


def test_answers_of_two_activations_never_meet():
    result, listener, _ = _run((_card(3), 20), (_card(2), 12), (_card(1), 14))
    assert not result.complete and listener.starts == 3
    lefts = {finding.left for finding in result.findings}
    assert lefts == {1, None}
    # the last activation was answered less than the first: nothing of the first remains
    assert sum(1 for finding in result.findings if finding.left is None) == len(ASKED) - 3


def test_three_activations_at_the_most():
    result, listener, reader = _run((_card(3), 5), (_card(3), 5), (_card(3), 5), (_card(3), 99))
    assert not result.complete and listener.starts == 3
    assert len(reader.more) == 1


def test_gone_before_the_kind_was_known():
    result, listener, _ = _run((_card(3), 1))
    assert result.kind is None and not result.complete and listener.kinds == []
    assert [finding.state for finding in result.findings] == ["unknown"] * len(ASKED)
