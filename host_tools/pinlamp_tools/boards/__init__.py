"""Boards: what is on which pin, the rules for that, and most of `pinlamp board`."""
