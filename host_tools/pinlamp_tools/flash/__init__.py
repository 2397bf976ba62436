"""Puts MicroPython onto a bare board, and makes a whole device in one file."""
