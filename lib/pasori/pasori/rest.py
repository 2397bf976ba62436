"""Times that have to pass, and the clock that tells when they have."""

TYPE_CHECKING = False  # type checkers take it for true; a device has no typing module
if TYPE_CHECKING:
    from typing import Protocol

    class Clock(Protocol):
        """Milliseconds that wrap around, as MicroPython's `time` and `asyncio` have them."""

        def ticks_ms(self) -> int:
            """Return the time now."""

        def ticks_add(self, ticks: int, delta: int) -> int:
            """Return `ticks` later by `delta`."""

        def ticks_diff(self, end: int, start: int) -> int:
            """Return `end` less `start`."""

        async def sleep_ms(self, ms: int) -> None:
            """Let others run for `ms`."""


class Rest:
    """A time that has to pass before something may be done again."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock
        self._ms = 0
        self._over_at = 0

    def begin(self, ms: int) -> None:
        """Let `ms` pass from now."""
        self._ms = ms
        self._over_at = self._clock.ticks_add(self._clock.ticks_ms(), ms)

    async def over(self) -> None:
        """Wait until it is over."""
        left = self._clock.ticks_diff(self._over_at, self._clock.ticks_ms())
        if 0 < left <= self._ms:  # else it was days ago: ticks wrap around
            await self._clock.sleep_ms(left)


def own_clock(clock: "Clock | None") -> "Clock":
    """Return `clock`, or MicroPython's own for None."""
    if clock is None:
        from . import clock as own

        return own  # type: ignore[return-value, unused-ignore]  # its stub has ticks of its own
    return clock
