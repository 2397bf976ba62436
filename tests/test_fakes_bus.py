"""The I2C and SPI of the fake `machine`: what they send, and in which order."""

import pytest

pytestmark = pytest.mark.usefixtures("micropython")


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
