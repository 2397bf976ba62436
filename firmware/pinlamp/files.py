"""The names of the files on a device, beside the firmware's own modules.

All lie in the folder that the firmware starts in. The host tools import this module too, so it
imports nothing.
"""

BOARD = "board.json"
LIST = "files.json"  # the SHA-256 of every deployed file
SETTINGS = "settings.json"
SETTINGS_NEW = "settings.json.new"  # written by `pinlamp settings`, then renamed
CRASHES = "crashes"  # how many in a row
RESTART = "restart"  # the next reset is intended, whatever cause the chip reports
RECORD = "record"  # `pinlamp record` asks for a recording of the next tap
SAFE = "safe"  # `pinlamp deploy` asks for the safe mode

# Files that a working device writes: an update leaves them alone, the self-check expects them.
STATE = (SETTINGS, SETTINGS_NEW, CRASHES, RESTART, RECORD, SAFE)
