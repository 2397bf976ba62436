"""The survey: which locks are on purpose, and when that is known."""

import oracle
from answers import JPKI, OK, Script, answers, drive, every, states
from mynacard import KEYS, Finding, Session, default_keys


def test_without_signature_certificate_four_locks_are_by_design():
    locks = {"auth": "63c0", "juki": "6984", "common": "63c0", "text_pin": "63c0"}
    card = answers(certificates="008f00" + OK, text_b="63c0", **locks)
    _, findings, _ = drive(Script(card))
    expected = dict.fromkeys(locks, "by_design")
    expected.update(sign="not_issued", text_b="locked")
    assert states(findings) == every("ok", expected)


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
            if (free, found) == ("auth", "absent"):
                found = "unknown"  # the file says that it is there
            _, findings, _ = drive(Script(answers(certificates="008f00" + OK, **words)))
            expected = dict.fromkeys(FOUR, "locked")
            expected.update({"sign": "not_issued", free: found})
            assert states(findings) == every("ok", expected), (free, word)


def test_four_locks_are_by_design_only_where_all_four_were_asked_for():
    card = Script(answers(certificates="008f00" + OK, **dict.fromkeys(FOUR, "63c0")))
    session, found = Session([key for key in KEYS if key.id not in ("common", "licence")]), {}
    while session.command:
        found.update((item[0], item[1]) for item in session.answer(card(session.command)))
    assert [found[key] for key in FOUR if key != "common"] == ["locked"] * 3
    phone = answers(token=b"JPKIAPIOSTOKEN".hex() + OK, certificates="008f00" + OK, auth="63c0")
    _, findings, _ = drive(Script(phone, applets=(JPKI,)))
    assert states(findings) == {"sign": "not_issued", "auth": "locked"}


def test_only_a_lock_that_may_be_on_purpose_is_waited_for():
    """What became known with each answer, of a card on which `common` decides, or `juki`."""

    def batches(**words):
        card = Script(
            answers(certificates="008f00" + OK, **dict(dict.fromkeys(FOUR, "63c0"), **words))
        )
        session, told = Session(default_keys()), []
        while session.command:
            batch = session.answer(card(session.command))
            told += [[item.id for item in batch if isinstance(item, Finding)]]
        return [batch for batch in told if set(batch) & known]

    # Whatever keys the table has besides.
    known = set(FOUR) | {"sign", "text_b", "text_a", "visual_b", "visual_a", "visual_birth"}
    others = [["text_b"], ["text_a"], ["visual_b"], ["visual_a"], ["visual_birth"]]
    four = ["auth", "juki", "text_pin", "common"]
    assert batches() == [["sign"]] + others + [four]
    assert batches(common="63c3") == [["sign"]] + others + [four]
    assert batches(juki="63c3") == [["sign"], ["auth", "juki"], ["text_pin"]] + others + [
        ["common"]
    ]
    assert batches(auth="63c2")[:3] == [["sign"], ["auth"], ["juki"]]
    # with the certificate nothing waits
    with_it = Script(answers(**dict.fromkeys(FOUR, "63c0")))
    session, counts = Session(default_keys()), []
    while session.command:
        counts.append(len(session.answer(with_it(session.command))))
    assert max(counts) == 1


def test_a_card_gone_before_it_is_known_leaves_the_four_unknown():
    words = answers(certificates="008f00" + OK, **dict.fromkeys(FOUR, "63c0"))
    whole = Script(words)
    session = Session(default_keys())
    told = []
    while not set(told) & set(FOUR):
        batch = session.answer(whole(session.command))
        told += [item.id for item in batch if isinstance(item, Finding)]
    for sent in range(len(whole.sent)):
        kind, findings, _ = drive(Script(words, gone_after=sent))
        assert set(findings) == set(oracle.ASKED), sent
        assert {findings[key][:2] for key in FOUR} == {("unknown", None)}, sent


def test_other_locks_are_locks():
    locked = {"juki": "locked", "common": "locked", "text_pin": "locked"}
    words = dict.fromkeys(locked, "63c0")
    # the certificate is there
    _, findings, _ = drive(Script(answers(auth="63c0", **words)))
    assert states(findings) == every("ok", dict(locked, auth="locked"))
    # auth is not locked
    _, findings, _ = drive(Script(answers(certificates="008f00" + OK, **words)))
    assert states(findings) == every("ok", dict(locked, sign="not_issued"))
    # auth has no certificate either: whether it is locked on purpose cannot be told
    _, findings, _ = drive(Script(answers(certificates="000000" + OK, auth="63c0", **words)))
    expected = dict(locked, sign="not_issued", auth="not_issued")
    assert states(findings) == every("ok", expected)
