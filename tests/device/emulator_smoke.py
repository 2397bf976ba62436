"""Under MicroPython: every virtual card over the whole emulator, and one survey's worth of bytes.

Prints "ok" at the end; a failed assertion ends it with a traceback and status 1.
"""

from emulator_host import Host
from pinlamp_tools.emulator.card import cards

FINDS = {"other_b": "4A 01 03 00", "other_a": "4A 01 00", "other_f": "4A 01 01 00 FFFF 01 00"}

for name in [card.name for card in cards.CARDS]:
    host = Host(*cards.make(name))
    host.ask("32 05 FF 01 02")
    found = [host.ask(find)[:4] for find in FINDS.values()]
    assert "4b01" in found, (name, found)

host = Host(*cards.make("bank_app_lockout"))
assert host.ask("00 00" + "5A" * 262) == "0100" + "5a" * 262
assert host.ask("4A 01 03 00").startswith("4b010150")
assert host.apdu("00A4040C0AD3921000310001010402") == "009000"
assert host.apdu("00A4020C020012") == "009000"
assert host.apdu("00200080") == "0063c0"
assert host.apdu("00A4040C0AD392F000260100000001") == "009000"
assert host.apdu("00A4020C02000A") == "009000"
assert len(host.apdu("00B0000000")) == 2 * 259
assert host.ask("10 07") == "11"
host.write(b"\x00\x00\xff\x00\xff\x00")
host.wait(1000)
assert host.ask("02") == "0332010607"
host.field.lift()
assert host.apdu("00200080") == "01"
assert host.field.presented == 0
print("ok")
