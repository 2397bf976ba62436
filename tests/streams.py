"""What the decoder makes of a stream of bytes, and what it may make of it."""

from both import frame
from pn532 import frame as frames

WHATS = {frames.IS_ACK, frames.IS_NACK, frames.IS_ERROR, frames.IS_ANSWER, frames.IS_CORRUPT}


def extended(pd):
    """The extended form of an answer that need not have it."""
    high, low = (len(pd) + 1) >> 8, (len(pd) + 1) & 0xFF
    head = b"\x00\xff\xff\xff" + bytes((high, low, -(high + low) & 0xFF))
    return head + b"\xd5" + pd + bytes((-(0xD5 + sum(pd)) & 0xFF,))


def decoded(chunks):
    """Return all (what, data) that a decoder finds in the chunks."""
    decoder = frames.Decoder()
    found = []
    for chunk in chunks:
        decoder.push(chunk)
        while True:
            item = decoder.next()
            if item is None:
                assert decoder.missing > 0
                break
            found.append((item[0], bytes(item[1])))
            assert len(found) <= sum(map(len, chunks)), "it does not get on"
    return found


def check(stream):
    """Assert that nothing is an answer but what stands in the stream with right sums."""
    for what, pd in decoded([stream[i : i + 200] for i in range(0, len(stream), 200)]):
        assert what in WHATS
        if what == frames.IS_ANSWER:
            # Written anew by hand, sums and all, it has to stand in the stream.
            short = frame(0xD5, pd)[1:-1] if len(pd) <= 254 else None
            assert short is not None and short in stream or extended(pd) in stream
        else:
            assert pd == b""
