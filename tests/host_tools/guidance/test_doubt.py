"""What is not known of a lock, or of a number that was not found, is said beside it."""

import pytest

from mynacard import keys
from pinlamp_tools.guidance import choose
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show import names
from texts_in import texts_in

DAY = "2026-11-26"
LANGS = pytest.mark.parametrize("lang", names.LANGUAGES)
ASKED = [key.id for key in keys.default_keys()]


def _told(lang, states):
    findings = [{"id": key, "state": states.get(key, "ok")} for key in ASKED]
    return choose.advise(guidance(lang), "my_number_card", findings, True)


@LANGS
def test_the_doubt_about_a_certificate_stands_beside_each_lock_that_it_is_about(lang):
    doubt = guidance(lang)["unread"]
    findings = [{"id": key, "state": "locked", "note": "unread"} for key in ("sign", "auth")]
    (both,) = choose.advise(guidance(lang), "my_number_card", findings, True)
    assert both["keys"] == ["sign", "auth"] and both["fault"] == [doubt["not_issued"]["text"]]
    (both,) = choose.advise(guidance(lang), "phone_ios", findings, True)
    assert both["fault"] == [doubt["phone"]["text"]]
    findings = [{"id": "licence", "state": "locked", "note": "unread"}]
    (one,) = choose.advise(guidance(lang), "my_number_card", findings, True)
    assert one["fault"] == [doubt["not_set"]["text"]]


# What only those read who may go to a shop: where that is said, its terminal helps.
SHOP = {
    "ja": ("24時間以内", "端末でも", "アプリとコンビニの端末を"),
    "en": ("24 hours", "or app", "not use app"),
}


@LANGS
@pytest.mark.parametrize(("lock", "other"), [("sign", "auth"), ("auth", "sign")])
@pytest.mark.parametrize("found", ["ok", "used", "unlimited", "last"])
@pytest.mark.parametrize("too", [None, "visual_b", "licence"])
def test_nobody_is_sent_to_a_shop_for_a_certificate_that_may_not_be_there(
    lang, lock, other, found, too
):
    data = guidance(lang)
    states = dict.fromkeys(ASKED, "ok")
    states |= {lock: "locked", other: found} | ({too: "locked"} if too else {})
    for note in (None, "unread"):
        findings = [
            {"id": key, "state": one, "note": note if key == lock else None}
            for key, one in states.items()
        ]
        result = ("my_number_card", findings, True)
        told = choose.advise(data, *result)
        clerk, holder = slip(data, *result, DAY)
        heads = dict(holder["rows"])
        doubt = data["unread"]["not_issued"]["text"]
        for said in (told, [clerk, holder]):
            text = "\n".join(texts_in(said))
            assert (doubt in text) == (note is not None)
            shop = any(words in text for words in SHOP[lang])
            assert shop == (note is None), [words for words in SHOP[lang] if words in text]
        assert any("kiosk" in one for one in told) == (note is None)
        assert (data["fields"]["kiosk"] in heads) == (note is None)
        who = "\n".join(heads[data["fields"]["who"]])
        assert data["office"]["who"] in who or note is None
        rows = dict(clerk["rows"])
        short, why = data["clerk"]["keys"][lock]["short"], data["clerk"]["why"]["unread"]
        named = [short + why] if note else None
        assert rows.get(data["clerk"]["unread"]) == named
        if too == "licence":
            police = data["kinds"]["my_number_card"]["keys"]["licence"]["who"]
            assert police in who


@LANGS
def test_a_reason_among_several_locks_names_the_number_that_it_is_about(lang):
    data = guidance(lang)
    short = data["short"]
    doubt = data["unread"]["not_issued"]["text"]
    findings = [
        {"id": "sign", "state": "locked", "note": "unread"},
        {"id": "visual_b", "state": "locked"},
    ]
    first, *_ = choose.advise(data, "my_number_card", findings, True)
    face = data["kinds"]["my_number_card"]["keys"]["visual_b"]["fault"]
    assert first["fault"] == [f"{short['sign']}: {doubt}", f"{short['visual_b']}: {face}"]
    findings[0] = {"id": "juki", "state": "locked"}
    first, *_ = choose.advise(data, "my_number_card", findings, True)
    assert first["keys"] == ["juki", "visual_b"]
    assert first["fault"] == [f"{short['visual_b']}: {face}"]


@LANGS
@pytest.mark.parametrize("rest", ["ok", "unlimited", "last", "locked", "unknown"])
def test_a_number_that_every_card_has_and_this_one_has_not_is_named(lang, rest):
    texts = guidance(lang)["lacking"]
    gone = ["visual_b", "common"]
    told = _told(lang, {"text_pin": rest, **dict.fromkeys(gone, "absent")})
    (one,) = [one for one in told if one["title"] == texts["title"]]
    assert (one["keys"], one["state"], one["now"]) == (gone, "absent", [texts["now"]])
    assert "[I]" in one["source"][-1]
    assert told[-1] is one and not any("list" in advice for advice in told)
    # This a card may really lack, and one that was not read to its end may have it.
    fair = _told(lang, {"licence": "absent"})
    assert [one["state"] for one in fair] == ["ok"] and fair[0]["list"]
    findings = [{"id": "sign", "state": "ok"}, {"id": "juki", "state": "absent"}]
    broken = choose.advise(guidance(lang), "my_number_card", findings, False)
    assert [one["title"] for one in broken] == [guidance(lang)["incomplete"]["title"]]
    every = _told(lang, {key.id: "absent" for key in keys.KEYS})
    assert [one["title"] for one in every] == [
        rule["title"] for rule in guidance(lang)["sets"] if rule["id"] == "nothing_there"
    ]
