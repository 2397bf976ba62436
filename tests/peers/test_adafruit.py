"""Adafruit's driver, which nobody here wrote, takes the emulator for a PN532 on all three links.

Over UART it runs in real time on a tty, by pyserial. Its SPI and I2C classes want CircuitPython's
`busio`: here that is the emulator's bus behind the same calls, on a virtual clock.
"""

import asyncio
import importlib.util
import os

import pytest

from pinlamp_tools.emulator.air.field import Field
from pinlamp_tools.emulator.card import cards
from pinlamp_tools.emulator.chip.chip import Chip
from pinlamp_tools.emulator.chip.faults import FAULTS, Faults
from pinlamp_tools.emulator.chip.i2c import I2C
from pinlamp_tools.emulator.chip.spi import MSB, SPI
from pinlamp_tools.simulator.serial_chip import SerialChip

MISSING = importlib.util.find_spec("adafruit_pn532") is None
IN_CI = os.environ.get("CI") == "true"

pytestmark = pytest.mark.skipif(
    MISSING and not IN_CI, reason="missing: pip install adafruit-circuitpython-pn532"
)

VERSION = (0x32, 0x01, 0x06, 0x07)
LIST, EXCHANGE, RF_CONFIGURATION = 0x4A, 0x40, 0x32
SELECT_VISUAL = bytes.fromhex("00A4040C0AD3921000310001010402")
SELECT_EF = bytes.fromhex("00A4020C020012")
QUERY = bytes.fromhex("00200080")
# At these bytes of an exchange: the first, the length, the data, the ACK, the answer.
AT_BYTES = (None, 0, 3, 7, 12, 20)


def read_counter(driver):
    """Return how the driver's own calls read the counter of visual_b."""
    found = driver.call_function(LIST, 17, [0x01, 0x03, 0x00])
    assert found and found[0] == 1, found
    answers = []
    for apdu in (SELECT_VISUAL, SELECT_EF, QUERY):
        answer = driver.call_function(EXCHANGE, 3, [found[1], *apdu], timeout=5)
        assert answer and answer[0] == 0, answer
        answers.append(bytes(answer[1:]).hex())
    return answers


def whole_session(driver):
    """Use what the driver has; return the counter it read."""
    assert driver.firmware_version == VERSION
    driver.SAM_configuration()
    # It wants silence, not an answer, when there is no Type A card.
    assert driver.read_passive_target(timeout=0.1) is None
    answers = read_counter(driver)
    assert driver.power_down() is True
    assert driver.firmware_version == VERSION
    return answers


# UART, in real time


async def on_a_tty(names, use, faults=None):
    """Let `use(path)` talk to virtual cards in a thread; return what it returns.

    An exception within the emulator fails the test, whatever the driver makes of it.
    """
    crashes = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: crashes.append(context))
    server = SerialChip(Field(), faults=faults)
    await server.start()
    server.field.put([card for name in names for card in cards.make(name, processing_us=1_000)])
    try:
        return await asyncio.wait_for(asyncio.to_thread(use, server.path), 60)
    finally:
        server.rstpdn(0)
        server.rstpdn(1)
        if faults:
            faults.disarm()
            assert await asyncio.to_thread(over_uart, server.path, version) == VERSION
        await server.stop()
        assert server.field.presented == 0
        assert not crashes


def over_uart(path, use):
    """Return what `use(driver)` returns for a driver of its own on the tty."""
    import serial
    from adafruit_pn532.uart import PN532_UART

    with serial.Serial(path, 115_200, timeout=0.1) as uart:
        return use(PN532_UART(uart))


def version(driver):
    """Return the version as the driver has it."""
    return driver.firmware_version


async def test_over_uart():
    assert await on_a_tty(["bank_app_lockout"], lambda path: over_uart(path, whole_session)) == [
        "9000",
        "9000",
        "63c0",
    ]


async def test_over_uart_it_reads_the_uid_of_a_type_a_card():
    def look(path):
        return over_uart(path, lambda driver: driver.read_passive_target(timeout=1))

    assert len(await on_a_tty(["credit"], look)) == 4


def faults_on(link):
    """Return the names of the faults that can happen on a link."""
    return [name for name, links, _ in FAULTS if link in links.split()]


async def test_with_every_fault_on_the_emulator_goes_on_over_uart():
    async def struck(name):
        faults = Faults()
        # Not its opening: that it would not survive, and no more would be seen.
        faults.arm(name, times=3, when=lambda command: command[0] in (LIST, EXCHANGE))

        def use(path):
            try:
                return over_uart(path, read_counter)
            except Exception:  # it may fail, in whatever way
                return None

        await on_a_tty(["fresh"], use, faults)
        return faults.struck

    # At once: they wait for each other's time-outs otherwise.
    names = faults_on("hsu")
    found = await asyncio.gather(*[struck(name) for name in names])
    assert all(found), dict(zip(names, found))


