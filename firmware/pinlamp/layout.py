"""Which key has which lamp: the layouts for 12, 8, 5 and 1 lamps, as one table.

Order as on the official 暗証番号記載票: ① sign ② auth ③ juki ④ text_pin, then the others. No
照合番号 ever shares a lamp with ④: people confuse the two, and this device exists to end that.
"""

LAYOUTS = (12, 8, 5, 1)
OVERALL = "overall"

# One row for each key: its id, then the number of its lamp in layouts 12, 8 and 5, or None for no
# lamp. Keys with the same number share that lamp. The order of the rows gives each key's place,
# which layout 1 winks.
LAMPS = (
    ("sign", 1, 1, 1),
    ("auth", 2, 2, 2),
    ("juki", 3, 3, 3),
    ("text_pin", 4, 4, 4),
    ("visual_b", 5, 5, 5),
    ("text_b", 6, 6, 5),
    ("common", 7, 3, 3),
    ("visual_a", 8, 7, 5),
    ("text_a", 9, 7, 5),
    ("visual_birth", 10, 7, 5),
    ("licence", 11, None, None),
)
PLACES = tuple([row[0] for row in LAMPS])


def lamps(layout):
    """Return the key ids of each lamp, from the first one on; the last one is `(OVERALL,)`.

    Layout 5 has no overall lamp: its last lamp shows the device's states too. Layout 1 has that
    lamp alone.
    """
    if layout == 1:
        return ((OVERALL,),)
    column = 1 + LAYOUTS.index(layout)
    keys = range(1, layout if layout != 5 else layout + 1)
    found = [tuple([row[0] for row in LAMPS if row[column] == lamp]) for lamp in keys]
    return tuple(found if layout == 5 else found + [(OVERALL,)])


def hidden(layout, keys):
    """Return the key ids that have no lamp in a layout; the settings must refuse that layout.

    Layout 1 hides none: its lamp shows the worst key, and the button steps through all.
    """
    shown = PLACES if layout == 1 else [key for lamp in lamps(layout) for key in lamp]
    return [key for key in keys if key not in shown]
