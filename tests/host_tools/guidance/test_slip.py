"""The slip to take along: its two parts, what it says of every key, and when it may say "none"."""

import itertools
import json

import pytest

from mynacard import keys
from oracle import CARDS
from pinlamp_tools.guidance.choose import advise
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show import names
from places import ROOT

LANGS = pytest.mark.parametrize("lang", names.LANGUAGES)
ASKED = [key.id for key in keys.default_keys()]
TODAY = "2026-11-26"
FACE = {"sign": "not_issued"} | dict.fromkeys(("auth", "juki", "text_pin", "common"), "by_design")
PLACE = json.loads((ROOT / "docs" / "municipality.example.json").read_text("utf-8"))


def _slip(lang, states, kind="my_number_card", rest="ok", complete=True, place=None, today=TODAY):
    ids = ASKED if kind == "my_number_card" else ["sign", "auth"]
    ids = [*ids, *(key for key in states if key not in ids)]
    findings = [{"id": key, "state": states.get(key, rest)} for key in ids]
    return slip(guidance(lang), kind, findings, complete, today, {"visual_b": 5}, place)


def _rows(parts):
    return list(itertools.chain.from_iterable(part["rows"] for part in parts))


def _headings(parts):
    return [heading for heading, _ in _rows(parts)]


@LANGS
def test_it_has_a_part_for_the_clerk_and_one_for_the_holder(lang):
    clerk, holder = _slip(lang, {"visual_b": "locked"})
    assert (clerk["part"], clerk["title"]) == ("clerk", "窓口のご担当者様へ")
    assert holder["title"] == {"ja": "カードをお持ちになる方へ"}.get(lang, holder["title"])
    (item,) = clerk["items"]
    assert item["name"] == "照合番号B(券面事項確認AP)" and item["lamp"] == "〔ランプ5〕"
    about = dict(item["rows"])
    assert about["申請書の項目"] == "4つの暗証番号のどれでもありません"
    assert "券面情報入力用" in about["画面での呼び方"] and "1件" in about["画面での呼び方"]
    assert about["新しい番号の入力"] == "不要(ロック解除だけ)"
    assert clerk["boxes"][:2] == [
        "ロックを解除した",
        "再読み取りで赤から緑に変わった(読み取り機がある場合)",
    ]
    assert "年" in clerk["boxes"][2]
    fields = guidance(lang)["fields"]
    headings = [heading for heading, _ in holder["rows"]]
    order = [
        fields[field] for field in ("who", "go", "bring", "screen", "avoid", "fault", "after")
    ]
    assert headings[:7] == order
    assert not holder["items"] and not holder["boxes"]


@LANGS
def test_the_clerk_s_part_is_the_same_japanese_in_both_languages(lang):
    states = {"sign": "locked", "auth": "last", "visual_b": "unknown", "juki": "not_issued"}
    assert _slip(lang, states)[0] == _slip("ja", states)[0]


def test_what_is_handed_over_is_said_in_english_too():
    told = dict(_slip("en", {"visual_b": "locked"})[1]["rows"])["What you hand over says"]
    assert told[0] == "照合番号B(券面確認): check number B (card face)"
    assert "unlocked" in told[-1]
    assert "What you hand over says" not in _headings(_slip("en", {}))


@LANGS
@pytest.mark.parametrize("key", ASKED + ["licence"])
def test_every_key_has_its_item_and_says_whether_a_new_number_is_chosen(lang, key):
    findings = [{"id": key, "state": "locked"}]
    clerk, _ = slip(guidance(lang), "my_number_card", findings, True, TODAY)
    (item,) = clerk["items"]
    new = dict(item["rows"])["新しい番号の入力"]
    kept = key in ("visual_a", "visual_b", "text_a", "text_b", "visual_birth")
    assert new.startswith("不要" if kept else "必要")
    assert clerk["rows"][0][0] == "お願い" and clerk["boxes"]


