"""The texts in a value of guidance or of a slip, however deep."""


def texts_in(value):
    """Yield each text in `value`: a text, or lists and dicts of such."""
    if isinstance(value, str):
        yield value
    elif value:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)
