"""What InListPassiveTarget finds: one record a card, cut from the answer `4B n Tg …`.

The records hold identifiers (PUPI, NFCID, IDm), unless they are `anonymous`: zeros then stand in
their places, in the answer too, which is overwritten before anything is cut from it. A copy would
stay in a microcontroller's memory for long.
"""

from collections import namedtuple

#: A Type A card. `tg`: the chip's number for it, 1 or 2. `sens_res`: ATQA, `sel_res`: SAK, as int.
#: `nfcid`: UID of 4, 7 or 10 bytes. `ats`: without its length byte; empty without ISO 14443-4.
TargetA = namedtuple("TargetA", ("tg", "sens_res", "sel_res", "nfcid", "ats"))

#: A Type F card. `tg` as above. `pol_res`: 18 or 20 bytes, length and response code included.
TargetF = namedtuple("TargetF", ("tg", "pol_res"))


class TargetB(namedtuple("TargetB", ("tg", "atqb", "attrib_res"))):
    """A Type B card.

    tg          the chip's number for it, 1 or 2
    atqb        12 bytes: 50, PUPI (4), application data (4), protocol info (3)
    attrib_res  answer to ATTRIB
    """

    @property
    def cid(self) -> bool:
        """Whether the card supports CIDs (ISO 14443-3, 7.9.4.4: protocol info, bit 1)."""
        return bool(self.atqb[11] & 0x01)

    @property
    def fwi(self) -> int:
        """Frame waiting time integer, 0–14: the card may take 302 µs × 2**fwi to answer."""
        return self.atqb[11] >> 4


def targets_a(data: memoryview, anonymous: bool = False) -> "list[TargetA]":
    """Return the cards in a Type A answer. Raises ValueError if it is damaged."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 5)
        end = at + 5 + data[at + 4]
        nfcid = _cut(data, at + 5, end, anonymous)
        ats = b""
        if data[at + 3] & 0x20:  # SAK bit 6: ISO 14443-4, so an ATS follows, length first
            _need(data, end + 1)
            ats = _cut(data, end + 1, end + data[end], anonymous)
            end += data[end]
        sens_res = data[at + 1] << 8 | data[at + 2]
        targets.append(TargetA(_tg(data[at]), sens_res, data[at + 3], nfcid, ats))
        at = end
    return targets


def targets_b(data: memoryview, anonymous: bool = False) -> "list[TargetB]":
    """Return the cards in a Type B answer. Raises ValueError if it is damaged."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 14)
        end = at + 14 + data[at + 13]
        attrib_res = _cut(data, at + 14, end, anonymous)
        if anonymous:  # all but the protocol info
            data[at + 2 : at + 10] = bytes(8)
        targets.append(TargetB(_tg(data[at]), bytes(data[at + 1 : at + 13]), attrib_res))
        at = end
    return targets


def targets_f(data: memoryview, anonymous: bool = False) -> "list[TargetF]":
    """Return the cards in a Type F answer. Raises ValueError if it is damaged."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 2)
        end = at + 1 + data[at + 1]
        targets.append(TargetF(_tg(data[at]), _cut(data, at + 1, end, anonymous)))
        at = end
    return targets


def _tg(number: int) -> int:
    if not 1 <= number <= 2:
        raise ValueError("InListPassiveTarget's answer has a target %d" % number)
    return number


def _cut(data: memoryview, start: int, end: int, anonymous: bool) -> bytes:
    _need(data, end)
    if anonymous and start < end:
        data[start:end] = bytes(end - start)
    return bytes(data[start:end])


def _need(data: memoryview, size: int) -> None:
    if len(data) < size:
        raise ValueError("InListPassiveTarget's answer is cut short")
