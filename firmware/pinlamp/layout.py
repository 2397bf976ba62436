"""Which key has which lamp: the layouts for 12, 8, 5 and 1 lamps, as data.

Order as on the official 暗証番号記載票: ① sign ② auth ③ juki ④ text_pin, then the others. No
照合番号 is ever joined to ④: taking one for the other is the confusion this device is made for.
"""

# The keys in the order of their places, for layout 1 and its winks.
PLACES = (
    "sign",
    "auth",
    "juki",
    "text_pin",
    "visual_b",
    "text_b",
    "common",
    "visual_a",
    "text_a",
    "visual_birth",
    "licence",
)

# Keys of each lamp, from the first pixel on. Behind them comes the overall lamp, except in
# layout 5, where the last lamp shows the device's states too.
LAYOUTS = {
    12: tuple([(key,) for key in PLACES]),
    8: (
        ("sign",),
        ("auth",),
        ("juki", "common"),
        ("text_pin",),
        ("visual_b",),
        ("text_b",),
        ("visual_a", "text_a", "visual_birth"),
    ),
    5: (
        ("sign",),
        ("auth",),
        ("juki", "common"),
        ("text_pin",),
        ("visual_b", "text_b", "visual_a", "text_a", "visual_birth"),
    ),
    1: (),
}


def hidden(layout, keys):
    """Return those of the key ids that have no lamp in a layout; it is to be refused then.

    Layout 1 hides none: its lamp is the worst of all, and the button steps through them.
    """
    if layout == 1:
        return []
    return [key for key in keys if not any(key in group for group in LAYOUTS[layout])]
