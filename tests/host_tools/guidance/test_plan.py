"""Before you go: kiosk or office, one visit or two, on the terminal as a user answers."""

import os
import subprocess
import sys

import pytest

from mynacard import keys
from oracle import CARDS
from pinlamp.layout import LAYOUTS, OVERALL, PLACES, lamps
from pinlamp_tools.guidance.ask import ask_locked
from pinlamp_tools.guidance.plan import QUESTIONS, plan
from pinlamp_tools.guidance.texts import guidance
from pinlamp_tools.show.names import LANGUAGES, Names
from places import TESTS

LANGS = pytest.mark.parametrize("lang", LANGUAGES)
GOOD = {"other": True, "changed": False, "valid": True}
IDS = [key.id for key in keys.default_keys()]


def _plan(states, answers=None, lang="ja", kind="my_number_card", complete=True, rest="ok"):
    findings = [{"id": key, "state": states.get(key, rest)} for key in IDS]
    findings += [{"id": key, "state": states[key]} for key in states if key not in IDS]
    return plan(guidance(lang), kind, findings, complete, answers or {})


@pytest.mark.parametrize("lock", ["sign", "auth"])
@pytest.mark.parametrize("found", ["ok", "used", "unlimited"])
def test_the_shop_helps_only_if_all_three_answers_are_good(lock, found):
    states = {lock: "locked", {"sign": "auth", "auth": "sign"}[lock]: found}
    assert _plan(states)["ask"] == list(QUESTIONS)
    assert _plan(states, GOOD)["place"] == "kiosk"
    for name in QUESTIONS:
        for bad in (not GOOD[name], None):
            told = _plan(states, {**GOOD, name: bad})
            assert told["place"] == "office"
            assert guidance("ja")["plan"]["why"][name] in str(told["rows"])


@LANGS
@pytest.mark.parametrize("lock", ["sign", "auth"])
def test_nobody_goes_to_a_shop_for_a_certificate_that_may_not_be_there(lang, lock):
    findings = [{"id": key, "state": "ok"} for key in IDS if key != lock]
    findings.append({"id": lock, "state": "locked", "note": "unread"})
    told = plan(guidance(lang), "my_number_card", findings, True, GOOD)
    assert told["place"] == "office" and told["ask"] == ["changed", "valid"]
    assert guidance(lang)["plan"]["why"]["unread"] in str(told["rows"])


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ({"visual_b": "locked"}, "others"),
        ({"sign": "locked", "text_pin": "locked"}, "others"),
        ({"sign": "locked", "auth": "locked"}, "both"),
        ({"sign": "locked", "auth": "last"}, "last"),
        ({"sign": "locked", "auth": "unknown"}, "not_there"),
        ({"sign": "locked", "auth": "not_reported"}, "not_there"),
        ({"auth": "locked", "sign": "not_issued"}, "not_there"),
        ({"auth": "locked", "sign": "absent"}, "not_there"),
    ],
)
def test_where_the_shop_cannot_help_nobody_is_asked_for_the_other_number(states, why):
    told = _plan(states, GOOD)
    assert told["place"] == "office" and told["ask"] == ["changed", "valid"]
    assert guidance("ja")["plan"]["why"][why] in str(told["rows"])


def test_it_says_how_often_and_ends_with_the_re_tap():
    told = dict(_plan({"visual_b": "locked"}, GOOD)["rows"])
    assert "その日の1回で終わります" in told["回数"] and "2回かかります" in told["回数"]
    assert "もう一度カードを読んで" in told["そのあと"] and "本人確認書類" in told["持ち物"]
    told = dict(_plan({"sign": "locked"}, GOOD)["rows"])
    assert "今日のうちに" in told["回数"] and "もう一度カードを読んで" in told["そのあと"]


def test_what_can_be_done_on_the_same_visit_is_said():
    told = str(_plan({"visual_b": "locked"}, {"changed": True, "valid": False})["rows"])
    assert "変更も頼んで" in told and "更新も頼んで" in told
    told = str(_plan({"visual_b": "locked"}, {"changed": None, "valid": None})["rows"])
    assert "変更も頼んで" not in told and "更新も頼んで" not in told


def test_a_licence_is_the_police_s():
    assert _plan({"licence": "locked"})["place"] == "police"
    for answers, place in ((GOOD, "kiosk"), ({}, "office")):
        both = _plan({"licence": "locked", "sign": "locked"}, answers)
        assert both["place"] == place and guidance("ja")["plan"]["police"] in str(both["rows"])


def test_a_certificate_of_which_nothing_is_told_is_not_counted_on():
    told = plan(guidance("ja"), "my_number_card", [{"id": "sign", "state": "locked"}], True, GOOD)
    assert told["place"] == "office" and "other" not in told["ask"]


