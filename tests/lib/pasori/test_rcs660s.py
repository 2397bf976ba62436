"""The driver of an RC-S660/S on a scripted module: pauses, ACKs, busy, freeze, cancellation."""

import asyncio

from both import Clock, Ticks, raises, run
from isodep import Pcd, fwt_us
from module_script import ANSWER, RESET, Module, YieldingClock
from pasori import (
    ACK,
    TYPE_A,
    BusyError,
    CorruptError,
    InnerStatusError,
    LostError,
    NoAnswerError,
    OrderError,
    encode,
)
from pasori.rcs660s import PAUSE_MS, POLL_MS, RCS660S
from reader_script import OK, says

QUERY = b"\x00\x20\x00\x80"


def case(**how):
    """Return (driver, module) that are open."""
    clock = Clock()
    module = Module(clock)
    reader = RCS660S(module, clock=clock, **how)
    run(reader.open())
    return reader, module


def active(*special, **how):
    """Return (driver, module) with a card; what is said to the commands for it."""
    reader, module = case(**how)
    assert run(reader.find_b()) == bytes.fromhex("0081B1")
    module.special = list(special)
    return reader, module


def commands(module):
    """Return the commands heard, as hex digits."""
    return [command.hex() for _, command in module.heard]


def test_a_session_is_the_published_one_with_the_field_on_before_it():
    reader, module = active()
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"
    run(reader.field_off())
    assert commands(module) == [
        "",  # abort
        "ffc2000002820000",
        "ffc2000002810000",
        "ffc2000002840000",
        "ffc20002048f02010400",
        "ffc20001049002000c00",
        "ffc2000002840000",
        "ffc200010d5f4604a025260095040020008000",
        "ffc2000002830000",
    ]


def test_where_the_host_does_iso_dep_a_block_is_the_pcb_and_the_query_alone():
    reader, module = case(iso_dep=lambda atqb: Pcd(128, fwt_us(atqb[2] >> 4)))
    assert run(reader.find_b()) == bytes.fromhex("0081B1")
    assert commands(module)[-2] == "ffc20001049002001c00"
    answer = OK + "920100" + "96020000" + "97030263C5"
    module.special = [lambda seq: ACK + encode(says(answer, seq))]
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"
    (sent,) = [command for command in commands(module) if "5f46" in command]
    # The time, the length 5 of tag 95, PCB 02, the query; behind that Le.
    assert sent[:16] == "ffc200010e5f4604" and sent[24:] == "9505" + "02" + "00200080" + "00"


def test_an_unclear_block_ends_the_activation_and_nothing_goes_out_again():
    reader, module = case(iso_dep=lambda atqb: Pcd(128, fwt_us(atqb[2] >> 4)))
    run(reader.find_b())
    module.special = [lambda seq: ACK]
    before = len(module.heard)
    raises(NoAnswerError, run, reader.exchange(QUERY))
    raises(OrderError, run, reader.exchange(QUERY))
    assert len(module.heard) == before + 1


def test_a_pause_lies_between_two_commands_and_more_between_two_looks():
    for pause_ms in (PAUSE_MS, 0):
        reader, module = case(pause_ms=pause_ms)
        for _ in range(4):
            run(reader.sense(TYPE_A))
        gaps = [b[0] - a[0] for a, b in zip(module.heard, module.heard[1:])]
        assert min(gaps) >= pause_ms
        looks = [at for at, command in module.heard if command[3:4] == b"\x02"]
        assert min([b - a for a, b in zip(looks, looks[1:])]) >= POLL_MS


def test_a_busy_module_is_asked_again_with_the_same_message():
    busy = lambda seq: ACK + encode(says("", seq, "", 0x42, 0xE0))  # noqa: E731
    reader, module = active(busy, busy)
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"
    assert commands(module)[-3:] == [commands(module)[-1]] * 3
    reader, module = active(*[busy] * 99)
    raises(BusyError, run, reader.exchange(QUERY))
    raises(OrderError, run, reader.exchange(QUERY))


def test_more_time_is_waited_for_and_an_old_answer_is_dropped():
    old = says(ANSWER.replace("63C5", "63C0"), 0)

    def both(seq):
        stale = bytearray(old)
        stale[6] = seq - 1 & 0xFF
        more = says("", seq, "", 0x82)
        return ACK + encode(stale) + encode(more) + encode(says(ANSWER, seq))

    reader, _ = active(both)
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"


def test_an_answer_proves_its_ack():
    reader, _ = active(lambda seq: encode(says(ANSWER, seq)))
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"


def test_a_command_for_a_card_is_never_sent_again_after_an_unclear_end():
    damaged = lambda seq: ACK + encode(says(ANSWER, seq))[:-3] + b"\x00\x00\x00"  # noqa: E731
    for what, error in (
        (lambda seq: b"", NoAnswerError),
        (lambda seq: ACK, NoAnswerError),
        (lambda seq: ACK + encode(says(ANSWER, seq))[:-4], NoAnswerError),
        (damaged, CorruptError),
        (lambda seq: ACK + encode(says("C003026300", seq)), InnerStatusError),
    ):
        reader, module = active(what)
        before = len(module.heard)
        raises(error, run, reader.exchange(QUERY))
        raises(OrderError, run, reader.exchange(QUERY))
        assert len(module.heard) == before + 1
        # The next command brings both in step, unless they are.
        run(reader.field_off())
        again = commands(module)[before + 1 :]
        assert again[-1] == "ffc2000002830000"
        assert (error is InnerStatusError) == (len(again) == 1)


def test_a_cancelled_exchange_leaves_nothing_for_the_next_command():
    clock = YieldingClock()
    module = Module(clock)
    reader = RCS660S(module, clock=clock)

    async def scene():
        await reader.open()
        await reader.find_b()
        module.special = [lambda seq: ACK]
        task = asyncio.create_task(reader.exchange(QUERY))
        while module.special:
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            await reader.field_off()

    run(scene())
    assert module.cancelled >= 2 and commands(module)[-4:-1] == [
        "",
        "ffc2000002820000",
        "ffc2000002810000",
    ]
    assert run(reader.find_b()) is not None


def test_a_frozen_module_is_reset():
    reader, module = active()
    module.deaf = 99
    raises(NoAnswerError, run, reader.exchange(QUERY))
    run(reader.field_off())
    assert RESET.hex() in commands(module)
    assert run(reader.find_b()) is not None
    assert run(reader.exchange(QUERY)) == b"\x63\xc5"


def test_a_module_that_is_not_there_is_lost_within_a_second():
    clock = Clock()
    module = Module(clock)
    module.write = lambda data: len(data)
    reader = RCS660S(module, clock=clock)
    before = clock.ticks_ms()
    raises(LostError, run, reader.open())
    assert clock.ticks_ms() - before < 1000


def test_what_is_due_meanwhile_is_called_once_the_command_has_left():
    reader, module = active()
    seen = []
    run(reader.exchange(QUERY, lambda: seen.append(len(module.heard))))
    assert seen == [len(module.heard)]


def test_after_days_of_rest_no_pause_is_left_over():
    """Ticks wrap around: what ended days ago must not seem to lie ahead."""
    for days in (6, 7, 12, 13, 20):
        clock = Ticks()
        reader = RCS660S(Module(clock), clock=clock)
        run(reader.open())
        run(reader.find_b())
        clock.now += days * Ticks.DAY
        before = clock.now
        run(reader.find_b())
        assert clock.now - before < 1000, days
