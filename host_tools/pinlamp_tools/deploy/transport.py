"""mpremote's transport, with an end to a device that floods, trickles, or does not read."""

from __future__ import annotations

import time
from typing import Any

from mpremote import transport_serial
from mpremote.transport_serial import SerialTransport

from .port import DeviceError

# It prints what it did not expect to standard output, which may be a program's: --json.
vars(transport_serial)["print"] = lambda *words, **how: None

_MOST = 1 << 17  # bytes of one answer; the list of a full device has some 20 KB
_WRITE_S = 10.0  # for a device that does not read


class TakeError(Exception):
    """The receiver of a device's output has failed, not the device: `error` is its exception."""

    def __init__(self, error: Exception) -> None:
        """`error`: what the receiver raised."""
        super().__init__()
        self.error = error


class Limit:
    """All answers of the device at a port; the time between them, a person's, does not count."""

    def __init__(self, port: str, seconds: float) -> None:
        """`seconds`: for all answers together."""
        self._port = port
        self._left_s = seconds
        self._bytes = 0
        self._since: float | None = None

    def begin(self) -> None:
        """Begin with one answer."""
        self.end()
        self._bytes = 0
        self._since = time.monotonic()

    def end(self) -> None:
        """Stop the clock."""
        if self._since is not None:
            self._left_s -= time.monotonic() - self._since
            self._since = None

    def take(self, count: int) -> None:
        """Take so many bytes more; DeviceError over the limit."""
        self._bytes += count
        now = time.monotonic()
        if self._bytes > _MOST or (self._since is not None and now - self._since > self._left_s):
            raise DeviceError(
                f"the device at {self._port} does not come to an end: is it the right port? Unplug"
                " it, plug it in again, and repeat the command"
            )


class Transport(SerialTransport):  # type: ignore[misc]  # mpremote has no types
    """Gives up on a device that says something else for ever: one that restarted says `alive`."""

    serial: Any

    def __init__(self, name: str, timeout: float, limit: Limit) -> None:
        """Open port `name`; `timeout` of a read in s. Raises TransportError, OSError."""
        super().__init__(name, timeout=timeout)
        port = self.serial
        port.write_timeout = _WRITE_S
        read, waiting = port.read, port.inWaiting

        def limited(size: int = 1) -> bytes:
            data = bytes(read(size))
            limit.take(len(data))
            return data

        def limited_waiting() -> int:
            limit.take(0)
            return int(waiting())

        # Each byte that mpremote reads comes by these two.
        port.read, port.inWaiting = limited, limited_waiting

    def read_until(
        self,
        min_num_bytes: int,
        ending: bytes,
        timeout: float | None = 10,
        data_consumer: Any = None,
        timeout_overall: float | None = None,
    ) -> Any:
        """Read as mpremote does, in at most twice the time that it waits for a byte."""
        if timeout_overall is None and timeout is not None and data_consumer is None:
            timeout_overall = 2 * timeout
        return super().read_until(min_num_bytes, ending, timeout, data_consumer, timeout_overall)
