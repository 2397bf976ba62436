"""The device on a PC: the real firmware on a virtual reader or on a real one."""
