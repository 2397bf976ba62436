"""Survey the card on the first PC/SC reader. Needs pyscard, and a card that lies there.

Opened exclusively: between two commands of a survey no other program may select another applet.
"""

from smartcard.CardConnection import CardConnection
from smartcard.Exceptions import CardConnectionException
from smartcard.scard import SCARD_SHARE_EXCLUSIVE
from smartcard.System import readers

from mynacard import Finding, Session, default_keys


def main():
    """Print what the card says of each key."""
    connection = readers()[0].createConnection()
    connection.connect(CardConnection.T1_protocol, mode=SCARD_SHARE_EXCLUSIVE)

    def exchange(command):
        try:
            data, sw1, sw2 = connection.transmit(list(command))
        except CardConnectionException:
            return None  # the card is away
        return bytes([*data, sw1, sw2])

    session = Session(default_keys())
    while session.command:
        for item in session.answer(exchange(session.command)):
            if isinstance(item, Finding):
                print(item.id, item.state, item.left)
            else:
                print(item.kind)
    connection.disconnect()


main()
