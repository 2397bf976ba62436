"""The start of a pretend device: flash in a file, mounted as on a board, then boot.py and main.py.

    micropython -i pretend_boot.py FLASH FAKES

From here on imports come from the flash, and the fakes from /host. If FLASH.journal exists, it
gets every write to the flash: place and size (two 32-bit numbers, little-endian), then the data.
"""

import os
import struct
import sys

import vfs

import micropython


class _Flash:
    """A block device in a file: blocks of 4096 bytes, as an ESP32's flash has."""

    def __init__(self, path):
        self._file = open(path, "r+b", buffering=0)
        self._count = self._file.seek(0, 2) // 4096
        try:
            self._journal = open(path + ".journal", "r+b", buffering=0)
            self._journal.seek(0, 2)
        except OSError:
            self._journal = None

    def readblocks(self, block, buf, offset=0):
        self._file.seek(block * 4096 + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        at = block * 4096 + (offset or 0)
        if self._journal:
            self._journal.write(struct.pack("<II", at, len(buf)))
            self._journal.write(buf)
        self._file.seek(at)
        self._file.write(buf)

    def ioctl(self, op, arg):
        if op == 4:
            return self._count
        if op == 5:
            return 4096
        if op == 6:
            self.writeblocks(arg, b"\xff" * 4096)
        return 0


def _mount(path):
    flash = _Flash(path)
    host = vfs.VfsPosix("/")
    try:
        files = vfs.VfsLfs2(flash)
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        files = vfs.VfsLfs2(flash)
    vfs.umount("/")
    vfs.mount(files, "/")
    vfs.mount(host, "/host")


# The first terminal that a session opens is the one whose Ctrl-C it hears.
terminal = open(os.getenv("PINLAMP_CONSOLE"), "r+b", buffering=0)
sys.path.insert(0, sys.argv[2])
import machine  # noqa: E402 - while it can find the pipes that it opens
import neopixel  # noqa: E402, F401
from fake_host import host  # noqa: E402


class _USBDevice:
    """A runtime USB device: where one is there that is not active, USB never begins.

    As mp_usbd_init in MicroPython's mp_usbd_runtime.c has it.
    """

    made = None

    def __new__(cls):
        if cls.made is None:
            cls.made = object.__new__(cls)
            cls.made._active = False
        return cls.made

    def active(self, value):
        self._active = value


class _MicroPython:
    """The module, but for kbd_intr(-1): after that a Ctrl-C would end the Unix port.

    On a board it is a byte like any other; here the process that passes it on leaves it out.
    """

    def __init__(self, module):
        self._module = module
        self.kbd_intr = lambda char: host.tell("intr %d" % char)

    def __getattr__(self, name):
        return getattr(self._module, name)


sys.modules["micropython"] = _MicroPython(micropython)
if os.getenv("PINLAMP_CHIP") in ("rp2040", "esp32s3"):
    machine.USBDevice = _USBDevice


def _run(name):
    """Run a file, if it is there."""
    try:
        os.stat(name)
    except OSError:
        return
    with open(name) as file:
        code = file.read()
    exec(code, globals())


_mount(sys.argv[1])
os.chdir("/")
sys.path[:] = ["", ".frozen", "/lib", "/host" + sys.argv[2]]
del sys.argv[1:]
try:
    _run("/boot.py")
    starts = True
except Exception as error:  # keeps main.py from starting, as on a board
    sys.print_exception(error)
    starts = False
if _USBDevice.made and not _USBDevice.made._active:
    host.tell("usb off")
host.tell("booted")  # from now on typed code reaches only the flash
if starts:
    _run("/main.py")
