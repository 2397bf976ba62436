"""A session: the survey with the gate inside, driven as a stranger would."""

from both import raises
from mynacard import KEYS, Card, Finding, GateError, Session, default_keys, session
from mynacard.apdu import QUERY, SW_OK, select_df, select_ef

TOKEN = b"JPKIAPICCTOKEN2" + b" " * 17 + SW_OK


def _full(command):
    """Answer as a card on which every key has three tries left."""
    if command[1] == 0xB0:
        return TOKEN if command[4] == 32 else b"\x8f\x8f\x00" + SW_OK
    return b"\x63\xc3" if command[1] == 0x20 else SW_OK


def _with(survey, act):
    """Do `act()` while sessions run another survey."""
    before = session.survey
    session.survey = survey
    try:
        return act()
    finally:
        session.survey = before


def test_it_begins_with_a_command_and_knows_nothing_yet():
    assert Session(default_keys()).command == select_df(KEYS[0].aid)
    assert Session(()).command == select_df(KEYS[0].aid)


def test_it_says_what_each_answer_made_known_and_ends():
    talk, found, batches = Session(KEYS), [], []
    while talk.command:
        assert type(talk.command) is bytes
        batch = talk.answer(_full(talk.command))
        batches.append(len(batch))
        found += batch
    assert talk.command is None
    assert isinstance(found[0], Card) and found[0].kind == "my_number_card"
    assert all(isinstance(one, Finding) for one in found[1:])
    assert [one.id for one in found[1:]] == list(found[0].keys) == [key.id for key in KEYS]
    assert batches[:3] == [0, 0, 1] and max(batches) == 1


def test_no_answer_ends_it_with_the_rest_unknown():
    talk = Session(default_keys())
    found = talk.answer(None)
    assert talk.command is None
    assert [(one.id, one.state, one.left) for one in found] == [
        (key.id, "unknown", None) for key in default_keys()
    ]
    talk = Session(default_keys())
    for _ in range(3):
        found = talk.answer(_full(talk.command))
    assert [one.kind for one in found] == ["my_number_card"]
    assert len(talk.answer(None)) == len(default_keys()) and talk.command is None
    assert talk.answer(None) == [] and talk.command is None


def test_an_answer_may_be_a_view_into_a_buffer():
    for kind in (bytearray, memoryview):
        talk, found = Session(default_keys()), []
        while talk.command:
            found += talk.answer(kind(_full(talk.command)))
        assert [one.state for one in found[1:]].count("unknown") == 0 and len(found) == 1 + len(
            default_keys()
        )


def test_a_faulty_survey_is_refused_whatever_the_card_answers():
    jpki = KEYS[0].aid

    def asks_at_once(keys):
        yield QUERY

    def asks_what_was_not_selected(keys):
        yield select_df(jpki)
        yield select_ef(0x001B)
        yield QUERY

    def presents(keys):
        yield select_df(jpki)
        yield select_ef(0x001B)
        yield QUERY + b"\x041234"

    def says_before_it_asks(keys):
        yield Card("my_number_card", ())

    for first in (asks_at_once, says_before_it_asks):
        _with(first, lambda: raises(GateError, Session, KEYS))
    for survey, answer in ((asks_what_was_not_selected, b"\x6a\x82"), (presents, SW_OK)):
        talk = _with(survey, lambda: Session(KEYS))
        assert talk.answer(SW_OK) == [] and talk.command == select_ef(0x001B)
        raises(GateError, talk.answer, answer)
        assert talk.command is None


def test_each_has_a_gate_of_its_own():
    jpki = KEYS[0].aid

    def selects(keys):
        yield select_df(jpki)
        yield select_ef(0x001B)

    def goes_on(keys):
        yield select_ef(0x001B)

    _with(selects, lambda: Session(KEYS).answer(SW_OK))
    _with(goes_on, lambda: raises(GateError, Session, KEYS))
