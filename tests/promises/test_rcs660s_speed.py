"""A tap through an RC-S660/S: what its forced pauses cost, and what a counter sees before its end.

On a virtual clock (device/tap_time.py), so the same on every machine. `-s` prints the figures.
"""

import json
import os
import subprocess

import pytest

from places import ROOT, TESTS

FOLDERS = (
    *("lib/mynacard", "lib/pn532", "lib/pasori", "firmware", "host_tools", "tests/device"),
    "host_tools/pinlamp_tools/fakes",
)
JUKI, TEXT_PIN, VISUAL_B, TEXT_B, COMMON, VISUAL_A, TEXT_A, BIRTH = range(2, 10)  # their lamps
FIRST = (0, 1, VISUAL_B, TEXT_B)  # sign and auth are 0 and 1
OTHERS = (TEXT_PIN, TEXT_A, JUKI, COMMON, VISUAL_A, BIRTH)
# A page that tells the figures, and what it says.
TOLD = {
    "README.md": "some {70} s a tap",
    "README.ja.md": "約{70}秒",
    "docs/buy.md": "{70} s with 70 ms, {30} s with 30 ms, {0} s with none",
    "docs/buy.ja.md": "70ミリ秒なら{70}秒、30ミリ秒なら{30}秒、なければ{0}秒",
    "lib/pasori/README.md": "{70} s with 70 ms, {30} s with 30 ms, {0} s with none",
}


@pytest.fixture(scope="module")
def tap(micropython):
    """A function: card, profile, forced pause in ms -> what tap_time.py prints."""

    def measure(card, profile, pause_ms=70):
        path = ":".join([".frozen", *(str(ROOT / name) for name in FOLDERS)])
        script = str(TESTS / "device" / "tap_time.py")
        done = subprocess.run(
            [micropython, script, card, profile, str(pause_ms)],
            env={**os.environ, "MICROPYPATH": path},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return json.loads(done.stdout)

    return measure


def test_a_counter_sees_the_keys_that_matter_first(tap):
    lit, pocket = tap("fresh", "counter")["lit"], tap("fresh", "pocket")["lit"]
    assert max(lit[key] for key in FIRST) < min(lit[key] for key in OTHERS)
    assert pocket[JUKI] < pocket[VISUAL_B]
    assert lit[VISUAL_B] < pocket[VISUAL_B] - 500


@pytest.mark.parametrize("card", ["fresh", "sign_locked", "bank_app_lockout", "worn", "child"])
def test_the_result_is_the_same_and_takes_one_command_more(tap, card):
    counter, pocket = tap(card, "counter"), tap(card, "pocket")
    assert _by_key(counter) == _by_key(pocket)
    assert counter["ms"] < pocket["ms"] + 100


def test_a_lock_on_purpose_is_still_told_from_a_real_one(tap):
    counter, pocket = tap("face_auth", "counter"), tap("face_auth", "pocket")
    assert _by_key(counter) == _by_key(pocket)
    assert counter["keys"][1]["id"] == "visual_b"  # `auth` waits for the others


def test_what_the_forced_pauses_cost_is_what_the_pages_say(tap):
    seconds = {str(ms): f"{tap('fresh', 'pocket', ms)['ms'] / 1000:.1f}" for ms in (70, 30, 0)}
    print(seconds)
    for page, words in TOLD.items():
        for pause, said in seconds.items():
            words = words.replace(f"{{{pause}}}", said)
        assert words in (ROOT / page).read_text("utf-8"), f"{page} does not say: {words}"


def _by_key(told):
    return {key["id"]: key for key in told["keys"]}
