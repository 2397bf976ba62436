"""Comes last of the property tests: how many cases there were in all."""

import pytest
from hypothesis import settings

import fuzzing

WANTED = 100_000
PARTS = {"frame", "link", "chip", "survey", "gate", "settings", "events"}
PARTS |= {"isodep", "pasori", "rcs660s"}


def test_there_were_enough_cases():
    total = sum(fuzzing.generated.values())
    for name in sorted(fuzzing.generated):
        print(f"{fuzzing.generated[name]:8} {name}")
    print(f"{total:8} cases")
    if {name.split(":")[0] for name in fuzzing.generated} != PARTS:
        pytest.skip("not all of them ran")
    if settings.get_current_profile_name() == "fuzz":
        assert total >= WANTED
