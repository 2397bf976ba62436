"""The fakes of `machine` and `neopixel`, run in MicroPython by a device with a stub firmware."""

import asyncio
import os
import subprocess
import termios
import tty

import pytest

from pinlamp_tools import house
from pinlamp_tools.device import Device

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture
def stub(tmp_path):
    """A function: source of a firmware -> what it said and did until it ended."""

    async def run(source, line=None, at_line=None):
        main = tmp_path / "main.py"
        main.write_text(source)
        device = Device({}, {}, line, main=main)
        seen = {"lines": [], "pixels": [], "tones": []}
        ended = asyncio.get_running_loop().create_future()

        def on_line(text):
            seen["lines"].append(text)
            if at_line:
                at_line(text, device)

        device.on_line = on_line
        device.on_pixels = lambda pin, rgb: seen["pixels"].append((pin, rgb.hex()))
        device.on_tone = seen["tones"].append
        device.on_exit = ended.set_result
        await device.start()
        try:
            seen["status"] = await asyncio.wait_for(ended, 20)
        finally:
            await device.stop()
        seen["gone"] = device.line_gone
        return seen

    return run


@pytest.fixture
def line():
    """A serial line: (descriptor of the far end, path of the near one)."""
    far, near = os.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    for fd in (far, near):
        try:
            os.close(fd)
        except OSError:
            pass  # a test has pulled it out


async def test_every_write_of_a_strip_is_told_in_the_order_of_its_pixels(stub):
    seen = await stub(
        "from machine import Pin\n"
        "from neopixel import NeoPixel\n"
        "strip = NeoPixel(Pin(25, Pin.OUT), 2)\n"
        "strip.write()\n"
        "strip[1] = (1, 2, 255)\n"
        "strip.write()\n"
        "strip.fill((9, 8, 7))\n"
        "strip.write()\n"
        "print(len(strip), strip[0])\n"
    )
    assert seen["pixels"] == [(25, "000000000000"), (25, "0000000102ff"), (25, "090807090807")]
    assert seen["lines"] == ["2 (9, 8, 7)"]
    assert seen["status"] == 0


async def test_a_tone_is_heard_when_it_changes(stub):
    seen = await stub(
        "from machine import PWM, Pin\n"
        "buzzer = PWM(Pin(13), freq=2000, duty_u16=0)\n"
        "buzzer.duty_u16(100); buzzer.duty_u16(100); buzzer.freq(1000); buzzer.deinit()\n"
        "print(buzzer.freq(), buzzer.duty_u16())\n"
    )
    assert seen["tones"] == [0, 2000, 1000, 0]
    assert seen["lines"] == ["1000 0"]


async def test_an_input_pin_is_high_until_the_host_pulls_it_low(stub):
    seen = await stub(
        "import time\n"
        "from machine import Pin\n"
        "button = Pin(0, Pin.IN, Pin.PULL_UP)\n"
        "print(button.value())\n"
        "while button.value():\n"
        "    time.sleep_ms(1)\n"
        "print('pressed')\n",
        at_line=lambda text, device: device.set_pin(0, 0) if text == "1" else None,
    )
    assert seen["lines"] == ["1", "pressed"]


async def test_an_output_pin_keeps_its_level(stub):
    seen = await stub(
        "from machine import Pin\n"
        "reset = Pin(26, Pin.OUT, value=1)\n"
        "print(reset.value()); reset(0); print(reset.value())\n"
    )
    assert seen["lines"] == ["1", "0"]


async def test_a_reset_boots_again_with_the_same_flash_and_tells_its_cause(stub):
    seen = await stub(
        "import machine\n"
        "print(machine.reset_cause())\n"
        "if machine.reset_cause() == machine.PWRON_RESET:\n"
        "    open('note', 'w').write('kept')\n"
        "    machine.reset()\n"
        "print(open('note').read(), machine.reset_cause() == machine.SOFT_RESET)\n"
    )
    assert seen["lines"] == ["1", "5", "kept True"]


