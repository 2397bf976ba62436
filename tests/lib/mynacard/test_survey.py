"""The survey against cards written out by hand: answers by command, everything else 6A82."""

import oracle
from mynacard import KEYS, Card, Finding, Key, Session, default_keys

JPKI = "d392f000260100000001"
JUKI = "d3921000310001010401"
COMMON = "d3921000310001010100"
TEXT = "d3921000310001010408"
VISUAL = "d3921000310001010402"
LICENCE = "a0000002310600000000000000000000"

OK = "9000"
TOKEN2 = "4a504b494150494343544f4b454e32" + "20" * 17


def _card(**changes):
    """Return {key id or file's name: answer} of a full card; `changes` replace some of them."""
    answers = {
        "token": TOKEN2 + OK,
        "certificates": "8f8f00" + OK,
        "licence_pin": "c10101" + OK,
    }
    for row in oracle.KEYS:
        answers[row["id"]] = "63c%x" % row["tries"]
    answers.update(changes)
    return answers


PLACES = {
    (JPKI, "0006"): "token",
    (JPKI, "0008"): "certificates",
    (LICENCE, "001a"): "licence_pin",
}
for _row in oracle.KEYS:
    if "short" not in _row:
        PLACES[_row["aid"].lower(), _row["ef"].lower()] = _row["id"]


class Script:
    """A card with applets and answers; None for an answer is "the card is gone"."""

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
            return self.answers["licence"]
        return self.answers[PLACES[(self.df, self.ef)]]

    def _select(self, name, there):
        override = self.selects.get(name)
        if override:
            return override.pop(0) if len(override) > 1 else override[0]
        return OK if there else "6a82"


def _drive(card, licence=False, notes=None):
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


def _states(findings):
    return {key: found[0] for key, found in findings.items()}


def _all(value, but=None):
    states = {key.id: value for key in default_keys()}
    states.update(but or {})
    return states


def test_a_full_card_is_ok_in_every_key():
    card = Script(_card())
    kind, findings, ids = _drive(card)
    assert kind == "my_number_card"
    assert _states(findings) == _all("ok")
    assert set(ids) == set(findings)
    assert findings["sign"] == ("ok", 5, 5)
    assert findings["text_a"] == ("ok", 10, None)
    assert findings["visual_birth"] == ("ok", 10, None)
    assert not any("001a" in command or LICENCE in command for command in card.sent)


def test_sign_and_auth_come_first_and_ef_0008_before_them():
    card = Script(_card())
    _drive(card)
    assert card.sent[0] == "00a4040c0a" + JPKI
    assert card.sent.index("00a4020c020008") < card.sent.index("00a4020c02001b")
    assert card.sent.count("00a4040c0a" + JPKI) == 1
    assert len(card.sent) == oracle.EXCHANGES


def test_no_command_ever_carries_a_pin():
    card = Script(_card())
    _drive(card, licence=True)
    assert {c for c in card.sent if c.startswith("0020")} == {"00200080", "00200086"}


def test_a_missing_applet_or_ef_is_absent_and_any_other_refusal_is_unknown():
    for word, state in (
        ("6a82", "absent"),
        ("6a83", "absent"),
        ("6a88", "absent"),
        ("6982", "unknown"),
        ("6a86", "unknown"),
        ("90", "unknown"),
        ("00" + OK, "unknown"),
        ("", "unknown"),
    ):
        kind, findings, _ = _drive(Script(_card(), selects={TEXT: [word]}))
        lost = {"text_pin": state, "text_a": state, "text_b": state}
        assert _states(findings) == _all("ok", lost), word
        kind, findings, _ = _drive(Script(_card(), selects={(JPKI, "0018"): [word]}))
        assert _states(findings) == _all("ok", {"auth": state}), word
        assert kind == "my_number_card"


def test_a_select_answered_6f00_is_repeated_once():
    card = Script(_card(), selects={JPKI: ["6f00", OK], (TEXT, "0011"): ["6f00", OK]})
    kind, findings, _ = _drive(card)
    assert _states(findings) == _all("ok")
    card = Script(_card(), selects={(TEXT, "0011"): ["6f00", "6f00", OK]})
    _, findings, _ = _drive(card)
    assert _states(findings) == _all("ok", {"text_pin": "unknown"})
    assert card.sent.count("00a4020c020011") == 3  # twice here, once in the visual applet


