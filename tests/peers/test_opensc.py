"""OpenSC, which nobody here wrote, on the virtual cards: the same tries left as `pinlamp read`.

Its JPKI driver asks both keys at every bind, gives a card up at any answer that is not 63xx, and
reads 6300 as none left (card-jpki.c); where ours differs, the test says what it does.
"""

import datetime
import json
import re
import subprocess

import pytest

import pcsc
from mynacard.keys import JPKI
from oracle import CARDS as TRUTH
from pinlamp_tools.emulator.card.applet import File
from pinlamp_tools.emulator.card.content import PINS

NAMES = {"User Authentication PIN": "auth", "Digital Signature PIN": "sign"}
CERTIFICATES = {0x000A: "auth", 0x0001: "sign", 0x000B: "auth CA", 0x0002: "sign CA"}

# Those on which OpenSC must do otherwise, below; and those that drop out in the middle.
OTHERWISE = (
    "verified",
    "unlimited",
    "old_lock_word",
    "child",
    "child_locked",
    "face_auth",
    "jpki_deactivated",
)
RESTLESS = ("weak", "swapped", "two_cards")
# Both keys answer 63 Cn to the query, and the card is one of those with a JPKI applet.
COUNTED = [
    name
    for name, truth in TRUTH.items()
    if {"sign", "auth"} <= set(truth["keys"]) and name not in OTHERWISE + RESTLESS
]


@pytest.fixture(scope="module")
def service():
    pcsc.need("pcscd", "opensc-tool", "pkcs15-tool")
    with pcsc.Service() as service:
        yield service


@pytest.fixture(scope="module")
def certificates():
    """A self-signed certificate for each file, made now, with nobody's name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = {}
    now = datetime.datetime.now(datetime.timezone.utc)
    for ef, what in CERTIFICATES.items():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"virtual card, {what}")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        made[ef] = certificate.public_bytes(serialization.Encoding.DER)
    return made


@pytest.fixture
def card(service, certificates):
    """A function that lays a card with certificates on the reader."""

    def equip(picc):
        for applet in picc.icc.applets:
            if applet.aid == JPKI:
                for ef, data in certificates.items():
                    applet.files[ef] = File(data, needs=applet.files[ef].needs)

    return lambda name: service.card(name, change=equip)


def _run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def _tries():
    """Return {key: tries left as OpenSC has them}; nothing for a card that it refuses."""
    listed = _run("pkcs15-tool", "--list-pins").stdout
    found = re.findall(r"^PIN \[([^\]]*)\]$.*?^\s+Tries left\s*: (-?\d+)$", listed, re.M | re.S)
    return {NAMES[name]: int(left) for name, left in found}


def _ours(pinlamp):
    done = pinlamp("read", "--json")
    return {key["id"]: key for key in json.loads(done.stdout.splitlines()[-1])["keys"]}


def _counters(card):
    return {
        (applet.aid, ef): pin.left
        for applet in card.picc.icc.applets
        for ef, pin in applet.files.items()
        if hasattr(pin, "left")
    }


@pytest.mark.parametrize("name", COUNTED)
def test_opensc_says_the_same(card, pinlamp, name):
    with card(name) as laid:
        assert "jpki" in _run("opensc-tool", "-n").stdout.lower()
        theirs = _tries()
        ours = _ours(pinlamp)
        assert theirs == {key: ours[key]["left"] for key in ("auth", "sign")}
        assert theirs == {key: TRUTH[name]["keys"][key]["left"] for key in ("auth", "sign")}
        assert laid.presented == 0


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        # 9000 to the query of `auth`: OpenSC takes it for an error and refuses the card. It may
        # be verified by somebody else, or tell nothing: ours asks all other keys all the same.
        ("verified", {}, {"sign": ("ok", 5), "auth": ("not_reported", None)}),
        # 6300 is the answer of two other keys; those that OpenSC asks have counters.
        ("unlimited", {"sign": 5, "auth": 3}, {"sign": ("ok", 5), "text_a": ("unlimited", None)}),
        # 6984 is the answer of text_pin alone here, which OpenSC does not ask.
        ("old_lock_word", {"sign": 5, "auth": 3}, {"text_pin": ("locked", None)}),
        # The key without a certificate answers 63C0. OpenSC: none left. Ours reads EF 0008 first:
        # there is nothing that could be locked.
        ("child", {"sign": 0, "auth": 3}, {"sign": ("not_issued", 0), "auth": ("ok", 3)}),
        # As child, and the other key really locked: on purpose four would be.
        ("child_locked", {"sign": 0, "auth": 0}, {"auth": ("locked", 0)}),
        # JPKI answers 6283: OpenSC knows no such card.
        ("jpki_deactivated", {}, {"sign": ("unknown", None), "auth": ("unknown", None)}),
        # There is no EF of the signature key at all: OpenSC refuses the card.
        ("face_auth", {}, {"sign": ("not_issued", None), "auth": ("by_design", 0)}),
    ],
)
def test_where_opensc_and_ours_differ(card, pinlamp, name, theirs, ours):
    with card(name) as laid:
        assert _tries() == theirs
        found = _ours(pinlamp)
        for key, (state, left) in ours.items():
            assert (found[key]["state"], found[key]["left"]) == (state, left)
        assert laid.presented == 0


@pytest.mark.presents_pin
@pytest.mark.parametrize(
    ("pin_id", "key", "wrong"), [("1", "auth", "9999"), ("2", "sign", "XXX999")]
)
def test_a_wrong_pin_by_opensc_lowers_exactly_that_counter(card, pinlamp, pin_id, key, wrong):
    with card("fresh") as laid:
        before, seen = _counters(laid), _ours(pinlamp)
        _run("pkcs15-tool", "--verify-pin", "--auth-id", pin_id, "--pin", wrong)
        after, now = _counters(laid), _ours(pinlamp)
        lowered = (PINS[key][0], PINS[key][1])
        assert {name for name in before if before[name] != after[name]} == {lowered}
        assert after[lowered] == before[lowered] - 1
        assert now[key] == {**seen[key], "state": "used", "left": seen[key]["left"] - 1}
        assert {**now, key: None} == {**seen, key: None}
        assert laid.presented == 1
