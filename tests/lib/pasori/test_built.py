"""All that the library can build: only what a reader may be told, and only what a card may get."""

from both import raises
from pasori import (
    HOST_DOES_ISO_DEP,
    READER_DOES_ISO_DEP,
    TYPE_A,
    TYPE_F,
    Port400,
    carried,
    port400,
)
from reader_script import ready

QUERY = b"\x00\x20\x00\x80"
# FF CA: the card's number; FF 5F: the reader's; FF 5C, FF 5D: for good. None of them is here.
NEVER = (0xCA, 0x5C, 0x5D, 0x5F)


def built(usb):
    """Return every message that a Port400 builds, by the name of its method."""
    found = {}
    for name in dir(Port400):
        if name.startswith("_") or name in ("receive", "answer", "cid"):
            continue
        if name == "flags":
            for flags in (READER_DOES_ISO_DEP, HOST_DOES_ISO_DEP):
                found["%s %04x" % (name, flags)] = Port400(usb).flags(flags)
        elif name == "sense":
            for kind in (TYPE_A, TYPE_F):
                found["%s %s" % (name, kind.hex())] = Port400(usb).sense(kind)
        elif name == "exchange_apdu":
            found[name] = ready(usb).exchange_apdu(QUERY)
        elif name == "exchange_block":
            block = b"\x02" + QUERY
            found[name] = ready(usb, HOST_DOES_ISO_DEP).exchange_block(block, 300_000)
        else:
            found[name] = getattr(Port400(usb), name)()
    return found


def test_only_these_commands_are_ever_built():
    for usb, ins in ((False, 0xC2), (True, 0x50)):
        messages = built(usb)
        assert len(messages) == 14, sorted(messages)
        heads = {}
        for name, message in messages.items():
            assert message[0] == (0x72 if name == "abort" else 0x6B)
            heads[name] = message[10:14]
        assert heads.pop("abort") == b""
        assert heads.pop("firmware_version") == b"\xff\x56\x00\x00"
        assert heads.pop("reset") == b"\xff\x55\x00\x00"
        for name, p2 in (("start", 0), ("end", 0), ("field_off", 0), ("field_on", 0)):
            assert heads.pop(name) == bytes((0xFF, ins, 0, p2))
        for name in ("activate_b", "sense 0003", "sense 0303"):
            assert heads.pop(name) == bytes((0xFF, ins, 0, 2))
        for name in tuple(heads):
            assert heads.pop(name) == bytes((0xFF, ins, 0, 1))


def test_no_number_is_ever_asked_for():
    for usb in (False, True):
        for name, message in built(usb).items():
            for ins in NEVER:
                assert bytes((0xFF, ins)) not in message, (name, ins)
    for usb in (False, True):  # nor through an APDU
        for ins in NEVER:
            raises(ValueError, ready(usb).exchange_apdu, bytes((0xFF, ins, 0x00, 0x00)))


def refused(carry, call, *args):
    """Call with another `carry` in the module; tell whether the message was refused."""
    right = port400.command.carry
    port400.command.carry = carry
    try:
        call(*args)
    except AssertionError:
        return True
    finally:
        port400.command.carry = right
    return False


def test_a_byte_behind_the_query_is_noticed_before_it_is_sent():
    right = port400.command.carry

    def longer_command(usb, data, timeout_us):
        return right(usb, data + b"\x00", timeout_us)

    def longer_length(usb, data, timeout_us):  # tag 95 swallows the reader's Le
        command = bytearray(right(usb, data, timeout_us))
        command[6 if usb else 4] += 1
        command[17 if usb else 13] += 1
        return bytes(command)

    def shorter(usb, data, timeout_us):
        return right(usb, data[:-1], timeout_us)

    def longer_le(usb, data, timeout_us):
        return right(usb, data, timeout_us) + b"\x00"

    for usb in (False, True):
        for wrong in (longer_command, longer_length, shorter, longer_le):
            assert refused(wrong, ready(usb).exchange_apdu, QUERY), wrong
            port = ready(usb, HOST_DOES_ISO_DEP)
            assert refused(wrong, port.exchange_block, b"\x02" + QUERY, 1), wrong
        assert not refused(right, ready(usb).exchange_apdu, QUERY)


def test_what_a_message_carries_is_what_it_was_given():
    for size in (4, 5, 6, 20, 127):
        apdu = b"\x00\xa4" + bytes(size - 2)
        assert carried(ready().exchange_apdu(apdu)) == apdu
        assert carried(ready(True).exchange_apdu(apdu)) == apdu
    apdu = b"\x00\xa4" + bytes(253)
    assert carried(ready(True).exchange_apdu(apdu)) == apdu
