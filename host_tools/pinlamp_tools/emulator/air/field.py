"""The antenna: which cards lie in the field, and how they answer a frame.

A card needs 5 ms of field before it hears anything, and loses its state only after 5 ms without
it. So a reader that is too quick fails here as it would fail with a real card. When two cards
answer at once, the check bytes of the frame are wrong.
"""

START_US = 5_000  # field before the first frame (docs/pn532.md)
OFF_US = 5_000  # field off until every card has forgotten (docs/pn532.md)
# For `lift_after`, to pull a card during a survey. A whole survey takes some 60 frames, so frame
# 20 from its beginning is always inside; a survey under way may have few frames left.
PULL_AFTER_FRAMES = 20
PULL_NOW_FRAMES = 1


class Field:
    """The reader's field. `now_us` is the chip's clock; the chip advances it."""

    def __init__(self) -> None:
        """Make an empty field, switched off."""
        self.now_us = 0
        self.on = False
        self.changes = 0  # grows whenever a card is lifted or the field goes off
        self._here = []  # [card, the time at which it got power, or None]
        self._ever = []
        self._forgotten = 0
        self._off_at = -OFF_US
        self._frames_left = None
        self._bytes_left = None

    @property
    def cards(self) -> list:
        """The cards in the field."""
        return [entry[0] for entry in self._here]

    @property
    def presented(self) -> int:
        """PINs presented, summed over all cards that ever lay here."""
        return self._forgotten + sum(card.presented for card in self._ever)

    def put(self, cards) -> None:
        """Lay `cards` (a list) beside those already here."""
        for card in cards:
            if card not in self._ever:
                self._ever.append(card)
            if self.on:
                card.power_on()
            self._here.append([card, self.now_us if self.on else None])

    def forget(self) -> None:
        """Forget the lifted cards; the PINs presented to them stay counted."""
        here = self.cards
        gone = [card for card in self._ever if card not in here]
        self._forgotten += sum([card.presented for card in gone])
        self._ever = here

    def lift(self) -> None:
        """Take every card away at once."""
        self._frames_left = None
        self._bytes_left = None
        self.changes += 1
        for entry in self._here:
            entry[0].power_off()
        self._here = []

    def lift_after(self, frames: int) -> None:
        """Take every card away after `frames` more frames and their answers."""
        self._frames_left = frames

    def lift_at_byte(self, number: int) -> None:
        """Take every card away at a byte on the air, counted from now and 0 in both directions."""
        self._bytes_left = number

    def switch(self, on: bool) -> None:
        """Switch the field on or off, at `now_us`."""
        if on == self.on:
            return
        self.on = on
        if not on:
            self._off_at = self.now_us
            self.changes += 1
            return
        forgotten = self.now_us - self._off_at >= OFF_US
        for entry in self._here:
            if forgotten or entry[1] is None:
                entry[0].power_on()
                entry[1] = self.now_us

    def transmit(self, frame: bytes, kind: str):
        """Send `frame` (with its CRC) to the cards of `kind` "A", "B" or "F".

        Returns (answer or None, the time in µs until the answer begins).
        """
        answer = None
        delay_us = 0
        if self._bytes_left is not None and self._air(frame):
            return None, 0
        for card in self._hearing(kind):
            reply = card.receive(frame)
            if reply is None:
                continue
            delay_us = max(delay_us, card.delay_us)
            answer = reply if answer is None else _collided(answer, reply)
        if self._bytes_left is not None and answer is not None:
            self._air(answer)
        return answer, delay_us

    def _air(self, frame):
        # Count the bytes of a frame; if the lift falls within it, lift the cards and tell.
        if self._bytes_left < len(frame):
            self.lift()
            return True
        self._bytes_left -= len(frame)
        return False

    def sense(self, kind: str) -> list:
        """Return the cards of `kind` that hear a request now (Type A and F, report level)."""
        return self._hearing(kind)

    def _hearing(self, kind):
        if not self.on:
            return []
        hearing = []
        for card, since in self._here:
            if card.kind == kind and self.now_us - since >= START_US:
                hearing.append(card)
        if hearing and self._frames_left is not None:
            if not self._frames_left:
                self.lift()
                return []
            self._frames_left -= 1
        return hearing


def _collided(one, other):
    # Two signals on one carrier: nobody can read them, and the check bytes never fit.
    mixed = bytearray(max(one, other, key=len))
    for i, byte in enumerate(min(one, other, key=len)):
        mixed[i] |= byte
    mixed[-1] ^= 0x5A
    return bytes(mixed)