@LANGS
@pytest.mark.parametrize("kind", ["my_number_card", "phone_android"])
@pytest.mark.parametrize(
    ("states", "rest"),
    [
        ({"auth": "unknown"}, "ok"),
        ({"auth": "not_reported"}, "ok"),
        ({}, "unknown"),
        ({}, "absent"),
    ],
)
def test_unknown_is_never_nothing_locked(lang, kind, states, rest):
    headings = _headings(_slip(lang, states, kind, rest))
    data = guidance(lang)
    assert data["slip"]["unsure"] in headings and data["slip"]["none"] not in headings
    assert data["clerk"]["none"] not in headings


@LANGS
@pytest.mark.parametrize("found", ["ok", "unlimited", "used", "last"])
def test_nothing_locked_is_said_where_all_was_answered(lang, found):
    data = guidance(lang)
    headings = _headings(_slip(lang, {"auth": found, "licence": "absent"}))
    assert data["slip"]["none"] in headings and data["slip"]["unsure"] not in headings
    assert data["clerk"]["none"] in headings


@LANGS
def test_of_several_locks_only_those_reasons_are_on_it_by_which_one_may_be_none(lang):
    data = guidance(lang)
    face = data["kinds"]["my_number_card"]["keys"]["visual_b"]["fault"]
    label = data["fields"]["fault"]
    assert dict(_rows(_slip(lang, {"visual_b": "locked"})))[label] == [face]
    assert label not in _headings(_slip(lang, {"visual_b": "locked", "juki": "locked"}))
    child = dict(_rows(_slip(lang, {"sign": "not_issued", "auth": "locked", "juki": "locked"})))
    assert child[label] == [data["no_signature"]["text"]]


@LANGS
@pytest.mark.parametrize("other", ["ok", "last", "unknown", "not_issued"])
def test_where_to_go_names_the_number_if_two_go_different_ways(lang, other):
    data = guidance(lang)
    differ = 0
    for locks in itertools.combinations(ASKED + ["licence"], 2):
        states = {"sign": other, "auth": other, **dict.fromkeys(locks, "locked")}
        where = dict(_slip(lang, states)[1]["rows"])[data["fields"]["who"]]
        if len(where) > 1:
            differ += 1
            named = sorted(line.split(": ")[0] for line in where)
            assert named == sorted(data["short"][key] for key in locks)
        else:
            assert ": " not in where[0][:20]
    assert differ
    *_, police = dict(_slip(lang, dict.fromkeys([*ASKED, "licence"], "locked"))[1]["rows"])[
        data["fields"]["who"]
    ]
    assert police.startswith(data["short"]["licence"] + ": ")


@LANGS
@pytest.mark.parametrize("more", [["visual_b"], ["licence"], ["visual_b", "licence"]])
def test_where_to_go_names_each_lock_once_beside_those_on_purpose(lang, more):
    data = guidance(lang)
    short = data["short"]
    parts = _slip(lang, {**FACE, **dict.fromkeys(more, "locked")})
    where = dict(parts[1]["rows"])[data["fields"]["who"]]
    (on_purpose,) = [line for line in where if "「顔認証」" in line]
    assert all(on_purpose.count(short[key]) == 1 for key in ("auth", "juki", "text_pin"))
    where.remove(on_purpose)
    assert sorted(line.split(": ")[0] for line in where) == sorted(short[key] for key in more)


@LANGS
@pytest.mark.parametrize(("lock", "other"), [("sign", "auth"), ("auth", "sign")])
@pytest.mark.parametrize("found", ["ok", "last"])
def test_of_several_locks_the_shop_is_told_of_one_or_of_none(lang, lock, other, found):
    data = guidance(lang)
    kiosk, where = data["fields"]["kiosk"], data["fields"]["who"]
    for more in ((), ("visual_b",), ("juki", "common"), ("visual_b", "text_pin", "licence")):
        parts = _slip(lang, {other: found, lock: "locked", **dict.fromkeys(more, "locked")})
        rows = dict(parts[1]["rows"])
        assert (kiosk in rows) == (len(more) < 2)
        if len(more) == 1:
            short = data["short"]
            assert all(line.startswith(short[lock] + ": ") for line in rows[kiosk])
        if len(more) > 1:
            assert data["office"]["who"] in rows[where]


LICENCE_S = "マイナ免許証の暗証番号の"


MORE = ["visual_b", "juki", "auth"]


