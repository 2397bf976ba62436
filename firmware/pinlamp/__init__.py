"""The firmware of a Pinlamp: one tap, and every PIN of a My Number Card has its light."""

__version__ = "0.1.0"
