"""Recordings of real cards: made on any reader, exported for Wireshark, summed up in reports."""
