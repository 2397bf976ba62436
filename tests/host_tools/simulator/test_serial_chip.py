"""The virtual PN532 on a tty, as a program on the other end meets it."""

import asyncio
import contextlib
import os
import select
import termios
import time
import tty

import pytest

from emulator_host import ACK, WAKE, command, payload
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.simulator.serial_chip import SerialChip

VERSION = "0332010607"
LONG_S = 5.0


@pytest.fixture
async def server():
    server = SerialChip()
    await server.start()
    yield server
    await server.stop()


class Port:
    """The program's side of the tty; its calls block, so they run in a thread of their own."""

    def __init__(self, path, speed=termios.B115200):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.speed(speed)

    def speed(self, speed):
        settings = termios.tcgetattr(self.fd)
        settings[4] = settings[5] = speed
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)

    def write(self, data):
        os.write(self.fd, data)

    def read(self, count, limit_s=LONG_S):
        """Return `count` bytes, or fewer when nothing more comes for `limit_s`."""
        got = b""
        while len(got) < count and select.select([self.fd], [], [], limit_s)[0]:
            got += os.read(self.fd, count - len(got))
        return got

    def ask(self, text, size):
        """Send a command; return the answer, whose frame has `size` bytes, as hex."""
        self.write(command(text))
        assert self.read(len(ACK)) == ACK
        return payload(self.read(size)).hex()

    def close(self):
        os.close(self.fd)


@contextlib.contextmanager
def opened(path, speed=termios.B115200):
    port = Port(path, speed)
    try:
        yield port
    finally:
        port.close()


def started(path):
    """Wake the chip as a program does that has just opened the tty."""
    with opened(path) as port:
        port.write(WAKE)
        return port.ask("14 01 14 01", 9), port.ask("02", 13)


async def test_a_program_opens_it_asks_and_closes_it_again_and_again(server):
    for _ in range(5):
        assert await asyncio.to_thread(started, server.path) == ("15", VERSION)


async def test_a_card_is_read(server):
    server.field.put(cards.make("bank_app_lockout"))

    def read():
        with opened(server.path) as port:
            port.write(WAKE)
            port.ask("14 01 14 01", 9)
            found = port.ask("4A 01 03 00", 25)
            port.ask("40 01 00A4040C0AD3921000310001010402", 12)
            port.ask("40 01 00A4020C020012", 12)
            return found, port.ask("40 01 00200080", 12)

    found, answer = await asyncio.to_thread(read)
    assert found.startswith("4b010150") and answer == "410063c0"


async def test_cards_come_and_go_while_the_chip_searches(server):
    def search(path, found):
        with opened(path) as port:
            port.write(WAKE)
            port.ask("14 01 14 01", 9)
            port.write(command("4A 01 03 00"))
            assert port.read(len(ACK)) == ACK
            found.set()
            return payload(port.read(25)).hex()

    searching = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Flag:
        def set(self):
            loop.call_soon_threadsafe(searching.set)

    answer = asyncio.create_task(asyncio.to_thread(search, server.path, Flag()))
    await searching.wait()
    server.field.put(cards.make("fresh"))
    assert (await answer).startswith("4b010150")


async def test_it_keeps_the_time_of_a_serial_line(server):
    def echo():
        with opened(server.path) as port:
            port.write(WAKE)
            port.ask("14 01 14 01", 9)
            began = time.monotonic()
            port.ask("00 00" + "77" * 245, 255)
            return time.monotonic() - began

    seconds = await asyncio.to_thread(echo)
    assert 0.0440 < seconds < 1, "two frames of 255 bytes and an ACK at 115200 take 45 ms"


async def test_the_speed_is_changed_and_back_many_times(server):
    def change():
        with opened(server.path) as port:
            port.write(WAKE)
            port.ask("14 01 14 01", 9)
            for _ in range(20):
                for code, speed in (("07", termios.B921600), ("04", termios.B115200)):
                    assert port.ask("10" + code, 9) == "11"
                    port.write(ACK)
                    time.sleep(0.001)  # what hosts do, by the chip's manual
                    port.speed(speed)
                    assert port.ask("02", 13) == VERSION

    await asyncio.to_thread(change)


def fast_pending(path):
    """Leave the chip waiting for the ACK that brings 921600 baud."""
    with opened(path) as port:
        port.write(WAKE)
        port.ask("14 01 14 01", 9)
        return port.ask("10 07", 9)


def version_at_921600(path):
    with opened(path, termios.B921600) as port:
        return port.ask("02", 13)


async def test_an_ack_that_is_read_late_was_written_at_the_old_speed(server):
    await asyncio.to_thread(fast_pending, server.path)
    with opened(server.path) as port:  # the server cannot run until the next await
        port.write(ACK)
        port.speed(termios.B921600)
        port.write(command("02"))
        assert await asyncio.to_thread(port.read, len(ACK) + 13)
        assert await asyncio.to_thread(port.ask, "02", 13) == VERSION


async def test_an_ack_discarded_by_closing_the_tty_still_changes_the_speed(server):
    await asyncio.to_thread(fast_pending, server.path)
    with opened(server.path) as port:  # the server cannot run until the next await
        port.write(ACK)
        termios.tcflush(port.fd, termios.TCOFLUSH)
    assert await asyncio.to_thread(version_at_921600, server.path) == VERSION


async def test_without_the_ack_the_speed_stays(server):
    await asyncio.to_thread(fast_pending, server.path)

    def ask(speed):
        with opened(server.path, speed) as port:
            port.write(command("02"))
            return port.read(len(ACK) + 13, 0.2)

    assert await asyncio.to_thread(ask, termios.B921600) == b""
    assert (await asyncio.to_thread(ask, termios.B115200)).startswith(ACK)


async def test_a_program_at_the_wrong_speed_is_not_answered(server):
    def ask():
        with opened(server.path, termios.B9600) as port:
            port.write(WAKE + command("02"))
            return port.read(1, 0.2)

    assert await asyncio.to_thread(ask) == b""
    assert (await asyncio.to_thread(started, server.path))[1] == VERSION


async def test_garbage_flushes_and_a_program_that_never_reads_do_no_harm(server):
    def harm():
        with opened(server.path) as port:
            port.write(WAKE)
            for _ in range(50):
                port.write(command("00 00" + "55" * 250)[:-3] + os.urandom(40))
                termios.tcflush(port.fd, termios.TCIOFLUSH)
            for _ in range(40):
                port.write(command("00 00" + "55" * 250))
        with opened(server.path) as port:
            # The line is busy for a while yet; the echo of something new is the end of all that.
            port.write(bytes(300) + command("00 00 4D41524B"))
            got = b""
            while not got.endswith(b"MARK\xff\x00"):
                more = port.read(1)
                assert more, got
                got += more
            return port.ask("02", 13)

    assert await asyncio.to_thread(harm) == VERSION


async def test_stopping_closes_everything_and_stopping_twice_is_harmless():
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    server = SerialChip()
    await server.stop()
    await server.start()
    # Its path says nothing afterwards: the system gives the same name to whoever asks next.
    program = os.open(server.path, os.O_RDWR | os.O_NOCTTY)
    await server.stop()
    await server.stop()
    ended = select.poll()
    ended.register(program, select.POLLIN)
    assert ended.poll(0)[0][1] & select.POLLHUP
    os.close(program)
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before


async def test_an_idle_server_costs_nothing(server):
    await asyncio.to_thread(started, server.path)
    began = time.process_time()
    await asyncio.sleep(0.5)
    assert time.process_time() - began < 0.05
