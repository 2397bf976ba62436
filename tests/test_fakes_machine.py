"""The fakes of `machine` and `neopixel`: strip, tone, reset, watchdog, and no host."""

import os
import subprocess
import time

import pytest

from pinlamp_tools import house

pytestmark = pytest.mark.usefixtures("micropython")


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
        "buzzer.duty_u16(100); buzzer.duty_u16(100); buzzer.freq(1000)\n"
        "print(buzzer.freq(), buzzer.duty_u16())\n"
        "buzzer.deinit()\n"
    )
    assert seen["tones"] == [0, 2000, 1000, 0]
    assert seen["lines"] == ["1000 100"]


async def test_a_reset_boots_again_with_the_same_flash_and_tells_its_cause(stub):
    seen = await stub(
        "import machine\n"
        "print(machine.reset_cause())\n"
        "if machine.reset_cause() == machine.PWRON_RESET:\n"
        "    open('note', 'w').write('kept')\n"
        "    machine.reset()\n"
        "print(open('note').read(), machine.reset_cause() == machine.HARD_RESET)\n"
    )
    assert seen["lines"] == ["1", "2", "kept True"]


@pytest.mark.parametrize(
    "hang",
    [
        "while True: pass",
        "time.sleep(1000)",
        "asyncio.run(asyncio.Event().wait())",
        "exec('while True:\\n try: time.sleep(1000)\\n except: pass')",
    ],
)
async def test_a_device_that_hangs_is_reset_by_its_watchdog(stub, hang):
    seen = await stub(
        "import asyncio, machine, time\n"
        "print(machine.reset_cause())\n"
        "if machine.reset_cause() != machine.WDT_RESET:\n"
        "    dog = machine.WDT(timeout=20)\n"
        "    dog.feed()\n"
        f"    {hang}\n"
    )
    assert seen["lines"] == ["1", "3"]


async def test_a_watchdog_that_is_fed_lets_the_device_live(stub):
    seen = await stub(
        "import machine, time\n"
        "dog = machine.WDT(timeout=500)\n"
        "for _ in range(70):\n"
        "    time.sleep_ms(10)\n"
        "    dog.feed()\n"
        "print(machine.reset_cause())\n"
    )
    assert seen["lines"] == ["1"]


async def test_a_host_that_sleeps_does_not_let_the_watchdog_bite(stub):
    seen = await stub(
        "import machine, time\n"
        "dog = machine.WDT(timeout=250)\n"
        "print('fed')\n"
        "for _ in range(60):\n"
        "    time.sleep_ms(10)\n"
        "    dog.feed()\n"
        "print(machine.reset_cause())\n",
        at_line=lambda text, device: time.sleep(0.5) if text == "fed" else None,
    )
    assert seen["lines"] == ["fed", "1"]


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
        "machine.Pin(26, machine.Pin.OUT, value=1).irq(print)\n"
        "print(machine.I2C(0).scan())\n"
    )
    env = {**os.environ, "MICROPYPATH": f"{house.FAKES}:.frozen"}
    done = subprocess.run([micropython, main], env=env, capture_output=True, text=True, timeout=20)
    assert done.stdout == "1 0 3\n[]\n"
    assert done.returncode == 0


@pytest.mark.parametrize("name", sorted(path.name for path in house.FAKES.glob("*.py")))
def test_the_first_line_says_not_to_upload_it(name):
    first = (house.FAKES / name).read_text("utf-8").splitlines()[0]
    assert "Do not upload" in first