def test_phones_are_asked_for_sign_and_auth_only():
    for token, kind in (("JPKIAPGPSETOKEN", "phone_android"), ("JPKIAPIOSTOKEN", "phone_ios")):
        card = Script(_card(token=token.encode().hex() + OK), applets=(JPKI,))
        found_kind, findings, ids = _drive(card)
        assert found_kind == kind
        assert ids == ("sign", "auth")
        assert _states(findings) == {"sign": "ok", "auth": "ok"}


def test_a_token_filled_up_with_zeros_is_the_token():
    for padding in ("00" * 17, "0000", "20" * 3 + "00" * 14, "00" * 3 + "20" * 14):
        card = Script(_card(token=b"JPKIAPICCTOKEN2".hex() + padding + OK))
        kind, findings, _ = _drive(card)
        assert (kind, _states(findings)) == ("my_number_card", _all("ok")), padding


def test_juki_card_and_unknown_tokens_are_not_asked():
    for token, kind in (
        ("JPKIAPICCTOKEN", "juki_card"),
        ("JPKIAPICCTOKEN\0\0", "juki_card"),
        ("JPKIAPICCTOKEN3", "newer"),
        ("JPKIAPICCTOKEN2 X", "newer"),
        ("JPKIAPICCTOKEN2\0X", "newer"),
        (" JPKIAPICCTOKEN2", "newer"),
        ("", "newer"),  # blank, as a recording has one that is not known
    ):
        card = Script(_card(token=token.encode().hex() + "2020" + OK))
        assert _drive(card) == (kind, {}, ())
        assert not any(command.startswith("0020") for command in card.sent)


def test_a_token_that_cannot_be_read_stops_nothing():
    for changes, selects in (
        ({"token": "6982"}, {}),
        ({"token": OK}, {}),
        ({"token": "20" * 40 + OK}, {}),
        ({}, {(JPKI, "0006"): ["6a82"]}),
    ):
        kind, findings, _ = _drive(Script(_card(**changes), selects=selects))
        assert kind == "my_number_card"
        assert _states(findings) == _all("ok")


def test_without_the_jpki_the_other_applets_tell_a_my_number_card():
    kind, findings, _ = _drive(Script(_card(), applets=(COMMON,)))
    assert kind == "my_number_card"
    here = [row["id"] for row in oracle.KEYS if row["aid"].lower() == COMMON]
    assert "common" in here and _states(findings) == _all("absent", dict.fromkeys(here, "ok"))


def test_a_card_with_none_of_the_applets_is_never_asked():
    for applets in ((), (JPKI,)):
        card = Script(_card(token="6982"), applets=applets)
        assert _drive(card) == ("other_b", {}, ())
        assert not any(command.startswith("0020") for command in card.sent)


def test_a_deactivated_applet_is_this_card_s_and_nothing_of_it_is_asked():
    notes = {}
    card = Script(_card(), selects={TEXT: ["6283"]})
    kind, findings, _ = _drive(card, notes=notes)
    off = [row["id"] for row in oracle.KEYS if row["aid"].lower() == TEXT]
    assert (kind, _states(findings)) == (
        "my_number_card",
        _all("ok", dict.fromkeys(off, "unknown")),
    )
    assert {key for key, note in notes.items() if note} == set(off)
    assert all(notes[key] == "deactivated" and findings[key][1] is None for key in off)
    at = card.sent.index("00a4040c0a" + TEXT)
    assert card.sent[at + 1].startswith("00a4040c")
    # whatever else the word is, it is no "deactivated"
    for word in ("6282", "6284", "6285", "62", "628300"):
        notes = {}
        _, findings, _ = _drive(Script(_card(), selects={TEXT: [word]}), notes=notes)
        assert findings["text_pin"][0] == "unknown" and notes["text_pin"] is None, word


def test_a_deactivated_applet_alone_tells_a_my_number_card():
    for applets, selects in (
        ((), {JPKI: ["6283"]}),
        ((), {VISUAL: ["6283"]}),
        ((JPKI,), {(JPKI, "0006"): ["6a82"], COMMON: ["6283"]}),
    ):
        card = Script(_card(), applets=applets, selects=selects)
        kind, findings, ids = _drive(card)
        assert kind == "my_number_card" and set(ids) == set(findings)
        assert (
            not any(state in ("ok", "locked") for state in _states(findings).values()) or applets
        )
    card = Script(_card(), applets=(), selects={LICENCE: ["6283"]})
    assert _drive(card)[0] == "other_b"  # which was not to be asked
    assert _drive(card, licence=True)[0] == "my_number_card"


def test_a_deactivated_key_is_unknown():
    notes = {}
    card = Script(_card(), selects={(JPKI, "0018"): ["6283"]})
    _, findings, _ = _drive(card, notes=notes)
    assert _states(findings) == _all("ok", {"auth": "unknown"}) and notes["auth"] is None


