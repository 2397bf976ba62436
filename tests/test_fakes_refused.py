"""What a port refuses, the fake `machine` refuses too."""

import pytest

pytestmark = pytest.mark.usefixtures("micropython")


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
