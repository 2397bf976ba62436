"""Arbitrary bytes as the chip's answers: only PN532Errors come out, and then all is well again.

The link is a script of what arrives; when the script is used up the chip is a decent one, and the
next command must work, whatever was left half-said.
"""

from hypothesis import example, given
from hypothesis import strategies as st

from both import ACK, ERROR, NACK, Clock, frame
from fuzzing import cases, count, finish
from pn532 import (
    PN532,
    TYPE_A,
    TYPE_B,
    TYPE_F,
    LinkError,
    LostError,
    PN532Error,
    RejectedError,
    StatusError,
)
from pn532.target import TargetA, TargetB, TargetF

ATQB = bytes.fromhex("5090be4e5b000005e0b381a1")
ONE_B = b"\x4b\x01\x01" + ATQB + b"\x01\x01"
DECENT = {
    0x02: bytes.fromhex("0332010607"),
    0x0C: bytes.fromhex("0d0007"),
    0x10: b"\x11",
    0x14: b"\x15",
    0x16: b"\x17\x00",
    0x32: b"\x33",
    0x40: b"\x41\x00\x90\x00",
    0x42: b"\x43\x00\xaa\x01",
    0x44: b"\x45\x00",
    0x4A: ONE_B,
    0x52: b"\x53\x00",
}

pds = st.one_of(
    st.sampled_from(sorted(DECENT.values())),
    st.binary(min_size=1, max_size=30),
    st.sampled_from(
        [
            bytes.fromhex(pd)
            for pd in "414001 4101 4100 41 4b0201 4b 43 4301 45 53 17 03 15 33".split()
        ]
    ),
    st.binary(max_size=260).map(lambda data: b"\x41\x00" + data),
    st.binary(max_size=40).map(lambda data: b"\x4b" + data),
)


@st.composite
def chunks(draw):
    """What the chip says at one time."""
    said = draw(
        st.one_of(
            pds.map(lambda pd: ACK + frame(0xD5, pd)),
            pds.map(lambda pd: frame(0xD5, pd)),
            st.sampled_from((ACK, NACK, ERROR, ACK + ERROR, ACK + NACK)),
            st.binary(max_size=40),
        )
    )
    if draw(st.integers(0, 3)) == 0 and said:
        at = draw(st.integers(0, len(said) - 1))
        said = said[:at] + bytes((draw(st.integers(0, 255)),)) + said[at + 1 :]
    if draw(st.integers(0, 4)) == 0:
        said = said[: draw(st.integers(0, len(said)))]
    return said


class NoisyLink:
    """A link whose chip says what the script has, and is decent afterwards.

    An entry of `script` is used up by each write: bytes that can be read then, None for silence,
    or an OSError. `whole_frames` as in the link's seam.
    """

    def __init__(self, clock, script, whole_frames, sizes, speeds):
        self.clock, self.whole_frames, self.speeds = clock, whole_frames, speeds
        self.said = b""  # all that the host could ever read
        self._script, self._sizes = list(script), list(sizes) or [300]
        self._waiting, self._last = b"", b""

    def be_decent(self, stale):
        """From now on the chip is a decent one; `stale`: what it still says of before, or None."""
        self._script = []
        self._waiting = b"" if stale is None else self._waiting + stale

    def left(self):
        """What was said and not read yet."""
        return self._waiting

    async def wakeup(self):
        pass

    async def wait_ready(self, timeout_ms):
        if not self._waiting:
            self.clock.now += timeout_ms
        return bool(self._waiting)

    async def read_data(self, n):
        # As little at a time as drawn: how the stream is cut is the link's business.
        self._sizes.append(self._sizes.pop(0))
        size = min(n, self._sizes[0])
        if not self._waiting:
            self.clock.now += 40
        chunk, self._waiting = self._waiting[:size], self._waiting[size:]
        return memoryview(bytearray(chunk))

    def end_frame(self):
        pass

    async def write_data(self, buf):
        sent = bytes(buf)
        if self._script:
            said = self._script.pop(0)
            if isinstance(said, OSError):
                raise said
            said = said or b""
        else:
            said = self._decent(sent)
        self._waiting += said
        self.said += said

    def _decent(self, sent):
        if sent == ACK:
            return b""  # an abort; what is on its way arrives all the same
        if sent == NACK:
            return self._last
        at = 8 if sent[3:5] == b"\xff\xff" else 5
        payload = sent[at + 1 : -2]
        pd = b"\x01" + payload[1:] if payload[0] == 0x00 else DECENT[payload[0]]
        self._last = frame(0xD5, pd)
        return ACK + self._last

    async def reset(self):
        return False

    async def set_baudrate(self, baudrate):
        pass

    def close(self):
        pass


