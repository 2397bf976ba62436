"""MicroPython's `const`, and a stand-in for CPython, which has none.

MicroPython's compiler replaces names of constants by their values; under CPython they stay names.
"""

try:
    from micropython import const
except ImportError:  # CPython

    def const(value: int) -> int:
        """Return `value`."""
        return value


__all__ = ("const",)
