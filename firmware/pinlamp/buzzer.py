"""The buzzer: one short sound after a read card, two for "again, please" and a wrong card."""

from micropython import const

_HALF = const(32768)  # duty_u16 of a square wave
_SOUND_MS = const(80)


class Buzzer:
    """A passive buzzer on a PWM pin."""

    def __init__(self, pwm, clock):
        """`pwm`: `machine.PWM` set to the buzzer's frequency, or None for silence."""
        self._pwm = pwm
        self._clock = clock

    async def sound(self, times):
        """Give `times` short sounds; return after the last one."""
        if self._pwm is None:
            return
        for i in range(times):
            if i:
                await self._clock.sleep_ms(_SOUND_MS)
            self._pwm.duty_u16(_HALF)
            try:
                await self._clock.sleep_ms(_SOUND_MS)
            finally:
                self._pwm.duty_u16(0)
