"""The gate against a model of its own: whatever is sent and answered, nothing forbidden passes."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from fuzzing import cases, count
from mynacard import Gate, GateError

OK = b"\x90\x00"
SELECT_DF, SELECT_EF = b"\x00\xa4\x04\x0c", b"\x00\xa4\x02\x0c\x02"
QUERY = b"\x00\x20\x00\x80"
LICENCE = bytes.fromhex("A0000002310600000000000000000000")

# The whole of what may be sent, by hand: AID -> {EF: what may follow it}
ALLOWED = {
    bytes.fromhex("D392F000260100000001"): {
        0x0006: bytes.fromhex("00B0000020"),
        0x0008: bytes.fromhex("00B0000003"),
        0x0018: QUERY,
        0x001B: QUERY,
    },
    bytes.fromhex("D3921000310001010401"): {0x001C: QUERY},
    bytes.fromhex("D3921000310001010100"): {0x001C: QUERY},
    bytes.fromhex("D3921000310001010408"): {0x0011: QUERY, 0x0014: QUERY, 0x0015: QUERY},
    bytes.fromhex("D3921000310001010402"): {0x0011: QUERY, 0x0012: QUERY, 0x0013: QUERY},
    LICENCE: {0x001A: bytes.fromhex("00B0000003")},
}
SHORT_QUERY = bytes.fromhex("00200086")  # right behind the SELECT DF of the licence


def select_df(aid):
    """SELECT DF, in full."""
    return SELECT_DF + bytes((len(aid),)) + aid


def select_ef(ef):
    """SELECT EF."""
    return SELECT_EF + bytes((ef >> 8, ef & 0xFF))


EFS = sorted({ef for efs in ALLOWED.values() for ef in efs})
aids = st.sampled_from(sorted(ALLOWED))
follow_ups = st.sampled_from(
    [QUERY, SHORT_QUERY, bytes.fromhex("00B0000020"), bytes.fromhex("00B0000003")]
)
sensible = st.one_of(
    aids.map(select_df), st.sampled_from(EFS).map(select_ef), follow_ups, follow_ups
)


@st.composite
def nearly(draw):
    """A command of the table with something changed, cut off or added."""
    command = bytearray(draw(sensible))
    how = draw(st.integers(0, 3))
    if how == 0:
        command[draw(st.integers(0, len(command) - 1))] = draw(st.integers(0, 255))
    elif how == 1:
        del command[draw(st.integers(0, len(command) - 1)) :]
    elif how == 2:
        command += draw(st.binary(min_size=1, max_size=9))
    else:
        command = bytearray(select_ef(draw(st.integers(0, 0xFFFF))))
    return bytes(command)


class Sly(bytes):
    """Bytes that are more than bytes."""


strange = st.one_of(
    sensible.map(bytearray), sensible.map(memoryview), sensible.map(Sly), st.none(), st.text()
)
answers = st.one_of(
    st.just(OK),
    st.just(OK),
    st.just(OK),
    st.none(),
    st.sampled_from(
        (b"\x6a\x82", b"\x63\xc3", b"\x6f\x00", b"\x62\x83", b"", b"\x90", OK + OK, b"\x91\x00")
    ),
    st.binary(max_size=300),
)


class Model:
    """What the card has seen: everything is worked out anew from there, each time."""

    def __init__(self):
        self.seen = []  # (command, answer or None) of what was sent
        self.refused_since = False  # something was refused after the last of them

    def _selected(self):
        """Return the AID that is selected beyond doubt."""
        for command, answer in reversed(self.seen):
            if command[:4] == SELECT_DF:
                return command[5:] if answer == OK else None
        return None

    def allows(self, command):
        """Tell whether a command may be sent now."""
        if type(command) is not bytes:
            return False
        if command in [select_df(aid) for aid in ALLOWED]:
            return True
        aid = self._selected()
        if aid is None:
            return False
        if command in [select_ef(ef) for ef in ALLOWED[aid]]:
            return True
        before, answer = self.seen[-1]
        if self.refused_since or answer != OK:
            return False
        if aid == LICENCE and before == select_df(LICENCE):
            return command == SHORT_QUERY
        if before[:5] == SELECT_EF:
            return command == ALLOWED[aid].get(before[5] << 8 | before[6])
        return False


class GateMachine(RuleBasedStateMachine):
    """One activation after the other."""

    def __init__(self):
        super().__init__()
        count("gate")
        self.gate, self.model = Gate(), Model()
        self.unanswered = False

    @rule()
    def activate(self):
        self.gate, self.model = Gate(), Model()
        self.unanswered = False

    @rule(command=sensible, answer=answers)
    def send_and_answer(self, command, answer):
        self.send(command)
        self.answer(answer)

    @rule(aid=aids, data=st.data())
    def the_way_of_a_key(self, aid, data):
        ef = data.draw(st.sampled_from(sorted(ALLOWED[aid])))
        for command in (select_df(aid), select_ef(ef), ALLOWED[aid][ef]):
            self.send(command)
            self.answer(data.draw(answers))
            if data.draw(st.integers(0, 5)) == 0:
                break

    @rule(command=st.one_of(sensible, nearly(), st.binary(max_size=20), strange))
    def send(self, command):
        allowed = self.model.allows(command)
        try:
            self.gate.check(command)
        except GateError:
            assert not allowed, "the way of a key was closed"
            self.model.refused_since = True
            self.unanswered = False
            return
        assert allowed, f"{bytes(command).hex()} got through"
        self.model.seen.append((command, None))
        self.model.refused_since = False
        self.unanswered = True

    @rule(answer=answers, kind=st.sampled_from((bytes, bytearray, memoryview)))
    def answer(self, answer, kind=bytes):
        self.gate.answered(None if answer is None else kind(answer))
        if self.unanswered and not self.model.refused_since:
            self.model.seen[-1] = (self.model.seen[-1][0], answer)
        self.unanswered = False


TestGate = GateMachine.TestCase
TestGate.settings = cases(0.5)
