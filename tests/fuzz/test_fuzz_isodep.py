"""`isodep` against the emulated card over an air that fails, and against no card at all.

Whatever gets lost or damaged: the card runs each command at most once and in order, the answer is
its answer or an error, and the host comes to an end.
"""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzzing import cases, count
from isodep import InvalidBlockError, IsoDepError, NoAnswerError, OverError, Pcd, ProtocolError
from pinlamp_tools.emulator.air.crc import checked, crc_b
from pinlamp_tools.emulator.air.dep import FRAME_SIZES, Dep

WELL, LOST, MUTE, GARBLED, GARBLED_ANSWER, NOISE = range(6)
fates = st.lists(st.sampled_from([WELL, WELL, LOST, MUTE, GARBLED, GARBLED_ANSWER, NOISE]))
few = st.lists(st.sampled_from([WELL] * 4 + [LOST, MUTE, GARBLED, GARBLED_ANSWER, NOISE]))
sizes = st.sampled_from(FRAME_SIZES)
cids = st.one_of(st.none(), st.integers(0, 14))
exchanges = st.lists(
    st.tuples(st.binary(min_size=1, max_size=70), st.binary(min_size=2, max_size=70)),
    min_size=1,
    max_size=5,
)
NOISES = (b"", b"\x00", b"\x06\x00\x90\x00", b"\x0e\x02\x00", b"\xe2", b"\xff" * 300)


class Air:
    """A card with `exchanges`' answers, and what becomes of each frame."""

    def __init__(self, exchanges, fates, fsc, fsd, cid, wtx):
        self.ran = []
        self.blocks = 0
        self._answers = [answer for _, answer in exchanges]
        self._fates = iter(fates)
        self._fsc = fsc
        self._cid = cid
        self._card = Dep(self._process, fsd, cid, *wtx)
        self.faults = 0

    def _process(self, command):
        self.ran.append(command)
        return self._answers[len(self.ran) - 1]

    def transceive(self, block):
        """Return the card's block, or None."""
        self.blocks += 1
        fate = next(self._fates, WELL)
        self.faults += fate != WELL
        frame = block + crc_b(block)
        assert len(frame) <= self._fsc
        if fate == LOST:
            return None
        if fate == NOISE:  # the card heard nothing, the host something
            return NOISES[self.blocks % len(NOISES)]
        if fate == GARBLED:
            frame = frame[:-1] + bytes((frame[-1] ^ 0x01,))
        heard = checked(frame, crc_b)
        answer = None if heard is None else self._card.receive(heard)
        return None if fate in (MUTE, GARBLED_ANSWER) else answer


def drive(air, pcd, block):
    """Bring a call of a Pcd to its end."""
    while block is not None:
        block = pcd.receive(air.transceive(block))
    return pcd.answer


def most_blocks(exchanges, fsc, fsd, wtx_times):
    """Return how many blocks the host may send: four and a repeat of each, and the WTX."""
    parts = sum(len(c) // (fsc - 4) + len(a) // (fsd - 4) + 3 for c, a in exchanges)
    return 8 * parts + (wtx_times + 4) * len(exchanges)


@given(exchanges, st.one_of(fates, few), sizes, sizes, cids, st.integers(0, 59), st.integers(1, 3))
@example([(b"\x01", b"\x90\x00")], [LOST, MUTE, WELL, MUTE, WELL], 16, 16, None, 0, 1)
@cases(5)
def test_a_card_runs_each_command_at_most_once(exchanges, fates, fsc, fsd, cid, wtxm, times):
    count("isodep: exchanges")
    air = Air(exchanges, fates, fsc, fsd, cid, (wtxm, times))
    pcd = Pcd(fsc, 302, cid, fsd)
    commands = [command for command, _ in exchanges]
    done = 0
    try:
        for command, answer in exchanges:
            drive(air, pcd, pcd.probe())
            assert drive(air, pcd, pcd.exchange(command)) == answer
            done += 1
            assert air.ran == commands[:done]
    except IsoDepError as error:
        assert isinstance(error, (NoAnswerError, InvalidBlockError))
        assert air.faults > 3
        assert air.ran in (commands[:done], commands[: done + 1])
        ran = list(air.ran)
        with pytest.raises(OverError):
            pcd.exchange(command)
        with pytest.raises(OverError):
            pcd.probe()
        with suppress(NoAnswerError, InvalidBlockError, ProtocolError):
            drive(air, pcd, pcd.deselect())
        assert air.ran == ran
    assert air.blocks <= most_blocks(exchanges, fsc, fsd, times) + 4 * len(exchanges) + 8


blocks = st.one_of(
    st.none(),
    st.binary(max_size=8),
    st.sampled_from([0x02, 0x03, 0x12, 0x13, 0xA2, 0xA3, 0xB2, 0xC2, 0xF2]).flatmap(
        lambda pcb: st.binary(max_size=4).map(lambda inf: bytes((pcb,)) + inf)
    ),
)


@given(st.lists(blocks, min_size=1), st.binary(max_size=60), st.one_of(st.none(), st.just(2)))
@cases(5)
def test_arbitrary_blocks_end_in_an_answer_or_in_an_error(said, command, cid):
    count("isodep: blocks")
    pcd = Pcd(16, 302_065, cid, 64, longest=300)
    parts, sent = b"", 0
    head = 1 if cid is None else 2
    try:
        block, last = pcd.exchange(command), None
        while block is not None:
            if block[0] & 0xC0 == 0 and block != last:  # a part, counted once
                parts, last = parts + block[head:], block
            answer = said[sent % len(said)]
            if answer and cid is not None and sent % 5:
                answer = bytes((answer[0] | 0x08, cid)) + answer[1:]
            sent += 1
            assert sent < 5_000
            block = pcd.receive(answer)
    except IsoDepError as error:
        assert str(error) and pcd.answer is None
    else:
        assert len(pcd.answer) <= 300 and parts == command
    assert command.startswith(parts)
