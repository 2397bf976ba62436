"""Listens to a device's console in a thread: its events, and when its port comes and goes."""

from __future__ import annotations

import queue
import threading
import time
from typing import Any

from ..deploy.port import DeviceError
from ..show import cable
from ..watch.console import Console

_POLL_S = 0.1
_BACK_S = 10.0  # a device that starts anew is back by then
_CHANGES = {
    cable.LISTENING: "open",
    **dict.fromkeys((cable.NONE, cable.TAKEN, cable.DENIED, cable.BUSY), "gone"),
}


class Listener:
    """The console at `port`. Use as a context; each `wait` begins with what came last."""

    def __init__(self, port: str) -> None:
        """`port`: its name, also while it is not there."""
        self._port = port
        self._told: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Listener:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the port."""
        self._stopped.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                console = Console(self._port)
                break
            except DeviceError:  # it is away for a moment while it restarts
                time.sleep(_POLL_S)
        else:
            return
        console.listen(
            lambda event: self._told.put((str(event["type"]), event)),
            lambda state, port: self._told.put((_CHANGES.get(state, state), {})),
            self._stopped,
        )

    def wait(self, *kinds: str, seconds: float) -> dict[str, Any] | None:
        """Return the next event of these types, None if none comes in time.

        "open" and "gone" are events without content: the port has come, or gone. DeviceError if it
        goes unasked and stays away.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                kind, event = self._told.get(timeout=min(left, _POLL_S))
            except queue.Empty:
                continue
            if kind in kinds:
                return event
            if kind == "gone" and self.wait("open", "gone", seconds=_BACK_S) is None:
                raise DeviceError(
                    f"{self._port} went away: plug the device in, and begin again", cable.NONE
                )
        return None

    def forget(self) -> None:
        """Drop what came so far."""
        while not self._told.empty():
            self._told.get()