@pytest.mark.parametrize(
    "more", [*(dict.fromkeys(MORE[:count], "locked") for count in (1, 2, 3)), FACE]
)
def test_no_municipality_is_asked_to_unlock_a_driving_licence(more):
    data = guidance("ja")
    parts = _slip("ja", {"licence": "locked", **more})
    *asked, last = dict(_rows(parts))[data["clerk"]["say"]]
    assert last == data["clerk"]["police"] and not any(LICENCE_S in text for text in asked)
    assert asked and (data["clerk"]["all"] in asked) == (more.get("auth") == "locked")


def test_the_police_are_asked_to_unlock_a_driving_licence_alone():
    data = guidance("ja")
    parts = _slip("ja", {"licence": "locked"})
    (asked,) = dict(_rows(parts))[data["clerk"]["say"]]
    assert asked.startswith(LICENCE_S)


@LANGS
@pytest.mark.parametrize("key", ASKED)
@pytest.mark.parametrize("rest", ["ok", "last"])
def test_nothing_locked_is_not_said_where_a_number_is_lacking(lang, key, rest):
    data = guidance(lang)
    parts = _slip(lang, {key: "absent"}, rest=rest)
    none = {data["slip"]["none"], data["clerk"]["none"]}
    named = data["clerk"]["keys"][key]["short"] + data["clerk"]["why"]["lacking"]
    rows = dict(_rows(parts))
    assert not none & set(rows)
    assert {data["slip"]["unsure"], data["clerk"]["unsure"]} <= set(rows)
    assert rows[data["clerk"]["lacking"]] == [named]
    # Beside a lock it is named as well.
    other = "juki" if key == "auth" else "auth"
    rows = dict(_rows(_slip(lang, {key: "absent", other: "locked"})))
    assert rows[data["clerk"]["lacking"]] == [named]


@LANGS
@pytest.mark.parametrize("kind", ["my_number_card", "phone_ios"])
@pytest.mark.parametrize("found", ["ok", "last"])
def test_nothing_locked_is_not_said_where_a_key_was_not_told(lang, kind, found):
    data = guidance(lang)
    parts = slip(data, kind, [{"id": "auth", "state": found}], True, TODAY)
    assert data["slip"]["unsure"] in _headings(parts)
    assert not {data["slip"]["none"], data["clerk"]["none"]} & set(_headings(parts))
    told = advise(data, kind, [{"id": "auth", "state": "ok"}], True)
    assert not any(one.get("list") or one["state"] == "ok" for one in told)


@LANGS
def test_nothing_locked_has_the_path_and_a_sentence_for_the_support_at_each_step(lang):
    rows = dict(_slip(lang, {})[1]["rows"])
    words = guidance(lang)["slip"]
    assert [line[:2] for line in rows[words["none"]]] == ["1.", "2.", "3.", "4.", "5."]
    assert len(rows[words["support"]]) == 5
    assert all(line.startswith("「") for line in rows[words["support"]])


def test_what_is_said_of_a_key_names_it():
    rows = dict(_slip("ja", {"sign": "not_issued", "auth": "last", "juki": "used"})[0]["rows"])
    words = guidance("ja")["clerk"]
    assert rows[words["not_issued"]] == ["①署名用"]
    assert rows[words["tried"]] == ["②利用者証明用: 残り1回、③住民基本台帳用: 間違いの記録あり"]
    assert "①署名用" not in rows[words["free"]][0]


@LANGS
def test_a_lock_of_the_card_s_settings_is_no_item_and_is_asked_about_with_care(lang):
    states = dict.fromkeys(("auth", "juki", "common", "text_pin"), "by_design")
    clerk, _ = _slip(lang, {**states, "sign": "not_issued"})
    assert clerk["items"] == []
    rows = dict(clerk["rows"])
    assert rows["お願い"][0].startswith("(「顔認証」と印刷されていないとき)")
    assert rows[guidance(lang)["clerk"]["maybe"]] == [
        "②利用者証明用、③住民基本台帳用、④券面事項入力補助用、個人番号カード用(共通)"
    ]


