"""A byte on a serial line: ten bits at the sender's speed, seen by a receiver at its own.

Equal speeds leave a byte unchanged. Otherwise the receiver does as a UART does: it looks for a
start bit, samples in the middle of each of its own bit times, and takes the result, even with a
wrong stop bit.
"""


def byte_us(count: int, baudrate: int) -> int:
    """Return the time of `count` bytes (8N1) in µs."""
    return count * 10_000_000 // baudrate


def heard(data: bytes, sent_at: int, heard_at: int) -> bytes:
    """Return what a receiver at `heard_at` baud makes of `data` sent at `sent_at` baud."""
    if sent_at == heard_at:
        return data
    bits = []
    for byte in data:
        bits.append(0)
        bits.extend([byte >> i & 1 for i in range(8)])
        bits.append(1)
    # The unit of time: a sender's bit lasts 2 * heard_at of it, a receiver's 2 * sent_at.
    sent = 2 * heard_at
    end = len(bits) * sent
    received = bytearray()
    now = 0
    while now < end:
        if bits[now // sent]:
            now = (now // sent + 1) * sent
            continue
        byte = 0
        for i in range(8):
            middle = now + (2 * i + 3) * sent_at
            byte |= (bits[middle // sent] if middle < end else 1) << i
        received.append(byte)
        now += 19 * sent_at  # the middle of the receiver's stop bit
    return bytes(received)


def rising_edges(byte: int) -> int:
    """Return how often the line goes from low to high while `byte` passes."""
    level = 0  # the start bit
    edges = 0
    for i in range(8):
        bit = byte >> i & 1
        edges += bit and not level
        level = bit
    return edges + (not level)  # the stop bit
