"""The gate against a model of its own: whatever is sent and answered, nothing forbidden passes."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from fuzzing import cases, count
from gate_model import ALLOWED, EFS, OK, QUERY, SHORT_QUERY, Model, select_df, select_ef
from mynacard import Gate, GateError

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
        allowed = not self.unanswered and self.model.allows(command)
        try:
            self.gate.check(command)
        except GateError:
            assert not allowed, "the way of a key was closed"
            # While an answer is outstanding nothing passes, and nothing changes.
            self.model.refused_since = self.model.refused_since or not self.unanswered
            return
        assert allowed, f"{bytes(command).hex()} got through"
        self.model.seen.append((command, None))
        self.model.refused_since = False
        self.unanswered = True

    @rule(answer=answers, kind=st.sampled_from((bytes, bytearray, memoryview)))
    def answer(self, answer, kind=bytes):
        self.gate.answered(None if answer is None else kind(answer))
        if self.unanswered:
            self.model.seen[-1] = (self.model.seen[-1][0], answer)
        self.unanswered = False


TestGate = GateMachine.TestCase
TestGate.settings = cases(0.5)
