"""The fakes of `machine` and `neopixel`, run in MicroPython by a device with a stub firmware."""

import asyncio
import os
import subprocess
import termios
import time
import tty

import pytest

from pinlamp_tools import house
from pinlamp_tools.device import Device

pytestmark = pytest.mark.usefixtures("micropython")


@pytest.fixture
def stub(tmp_path):
    """A function: source of a firmware -> what it said and did until it ended."""

    async def run(source, line=None, at_line=None, chip="esp32", transfer=None):
        main = tmp_path / "main.py"
        main.write_text(source)
        device = Device({"chip": chip}, {}, line, main=main)
        seen = {"lines": [], "pixels": [], "tones": [], "pins": [], "transfers": []}
        ended = asyncio.get_running_loop().create_future()

        def on_line(text):
            seen["lines"].append(text)
            if at_line:
                at_line(text, device)

        device.on_line = on_line
        device.on_pixels = lambda pin, rgb: seen["pixels"].append((pin, rgb.hex()))
        device.on_tone = seen["tones"].append
        device.on_pin = lambda pin, level: seen["pins"].append((pin, level))
        if transfer:

            def on_transfer(request, answer):
                seen["transfers"].append(" ".join(request))
                answer(transfer(request))

            device.on_transfer = on_transfer
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
        "buzzer.duty_u16(100); buzzer.duty_u16(100); buzzer.freq(1000)\n"
        "print(buzzer.freq(), buzzer.duty_u16())\n"
        "buzzer.deinit()\n"
    )
    assert seen["tones"] == [0, 2000, 1000, 0]
    assert seen["lines"] == ["1000 100"]


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
        "print(reset.value()); reset(0); reset.off(); print(Pin(26).value()); reset.toggle()\n"
        "print(reset is Pin(26), reset())\n"
    )
    assert seen["lines"] == ["1", "0", "True 1"]
    assert seen["pins"] == [(26, 1), (26, 0), (26, 1)]


async def test_an_open_drain_pin_is_what_both_ends_make_of_it(stub):
    seen = await stub(
        "import time\n"
        "from machine import Pin\n"
        "sda = Pin(21, Pin.OPEN_DRAIN, value=1)\n"
        "print(sda.value()); sda(0); print(sda.value()); sda(1); print('let go')\n"
        "while sda.value():\n"
        "    time.sleep_ms(1)\n",
        at_line=lambda text, device: device.set_pin(21, 0) if text == "let go" else None,
    )
    assert seen["lines"] == ["1", "0", "let go"]


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


async def test_an_edge_wakes_whoever_waits_for_it(stub):
    def edges(text, device):
        if text == "waits":
            device.set_pin(27, 1)  # it is high already: no edge
            device.set_pin(27, 0)
        if text == "woken":
            for level in (1, 0, 1):
                device.set_pin(27, level)

    seen = await stub(
        "import asyncio\n"
        "from machine import Pin\n"
        "irq = Pin(27, Pin.IN)\n"
        "flag = asyncio.ThreadSafeFlag()\n"
        "heard = []\n"
        "def edge(pin):\n"
        "    heard.append(pin is irq)\n"
        "    flag.set()\n"
        "async def main():\n"
        "    irq.irq(edge, Pin.IRQ_FALLING)\n"
        "    print('waits')\n"
        "    await flag.wait()\n"
        "    print('woken')\n"
        "    await flag.wait()\n"
        "    await asyncio.sleep_ms(5)\n"
        "    print(irq.value(), heard)\n"
        "    irq.irq(None)\n"
        "    print('over')\n"
        "asyncio.run(main())\n",
        at_line=edges,
    )
    assert seen["lines"] == ["waits", "woken", "1 [True, True]", "over"]


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at /proc, as Linux has")
async def test_waiting_for_an_edge_costs_nothing(stub):
    seen = await stub(
        "import asyncio\n"
        "from machine import Pin\n"
        "Pin(27, Pin.IN).irq(print)\n"
        "try: asyncio.run(asyncio.wait_for(asyncio.Event().wait(), 0.4))\n"
        "except asyncio.TimeoutError: pass\n"
        "print(sum([int(n) for n in open('/proc/self/stat').read().split()[13:15]]))\n"
    )
    assert int(seen["lines"][0]) <= 5, "hundredths of a second, most of them for the start"


