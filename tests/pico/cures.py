"""Repairs, from outside, where rp2040py 0.3.6 differs from the chip.

1. Its UART asserts its interrupts for every byte. The chip does so at a level of its FIFOs, and
   for the rest of a frame after a silence of 32 bits (RP2040 datasheet, 4.2.6). Every interrupt
   wakes the processor, and too many fill MicroPython's list of alarms: it then sleeps no more.
2. Its USB host answers the console's reading with an empty packet at once, some 50,000 times a
   second: the processor never sleeps, the emulation runs fifty times slower than it could, and
   every measured time contains those interrupts. A real host sends only when it has data.
3. Its divider adds eight cycles to the processor's count that take no time: MicroPython waits for
   the result itself. The processor seemed to be busy for up to 108 % of the time.
4. Its I2C says that it has sent a byte when it begins to, and says nothing of the bytes that it
   drops after an address without an answer. MicroPython asks for each byte whether it has been
   sent (IC_CON.TX_EMPTY_CTRL; RP2040 datasheet, 4.3.17): it would wait for a dropped one.
"""

from rp2040py import sio
from rp2040py.peripherals import i2c, uart
from rp2040py.utils.fifo import FIFO

_CLK_PERI_HZ = 48_000_000
_UARTIFLS = 0x34
_IFLS_RESET = 0x12
_LEVELS = (4, 8, 16, 24, 28)  # bytes of 32 in a FIFO, by RXIFLSEL and TXIFLSEL
_RECEIVE_TIMEOUT = 1 << 6  # UARTRTINTR
_TIMEOUT_BITS = 32
_BITS = 10  # of a byte on the line
_PACKET_NS = 10_000  # from the host's first byte to the packet with all bytes by then


class _Uart(uart.RPUART):
    """The UART, with the interrupts of its FIFOs. An RPUART becomes one by its class."""

    def cure(self, mcu):
        """Begin: `mcu` has the clock."""
        mcu.clk_peri = _CLK_PERI_HZ
        self._clock = mcu.clock
        self._silent = mcu.clock.create_alarm(self._has_fallen_silent)
        self._low = mcu.clock.create_alarm(self._has_little_to_send)
        self._sent_at_ns = 0
        self._levels = _IFLS_RESET

    @property
    def _receive_level(self):
        return _LEVELS[self._levels >> 3 & 7]

    @property
    def _send_level(self):
        return _LEVELS[self._levels & 7]

    def reset(self):
        super().reset()
        self._levels = _IFLS_RESET

    def _byte_ns(self):
        return 1e9 * _BITS / self.baud_rate

    def check_interrupts(self):
        asserted = bool(self._interrupt_status & self._interrupt_mask)
        self.rp2040.set_interrupt(self.irq, asserted)

    def feed_byte(self, value):
        if not self.baud_divider:
            return  # it was reset while the line was busy
        self.rx_fifo.push(value)
        if self.rx_fifo.item_count >= self._receive_level:
            self._interrupt_status |= uart.UARTRXINTR
        self._silent.schedule(self._byte_ns() * _TIMEOUT_BITS / _BITS)
        self.check_interrupts()

    def read_uint32(self, offset):
        if offset == _UARTIFLS:
            return self._levels
        if offset != uart.UARTDR:
            return super().read_uint32(offset)
        value = self.rx_fifo.pull()
        if self.rx_fifo.item_count < self._receive_level:
            self._interrupt_status &= ~uart.UARTRXINTR
        if self.rx_fifo.empty:
            self._interrupt_status &= ~_RECEIVE_TIMEOUT
        self.check_interrupts()
        return value

    def write_uint32(self, offset, value):
        if offset == _UARTIFLS:
            self._levels = value
            return
        super().write_uint32(offset, value)
        if offset == uart.UARTDR:
            now_ns = self._clock.nanos
            self._sent_at_ns = max(now_ns, self._sent_at_ns) + self._byte_ns()
            left_ns = self._sent_at_ns - now_ns - self._send_level * self._byte_ns()
            if left_ns > 0:
                self._low.schedule(left_ns)

    def _has_fallen_silent(self):
        if not self.rx_fifo.empty:
            self._interrupt_status |= _RECEIVE_TIMEOUT
            self.check_interrupts()

    def _has_little_to_send(self):
        self._interrupt_status |= uart.UARTTXINTR
        self.check_interrupts()


def cure_uart(mcu):
    """Let every UART assert its interrupts as the chip does, and run at its speed."""
    for each in mcu.uart:
        each.__class__ = _Uart
        each.cure(mcu)


class _I2c(i2c.RPI2C):
    """The I2C, with the interrupt of its empty FIFO. An RPI2C becomes one by its class."""

    def _set_interrupts(self, mask):
        if mask != i2c.R_TX_EMPTY or not self._busy:
            super()._set_interrupts(mask)

    def _abort(self, reason):
        super()._abort(reason)
        self.int_raw |= i2c.R_TX_EMPTY
        self.check_interrupts()

    def complete_write(self, ack):
        if self._tx_fifo.item_count <= self.tx_threshold:
            self.int_raw |= i2c.R_TX_EMPTY
            self.check_interrupts()
        super().complete_write(ack)


def cure_i2c(mcu):
    """Let every I2C tell of a byte once it is sent."""
    for each in mcu.i2c:
        each.__class__ = _I2c


def cure_divider():
    """Let a division add no cycles to those of the instructions that wait for it."""
    if sio.RPSIO.update_hardware_divider is not _divide:
        _Divider.original = sio.RPSIO.update_hardware_divider
        sio.RPSIO.update_hardware_divider = _divide


class _Divider:
    original = None


def _divide(self, signed):
    cycles = self.rp2040.core.cycles
    _Divider.original(self, signed)
    self.rp2040.core.cycles = cycles


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
