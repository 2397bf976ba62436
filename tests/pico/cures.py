"""Repairs, from outside, where rp2040py 0.3.6 differs from the chip.

1. Its UART asserts the transmit interrupt for ever, and MicroPython, which goes on until the
   interrupt is gone, hangs in `machine.UART(…)`. The chip asserts it when a byte leaves the FIFO.
2. Its USB host answers the console's reading with an empty packet at once, some 50,000 times a
   second: the processor never sleeps, the emulation runs fifty times slower than it could, and
   every measured time contains those interrupts. A real host sends only when it has data.
"""

from rp2040py.peripherals import uart
from rp2040py.utils.fifo import FIFO

_CLK_PERI_HZ = 48_000_000
_PACKET_NS = 10_000  # from the host's first byte to the packet with all bytes by then


def cure_uart(mcu):
    """Let every UART assert its transmit interrupt after a sent byte, and run at its speed."""
    mcu.clk_peri = _CLK_PERI_HZ
    uart.RPUART.check_interrupts = _check_interrupts
    if uart.RPUART.write_uint32 is not _write:
        _Original.write = uart.RPUART.write_uint32
        uart.RPUART.write_uint32 = _write


class _Original:
    write = None


def _check_interrupts(self):
    self.rp2040.set_interrupt(self.irq, bool(self._interrupt_status & self._interrupt_mask))


def _write(self, offset, value):
    _Original.write(self, offset, value)
    if offset == uart.UARTDR:
        self._interrupt_status |= uart.UARTTXINTR
        self.check_interrupts()


class _Fifo(FIFO):
    """The bytes that the host has for the device, and a call when there is one."""

    def __init__(self, size, pushed):
        super().__init__(size)
        self._pushed = pushed

    def push(self, value):
        super().push(value)
        self._pushed()


def cure_usb(device):
    """Let the console's reading wait until the host has something for it."""
    cdc = device.cdc
    usb = cdc.usb
    answer = usb.on_endpoint_read
    reset = usb.on_reset
    waiting = []

    def read(endpoint, size):
        if endpoint == cdc._out_endpoint and cdc.tx_fifo.empty:
            waiting[:] = [(endpoint, size)]
        else:
            answer(endpoint, size)

    def send():
        answer(*waiting.pop())

    def pushed():
        if waiting:
            packet.schedule(_PACKET_NS)

    def forget():
        packet.cancel()
        waiting.clear()
        reset()

    packet = device.simulator.clock.create_alarm(send)
    cdc.tx_fifo = _Fifo(cdc.tx_fifo.size, pushed)
    usb.on_endpoint_read = read
    usb.on_reset = forget
