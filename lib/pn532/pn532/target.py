"""What InListPassiveTarget finds: one record a card, cut from the answer `4B n Tg …`.

The fields hold identifiers (PUPI, NFCID, IDm): it is for the caller to keep them or not.
"""

from collections import namedtuple

# tg: logical number 1 or 2. sens_res: int. sel_res: int. nfcid, ats: bytes (ats without length)
TargetA = namedtuple("TargetA", ("tg", "sens_res", "sel_res", "nfcid", "ats"))
# atqb: 12 bytes, 50 PUPI(4) application data(4) protocol info(3). attrib_res: bytes
TargetB = namedtuple("TargetB", ("tg", "atqb", "attrib_res"))
# pol_res: 18 or 20 bytes, length and response code included
TargetF = namedtuple("TargetF", ("tg", "pol_res"))


def targets_a(data):
    """Cut up the Type A answer. Returns a list; raises ValueError if it is cut short."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 5)
        end = at + 5 + data[at + 4]
        _need(data, end)
        nfcid = bytes(data[at + 5 : end])
        ats = b""
        if data[at + 3] & 0x20:  # SAK bit 6: ISO 14443-4, so an ATS follows, length first
            _need(data, end + 1)
            _need(data, end + data[end])
            ats = bytes(data[end + 1 : end + data[end]])
            end += data[end]
        sens_res = data[at + 1] << 8 | data[at + 2]
        targets.append(TargetA(data[at], sens_res, data[at + 3], nfcid, ats))
        at = end
    return targets


def targets_b(data):
    """Cut up the Type B answer. Returns a list; raises ValueError if it is cut short."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 14)
        end = at + 14 + data[at + 13]
        _need(data, end)
        targets.append(
            TargetB(data[at], bytes(data[at + 1 : at + 13]), bytes(data[at + 14 : end]))
        )
        at = end
    return targets


def targets_f(data):
    """Cut up the Type F answer. Returns a list; raises ValueError if it is cut short."""
    targets = []
    at = 1
    for _ in range(data[0]):
        _need(data, at + 2)
        end = at + 1 + data[at + 1]
        _need(data, end)
        targets.append(TargetF(data[at], bytes(data[at + 1 : end])))
        at = end
    return targets


def _need(data, size):
    if len(data) < size:
        raise ValueError("InListPassiveTarget's answer is cut short")
