"""Through an RC-S660/S that carries bare blocks: `isodep` does ISO-DEP, flags 001C [I].

The work is done by device/rcs660s_host.py under MicroPython, on a virtual clock.
"""

import json
import os
import subprocess

from places import ROOT, TESTS

FOLDERS = ("lib/isodep", "lib/mynacard", "lib/pn532", "lib/pasori", "host_tools")
ASKED = ("fresh", "slow", "sign_locked", "bank_app_lockout", "face_auth", "phone_android")


def test_every_card_ends_in_its_truth_and_gets_the_query_alone(micropython, truth):
    done = subprocess.run(
        [str(micropython), str(TESTS / "device" / "rcs660s_host.py"), *ASKED],
        env={
            **os.environ,
            "MICROPYPATH": ":".join([".frozen", *(str(ROOT / one) for one in FOLDERS)]),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:] + done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["card"] for one in told] == list(ASKED)
    for one in told:
        wanted = truth[one["card"]]
        keys = {id: [key["state"], key["left"]] for id, key in wanted["keys"].items()}
        keys.pop("licence", None)
        assert (one["kind"], one["keys"], one["presented"]) == (wanted["kind"], keys, 0)
        # An I-block with either number, and the four bytes of an empty VERIFY.
        assert one["queries"] and set(one["queries"]) <= {"0200200080", "0300200080"}
