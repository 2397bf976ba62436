"""The survey against cards written out by hand."""

import oracle
from answers import COMMON, JPKI, LICENCE, OK, TEXT, Script, answers, drive, every, states
from mynacard import KEYS, Finding, Key, Session


def test_a_full_card_is_ok_in_every_key():
    card = Script(answers())
    kind, findings, ids = drive(card)
    assert kind == "my_number_card"
    assert states(findings) == every("ok")
    assert set(ids) == set(findings)
    assert findings["sign"] == ("ok", 5, 5)
    assert findings["text_a"] == ("ok", 10, None)
    assert findings["visual_birth"] == ("ok", 10, None)
    assert not any("001a" in command or LICENCE in command for command in card.sent)


def test_sign_and_auth_come_first_and_ef_0008_before_them():
    card = Script(answers())
    drive(card)
    assert card.sent[0] == "00a4040c0a" + JPKI
    assert card.sent.index("00a4020c020008") < card.sent.index("00a4020c02001b")
    assert card.sent.count("00a4040c0a" + JPKI) == 1
    assert len(card.sent) == oracle.EXCHANGES


def test_no_command_ever_carries_a_pin():
    card = Script(answers())
    drive(card, licence=True)
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
        kind, findings, _ = drive(Script(answers(), selects={TEXT: [word]}))
        lost = {"text_pin": state, "text_a": state, "text_b": state}
        assert states(findings) == every("ok", lost), word
        kind, findings, _ = drive(Script(answers(), selects={(COMMON, "001c"): [word]}))
        assert states(findings) == every("ok", {"common": state}), word
        assert kind == "my_number_card"


def test_a_certificate_s_key_that_is_not_there_though_the_file_does_not_say_so_is_unknown():
    for certificates in ("8f8f00" + OK, "6982"):
        for change in ({"selects": {(JPKI, "0018"): ["6a82"]}}, {}):
            told = answers(certificates=certificates, auth="63c3" if change else "6a88")
            assert states(drive(Script(told, **change))[1]) == every("ok", {"auth": "unknown"})
    for told in (answers(licence="6a88"), answers(licence="6a88", licence_pin="6982")):
        assert drive(Script(told), licence=True)[1]["licence"][0] == "unknown"


def test_a_select_answered_6f00_is_repeated():
    card = Script(answers(), selects={JPKI: ["6f00", OK], (TEXT, "0011"): ["6f00", OK]})
    kind, findings, _ = drive(card)
    assert states(findings) == every("ok")
    card = Script(answers(), selects={(TEXT, "0011"): ["6f00"] * 4 + [OK]})
    _, findings, _ = drive(card)
    assert states(findings) == every("ok", {"text_pin": "unknown"})
    assert card.sent.count("00a4020c020011") == 5  # four times here, once in the visual applet


def test_a_question_that_tells_no_counter_is_asked_again():
    for word in ("6a88", "6a86", "6d00", "63"):
        for key, ef in (("text_b", "0015"), ("visual_a", "0013")):
            card = Script(answers(**{key: [word] * 3 + ["63c1"]}))
            assert states(drive(card)[1]) == every("ok", {key: "last"}), word
            card = Script(answers(**{key: [word] * 4 + ["63c1"]}))
            said = "absent" if word == "6a88" else "unknown"
            assert states(drive(card)[1]) == every("ok", {key: said}), word
            at = card.sent.index("00a4020c02" + ef)
            asked = ["00a4020c02" + ef, "00200080"] * 4
            assert card.sent[at : at + len(asked)] == asked
    card = Script(answers(licence=["6a88", "6a86", "6a88", "63ca"]))
    assert drive(card, licence=True)[1]["licence"][0] == "ok"


def test_only_refusals_alike_in_a_row_count():
    for words, said in (
        (["6a82"] * 3 + [OK], "ok"),
        (["6a82"] * 4 + [OK], "absent"),
        (["6a82", "6a82", "6f00", "6a82", "6a82", "6f00", "6a82", OK], "unknown"),
        (["6a82"] + ["6f00"] * 3 + [OK], "ok"),
        (["6a82"] + ["6f00"] * 4 + [OK], "unknown"),
    ):
        card = Script(answers(), selects={(TEXT, "0011"): list(words)})
        assert states(drive(card)[1]) == every("ok", {"text_pin": said}), words
        card = Script(answers(), selects={TEXT: list(words)})
        lost = dict.fromkeys(("text_pin", "text_a", "text_b"), said)
        assert states(drive(card)[1]) == every("ok", lost), words


