"""The pins of the fake `machine`: levels, open drain, edges."""

import os

import pytest

pytestmark = pytest.mark.usefixtures("micropython")


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
