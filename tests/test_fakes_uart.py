"""The UART of the fake `machine`, on a serial line of this machine."""

import os
import termios
import tty

import pytest

pytestmark = pytest.mark.usefixtures("micropython")


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
