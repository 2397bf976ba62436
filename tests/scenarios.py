"""Scenarios of ISO/IEC 14443-4, as tables of blocks: for the host's side and for the card's.

Written by hand from the rules of 7.5, in the order that Annex B has [I]; PCBs without a CID.
A line is a block of the host and, behind ">", the card's answer. "x" instead of ">": the block
got lost or damaged on its way to the card. "> x": the answer did, on its way to the host. The
line "send COMMAND get ANSWER" begins an exchange, "probe" and "deselect" what their names say.
Both sides have frames for two bytes of INF. Runs under CPython and MicroPython.
"""

PLAIN = {  # Annex B, error-free operation
    "I-blocks": """
        send 0102 get 9000
        02 0102 > 02 9000
        send 0304 get 9001
        03 0304 > 03 9001
        send 05 get 9002
        02 05 > 02 9002
    """,
    "DESELECT": """
        send 0102 get 9000
        02 0102 > 02 9000
        deselect
        C2 > C2
    """,
    "the host chains": """
        send 0102030405 get 9000
        12 0102 > A2
        13 0304 > A3
        02 05 > 02 9000
        send 06 get 9000
        03 06 > 03 9000
    """,
    "the card chains": """
        send 0102 get 1122339000
        02 0102 > 12 1122
        A3 > 13 3390
        A2 > 02 00
        send 03 get 9000
        03 03 > 03 9000
    """,
    "both chain, each part full": """
        send 01020304 get 11229000
        12 0102 > A2
        03 0304 > 13 1122
        A2 > 02 9000
        send 05 get 9000
        03 05 > 03 9000
    """,
    "a probe first, between and after": """
        probe
        B2 > A3
        send 0102 get 9000
        02 0102 > 02 9000
        probe
        B3 > A2
        probe
        B3 > A2
        send 03 get 9000
        03 03 > 03 9000
        probe
        B2 > A3
        deselect
        C2 > C2
    """,
}

WITH_ERRORS = {  # Annex B, error handling
    "the first command lost": """
        send 0102 get 9000
        02 0102 x
        B2 > A3
        02 0102 > 02 9000
        send 03 get 9001
        03 03 > 03 9001
    """,
    "a later command lost": """
        send 0102 get 9000
        02 0102 > 02 9000
        send 03 get 9001
        03 03 x
        B3 > A2
        03 03 > 03 9001
    """,
    "an answer lost": """
        send 0102 get 9000
        02 0102 > x 02 9000
        B2 > 02 9000
        send 03 get 9001
        03 03 > 03 9001
    """,
    "a command and R(NAK) lost": """
        send 0102 get 9000
        02 0102 x
        B2 x
        B2 > A3
        02 0102 > 02 9000
    """,
    "a command and R(ACK) lost": """
        send 0102 get 9000
        02 0102 x
        B2 > x A3
        B2 > A3
        02 0102 > 02 9000
    """,
    "a command lost twice": """
        send 0102 get 9000
        02 0102 x
        B2 > A3
        02 0102 x
        B2 > A3
        02 0102 > 02 9000
    """,
    "an answer and R(NAK) lost": """
        send 0102 get 9000
        02 0102 > x 02 9000
        B2 x
        B2 > 02 9000
        send 03 get 9001
        03 03 > 03 9001
    """,
    "an answer lost twice": """
        send 0102 get 9000
        02 0102 > x 02 9000
        B2 > x 02 9000
        B2 > 02 9000
    """,
    "a command lost, then its answer": """
        send 0102 get 9000
        02 0102 x
        B2 > A3
        02 0102 > x 02 9000
        B2 > 02 9000
    """,
    "a probe lost, then its answer": """
        send 0102 get 9000
        02 0102 > 02 9000
        probe
        B3 x
        B3 > x A2
        B3 > A2
        send 03 get 9000
        03 03 > 03 9000
    """,
    "DESELECT lost": """
        deselect
        C2 x
        C2 > C2
    """,
    "the host chains, a part lost": """
        send 010203 get 9000
        12 0102 x
        B2 > A3
        12 0102 > A2
        03 03 > 03 9000
        send 04 get 9000
        02 04 > 02 9000
    """,
    "the host chains, R(ACK) lost": """
        send 010203 get 9000
        12 0102 > x A2
        B2 > A2
        03 03 > 03 9000
    """,
    "the host chains, R(ACK) and R(NAK) lost": """
        send 010203 get 9000
        12 0102 > x A2
        B2 x
        B2 > A2
        03 03 > 03 9000
    """,
    "the host chains, its last part lost": """
        send 010203 get 9000
        12 0102 > A2
        03 03 x
        B3 > A2
        03 03 > 03 9000
    """,
    "the host chains, the answer lost": """
        send 010203 get 9000
        12 0102 > A2
        03 03 > x 03 9000
        B3 > 03 9000
    """,
    "the card chains, its first part lost": """
        send 0102 get 11229000
        02 0102 > x 12 1122
        B2 > 12 1122
        A3 > 03 9000
    """,
    "the card chains, R(ACK) lost": """
        send 0102 get 1122334490
        02 0102 > 12 1122
        A3 x
        A3 > 13 3344
        A2 > 02 90
        send 03 get 9000
        03 03 > 03 9000
    """,
    "the card chains, a part lost": """
        send 0102 get 1122334490
        02 0102 > 12 1122
        A3 > x 13 3344
        A3 > 13 3344
        A2 > 02 90
    """,
    "the card chains, its last part and R(ACK) lost": """
        send 0102 get 11229000
        02 0102 > 12 1122
        A3 > x 03 9000
        A3 x
        A3 > 03 9000
        send 03 get 9000
        02 03 > 02 9000
    """,
}

