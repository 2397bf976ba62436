"""What a survey must say of a card, worked out from the card's side of the talk."""

from oracle import KEY

OK = b"\x90\x00"
# What a token says: kind of card, and how many keys are asked at most.
TOKENS = {
    b"JPKIAPICCTOKEN2": ("my_number_card", 99),
    b"JPKIAPGPSETOKEN": ("phone_android", 2),
    b"JPKIAPIOSTOKEN": ("phone_ios", 2),
    b"JPKIAPICCTOKEN": ("juki_card", 0),
}
OFF = b"\x62\x83"
NO_SUCH = (b"\x6a\x82", b"\x6a\x83", b"\x6a\x88")

JPKI = bytes.fromhex(KEY["sign"]["aid"])
# What is left below its floor shows a wrong entry; without one, 2 left are few.
FLOORS = {id: row.get("floor", 3) for id, row in KEY.items()}
# key -> (AID, EF, tries where they are known for sure)
TABLE = {
    id: (bytes.fromhex(row["aid"]), int(row["ef"], 16), row["max"]) for id, row in KEY.items()
}
BY_DESIGN = tuple(id for id, row in KEY.items() if "by_design" in row)


def _meaning(word, most, floor):
    if len(word) == 2 and word[0] == 0x63 and 0xC0 <= word[1] <= 0xCF:
        left = word[1] - 0xC0
        if most is not None and left > most:
            return "ok", left, None
        if left < 2:
            return ("locked", "last")[left], left, most
        full = left == most if most is not None else left >= floor
        return ("ok" if full else "used"), left, most
    if word in (b"\x69\x84", b"\x69\x83"):
        return "locked", None, most
    if word == b"\x63\x00":
        return "unlimited", None, None
    if word == OK:
        return "not_reported", None, most
    return ("absent" if word in NO_SUCH else "unknown"), None, most


def _often(words):
    """What is told by answers that tell no counter, if four in a row do."""
    none = [word in NO_SUCH for word in words]
    if none[-4:] == [True] * 4:
        return "absent"
    enough = none[-4:] == [False] * 4 or len(none) == 7 or words[-1] == OFF
    return "unknown" if enough else "asked too little"


class Oracle:
    """Reads a talk as the card's side saw it, knowing nothing of how a survey goes on."""

    def __init__(self, sent):
        self._reads = {}  # (AID, EF) -> its contents, as often as they were read
        self.words = {}  # (AID, EF) -> the answers to its query
        self.refused = {}  # AID or (AID, EF) -> the answers to its SELECT since it was 9000
        aid = ef = None
        before = None
        for command, answer in sent:
            if command[:4] == b"\x00\xa4\x04\x0c":
                name, aid, ef = command[5:], None, None
                self._selected(name, answer)
                aid = name if answer == OK else None
            elif command[:4] == b"\x00\xa4\x02\x0c":
                assert aid is not None, "an EF of no applet"
                name = (aid, command[5] << 8 | command[6])
                ef = name[1] if answer == OK else None
                self._selected(name, answer)
            elif command[1] == 0xB0:
                assert before[:4] == b"\x00\xa4\x02\x0c" and ef is not None
                whole = answer is not None and len(answer) >= 2 and answer[-2:] == OK
                if whole and len(answer) - 2 <= command[4]:
                    self._reads.setdefault((aid, ef), []).append(answer[:-2])
            elif command == b"\x00\x20\x00\x86":
                assert before == b"\x00\xa4\x04\x0c\x10" + TABLE["licence"][0] and aid
                self.words.setdefault((aid, 0x0006), []).append(answer)
            else:
                assert command == b"\x00\x20\x00\x80"
                assert before[:4] == b"\x00\xa4\x02\x0c" and ef is not None
                self.words.setdefault((aid, ef), []).append(answer)
            before = command

    def _selected(self, name, answer):
        if answer == OK:
            self.refused.pop(name, None)
        else:
            self.refused.setdefault(name, []).append(answer)

    def file(self, name, size=3):
        """What a file says; b"" if nothing. That a thing is not in use it has to say twice."""
        first, *again = self._reads.get(name, [b""])
        tells = first == b"\xc1\x01\x00" if name[1] == 0x001A else 0x00 in first[:2]
        if size and (len(first) != size or tells and again != [first]):
            return b""
        return first

    def finding(self, key, by_design):
        """What has to be said of a key."""
        aid, ef, most = TABLE[key]
        asked = (aid, ef) if key != "licence" else aid  # what was selected before its query
        words = self.words.get((aid, ef), [None])
        if words[-1] is not None and asked not in self.refused:
            found = _meaning(words[-1], most, FLOORS[key])
            if found[0] in ("absent", "unknown"):
                found = _often(words), None, most
        elif aid in self.refused or (aid, ef) in self.refused:
            found = _often(self.refused.get((aid, ef), self.refused.get(aid))), None, most
        else:
            return "unknown", None, most
        unset = self._unset(key)
        if unset:
            return unset, found[1], found[2]
        if found[0] == "absent" and key in ("sign", "auth", "licence") and aid not in self.refused:
            return "unknown", None, most  # its file does not say so
        if found[0] == "locked" and key in by_design:
            return "by_design", found[1], found[2]
        return found

    def _unset(self, key):
        certificates = self.file((JPKI, 0x0008))
        if key in ("sign", "auth") and len(certificates) == 3:
            return "not_issued" if certificates[key == "auth"] == 0x00 else None
        if key == "licence" and self.file((TABLE[key][0], 0x001A)) == b"\xc1\x01\x00":
            return "not_set"
        return None

    def was_answered(self, key):
        """Whether the card said anything of a key."""
        aid, ef, _ = TABLE[key]
        words = self.words.get((aid, ef), [None])
        return words[-1] is not None or aid in self.refused or (aid, ef) in self.refused

    def note(self, finding):
        """What has to be said besides: that its applet is off, or a file was not read."""
        aid = TABLE[finding.id][0]
        if self.refused.get(aid, [None])[-1] == OFF and finding.state == "unknown":
            return "deactivated"
        files = {"sign": (JPKI, 0x0008), "auth": (JPKI, 0x0008)}
        files["licence"] = (TABLE["licence"][0], 0x001A)
        unread = finding.id in files and not self.file(files[finding.id])
        return "unread" if unread and finding.state == "locked" else None

    def face(self):
        """Whether the certificates say "no signature": locks may then be by design."""
        return self.file((JPKI, 0x0008))[:1] == b"\x00"


