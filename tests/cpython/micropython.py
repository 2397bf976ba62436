"""`micropython` for CPython: host tests can then import firmware modules that need no machine."""


def const(value):
    """Return `value`; under MicroPython the compiler puts it in place of the name."""
    return value
