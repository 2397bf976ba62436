"""Recordings of real cards: made on any reader, exported for Wireshark, and summed up."""
