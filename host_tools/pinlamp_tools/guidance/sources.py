"""Where the guidance's statements come from, how well each is known, and when it was checked.

The sources are data, in sources.json: a name, its text in each language, `checked` (a date) and
`grade`, one of GRADES. An entry of the guidance has their names. Runs under MicroPython too.
"""

# W several independent implementations; S one source, named; I inferred; ? open.
GRADES = ("W", "S", "I", "?")
_MONTHS = 6  # after so many without a check the reader is told


def join(data, sources, clerk, lang):
    """Put into `data`, one language's guidance, what both languages share; return it.

    `sources`: those that the entries name. `clerk`: the clerk's part of the slip.
    """
    data["lang"] = lang
    data["clerk"] = clerk
    data["sources"] = {
        name: {"text": one[lang], "grade": one["grade"], "checked": one["checked"]}
        for name, one in sources.items()
    }
    return data


def told(data, names):
    """Return (texts with their grades, the date of the oldest check) of some sources."""
    found = [data["sources"][name] for name in names]
    texts = [one["text"] + " [" + one["grade"] + "]" for one in found]
    return texts, min([one["checked"] for one in found])


def due(checked):
    """Return the last day, as ISO 8601 has it, on which what was `checked` then counts as new."""
    year, month, day = [int(part) for part in checked.split("-")]
    month += _MONTHS
    if month > 12:
        year, month = year + 1, month - 12
    return f"{year:04}-{month:02}-{day:02}"  # 02-31 comes before 03-01: good enough


def old(data, checked, today):
    """Return the sentence for what was `checked` too long ago; an empty one if it was not."""
    return data["old"].replace("{checked}", checked) if today > due(checked) else ""
