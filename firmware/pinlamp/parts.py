"""The parts of a device, assembled once and passed on as one."""

from collections import namedtuple

#: board       its `name` and `link_kind`: `board.Board`
#: config      the settings: `settings.Settings`
#: lamps       `lamps.Lamps`
#: chip        behind the reader: `pn532.PN532`, or what stands in its place
#: buzzer      `buzzer.Buzzer`
#: button      `button.Button`
#: events      writes the events: `events.Events`
#: watchdog    `feed()` it at least every 8 s: `watchdog.Watchdog`
Parts = namedtuple(
    "Parts", ("board", "config", "lamps", "chip", "buzzer", "button", "events", "watchdog")
)
