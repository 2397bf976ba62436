# Pinlamp, sealed: USB never begins
import machine
if hasattr(machine, "USBDevice"):
    machine.USBDevice().active(False)
