"""The survey: applets that are switched off, files that are read and files that are not."""

import oracle
from answers import COMMON, JPKI, LICENCE, OK, TEXT, VISUAL, Script, answers, drive, every, states


def test_a_deactivated_applet_is_this_card_s_and_nothing_of_it_is_asked():
    notes = {}
    card = Script(answers(), selects={TEXT: ["6283"]})
    kind, findings, _ = drive(card, notes=notes)
    off = [row["id"] for row in oracle.KEYS if row["aid"].lower() == TEXT]
    assert (kind, states(findings)) == (
        "my_number_card",
        every("ok", dict.fromkeys(off, "unknown")),
    )
    assert {key for key, note in notes.items() if note} == set(off)
    assert all(notes[key] == "deactivated" and findings[key][1] is None for key in off)
    at = card.sent.index("00a4040c0a" + TEXT)
    assert card.sent[at + 1].startswith("00a4040c")
    # whatever else the word is, it is no "deactivated"
    for word in ("6282", "6284", "6285", "62", "628300"):
        notes = {}
        _, findings, _ = drive(Script(answers(), selects={TEXT: [word]}), notes=notes)
        assert findings["text_pin"][0] == "unknown" and notes["text_pin"] is None, word


def test_a_deactivated_applet_alone_tells_a_my_number_card():
    for applets, selects in (
        ((), {JPKI: ["6283"]}),
        ((), {VISUAL: ["6283"]}),
        ((JPKI,), {(JPKI, "0006"): ["6a82"], COMMON: ["6283"]}),
    ):
        card = Script(answers(), applets=applets, selects=selects)
        kind, findings, ids = drive(card)
        assert kind == "my_number_card" and set(ids) == set(findings)
        assert not any(state in ("ok", "locked") for state in states(findings).values()) or applets
    card = Script(answers(), applets=(), selects={LICENCE: ["6283"]})
    assert drive(card)[0] == "other_b"  # which was not to be asked
    assert drive(card, licence=True)[0] == "my_number_card"


def test_a_deactivated_key_is_unknown():
    notes = {}
    card = Script(answers(), selects={(JPKI, "0018"): ["6283"]})
    _, findings, _ = drive(card, notes=notes)
    assert states(findings) == every("ok", {"auth": "unknown"}) and notes["auth"] is None


def test_certificates_that_are_not_there():
    _, findings, _ = drive(Script(answers(certificates="008f00" + OK, sign="63c0")))
    assert findings["sign"] == ("not_issued", 0, 5)
    assert findings["auth"] == ("ok", 3, 3)
    _, findings, _ = drive(Script(answers(certificates="8f0000" + OK, auth="6a88")))
    assert findings["auth"] == ("not_issued", None, 3)
    card = answers(certificates="008f00" + OK)
    _, findings, _ = drive(Script(card, selects={(JPKI, "001b"): ["6a82"]}))
    assert findings["sign"] == ("not_issued", None, 5)
    for content in ("018f00", "008f", "", "008f0000", "ff0100"):
        _, findings, _ = drive(Script(answers(certificates=content + OK)))
        assert states(findings) == every("ok"), content
    _, findings, _ = drive(Script(answers(certificates="008f006982")))
    assert states(findings) == every("ok")


UNREADABLE = ("6110", "6c03", "6982", "6700", "8f8f00" + "6282", "", "90", "63c0")


def test_a_token_answered_otherwise_than_with_its_content_stops_nothing():
    for answer in UNREADABLE:
        card = Script(answers(token=answer))
        kind, findings, _ = drive(card)
        assert (kind, states(findings)) == ("my_number_card", every("ok")), answer
        assert not any(command.startswith("00c0") for command in card.sent)
        assert sum(command == "00b0000020" for command in card.sent) == 4


def test_a_lock_whose_certificates_could_not_be_read_is_a_lock_with_a_note():
    for answer in UNREADABLE + ("008f" + OK, "008f0000" + OK):
        notes = {}
        card = Script(answers(certificates=answer, sign="63c0", auth="63c0", juki="63c0"))
        _, findings, _ = drive(card, notes=notes)
        wanted = dict.fromkeys(("sign", "auth", "juki"), "locked")
        assert states(findings) == every("ok", wanted), answer
        assert {key: note for key, note in notes.items() if note} == {
            "sign": "unread",
            "auth": "unread",
        }, answer
        times = 1 if answer == "008f" + OK else 4
        assert sum(command == "00b0000003" for command in card.sent) == times
    for answer in ("8f8f00", "ffff00"):  # whatever it says, it was read
        notes = {}
        drive(Script(answers(certificates=answer + OK, sign="63c0")), notes=notes)
        assert notes["sign"] is None


def test_a_licence_whose_file_could_not_be_read_is_what_its_key_says():
    for answer in UNREADABLE:
        for word, wanted, note in (("63ca", "ok", None), ("63c0", "locked", "unread")):
            notes = {}
            card = Script(answers(licence_pin=answer, licence=word))
            _, findings, _ = drive(card, licence=True, notes=notes)
            assert (findings["licence"][0], notes["licence"]) == (wanted, note), answer