async def test_a_bus_sends_and_takes_what_the_host_says(stub):
    def transfer(request):
        if request[0] == "spi":
            return "= " + "11" * (len(request[-1]) // 2)
        if request[4] == "9":
            return "! 19"
        return "= 010203" if request[5] == "r" else "="

    seen = await stub(
        "from machine import I2C, SPI, Pin\n"
        "i2c = I2C(0, scl=Pin(22), sda=Pin(21), freq=400_000)\n"
        "buf = bytearray(5)\n"
        "i2c.readfrom_into(0x24, memoryview(buf)[1:4])\n"
        "print(buf, i2c.readfrom(0x24, 3), i2c.writeto(0x24, b'\\xD4\\x02'))\n"
        "print(i2c.writevto(0x24, (b'ab', bytearray(b'c'))))\n"
        "try: i2c.readfrom(9, 1)\n"
        "except OSError as error: print(error.errno)\n"
        "spi = SPI(2, 2_000_000, firstbit=SPI.LSB, sck=18, mosi=23, miso=19)\n"
        "spi.write(b'\\x01\\x02'); spi.readinto(buf, 0xFF); print(buf, spi.read(2))\n"
        "spi.write_readinto(b'ab', memoryview(buf)[:2])\n"
        "spi.init(polarity=1); spi.read(1); spi.deinit()\n",
        transfer=transfer,
    )
    assert seen["lines"] == [
        r"bytearray(b'\x00\x01\x02\x03\x00') b'\x01\x02\x03' 2",
        "3",
        "19",
        r"bytearray(b'\x11\x11\x11\x11\x11') b'\x11\x11'",
    ]
    assert seen["transfers"] == [
        "i2c 22 21 400000 36 r 3",
        "i2c 22 21 400000 36 r 3",
        "i2c 22 21 400000 36 w d402",
        "i2c 22 21 400000 36 w 616263",
        "i2c 22 21 400000 9 r 1",
        "spi 18 23 19 2000000 0 lsb 0102",
        "spi 18 23 19 2000000 0 lsb ffffffffff",
        "spi 18 23 19 2000000 0 lsb 0000",
        "spi 18 23 19 2000000 0 lsb 6162",
        "spi 18 23 19 2000000 2 lsb 00",
    ]


async def test_a_level_and_a_transfer_keep_their_order(stub):
    """What a transfer changes on a pin is seen as soon as it is over."""
    seen = await stub(
        "from machine import SPI, Pin\n"
        "select, irq = Pin(33, Pin.OUT, value=1), Pin(27, Pin.IN)\n"
        "spi = SPI(2)\n"
        "for _ in range(3):\n"
        "    select(0); spi.write(b'a'); select(1)\n"
        "print('done')\n",
        transfer=lambda request: "= 00",
    )
    assert seen["pins"] == [(33, 1), *[(33, 0), (33, 1)] * 3]
    assert len(seen["transfers"]) == 3


async def test_scanning_a_bus_finds_who_answers(stub):
    seen = await stub(
        "from machine import I2C\nprint(I2C(1).scan())\n",
        transfer=lambda request: "=" if request[4] in ("36", "119") else "! 19",
    )
    assert seen["lines"] == ["[36, 119]"]


REFUSED = {
    "Pin()": "TypeError",
    "Pin(24)": "ValueError",
    "Pin(40, Pin.IN)": "ValueError",
    "Pin('x')": "ValueError",
    "Pin(34, Pin.OUT)": "ValueError",
    "Pin(4, 'out')": "TypeError",
    "Pin(4, Pin.IN, Pin.PULL_UP, 1)": "TypeError",
    "Pin(4, pulls=1)": "TypeError",
    "Pin(4).value(1, 2)": "TypeError",
    "Pin(4).value(level=1)": "TypeError",
    "Pin(4).irq(print, 'falling')": "TypeError",
    "Pin(4).irq(print, 2, hard=True)": "TypeError",
    "PWM()": "TypeError",
    "PWM(Pin(13), 0)": "ValueError",
    "PWM(Pin(13), 2000, 0)": "TypeError",
    "PWM(Pin(13), freq=2000, duty_u16=65536)": "ValueError",
    "PWM(Pin(13)).duty_u16(-1)": "ValueError",
    "PWM(Pin(13)).freq(1.5)": "TypeError",
    "off.duty_u16(0)": "RuntimeError",
    "WDT(1)": "ValueError",
    "WDT(timeout=0)": "ValueError",
    "WDT(timeout='8000')": "TypeError",
    "WDT(timeout_ms=8000)": "TypeError",
    "UART()": "TypeError",
    "UART(3)": "ValueError",
    "UART('1')": "TypeError",
    "UART(1, '115200')": "TypeError",
    "UART(1, 115200, 8, None, 1, 32)": "TypeError",
    "UART(1, tx=24)": "ValueError",
    "UART(1, rxbuf=128)": "OSError",
    "UART(1, bits=9)": "ValueError",
    "UART(1, stop=3)": "ValueError",
    "UART(1, speed=9600)": "TypeError",
    "I2C(2)": "ValueError",
    "I2C(0, 22, 21)": "TypeError",
    "I2C(0, scl=24, sda=21)": "ValueError",
    "I2C(0, scl='22', sda=21)": "ValueError",
    "I2C(0, freq=4e5)": "TypeError",
    "I2C(0, baudrate=400_000)": "TypeError",
    "I2C(0).init()": "OSError",
    "I2C(0).start()": "OSError",
    "I2C(0).readfrom(0x24)": "TypeError",
    "I2C(0).readfrom('24', 1)": "TypeError",
    "I2C(0).readfrom_into(0x24, bytes(4))": "TypeError",
    "I2C(0).readfrom_into(0x24, 4)": "TypeError",
    "I2C(0).writeto(0x24, 4)": "TypeError",
    "I2C(0).writeto(addr=0x24, buf=b'a')": "TypeError",
    "I2C(0).writeto(0x24, b'a', True, 1)": "TypeError",
    "I2C(0).writeto(0x24, b'a')": "OSError",
    "SPI()": "TypeError",
    "SPI(0)": "ValueError",
    "SPI(3)": "ValueError",
    "SPI(2, 1_000_000, 0)": "TypeError",
    "SPI(2, bits=0)": "ValueError",
    "SPI(2, sck=24)": "ValueError",
    "SPI(2, cs=33)": "TypeError",
    "SPI(2).readinto(bytes(2))": "TypeError",
    "SPI(2).readinto()": "TypeError",
    "SPI(2).write(b'')": "ValueError",
    "SPI(2).write(b'a', b'b')": "TypeError",
    "SPI(2).write_readinto(b'ab', bytearray(3))": "ValueError",
    "closed.write(b'a')": "OSError",
}


async def test_what_the_port_refuses_is_refused(stub):
    seen = await stub(
        "from machine import I2C, PWM, SPI, UART, WDT, Pin\n"
        "off = PWM(12); off.deinit()\n"
        "closed = SPI(1); closed.deinit()\n"
        f"for call in {list(REFUSED)!r}:\n"
        "    try:\n"
        "        eval(call)\n"
        "        print(call, '-> nothing')\n"
        "    except Exception as error:\n"
        "        print(call, '->', type(error).__name__)\n"
    )
    assert seen["lines"] == [f"{call} -> {error}" for call, error in REFUSED.items()]


async def test_another_chip_has_other_pins_and_refuses_other_things(stub):
    seen = await stub(
        "from machine import SPI, Pin\n"
        "print(Pin(24)); SPI(0)\n"
        "try: SPI(0, firstbit=SPI.LSB)\n"
        "except NotImplementedError: print('LSB')\n"
        "try: Pin(30)\n"
        "except ValueError: print('invalid pin')\n",
        chip="rp2040",
    )
    assert seen["lines"] == ["Pin(24)", "LSB", "invalid pin"]


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