def test_certificates_that_are_not_there():
    _, findings, _ = _drive(Script(_card(certificates="008f00" + OK, sign="63c0")))
    assert findings["sign"] == ("not_issued", 0, 5)
    assert findings["auth"] == ("ok", 3, 3)
    _, findings, _ = _drive(Script(_card(certificates="8f0000" + OK, auth="6a88")))
    assert findings["auth"] == ("not_issued", None, 3)
    card = _card(certificates="008f00" + OK)
    _, findings, _ = _drive(Script(card, selects={(JPKI, "001b"): ["6a82"]}))
    assert findings["sign"] == ("not_issued", None, 5)
    for content in ("018f00", "008f", "", "008f0000", "ff0100"):
        _, findings, _ = _drive(Script(_card(certificates=content + OK)))
        assert _states(findings) == _all("ok"), content
    _, findings, _ = _drive(Script(_card(certificates="008f006982")))
    assert _states(findings) == _all("ok")


UNREADABLE = ("6110", "6c03", "6982", "6700", "8f8f00" + "6282", "", "90", "63c0")


def test_a_token_answered_otherwise_than_with_its_content_stops_nothing():
    for answer in UNREADABLE:
        card = Script(_card(token=answer))
        kind, findings, _ = _drive(card)
        assert (kind, _states(findings)) == ("my_number_card", _all("ok")), answer
        assert not any(command.startswith("00c0") for command in card.sent)
        assert sum(command == "00b0000020" for command in card.sent) == 1


def test_a_lock_whose_certificates_could_not_be_read_is_a_lock_with_a_note():
    for answer in UNREADABLE + ("008f" + OK, "008f0000" + OK):
        notes = {}
        card = Script(_card(certificates=answer, sign="63c0", auth="63c0", juki="63c0"))
        _, findings, _ = _drive(card, notes=notes)
        wanted = dict.fromkeys(("sign", "auth", "juki"), "locked")
        assert _states(findings) == _all("ok", wanted), answer
        assert {key: note for key, note in notes.items() if note} == {
            "sign": "unread",
            "auth": "unread",
        }, answer
        assert sum(command == "00b0000003" for command in card.sent) == 1
    for answer in ("8f8f00", "ffff00"):  # whatever it says, it was read
        notes = {}
        _drive(Script(_card(certificates=answer + OK, sign="63c0")), notes=notes)
        assert notes["sign"] is None


def test_a_licence_whose_file_could_not_be_read_is_what_its_key_says():
    for answer in UNREADABLE:
        for word, wanted, note in (("63ca", "ok", None), ("63c0", "locked", "unread")):
            notes = {}
            card = Script(_card(licence_pin=answer, licence=word))
            _, findings, _ = _drive(card, licence=True, notes=notes)
            assert (findings["licence"][0], notes["licence"]) == (wanted, note), answer


def test_without_signature_certificate_four_locks_are_by_design():
    locks = {"auth": "63c0", "juki": "6984", "common": "63c0", "text_pin": "63c0"}
    card = _card(certificates="008f00" + OK, text_b="63c0", **locks)
    _, findings, _ = _drive(Script(card))
    expected = dict.fromkeys(locks, "by_design")
    expected.update(sign="not_issued", text_b="locked")
    assert _states(findings) == _all("ok", expected)


FOUR = ("auth", "juki", "common", "text_pin")


def test_with_any_of_the_four_free_or_unknown_the_others_are_locked():
    for free in FOUR:
        for word, found in (
            ("63c3", "ok"),
            ("63c1", "last"),
            ("6700", "unknown"),
            ("9000", "not_reported"),
            ("6a88", "absent"),
        ):
            words = dict.fromkeys(FOUR, "63c0")
            words[free] = word
            _, findings, _ = _drive(Script(_card(certificates="008f00" + OK, **words)))
            expected = dict.fromkeys(FOUR, "locked")
            expected.update({"sign": "not_issued", free: found})
            assert _states(findings) == _all("ok", expected), (free, word)


def test_four_locks_are_by_design_only_where_all_four_were_asked_for():
    card = Script(_card(certificates="008f00" + OK, **dict.fromkeys(FOUR, "63c0")))
    session, found = Session([key for key in KEYS if key.id not in ("common", "licence")]), {}
    while session.command:
        found.update((item[0], item[1]) for item in session.answer(card(session.command)))
    assert [found[key] for key in FOUR if key != "common"] == ["locked"] * 3
    phone = _card(token=b"JPKIAPIOSTOKEN".hex() + OK, certificates="008f00" + OK, auth="63c0")
    _, findings, _ = _drive(Script(phone, applets=(JPKI,)))
    assert _states(findings) == {"sign": "not_issued", "auth": "locked"}