COMMANDS = {
    "open": (lambda chip: chip.open(), None),
    "version": (lambda chip: chip.get_firmware_version(), 0x02),
    "field": (lambda chip: chip.rf_field(True), 0x32),
    "retries": (lambda chip: chip.rf_retries(1), 0x32),
    "find a": (lambda chip: chip.in_list_passive_target(2, TYPE_A), 0x4A),
    "find b": (lambda chip: chip.in_list_passive_target(2, TYPE_B), 0x4A),
    "find f": (lambda chip: chip.in_list_passive_target(1, TYPE_F), 0x4A),
    "exchange": (lambda chip: chip.in_data_exchange(1, b"\x00\xb0\x00\x00\x00"), 0x40),
    "thru": (lambda chip: chip.in_communicate_thru(b"\xba\x01"), 0x42),
    "present": (lambda chip: chip.type_b_present(TargetB(1, ATQB, b"")), 0x42),
    "command": (lambda chip: chip.command(0x0C, b"\x01"), 0x0C),
    "deselect": (lambda chip: chip.in_deselect(1), 0x44),
    "release": (lambda chip: chip.in_release(), 0x52),
    "sleep": (lambda chip: chip.power_down(0x01), 0x16),
}
errors = st.sampled_from((5, 19, 110)).map(OSError)
scripts = st.lists(st.one_of(chunks(), chunks(), chunks(), st.none(), errors), max_size=8)
stales = st.one_of(
    st.binary(max_size=20).map(lambda data: ACK + frame(0xD5, b"\x41\x00\x6a\x82" + data)),
    st.binary(max_size=20).map(lambda data: frame(0xD5, b"\x41\x00\x6a\x82" + data)),
    chunks(),
)
names = st.sampled_from(sorted(COMMANDS))


def _chip(script, whole_frames, sizes, speeds):
    clock = Clock()
    link = NoisyLink(clock, [], whole_frames, sizes, speeds)
    chip = PN532(link)
    finish(chip.open())
    link.said = b""
    link._script = list(script)
    return chip, link, clock


def _call(chip, name):
    """Return (result, error) of one command."""
    try:
        return finish(COMMANDS[name][0](chip)), None
    except PN532Error as error:
        return None, error


def _plain(name, result, link):
    """Check that a result is of its kind and that its bytes were really said, in its answer."""
    code = COMMANDS[name][1]
    assert code is None or bytes((0xD5, code + 1)) in link.said
    if name == "version":
        assert len(result) == 4 and bytes(result) in link.said
    elif name in ("exchange", "thru"):
        assert type(result) is (memoryview if name == "exchange" else bytes)
        assert bytes(result) in link.said or link.said.count(b"\xd5\x41") > 1
    elif name == "command":
        assert type(result) is bytes and result in link.said
    elif name == "present":
        assert type(result) is bool
    elif name.startswith("find"):
        kind = {"a": TargetA, "b": TargetB, "f": TargetF}[name[-1]]
        for target in result:
            assert type(target) is kind and 0 <= target.tg <= 255
            assert all(type(f) is int or type(f) is bytes and f in link.said for f in target)
    else:
        assert result is None


@cases(1.5)
@given(
    scripts,
    st.lists(names, min_size=1, max_size=4),
    st.booleans(),
    st.lists(st.integers(1, 30), max_size=5),
    st.sampled_from(((), (115200, 921600))),
    stales,
)
@example([ACK + frame(0xD5, b"\x41")], ["exchange"], False, [], (), b"")
@example([ACK + frame(0xD5, b"\x43")], ["present"], True, [], (), b"")
def test_only_pn532_errors_come_out_and_then_all_is_well_again(
    script, calls, whole_frames, sizes, speeds, stale
):
    count("chip")
    # What comes in small parts is one frame all the same on a bus, which knows no parts.
    chip, link, clock = _chip(script, whole_frames, [] if whole_frames else sizes, speeds)
    lost = False
    for name in calls:
        before = clock.now
        link.said = link.left()
        result, error = _call(chip, name)
        if error is None:
            _plain(name, result, link)
        lost = isinstance(error, (LostError, LinkError))
        assert clock.now - before < 60_000, "it never gives up"
    # Only after a fault may something be on its way that belongs to before: it must not count. A
    # whole answer that makes no sense was the last word on its command.
    in_step = error is None or isinstance(error, (StatusError, RejectedError))
    code = COMMANDS[calls[-1]][1]
    whole = code is not None and bytes((0xD5, code + 1)) in link.said
    link.be_decent(None if in_step or whole else stale)
    if lost:
        finish(chip.open())
    # In step again: the very next command has its own answer, and the one after it too.
    link.said = b""
    assert finish(chip.in_data_exchange(1, b"\x00\x20\x00\x80")) == b"\x90\x00"
    assert finish(chip.get_firmware_version()) == (0x32, 0x01, 0x06, 0x07)
    assert [target.atqb for target in finish(chip.in_list_passive_target(1, TYPE_B))] == [ATQB]


@cases(0.5)
@given(st.binary(max_size=80), st.sampled_from("abf"), st.booleans())
def test_any_list_of_targets(data, kind, whole_frames):
    count("chip: targets")
    script = [ACK + frame(0xD5, b"\x4b" + data)]
    chip, link, _ = _chip(script, whole_frames, [], ())
    name = "find " + kind
    result, error = _call(chip, name)
    if error is None:
        _plain(name, result, link)
        assert len(result) == (data[0] if data else 0)