def test_an_applet_that_is_refused_between_two_questions_is_not_asked_further():
    for count, said in ((3, "ok"), (4, "absent")):
        selects = {LICENCE: [OK] + ["6a82"] * count + [OK]}
        card = Script(answers(licence=["6a88", "63ca"]), selects=selects)
        assert drive(card, licence=True)[1]["licence"][0] == said
        assert ("00a4020c02001a" in card.sent) == (said == "ok")


def test_phones_are_asked_for_sign_and_auth_only():
    for token, kind in (("JPKIAPGPSETOKEN", "phone_android"), ("JPKIAPIOSTOKEN", "phone_ios")):
        card = Script(answers(token=token.encode().hex() + OK), applets=(JPKI,))
        found_kind, findings, ids = drive(card)
        assert found_kind == kind
        assert ids == ("sign", "auth")
        assert states(findings) == {"sign": "ok", "auth": "ok"}


def test_a_token_filled_up_with_zeros_is_the_token():
    for padding in ("00" * 17, "0000", "20" * 3 + "00" * 14, "00" * 3 + "20" * 14):
        card = Script(answers(token=b"JPKIAPICCTOKEN2".hex() + padding + OK))
        kind, findings, _ = drive(card)
        assert (kind, states(findings)) == ("my_number_card", every("ok")), padding


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
        card = Script(answers(token=token.encode().hex() + "2020" + OK))
        assert drive(card) == (kind, {}, ())
        assert not any(command.startswith("0020") for command in card.sent)


def test_a_token_that_cannot_be_read_stops_nothing():
    for changes, selects in (
        ({"token": "6982"}, {}),
        ({"token": OK}, {}),
        ({"token": "20" * 40 + OK}, {}),
        ({}, {(JPKI, "0006"): ["6a82"]}),
    ):
        kind, findings, _ = drive(Script(answers(**changes), selects=selects))
        assert kind == "my_number_card"
        assert states(findings) == every("ok")


def test_without_the_jpki_the_other_applets_tell_a_my_number_card():
    kind, findings, _ = drive(Script(answers(), applets=(COMMON,)))
    assert kind == "my_number_card"
    here = [row["id"] for row in oracle.KEYS if row["aid"].lower() == COMMON]
    assert "common" in here and states(findings) == every("absent", dict.fromkeys(here, "ok"))


def test_a_card_with_none_of_the_applets_is_never_asked():
    for applets in ((), (JPKI,)):
        card = Script(answers(token="6982"), applets=applets)
        assert drive(card) == ("other_b", {}, ())
        assert not any(command.startswith("0020") for command in card.sent)


def test_the_licence_is_asked_only_where_it_is_switched_on():
    card = Script(answers())
    _, findings, _ = drive(card, licence=True)
    assert findings["licence"] == ("ok", 10, 10)
    at = card.sent.index("00200086")
    assert card.sent[at - 1] == "00a4040c10" + LICENCE
    _, findings, _ = drive(Script(answers(licence_pin="c10100" + OK, licence="63c0")), True)
    assert findings["licence"] == ("not_set", 0, 10)
    for content in ("c10102", "c101", "000000"):
        _, findings, _ = drive(Script(answers(licence_pin=content + OK)), True)
        assert findings["licence"] == ("ok", 10, 10)
    _, findings, _ = drive(Script(answers(), applets=(JPKI, TEXT)), True)
    assert findings["licence"][0] == "absent"


def test_a_card_gone_at_any_command_leaves_unknown_for_what_was_not_answered():
    whole = Script(answers())
    drive(whole)
    for sent in range(len(whole.sent)):
        kind, findings, _ = drive(Script(answers(), gone_after=sent))
        queries = sum(1 for command in whole.sent[:sent] if command == "00200080")
        assert len(findings) == len(oracle.ASKED)
        states = [found[0] for found in findings.values()]
        assert states.count("ok") == queries, sent
        assert states.count("unknown") == len(oracle.ASKED) - queries
        assert (kind is None) == (sent < 3)


def test_a_new_key_is_a_change_to_the_table_alone():
    extra = Key("extra", aid=bytes.fromhex(TEXT), ef=0x0015)
    card = Script(answers(text_b="63c2"))
    found = []
    session = Session(KEYS[:2] + (extra,))
    while session.command:
        found += session.answer(card(session.command))
    assert found[-1] == Finding("extra", "used", 2, None, None)
