"""MicroPython onto a bare board, and a whole device as one file."""