@pytest.mark.parametrize("kind", [None, "phone_ios", "phone_android", "other_b", "several"])
def test_there_is_none_for_what_is_no_card_or_not_locked(kind):
    assert _plan({"sign": "locked"}, kind=kind) is None
    assert _plan({}) is None and _plan({"sign": "by_design"}) is None
    assert _plan({"sign": "locked"}, complete=False) is None
    assert _plan({}, rest="unknown") is None


@LANGS
@pytest.mark.parametrize("name", sorted(CARDS))
def test_every_virtual_card_is_safe(lang, name):
    truth = CARDS[name]
    findings = [{"id": key, **found} for key, found in truth["keys"].items()]
    told = plan(guidance(lang), truth["kind"], findings, True, GOOD)
    locked = {key for key, found in truth["keys"].items() if found["state"] == "locked"}
    assert bool(told) == (truth["kind"] == "my_number_card" and bool(locked))
    if told and told["place"] == "kiosk":
        assert locked in ({"sign"}, {"auth"})


def _typed(said, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pinlamp_tools", *arguments, "--ask", "--lang", "ja"],
        input=said,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    return done.returncode, "".join(done.stdout.split()), done.stderr


@pytest.mark.parametrize(
    ("said", "words", "place"),
    [
        ("y\ny\nn\ny\n", ["sign", "locked"], "キオスク端末で再設定できます"),
        ("y\n\nn\ny\n", ["sign", "locked"], "もう片方の番号が確かでないため"),
        ("はい\nはい\nいいえ\nn\n", ["auth", "locked"], "有効期限が切れていると"),
        # The other one's lamp: on its last try or not read. Nobody asks for its number then.
        ("n\nn\ny\n", ["sign", "locked"], "使える状態か、わかりません"),
        ("\nn\ny\n", ["auth", "locked"], "使える状態か、わかりません"),
        ("\n1\nn\nn\ny\n", [], "使える状態か、わかりません"),
        ("12\n1 11\nn\nn\ny\n", [], "使える状態か、わかりません"),
        ("n\ny\n", ["visual_b", "locked"], "端末では解除できないもの"),
        ("\n5\nn\ny\n", [], "端末では解除できないもの"),
        ("\n0\n1 2\nn\ny\n", [], "両方ともロックされている"),
        ("\n1\ny\ny\nn\ny\n", [], "キオスク端末で再設定できます"),
    ],
)
def test_guide_asks(said, words, place):
    status, told, _ = _typed(said, "guide", *words)
    assert status == 0 and place in told


@LANGS
@pytest.mark.parametrize("layout", LAYOUTS)
def test_guide_shows_the_label_of_as_many_lamps_as_there_are(layout, lang, monkeypatch, capsys):
    answers = iter(["7", str(layout), "0", str(layout) if layout > 5 else "12", "3"])
    asked = []
    monkeypatch.setattr("click.prompt", lambda text, **_: asked.append(text) or next(answers))
    findings = ask_locked(lang)
    # The wrong number of lamps, the only overall lamp and what is no lamp are asked again.
    assert len(asked) == 5 and len(set(asked)) == 2 and not list(answers)
    names = Names(lang)
    groups = [(key,) for key in PLACES] if layout == 1 else lamps(layout)
    told = [
        f"{at} {names.key(keys[0]) if len(keys) == 1 else names.joined(keys)}"
        for at, keys in enumerate(groups, 1)
        if keys != (OVERALL,)
    ]
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert [line for line in shown if line[:1].isdigit() and line[-1] not in "。."] == told
    # A red lamp of several keys: nobody knows which one it is.
    assert findings == [{"id": key, "state": "locked"} for key in groups[2]]
    assert ("white" in asked[-1] or "白く" in asked[-1]) == (layout == 1)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("8\n3\nn\ny\n", "端末では解除できないもの"),
        ("8\n8\n7\nn\ny\n", "端末では解除できないもの"),  # 8 is the overall lamp: once more
        ("5\n1\ny\ny\nn\ny\n", "キオスク端末で再設定できます"),
        ("1\n2\nn\nn\ny\n", "使える状態か、わかりません"),
    ],
)
def test_guide_asks_for_other_labels_too(said, place):
    status, told, _ = _typed(said, "guide")
    assert status == 0 and place in told


def test_guide_asks_nothing_about_what_is_not_locked():
    status, _, error = _typed("", "guide", "sign", "ok")
    assert status == 2 and error.count("\n") == 1 and "--ask" in error


@pytest.mark.parametrize(
    ("trace", "said", "place"),
    [
        ("sign_locked", "y\nn\ny\n", "キオスク端末で再設定できます"),
        ("bank_app_lockout", "n\ny\n", "端末では解除できないもの"),
        ("fresh", "", None),
        ("phone_ios", "", None),
    ],
)
def test_a_replay_asks_about_what_it_has_read(trace, said, place):
    _, told, error = _typed(said, "replay", str(TESTS / "traces" / f"{trace}.jsonl"))
    assert error == "" and (place in told if place else "行き先" not in told)
