"""ISO 7816-4 command APDUs that a survey sends, and the data field of an answer.

The JPKI implementations in use (myna, OpenSC) send the same bytes [W]. Nothing here carries a
PIN: a VERIFY exists only in the form without a command data field.
"""

# VERIFY, case 1 (no Lc, no Le, no data): JICSAP 2.0 §6.4.9(5) defines it as a question for the
# retry counter that costs no try. One byte more might turn it into a try, so it is four bytes.
QUERY = b"\x00\x20\x00\x80"

SW_OK = b"\x90\x00"  # normal processing (ISO 7816-4)
# To SELECT: the file is there, but deactivated (ISO 7816-4; JICSAP: DF closed). [I] for this card.
SW_DEACTIVATED = b"\x62\x83"


def select_df(aid: bytes) -> bytes:
    """Return SELECT DF by its full AID (5–16 bytes), asking for no answer data, no Le."""
    return b"\x00\xa4\x04\x0c" + bytes((len(aid),)) + aid


def select_ef(ef: int) -> bytes:
    """Return SELECT EF by its 16-bit file identifier, asking for no answer data, no Le."""
    return b"\x00\xa4\x02\x0c\x02" + bytes((ef >> 8, ef & 0xFF))


def query_short(ef: int) -> bytes:
    """Return the question for a retry counter by short EF identifier, the low 5 bits of `ef`.

    Only the licence applet is known to take it as a question [S DLC].
    """
    return b"\x00\x20\x00" + bytes((0x80 | ef & 0x1F,))


def read_binary(length: int) -> bytes:
    """Return READ BINARY of the first `length` bytes (1–255) of the selected EF."""
    return b"\x00\xb0\x00\x00" + bytes((length,))


def data_of(answer: "bytes | memoryview") -> "bytes | memoryview | None":
    """Return the data field of an answer that ends in 9000, or None for any other answer.

    It is a part of `answer`: of a memoryview nothing is copied.
    """
    if len(answer) < 2 or answer[-2:] != SW_OK:
        return None
    return answer[:-2]
