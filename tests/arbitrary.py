"""The property tests' strategies: any settings, and cards that give any answer."""

from hypothesis import strategies as st

from settings_oracle import LAYOUTS, NAMES
from survey_oracle import OK, TOKENS

# Settings

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-2, 4000),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(("pocket", "counter", "12", 12, 8, 5, 1, 12.0, 25, 0, 100, 101, 3600, 20)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
good = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.sampled_from(("pocket", "counter")),
        "layout": st.sampled_from(LAYOUTS),
        "brightness": st.integers(5, 100),
        "hold_s": st.integers(0, 3600),
        "poll_ms": st.integers(20, 1000),
        "sound": st.booleans(),
        "events": st.booleans(),
        "licence": st.booleans(),
    },
)
some = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=6)), values, max_size=8)
given_settings = st.one_of(
    values, some, some, good, st.builds(lambda a, b: {**a, **b}, good, some)
)

# Answers of a card

words = st.one_of(
    st.integers(0, 15).map(lambda left: bytes((0x63, 0xC0 | left))),
    st.sampled_from(
        [
            bytes.fromhex(text)
            for text in "6984 6983 6300 9000 6A82 6A83 6A88 6986 6A86 6700 6D00 6E00 6F00 61FF"
            " 6301 630F 63 6400 63B3 62C3 00 90 9000FF 63C3FF 9063C3".split()
        ]
    ),
)
contents = st.one_of(
    st.sampled_from(sorted(TOKENS)).map(lambda token: token.ljust(32)),
    st.sampled_from((b"", b" " * 32, b"JPKIAPICCTOKEN2 ", b"JPKIAPICCTOKEN22")),
    st.lists(st.sampled_from((0x00, 0x8F)), min_size=2, max_size=4).map(bytes),
    st.sampled_from((0, 1, 2)).map(lambda last: bytes((0xC1, 0x01, last))),
).map(lambda content: content + OK)


odd = st.one_of(words, words, st.none(), st.binary(max_size=300))


def script(usual, most):
    """Return a strategy for answers in turn: mostly `usual`, so that a survey makes progress."""
    return st.builds(
        lambda first, changes: {**dict(enumerate(first)), **changes},
        st.lists(usual, max_size=most),
        st.dictionaries(st.integers(0, most), odd, max_size=2),
    )


def _certificates(first, second):
    return bytes((first, second, 0x00)) + OK


# A list of contents serves token, certificates and the licence's PIN, in that order.
tokens = st.one_of(
    st.sampled_from(sorted(TOKENS)).map(lambda token: token.ljust(32) + OK),
    st.just(b"JPKIAPICCTOKEN2".ljust(32) + OK),
    st.just(b"JPKIAPICCTOKEN2".ljust(32) + OK),
    st.sampled_from((b"\x61\x20", b"\x6c\x0f", b"\x69\x82", b"\x67\x00")),  # not read
    st.just(b"JPKIAPIOSTOKEN".ljust(33) + OK),  # longer than the command asked for
    st.sampled_from(sorted(TOKENS)).map(lambda token: token.ljust(32, b"\x00") + OK),
    st.sampled_from((b"JPKIAPICCTOKEN3", b"\x00", b"\x00JPKIAPICCTOKEN2")).map(
        lambda token: token.ljust(32) + OK
    ),
    contents,
    odd,
)
zeros = st.sampled_from((0x00, 0x00, 0x8F))
locks = st.sampled_from((b"\x63\xc0", b"\x69\x84", b"\x69\x83"))
reads = st.tuples(
    tokens,
    st.one_of(
        st.builds(_certificates, zeros, zeros),
        st.lists(zeros, min_size=1, max_size=4).map(lambda content: bytes(content) + OK),
        odd,
    ),
    st.one_of(contents, odd),
)


class Talk:
    """A card that answers as drawn, by the kind of command; it keeps the exchanges."""

    def __init__(self, data):
        self.sent = []
        self._scripts = {
            0xA4: data.draw(script(st.sampled_from((OK,) * 15 + (b"\x62\x83",)), 26)),
            0xB0: dict(enumerate(data.draw(reads))),
            0x20: data.draw(script(st.one_of(words, words, locks), 10)),
        }
        self._counts = dict.fromkeys(self._scripts, 0)
        self._kind = data.draw(st.sampled_from((bytes, bytearray, memoryview)))

    def __call__(self, command):
        answer = self._answer(command)
        self.sent.append((command, answer))
        assert len(self.sent) < 800, "it goes on for ever"
        return None if answer is None else self._kind(answer)

    def _answer(self, command):
        ins = command[1]
        number, self._counts[ins] = self._counts[ins], self._counts[ins] + 1
        usual = {0xA4: OK, 0xB0: b"\x8f\x8f\x00" + OK, 0x20: b"\x63\xc3"}[ins]
        return self._scripts[ins].get(number, usual)
