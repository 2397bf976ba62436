"""The PINs of a Japanese My Number Card, asked for without presenting one.

No I/O: `survey` yields commands and takes answers, `gate` says which commands may go to a card,
`keys` is the table both work from. The same files run under MicroPython and CPython.
"""

__version__ = "0.1.0"