async def test_a_watchdog_that_is_fed_too_late_resets(stub):
    seen = await stub(
        "import machine, time\n"
        "print(machine.reset_cause())\n"
        "if machine.reset_cause() == machine.PWRON_RESET:\n"
        "    dog = machine.WDT(timeout=20)\n"
        "    dog.feed()\n"
        "    time.sleep_ms(40)\n"
        "    dog.feed()\n"
        "    print('not reached')\n"
    )
    assert seen["lines"] == ["1", "3"]


async def test_a_uart_speaks_on_the_line_at_the_speed_it_was_given(stub, line):
    far, path = line
    speeds = []

    def answer(text, device):
        speeds.append(termios.tcgetattr(far)[5])
        if text == "sent":
            assert os.read(far, 100) == b"ping"
            os.write(far, b"pong" * 67)

    seen = await stub(
        "import asyncio\n"
        "from machine import UART\n"
        "uart = UART(1, 115200, tx=32, rx=33, rxbuf=512)\n"
        "stream = asyncio.StreamReader(uart)\n"
        "async def main():\n"
        "    print(uart.any(), uart.read(5))\n"
        "    try:\n"
        "        await asyncio.wait_for(stream.read(1), 0.02)\n"
        "    except asyncio.TimeoutError:\n"
        "        print('silence')\n"
        "    print(uart.write(b'ping'))\n"
        "    print('sent')\n"
        "    got = b''\n"
        "    while len(got) < 268:\n"
        "        got += await asyncio.wait_for(stream.read(512), 5)\n"
        "    print(got == b'pong' * 67)\n"
        "    uart.init(baudrate=921600)\n"
        "    print('fast')\n"
        "asyncio.run(main())\n",
        line=path,
        at_line=answer,
    )
    assert seen["lines"] == ["0 None", "silence", "4", "sent", "True", "fast"]
    assert speeds[0] == termios.B115200
    assert speeds[-1] == termios.B921600


async def test_a_line_that_is_pulled_out_ends_the_device(stub, line):
    far, path = line
    seen = await stub(
        "import asyncio\n"
        "from machine import UART\n"
        "stream = asyncio.StreamReader(UART(1))\n"
        "print('open')\n"
        "asyncio.run(stream.read(1))\n",
        line=path,
        at_line=lambda text, device: os.close(far),
    )
    assert seen["gone"] is True
    assert seen["status"] != 0


async def test_a_line_that_nobody_drains_does_not_stop_the_firmware(stub, line):
    seen = await stub(
        "from machine import UART\n"
        "uart = UART(1)\n"
        "for _ in range(150):\n"
        "    uart.write(bytes(256))\n"
        "print('alive')\n",
        line=line[1],
    )
    assert seen["lines"] == ["alive"]


def test_without_a_host_everything_works_in_silence(micropython, tmp_path):
    main = tmp_path / "main.py"
    main.write_text(
        "import machine\n"
        "from neopixel import NeoPixel\n"
        "NeoPixel(machine.Pin(25, machine.Pin.OUT), 1).write()\n"
        "machine.PWM(machine.Pin(13), freq=2000, duty_u16=0)\n"
        "machine.WDT(timeout=1000).feed()\n"
        "uart = machine.UART(1, 115200, tx=32, rx=33, rxbuf=512)\n"
        "uart.init(baudrate=921600)\n"
        "print(machine.Pin(0, machine.Pin.IN).value(), uart.any(), uart.write(b'abc'))\n"
    )
    env = {**os.environ, "MICROPYPATH": f"{house.FAKES}:.frozen"}
    done = subprocess.run([micropython, main], env=env, capture_output=True, text=True, timeout=20)
    assert done.stdout == "1 0 3\n"
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["machine.py", "neopixel.py"])
def test_the_first_line_says_not_to_upload_it(name):
    first = (house.FAKES / name).read_text("utf-8").splitlines()[0]
    assert "Do not upload" in first