@LANGS
@pytest.mark.parametrize("kind", ["phone_android", "phone_ios"])
@pytest.mark.parametrize(
    "states", [{}, {"sign": "locked"}, {"sign": "not_issued"}, {"auth": "last"}]
)
def test_a_phone_is_not_sent_to_the_counter(lang, kind, states):
    (part,) = _slip(lang, states, kind)
    assert part["part"] == "holder"
    assert part["title"] == guidance(lang)["slip"]["phone"]["title"]
    said = str(part)
    for word in ("マイナンバーカードに残り", "本人確認書類", "15", "The office of"):
        assert word not in said
    if kind == "phone_android" and states.get("sign") == "locked":
        assert "窓口では再設定できません" in said or "office cannot" in said


@LANGS
def test_an_unfinished_or_unasked_reading_promises_nothing(lang):
    data = guidance(lang)
    headings = _headings(_slip(lang, {}, complete=False))
    assert data["slip"]["none"] not in headings and data["clerk"]["none"] not in headings
    assert data["clerk"]["incomplete"] in headings
    (part,) = slip(data, "other_f", [], True, TODAY)
    assert part["rows"][0][0] == data["kinds"]["other_f"]["title"] and part["rows"][0][1]
    (part,) = slip(data, None, [], False, TODAY)
    assert part["rows"][0][0] == data["incomplete"]["title"]


@LANGS
def test_after_six_months_without_a_check_it_says_so(lang):
    old = guidance(lang)["old"].split("{checked}")[1]
    assert old not in str(_slip(lang, {"visual_b": "locked"}))
    assert old in str(_slip(lang, {"visual_b": "locked"}, today="2027-05-23"))


@LANGS
def test_a_municipality_s_own_lines_stand_for_what_most_of_them_want(lang):
    _, holder = _slip(lang, {"visual_b": "locked"}, place=PLACE)
    rows = dict(holder["rows"])
    words = guidance(lang)["slip"]["place"]
    assert PLACE["name"] in rows
    for field in ("telephone", "hours", "documents", "branches", "post_offices"):
        assert rows[words[field]] == [PLACE[field]]
    assert guidance(lang)["office"]["bring"] not in str(holder)
    assert PLACE["checked"] in str(holder)
    _, holder = _slip(lang, {}, place=PLACE)
    assert PLACE["documents"] not in str(holder)  # nobody has to go there


@LANGS
@pytest.mark.parametrize("name", sorted(CARDS))
def test_every_virtual_card_has_a_slip_that_names_nobody(lang, name):
    truth = CARDS[name]
    findings = [{"id": key, **found} for key, found in truth["keys"].items()]
    parts = slip(guidance(lang), truth["kind"], findings, True, TODAY)
    locked = [key for key, found in truth["keys"].items() if found["state"] == "locked"]
    if truth["kind"] == "my_number_card":
        assert len(parts[0]["items"]) == len(locked)
    assert parts[-1]["part"] == "holder" and TODAY[:4] in str(parts[-1])


def test_the_command_says_what_print_wants(pinlamp, one_line):
    line = one_line(pinlamp("guide", "other_b", "--print"), 2)
    assert "other_b is not asked: there is no slip" in line
    for arguments in ([], ["my_number_card"]):
        assert "--print wants" in one_line(pinlamp("guide", *arguments, "--print"), 2)
    done = pinlamp("guide", "phone_android", "auth", "locked", "--print", "--lang", "ja")
    assert done.stdout.startswith("【スマホ用電子証明書の結果】")


def test_two_tries_of_a_key_without_a_known_maximum_are_no_error_on_record():
    clerk = _slip("ja", {"visual_birth": "used", "auth": "used", "visual_b": "locked"})[0]
    tried = dict(clerk["rows"])[guidance("ja")["clerk"]["tried"]]
    assert tried == ["②利用者証明用: 間違いの記録あり、生年月日(券面確認): 残り2回(上限は未確認)"]
    untold = [key.id for key in keys.KEYS if key.max is None and key.floor is None]
    texts = guidance("ja")["clerk"]["keys"]
    assert [key for key in texts if "used" in texts[key]] == untold


@LANGS
def test_no_red_is_not_called_unlocked(lang):
    # A reading that failed has no red either, and a counter's lamps are dark after 3 s.
    after = guidance(lang)["again"]
    assert ("緑" in after and "紫" in after) if lang == "ja" else "green" in after
    assert "消えていれば" not in after and "nothing is red" not in after.lower()
