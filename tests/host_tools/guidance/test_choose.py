"""Guidance: complete, in both languages, and the right words for each result."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from mynacard import keys, state
from oracle import CARDS as TRUTH
from pinlamp_tools import paths
from pinlamp_tools.guidance import choose
from pinlamp_tools.guidance.explain import explain
from pinlamp_tools.guidance.plan import plan
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance, index, phrases
from pinlamp_tools.show import names
from texts_in import texts_in

PACKAGE = Path(choose.__file__).parent
DAY = "2026-11-26"
LANGS = pytest.mark.parametrize("lang", names.LANGUAGES)


def _shape(value):
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return [_shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def _advise(lang, name, complete=True):
    truth = TRUTH[name]
    findings = [{"id": key, **found} for key, found in truth["keys"].items()]
    return choose.advise(guidance(lang), truth["kind"], findings, complete)


def _said(lang, name):
    return "\n".join(texts_in(_advise(lang, name)))


def test_both_languages_have_the_same_entries():
    ja, en = (guidance(lang) for lang in names.LANGUAGES)
    assert _shape(ja) == _shape(en)
    assert all(text.strip() for data in (ja, en) for text in texts_in(data))
    for topic in phrases()["topics"]:
        assert topic["ja"].keys() == topic["en"].keys() == {"title", "means", "tell", "go"}


@LANGS
def test_it_is_complete_for_every_combination_that_can_occur(lang):
    data = guidance(lang)
    assert set(data["names"]) == set(data["short"]) == {key.id for key in keys.KEYS}
    assert set(data["states"]) == set(state.WORST_FIRST)
    kinds = {kind for kind, _ in keys.TOKENS.values()} | {
        "newer",
        "other_b",
        "other_a",
        "other_f",
        "several",
    }
    assert set(choose.kinds(data)) == kinds
    asked = dict(keys.TOKENS.values())
    for kind in kinds:
        scope = asked.get(kind, keys.NONE)
        expected = [
            key.id
            for key in keys.KEYS
            if scope == keys.ALL or (scope == keys.JPKI_ONLY and key.aid == keys.TOKEN.aid)
        ]
        assert choose.keys_of(data, kind) == expected
        for key in expected:
            table = next(one for one in keys.KEYS if one.id == key)
            for found in choose.states_of(key):
                entry = choose.entry(data, kind, key, found)
                assert entry["now"] and entry["source"] and entry["checked"] >= "2026-11-22"
                if found == state.LOCKED:
                    assert entry["who"] and entry["fails"]
            for special in (state.NOT_ISSUED, state.NOT_SET):
                can = table.unset is not None and table.unset.state == special
                assert (special in choose.states_of(key)) == can
            assert (state.BY_DESIGN in choose.states_of(key)) == table.by_design


@LANGS
@pytest.mark.parametrize("name", sorted(TRUTH))
def test_every_virtual_card_gets_advice_and_none_twice(lang, name):
    told = _advise(lang, name)
    assert told
    assert len({one["title"] for one in told}) == len(told)
    bad = {state.LOCKED, state.BY_DESIGN, state.LAST, state.USED, state.NOT_REPORTED}
    wrong = {key for key, found in TRUTH[name]["keys"].items() if found["state"] in bad}
    assert wrong <= {key for one in told for key in one["keys"]}
    for one in told:
        for field in choose.FIELDS:
            assert len(set(one.get(field, ()))) == len(one.get(field, ()))


@pytest.mark.parametrize(
    ("name", "words", "not_words"),
    [
        ("bank_app_lockout", ["照合番号Bのロック解除", "住民票のある市区町村"], ["コンビニ交付"]),
        ("bank_app_lockout", ["使えるアプリと使えないアプリ"], []),
        (
            "jpki_both_locked",
            ["両方ともロック", "コンビニの端末ではできません"],
            ["セブン-イレブン"],
        ),
        (
            "sign_locked",
            ["セブン-イレブン", "ミニストップ", "24時間以内", "6:30〜23:00"],
            ["イオン"],
        ),
        ("auth_locked", ["イオンリテール", "フジ"], ["ミニストップ"]),
        ("auth_locked", ["e-Taxとマイナポータルへのログイン"], []),
        ("auth_locked", ["顔認証は、②利用者証明用が", "目視確認"], []),
        ("sign_locked", ["入力は2回あり", "キオスク端末(マルチコピー機など)"], []),
        ("sign_locked", ["アプリは終日", "照会書兼回答書", "登記事項証明書"], ["窓口だけ"]),
        ("juki_disagrees", ["電子証明書の更新", "在留期間が延びた"], []),
        ("bank_app_lockout", ["券面情報入力用」(④とみられます)", "④も確認して"], ["窓口だけ"]),
        ("bank_app_lockout", ["番号を決め直す必要はありません", "もう一度カードを読んで"], []),
        ("face_auth", ["入力間違いではありません", "カードに戻すこともできます"], ["わざと"]),
        ("fresh", ["カードの有効期限の、早いほう", "24時間ほど", "3か月は使えます"], []),
        ("newer_token", ["特定在留カード・特定特別永住者証明書", "次期カード"], []),
        ("text_pin_locked", ["券面事項入力補助用の暗証番号"], ["照合番号B"]),
        ("face_auth", ["追記欄", "顔認証", "本当にロック"], ["セブン-イレブン"]),
        ("child_locked", ["追記欄", "お子さん", "顔認証"], ["ミニストップ"]),
        ("child_three_locked", ["追記欄", "お子さん", "顔認証", "住基AP"], ["4つともロック"]),
        ("auth_locked", ["イオンリテール"], ["「顔認証」", "追記欄"]),
        ("child", ["15歳未満"], ["ロックされています"]),
        ("number_a_used", ["残りが10回より少ない", "sc-tools", "推定"], ["生年月日"]),
        ("worn", ["残り2回です。上限の回数がわからない"], []),
        (
            "certificates_unread",
            ["はじめから電子証明書がないカード", "コンビニの端末ではできません"],
            ["セブン-イレブン", "端末でも再設定"],
        ),
        ("sign_locked", ["セブン-イレブン"], ["はじめから電子証明書がない"]),
        ("newer_token", ["まだ対応していません", "何も調べていません", "推定"], ["別の種類"]),
        ("text_deactivated", ["停止", "6283", "推定", "窓口"], ["ケースや財布"]),
        ("juki_disagrees", ["中では2つ"], []),
        ("fresh", ["有効期限", "どの番号もロックされていません"], ["未使用"]),
        ("licence_unset", ["設定されていないようです"], []),
        ("verified", ["離し、もう一度置いて"], []),
        ("transit", ["交通系"], []),
    ],
)
def test_what_it_says(name, words, not_words):
    said = _said("ja", name)
    for word in words:
        assert word in said, word
    for word in not_words:
        assert word not in said, word


def _told(lang, states, kind="my_number_card"):
    order = (
        [key.id for key in keys.default_keys()] if kind == "my_number_card" else ["sign", "auth"]
    )
    findings = [{"id": key, "state": states.get(key, "ok")} for key in order]
    return choose.advise(guidance(lang), kind, findings, True)


@LANGS
@pytest.mark.parametrize(("lock", "other"), [("sign", "auth"), ("auth", "sign")])
@pytest.mark.parametrize("found", ["not_issued", "absent", "last", "unknown", "not_reported"])
def test_no_shop_where_it_cannot_help_and_a_warning_where_it_is_dangerous(
    lang, lock, other, found
):
    told = _told(lang, {lock: "locked", other: found})
    said = "\n".join(texts_in(told))
    assert told[0]["keys"][0] == lock and ("kiosk" in told[0]) == (found == "last")
    assert len({one["title"] for one in told}) == len(told)
    if lang == "ja":
        mark, name = {"sign": ("①", "署名用"), "auth": ("②", "利用者証明用")}[other]
        words = {
            "last": f"{mark}{name}は残り1回です。アプリか端末でこれを間違えると両方ともロックされ",
            "absent": f"{mark}{name}が搭載されていないため、アプリとコンビニの端末では再設定でき",
            "unknown": f"{mark}{name}を読み取れていません。もう一度読んでから決めてください",
        }
        words.update(not_issued=words["absent"], not_reported=words["unknown"])
        assert words[found] in said
    assert "kiosk" in _told(lang, {lock: "locked"})[0]


@LANGS
def test_two_numbers_of_a_kind_are_told_once_and_the_counter_hears_which(lang):
    both = _told(lang, {"visual_b": "locked", "text_b": "locked"})
    assert [one["keys"] for one in both] == [["visual_b", "text_b"]]
    (say,) = both[0]["say"]
    assert "券面事項確認APと券面事項入力補助APの両方" in say
    for key, applet in (("visual_b", "券面事項確認AP"), ("text_b", "券面事項入力補助AP")):
        (say,) = _told(lang, {key: "locked"})[0]["say"]
        assert f"照合番号B({applet}のほう)です" in say and "照合番号Bのロック解除" in say
        (fault,) = _told(lang, {key: "locked"})[0]["fault"]
        assert "推定" in fault or "inferred" in fault
    (one,) = _told(lang, {"juki": "locked", "common": "locked"})
    assert one["keys"] == ["juki", "common"] and len(one["say"]) == 1


@LANGS
def test_every_statement_has_its_own_source(lang):
    data = guidance(lang)

    def source(key, found, kind="my_number_card"):
        return " ".join(choose.entry(data, kind, key, found)["source"])

    assert "soltia" in source("sign", "unlimited") and "J-LIS" not in source("sign", "unlimited")
    assert "soltia" in source("auth", "not_issued") and "J-LIS" not in source("auth", "not_issued")
    assert "DLC" in source("licence", "not_set")
    assert "J-LIS" in source("sign", "locked") and "J-LIS" not in source("sign", "used")
    assert "soltia" in source("sign", "unlimited", "phone_ios")


def test_grades_are_in_the_words():
    for found, key in (("not_issued", "sign"), ("unlimited", "auth"), ("not_set", "licence")):
        (ja,) = choose.entry(guidance("ja"), "my_number_card", key, found)["now"]
        (en,) = choose.entry(guidance("en"), "my_number_card", key, found)["now"]
        assert "1つのプログラム" in ja and "よう" in ja and "one implementation" in en
    for data in (guidance("ja"), guidance("en")):
        (face,) = [rule for rule in data["sets"] if rule["id"] == "locked_on_purpose"]
        for texts in (data["states"]["by_design"], face):
            for text in texts_in(texts.get("fault")):
                assert "「顔認証」" in text
    avoid = choose.entry(guidance("ja"), "my_number_card", "licence", "last")["avoid"]
    assert "警察署" in avoid[0] and "窓口" not in avoid[0]
    fault = choose.entry(guidance("ja"), "my_number_card", "auth", "not_issued")["fault"]
    assert "署名用" not in "".join(fault)


@LANGS
@pytest.mark.parametrize("kind", ["phone_android", "phone_ios"])
def test_a_phone_is_no_card(lang, kind):
    for found in choose.states_of("sign"):
        for key in ("sign", "auth"):
            if found in choose.states_of(key):
                said = "\n".join(texts_in(choose.entry(guidance(lang), kind, key, found)))
                for word in (
                    "カードの答え",
                    "the card does",
                    "財布",
                    "wallet",
                    "15",
                    "発行を申し込めます",
                    "先に窓口",
                    "at the office",
                ):
                    assert word not in said, (found, word)
    (one,) = _told(lang, {}, kind)
    assert len(one["list"]) > 2 and "「顔認証」" not in str(one)
    absent = _told(lang, {"sign": "absent", "auth": "absent"}, kind)
    assert [one["state"] for one in absent] == ["absent"]
    first = choose.advise(guidance(lang), kind, [{"id": "sign", "state": "unknown"}], False)[0]
    assert "財布" not in str(first) and "wallet" not in str(first)


def test_an_unfinished_reading_comes_first_and_promises_nothing():
    for lang in names.LANGUAGES:
        findings = [{"id": "sign", "state": "ok"}, {"id": "auth", "state": "unknown"}]
        first, *rest = choose.advise(guidance(lang), "my_number_card", findings, False)
        assert first["state"] == "unknown" and rest == []
        assert choose.advise(guidance(lang), None, [], False)[0]["title"] == first["title"]


def test_it_chooses_the_same_under_micropython(micropython, tmp_path):
    cases = [
        [truth["kind"], [{"id": key, **found} for key, found in truth["keys"].items()], complete]
        for truth in TRUTH.values()
        for complete in (True, False)
    ]
    texts = [
        "券面確認APがブロックされています",
        "Will it unlock if I wait?",
        "LINEのパスワード忘れた",
        "スマホ用の署名用がロック",
    ]
    (tmp_path / "cases.json").write_text(json.dumps([cases, texts]), "utf-8")
    (tmp_path / "main.py").write_text(
        "import json, sys\nfrom pinlamp_tools.guidance.choose import advise\n"
        "from pinlamp_tools.guidance.slip import slip\n"
        "from pinlamp_tools.guidance.plan import plan\n"
        "from pinlamp_tools.guidance.explain import explain\n"
        "from pinlamp_tools.guidance.sources import join\n"
        f"def load(name): return json.load(open({str(PACKAGE)!r} + '/' + name + '.json'))\n"
        "data = join(load('ja'), load('sources'), load('clerk'), 'ja')\n"
        "phrases, index = load('explain'), load('index')\n"
        f"cases, texts = json.load(open({str(tmp_path / 'cases.json')!r}))\n"
        f"DAY = {DAY!r}\n"
        "for c in cases:\n"
        "    told = [advise(data, *c), slip(data, *c, DAY), plan(data, *c, {})]\n"
        "    print(json.dumps(told))\n"
        "found = [explain(phrases, index, text) for text in texts]\n"
        "print(json.dumps([[topic['id'] for topic in topics] for topics in found]))\n",
        "utf-8",
    )
    packages = [paths.package_dir(name).parent for name in ("mynacard", "pinlamp")]
    folders = [".frozen", PACKAGE.parents[1], *packages]
    done = subprocess.run(
        [str(paths.micropython()), "main.py"],
        cwd=tmp_path,
        env={**os.environ, "MICROPYPATH": ":".join(map(str, folders))},
        capture_output=True,
        text=True,
    )
    *advice, topics = map(json.loads, done.stdout.splitlines())
    data = guidance("ja")
    here = [
        [choose.advise(data, *case), slip(data, *case, DAY), plan(data, *case, {})]
        for case in cases
    ]
    assert advice == json.loads(json.dumps(here)), done.stderr
    assert topics == [
        [topic["id"] for topic in explain(phrases(), index(), text)] for text in texts
    ]