# SPI and I2C, on a virtual clock


class World:
    """The clock of bus and driver: it goes on when one of them lets time pass."""

    def __init__(self):
        self._now_us = 0

    def now_us(self):
        return self._now_us

    def pass_us(self, us):
        self._now_us += us

    # What the driver asks of `time`.

    def monotonic(self):
        return self._now_us / 1_000_000

    def sleep(self, seconds):
        self._now_us += int(seconds * 1_000_000)


class Busio:
    """What busio.SPI and busio.I2C have in common; `crashes` are the emulator's, not the bus's."""

    def __init__(self, bus):
        self._bus = bus
        self._locked = False
        self.crashes = []

    def try_lock(self):
        was_locked, self._locked = self._locked, True
        return not was_locked

    def unlock(self):
        self._locked = False

    def _do(self, transfer, *args):
        assert self._locked
        try:
            return transfer(*args)
        except OSError:
            raise  # as the bus of a real board
        except Exception as error:
            self.crashes.append(error)
            raise


class BusioSpi(Busio):
    """busio.SPI: most significant bit first, so the driver has to turn the bits round."""

    def configure(self, baudrate, polarity, phase):
        assert (polarity, phase) == (0, 0)
        self._bus.init(baudrate, firstbit=MSB)

    def write(self, buf):
        self._do(self._bus.write, buf)

    def write_readinto(self, out_buffer, in_buffer):
        self._do(self._bus.write_readinto, out_buffer, in_buffer)


class ChipSelect:
    """A digitalio.DigitalInOut on the chip select."""

    def __init__(self, pin):
        self._pin = pin

    def switch_to_output(self, value):
        self.value = value

    @property
    def value(self):
        return bool(self._pin.value())

    @value.setter
    def value(self, level):
        self._pin.value(level)


class BusioI2c(Busio):
    """busio.I2C."""

    def writeto(self, address, buffer, *, start=0, end=None):
        self._do(self._bus.writeto, address, bytes(buffer)[start:end])

    def readfrom_into(self, address, buffer, *, start=0, end=None):
        part = bytearray(len(buffer[start:end]))
        self._do(self._bus.readfrom_into, address, part)
        buffer[start:end] = part


class Board:
    """A PN532 on a bus, and Adafruit's driver for it."""

    def __init__(self, link, name, monkeypatch):
        """`link` is "spi" or "i2c"; `name` that of a virtual card."""
        import adafruit_pn532.adafruit_pn532
        import adafruit_pn532.i2c
        import adafruit_pn532.spi

        self._link = link
        self.world = World()
        for module in (adafruit_pn532.adafruit_pn532, adafruit_pn532.i2c, adafruit_pn532.spi):
            monkeypatch.setattr(module, "time", self.world)
        self.field = Field()
        self.field.put(cards.make(name))
        self.faults = Faults()
        chip = Chip(self.field, self.faults)
        self.bus = SPI(chip, self.world) if link == "spi" else I2C(chip, self.world)
        self.busio = BusioSpi(self.bus) if link == "spi" else BusioI2c(self.bus)

    def driver(self):
        """Return a driver that has found the chip."""
        from adafruit_pn532.i2c import PN532_I2C
        from adafruit_pn532.spi import PN532_SPI

        if self._link == "spi":
            return PN532_SPI(self.busio, ChipSelect(self.bus.select))
        return PN532_I2C(self.busio)


@pytest.mark.parametrize("link", ["spi", "i2c"])
def test_over_a_bus(link, monkeypatch):
    board = Board(link, "bank_app_lockout", monkeypatch)
    assert whole_session(board.driver()) == ["9000", "9000", "63c0"]
    assert board.field.presented == 0


@pytest.mark.parametrize("link", ["spi", "i2c"])
def test_over_a_bus_it_reads_the_uid_of_a_type_a_card(link, monkeypatch):
    driver = Board(link, "credit", monkeypatch).driver()
    assert len(driver.read_passive_target(timeout=1)) == 4


@pytest.mark.parametrize("link", ["spi", "i2c"])
def test_with_every_fault_on_the_emulator_goes_on(link, monkeypatch):
    for name in faults_on(link):
        if name == "scl_low":  # the line stays low for longer than the driver tries
            continue
        struck = 0
        for at_byte in AT_BYTES:
            board = Board(link, "fresh", monkeypatch)
            driver = board.driver()
            board.faults.arm(name, at_byte=at_byte, times=3)
            try:
                read_counter(driver)
            except Exception:  # it may fail, in whatever way
                pass
            where = (name, at_byte)
            struck += board.faults.struck
            assert not board.busio.crashes, where
            board.faults.disarm()
            board.busio.unlock()
            board.bus.rstpdn.value(0)
            board.bus.rstpdn.value(1)
            assert board.driver().firmware_version == VERSION, where
            assert board.field.presented == 0, where
        assert struck, name