WAITING = {  # with a card that asks for two waiting times before each answer
    "WTX": """
        send 0102 get 9000
        02 0102 > F2 02
        F2 02 > 02 9000
        send 03 get 9001
        03 03 > F2 02
        F2 02 > 03 9001
    """,
    "WTX, the command lost": """
        send 0102 get 9000
        02 0102 x
        B2 > A3
        02 0102 > F2 02
        F2 02 > 02 9000
    """,
    "WTX, its request lost": """
        send 0102 get 9000
        02 0102 > x F2 02
        B2 > F2 02
        F2 02 > 02 9000
    """,
    "WTX, its request and R(NAK) lost": """
        send 0102 get 9000
        02 0102 > x F2 02
        B2 x
        B2 > F2 02
        F2 02 > 02 9000
    """,
    "WTX, its response lost": """
        send 0102 get 9000
        02 0102 > F2 02
        F2 02 x
        B2 > F2 02
        F2 02 > 02 9000
        send 03 get 9001
        03 03 > F2 02
        F2 02 > 03 9001
    """,
    "WTX, its response and R(NAK) lost": """
        send 0102 get 9000
        02 0102 > F2 02
        F2 02 x
        B2 x
        B2 > F2 02
        F2 02 > 02 9000
    """,
    "WTX, the answer lost": """
        send 0102 get 9000
        02 0102 > F2 02
        F2 02 > x 02 9000
        B2 > 02 9000
        send 03 get 9001
        03 03 > F2 02
        F2 02 > 03 9001
    """,
    "WTX, the answer and R(NAK) lost": """
        send 0102 get 9000
        02 0102 > F2 02
        F2 02 > x 02 9000
        B2 x
        B2 > 02 9000
    """,
    "WTX, and the card chains": """
        send 0102 get 11229000
        02 0102 > F2 02
        F2 02 > 12 1122
        A3 > 03 9000
    """,
}

ALL = {}
for _table in (PLAIN, WITH_ERRORS, WAITING):
    ALL.update(_table)


def lines(text, cid=None):
    """Yield the lines of a scenario, each block with `cid` unless that is None.

    Either ("send", command, answer), ("probe",), ("deselect",), or (block, heard, answer, lost):
    the host's block, whether the card hears it, what the card answers, whether that gets lost.
    """
    for line in text.strip().split("\n"):
        words = line.split()
        if words[0] == "send":
            yield "send", bytes.fromhex(words[1]), bytes.fromhex(words[3])
        elif len(words) == 1:
            yield (words[0],)
        else:
            mark = 1 if words[1] in (">", "x") else 2
            block = _block(words[:mark], cid)
            heard = words[mark] == ">"
            rest = words[mark + 1 :]
            lost = rest[:1] == ["x"]
            yield block, heard, _block(rest[1:] if lost else rest, cid) if heard else None, lost


def _block(words, cid):
    block = bytes.fromhex("".join(words))
    return block if cid is None else bytes((block[0] | 0x08, cid)) + block[1:]
