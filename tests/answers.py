"""A card written out by hand: its answers by command; everything else is 6A82."""

import oracle
from mynacard import Card, Finding, Session, default_keys

JPKI = "d392f000260100000001"
JUKI = "d3921000310001010401"
COMMON = "d3921000310001010100"
TEXT = "d3921000310001010408"
VISUAL = "d3921000310001010402"
LICENCE = "a0000002310600000000000000000000"

OK = "9000"
TOKEN2 = "4a504b494150494343544f4b454e32" + "20" * 17


def answers(**changes):
    """Return {key id or file's name: answer} of a full card; `changes` replace some of them."""
    told = {
        "token": TOKEN2 + OK,
        "certificates": "8f8f00" + OK,
        "licence_pin": "c10101" + OK,
    }
    for row in oracle.KEYS:
        told[row["id"]] = "63c%x" % row["tries"]
    told.update(changes)
    return told


PLACES = {
    (JPKI, "0006"): "token",
    (JPKI, "0008"): "certificates",
    (LICENCE, "001a"): "licence_pin",
}
for _row in oracle.KEYS:
    if "short" not in _row:
        PLACES[_row["aid"].lower(), _row["ef"].lower()] = _row["id"]


class Script:
    """A card with applets and answers; None for an answer is "the card is gone".

    A list has answers in turn.
    """

    def __init__(self, answers, applets=None, selects=None, gone_after=None):
        """`selects` overrides the answers of SELECTs, by AID or (AID, EF), in turn."""
        self.answers = answers
        self.applets = (JPKI, JUKI, COMMON, TEXT, VISUAL, LICENCE) if applets is None else applets
        self.selects = selects or {}
        self.gone_after = gone_after
        self.sent = []
        self.df = self.ef = None

    def __call__(self, command):
        text = command.hex()
        if self.gone_after == len(self.sent):
            return None
        self.sent.append(text)
        answer = self._answer(text)
        return None if answer is None else bytes.fromhex(answer)

    def _answer(self, text):
        if text.startswith("00a4040c"):
            self.df, self.ef = text[10:], None
            return self._select(self.df, self.df in self.applets)
        if text.startswith("00a4020c02"):
            self.ef = text[10:]
            return self._select((self.df, self.ef), (self.df, self.ef) in PLACES)
        if text == "00200086":
            return _next(self.answers["licence"])
        return _next(self.answers[PLACES[(self.df, self.ef)]])

    def _select(self, name, there):
        return _next(self.selects.get(name) or (OK if there else "6a82"))


def _next(answers):
    """Return the answer, or of several the next one; the last one stays."""
    if isinstance(answers, list):
        return answers.pop(0) if len(answers) > 1 else answers[0]
    return answers


def drive(card, licence=False, notes=None):
    """Run a session to its end; return (kind, {id: (state, left, max)}, ids of the Card).

    `notes`, if given, takes the note of each key.
    """
    notes = {} if notes is None else notes
    session = Session(default_keys(licence))
    kind, ids, findings = None, None, {}
    while session.command:
        for item in session.answer(card(session.command)):
            if isinstance(item, Card):
                assert kind is None and not findings
                kind, ids = item
            else:
                assert isinstance(item, Finding)
                assert item.id not in findings
                findings[item.id] = item[1:4]
                notes[item.id] = item.note
    return kind, findings, ids


def states(findings):
    return {key: found[0] for key, found in findings.items()}


def every(value, but=None):
    states = {key.id: value for key in default_keys()}
    states.update(but or {})
    return states
