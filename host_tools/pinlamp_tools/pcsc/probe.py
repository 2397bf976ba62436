"""`python -m pinlamp_tools.pcsc.probe READER`: ends as soon as a card's transaction can begin.

pcsc-lite waits for another program's transaction for ever, and pyscard holds Python's lock
meanwhile; so it is tried in a process of its own, which can be ended.
"""

import sys

from smartcard import scard


def main(name: str) -> None:
    """Begin and end a transaction with the card on the reader `name`."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    shared, any_protocol = scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_ANY
    code, card, _ = scard.SCardConnect(context, name, shared, any_protocol)
    if code == scard.SCARD_S_SUCCESS:
        scard.SCardBeginTransaction(card)
        scard.SCardEndTransaction(card, scard.SCARD_LEAVE_CARD)
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


if __name__ == "__main__":
    main(sys.argv[1])
