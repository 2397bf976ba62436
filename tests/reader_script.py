"""What a Port-400 reader says, for the tests of `pasori`. Runs under CPython and MicroPython.

OK is its tag C0 for success; ATR one of a made-up card; `says` makes a message.
"""

from pasori import READER_DOES_ISO_DEP, Port400

OK = "C003009000"
PROTOCOL = "0081B1"


def atr(application="00000000", protocol=PROTOCOL):
    """Return tag 5F51 of a card of Type B."""
    body = bytes.fromhex("888001" + application + protocol + "00")
    tck = 0
    for byte in body:
        tck ^= byte
    return "5F510D3B" + body.hex() + "%02x" % tck


ATR = atr()


def says(text, seq, sw="9000", status=0x02, error=0, kind=0x83):
    """Return the reader's message with data given as hex digits."""
    data = bytes.fromhex((text + sw).replace(" ", ""))
    head = bytes((kind, len(data) & 0xFF, len(data) >> 8, 0, 0, 0, seq, status, error, 0))
    return head + data


def data_of(message):
    """Return what a request carries, as hex digits."""
    return message[10:].hex()


def ask(port, message, text, sw="9000"):
    """Let the reader answer a request at once; return the port's answer."""
    assert port.receive(says(text, message[6], sw)) is True
    return port.answer


def ready(usb=False, flags=READER_DOES_ISO_DEP):
    """Return a Port400 with a card, as far as an exchange."""
    port = Port400(usb)
    for message in (port.end, port.start):
        ask(port, message(), OK)
    ask(port, port.activate_b(), OK + ATR)
    ask(port, port.flags(flags), OK)
    ask(port, port.field_on(), OK)
    return port


class Reader:
    """An RC-S660/S with a card: answers messages, as far as the published session goes.

    `transmit` takes an APDU to the card. The card comes at the third look.
    """

    def __init__(self, transmit):
        self._transmit = transmit
        self._looks = 0
        self.commands = []

    def answer(self, message):
        """Return the message that answers a request, or None for an abort."""
        if message[0] == 0x72:
            return None
        command = bytes(message[10:])
        self.commands.append(command)
        text = OK
        if command[:4] == b"\xff\xc2\x00\x02":
            assert command[4:] == bytes.fromhex("048f02010400")
            self._looks += 1
            text = OK + ATR if self._looks == 3 else "C003016401"
        elif command[:4] == b"\xff\xc2\x00\x01" and command[5] != 0x90:
            size = command[13]
            assert command[5:8] == b"\x5f\x46\x04" and command[12] == 0x95
            assert command[4] == 9 + size and command[14 + size :] == b"\x00"
            answer = self._transmit(command[14 : 14 + size])
            text = OK + "920100" + "96020000" + "9782%04x" % len(answer) + answer.hex()
        return says(text, message[6])
