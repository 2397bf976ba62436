# Pinlamp, frozen and sealed: USB never begins
import sys

sys.path[:] = [".frozen"]  # else a machine.py that somebody left in the file system would run
import machine

if hasattr(machine, "USBDevice"):
    machine.USBDevice().active(False)