def test_only_a_lock_that_may_be_on_purpose_is_waited_for():
    """What became known with each answer, of a card on which `common` decides, or `juki`."""

    def batches(**words):
        card = Script(
            _card(certificates="008f00" + OK, **dict(dict.fromkeys(FOUR, "63c0"), **words))
        )
        session, told = Session(default_keys()), []
        while session.command:
            batch = session.answer(card(session.command))
            told += [[item.id for item in batch if isinstance(item, Finding)]]
        return [batch for batch in told if batch]

    others = [["text_b"], ["text_a"], ["visual_b"], ["visual_a"], ["visual_birth"]]
    four = ["auth", "juki", "text_pin", "common"]
    assert batches() == [["sign"], *others, four]
    assert batches(common="63c3") == [["sign"], *others, four]
    assert batches(juki="63c3") == [["sign"], ["auth", "juki"], ["text_pin"], *others, ["common"]]
    assert batches(auth="63c2")[:3] == [["sign"], ["auth"], ["juki"]]
    # with the certificate nothing waits
    with_it = Script(_card(**dict.fromkeys(FOUR, "63c0")))
    session, counts = Session(default_keys()), []
    while session.command:
        counts.append(len(session.answer(with_it(session.command))))
    assert max(counts) == 1


def test_a_card_gone_before_it_is_known_leaves_the_four_unknown():
    words = _card(certificates="008f00" + OK, **dict.fromkeys(FOUR, "63c0"))
    whole = Script(words)
    _drive(whole)
    for sent in range(len(whole.sent)):
        kind, findings, _ = _drive(Script(words, gone_after=sent))
        assert set(findings) == set(oracle.ASKED), sent
        assert {findings[key][:2] for key in FOUR} == {("unknown", None)}, sent


def test_other_locks_are_locks():
    locked = {"juki": "locked", "common": "locked", "text_pin": "locked"}
    words = dict.fromkeys(locked, "63c0")
    # the certificate is there
    _, findings, _ = _drive(Script(_card(auth="63c0", **words)))
    assert _states(findings) == _all("ok", dict(locked, auth="locked"))
    # auth is not locked
    _, findings, _ = _drive(Script(_card(certificates="008f00" + OK, **words)))
    assert _states(findings) == _all("ok", dict(locked, sign="not_issued"))
    # auth has no certificate either: whether it is locked on purpose cannot be told
    _, findings, _ = _drive(Script(_card(certificates="000000" + OK, auth="63c0", **words)))
    expected = dict(locked, sign="not_issued", auth="not_issued")
    assert _states(findings) == _all("ok", expected)


def test_the_licence_is_asked_only_where_it_is_switched_on():
    card = Script(_card())
    _, findings, _ = _drive(card, licence=True)
    assert findings["licence"] == ("ok", 10, 10)
    at = card.sent.index("00200086")
    assert card.sent[at - 1] == "00a4040c10" + LICENCE
    _, findings, _ = _drive(Script(_card(licence_pin="c10100" + OK, licence="63c0")), True)
    assert findings["licence"] == ("not_set", 0, 10)
    for content in ("c10102", "c101", "000000"):
        _, findings, _ = _drive(Script(_card(licence_pin=content + OK)), True)
        assert findings["licence"] == ("ok", 10, 10)
    _, findings, _ = _drive(Script(_card(), applets=(JPKI, TEXT)), True)
    assert findings["licence"][0] == "absent"


def test_a_card_gone_at_any_command_leaves_unknown_for_what_was_not_answered():
    whole = Script(_card())
    _drive(whole)
    for sent in range(len(whole.sent)):
        kind, findings, _ = _drive(Script(_card(), gone_after=sent))
        queries = sum(1 for command in whole.sent[:sent] if command == "00200080")
        assert len(findings) == len(oracle.ASKED)
        states = [found[0] for found in findings.values()]
        assert states.count("ok") == queries, sent
        assert states.count("unknown") == len(oracle.ASKED) - queries
        assert (kind is None) == (sent < 3)


def test_a_new_key_is_a_change_to_the_table_alone():
    extra = Key("extra", aid=bytes.fromhex(TEXT), ef=0x0015)
    card = Script(_card(text_b="63c2"))
    found = []
    session = Session(KEYS[:2] + (extra,))
    while session.command:
        found += session.answer(card(session.command))
    assert found[-1] == Finding("extra", "used", 2, None, None)
