"""The console, which a host may hold open and not read.

On a USB port MicroPython then waits for room in the middle of a line, up to 500 ms, with lamps and
button frozen; its poll() of the console says "writable" all the same on an ESP32. So this looks
at the USB controller itself: a line goes out only where the host has taken all lines before it.
With nobody there, hardly anything is kept for whoever opens the port next.
"""

import sys
import time

# chip: the register that tells whether the host has taken what was written, which bit of it, its
# value then, and how many bytes go without a wait after that. Not seen on a chip yet.
_PORTS = {
    # USB_SERIAL_JTAG_EP1_CONF_REG: SERIAL_IN_EP_DATA_FREE (ESP-IDF, usb_serial_jtag_reg.h); one
    # packet, since usb_serial_jtag.c waits up to 200 ms before the next.
    "esp32c3": (0x60043004, 1, 1, 64),
    "esp32c6": (0x6000F004, 1, 1, 64),
    # Endpoint 0x82 IN: TinyUSB's USBD_CDC_EP_IN, whose FIFO (256) feeds it until both are empty.
    "esp32s3": (0x60080940, 31, 0, 256),  # DIEPCTL2: EPENA
    "rp2040": (0x50100090, 10, 0, 256),  # its buffer control: AVAILABLE (RP2040 Datasheet, 4.1.2)
}
_LOOKS = 50  # 5 ms: a host that reads takes a packet within 1 ms
_LOOK_US = 100


class Console:
    """Writes lines to a chip's console; drops what a host does not take."""

    def __init__(self, chip):
        """`chip`: as board.json names it. One without USB has a UART, which takes everything."""
        self._port = _PORTS.get(chip)
        self._deaf = False  # the host let a line wait: no line waits until one gets through again
        if self._port:
            from machine import mem32

            self._registers = mem32

    def write(self, line):
        """Write a line, or drop the rest of it: a host that does not read costs 5 ms, once.

        The line goes between two ends of line, as half of another may lie before it.
        """
        if not self._port:
            sys.stdout.write("\n" + line + "\n")
            return
        data = memoryview(("\r\n" + line + "\r\n").encode())
        step = self._port[3]
        for at in range(0, len(data), step):
            if not self._taken():
                self._deaf = True
                return
            sys.stdout.buffer.write(data[at : at + step])
        self._deaf = False

    def _taken(self):
        register, bit, taken, _ = self._port
        looks = 0 if self._deaf else _LOOKS
        while self._registers[register] >> bit & 1 != taken:
            if not looks:
                return False
            looks -= 1
            time.sleep_us(_LOOK_US)
        return True
