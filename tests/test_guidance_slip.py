"""The slip for the counter: what it says of every key, and when it may say that nothing is."""

import pytest

from mynacard import keys
from pinlamp_tools import names
from pinlamp_tools.guidance.slip import slip
from pinlamp_tools.guidance.texts import guidance

LANGS = pytest.mark.parametrize("lang", names.LANGUAGES)
ASKED = [key.id for key in keys.default_keys()]


def _slip(lang, states, kind="my_number_card", rest="ok", complete=True):
    ids = ASKED if kind == "my_number_card" else ["sign", "auth"]
    findings = [{"id": key, "state": states.get(key, rest)} for key in ids]
    return [
        (heading, list(lines)) for heading, lines in slip(guidance(lang), kind, findings, complete)
    ]


def _headings(parts):
    return [heading for heading, _ in parts]


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
    words = guidance(lang)["slip"]
    assert words["unsure"] in headings and words["none"] not in headings


@LANGS
@pytest.mark.parametrize("found", ["ok", "unlimited", "used", "last"])
def test_nothing_locked_is_said_where_all_was_answered(lang, found):
    words = guidance(lang)["slip"]
    headings = _headings(_slip(lang, {"auth": found, "juki": "absent"}))
    assert words["none"] in headings and words["unsure"] not in headings


@LANGS
def test_what_is_said_of_a_key_names_it(lang):
    data = guidance(lang)
    parts = dict(_slip(lang, {"sign": "not_issued", "auth": "last", "juki": "used"}))
    assert parts[data["slip"]["not_issued"]] == [data["names"]["sign"]]
    last, used = parts[data["slip"]["tried"]]
    assert last == f"{data['names']['auth']}: {data['states']['last']['title']}"
    assert used.startswith(data["names"]["juki"])
    assert data["names"]["sign"] not in str(parts[data["slip"]["free"]])


@LANGS
@pytest.mark.parametrize("kind", ["phone_android", "phone_ios"])
@pytest.mark.parametrize(
    "states", [{}, {"sign": "locked"}, {"sign": "not_issued"}, {"auth": "last"}]
)
def test_a_phone_is_not_sent_to_the_counter(lang, kind, states):
    parts = _slip(lang, states, kind)
    title, intro = parts[0]
    assert title == guidance(lang)["slip"]["phone"]["title"] and "窓口の方へ" not in title
    said = str(parts)
    for word in ("マイナンバーカードに残り", "本人確認書類", "15", "①", "The office of"):
        assert word not in said
    if kind == "phone_android" and states.get("sign") == "locked":
        assert "窓口では直せません" in said or "office cannot" in said


@LANGS
def test_an_unfinished_or_unasked_reading_promises_nothing(lang):
    words = guidance(lang)["slip"]
    assert words["none"] not in _headings(_slip(lang, {}, complete=False))
    (title, now), _ = slip(guidance(lang), "other_f", [], True)
    assert title == guidance(lang)["kinds"]["other_f"]["title"] and now
    (title, _), _ = slip(guidance(lang), None, [], False)
    assert title == guidance(lang)["incomplete"]["title"]


def test_the_command_says_what_print_wants(pinlamp, one_line):
    line = one_line(pinlamp("guide", "other_b", "--print"), 2)
    assert "other_b is not asked: there is no slip" in line
    for arguments in ([], ["my_number_card"]):
        assert "--print wants" in one_line(pinlamp("guide", *arguments, "--print"), 2)
    done = pinlamp("guide", "phone_android", "auth", "locked", "--print", "--lang", "ja")
    assert done.stdout.startswith("【スマホ用電子証明書の結果】")
