"""A recording of one tap: every exchange with the card as an event.

The device imports it only for a recording. Nothing in a recording can name a holder: the gate has
passed each command, and `redact` removes from an answer what does not belong there.
"""

from mynacard.redaction import redact


def recorder(reader, tell):
    """Return an `on_exchange` for `tap.run` that tells `activation` and `exchange` events.

    `tell(event)` takes them without their version. `reader`: its `fwi` is the found card's.
    """

    def on_exchange(command, answer, ms, first):
        if first:
            tell({"type": "activation", "fwi": reader.fwi})
        kept = redact(command, answer)
        tell(
            {
                "type": "exchange",
                "c": command.hex().upper(),
                "r": None if kept is None else kept.hex().upper(),
                "ms": ms,
            }
        )

    return on_exchange