def check(asked, sent, cards, findings, gone):
    """Assert that a survey said what it must.

    `asked`: the keys. `sent`: the talk, pairs of a command and its answer. `gone`: whether the
    card left. `cards`, `findings`: what the survey said.
    """
    oracle = Oracle(sent)
    if cards:
        (card,) = cards
        assert sorted([finding.id for finding in findings]) == sorted(card.keys)
        token = oracle.file((JPKI, 0x0006), None)
        if token:
            kind, most = TOKENS.get(token.rstrip(b" \x00"), ("newer", 0))
            assert (card.kind, len(card.keys)) == (kind, min(most, len(asked)))
        else:
            others = [aid for aid, _, _ in TABLE.values() if aid != JPKI]
            selected = [(c[5:], a) for c, a in sent if c[:4] == b"\x00\xa4\x04\x0c"]
            known = any(aid in others and a in (OK, OFF) for aid, a in selected)
            first = 0  # those of the token
            while first < len(selected) and selected[first][0] == JPKI:
                first += 1
            known = known or (JPKI, OFF) in selected[:first]
            assert card.kind == ("my_number_card" if known else "other_b")
            assert len(card.keys) == (len(asked) if known else 0)
    else:
        assert gone
        assert [finding.id for finding in findings] == [key.id for key in asked]
    four = {key: oracle.finding(key, ())[0] for key in BY_DESIGN}
    asked_all = bool(cards) and set(BY_DESIGN) <= set(cards[0].keys)
    by_design = ()
    if asked_all and oracle.face() and set(four.values()) == {"locked"}:
        by_design = BY_DESIGN
    told = {finding.id: finding.state for finding in findings}
    if gone and asked_all and oracle.face() and not by_design:
        answered = [key for key in BY_DESIGN if oracle.was_answered(key)]
        if len(answered) < len(BY_DESIGN) and {four[key] for key in answered} <= {"locked"}:
            # It could still have been either.
            assert {told[key] for key in BY_DESIGN} == {"unknown"}
    for finding in findings:
        expected = oracle.finding(finding.id, by_design)
        unanswered = gone and finding.state == "unknown" and finding.left is None
        assert tuple(finding)[1:4] == expected or unanswered, sent
        unasked = unanswered and finding.note is None
        assert finding.note == oracle.note(finding) or unasked, sent
