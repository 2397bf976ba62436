"""Boards as data: what they may be, how they are shown, wired and labelled."""
