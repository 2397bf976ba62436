"""PC/SC for tests: the real service (pcscd) with a virtual reader (vpcd), and cards for it.

pcscd has one fixed socket, so only one can run on a machine at a time: its program is locked
meanwhile, which needs no file of ours.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from pinlamp_tools.emulator import cards
from pinlamp_tools.pcsc.vicc import Vicc

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET = Path("/run/pcscd/pcscd.comm")
SLOT = "00 00"  # vpcd's reader has two slots; the other one is 00 01, at the next port
WAIT_S = 20


def need(*programs):
    """Skip on a user's machine, and fail in CI, where these programs (and vpcd) are not there."""
    lacking = [program for program in programs if shutil.which(program) is None]
    if not DRIVER.exists():
        lacking.append("vpcd")
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        lacking.append("pyscard")
    if not lacking:
        return
    reason = (
        f"needs {', '.join(lacking)}: on Debian"
        " apt install pcscd vsmartcard-vpcd opensc libpcsclite-dev swig, then make test again"
    )
    _lack(reason)


def _lack(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def until(true, what):
    """Wait until `true()`; fails with `what` after WAIT_S."""
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def driver(name, folder):
    """Compile a driver of ours, NAME.c, into `folder`; return it."""
    if shutil.which("gcc") is None or not Path("/usr/include/PCSC/ifdhandler.h").exists():
        _lack("needs gcc and libpcsclite-dev: apt install gcc libc6-dev libpcsclite-dev")
    made, source = folder / f"{name}.so", Path(__file__).with_name(f"{name}.c")
    command = ["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-I/usr/include/PCSC"]
    subprocess.run([*command, "-o", made, source, "-ldl"], check=True)
    return made


_READER = """FRIENDLYNAME "{name}"
DEVICENAME /dev/null{device}
LIBPATH {driver}
CHANNELID 0x{port:X}
"""


class Service:
    """A pcscd of our own, with one virtual reader. Use as a context."""

    def __init__(self, driver=DRIVER, gone=None, name="Virtual PCD", idle=None):
        """`driver`: vanishing_reader, which has vanished once the file `gone` exists.

        `name`: of the reader. `idle`: idle_reader, for a second device beside it.
        """
        self._name = name
        self._driver = driver
        self._idle = idle
        self._gone = {} if gone is None else {"PINLAMP_READER_GONE": gone}

    def __enter__(self):
        self._lock = open(shutil.which("pcscd"), "rb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if _answers():
            self._lock.close()
            _lack("another pcscd runs here: systemctl stop pcscd pcscd.socket")
        self._folder = tempfile.TemporaryDirectory()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._config = Path(self._folder.name) / "vpcd"
        self._process = None
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._folder.cleanup()
        self._lock.close()

    def start(self, readers=True):
        """Start the service and wait until it answers and its reader listens."""
        config = ""
        if readers:
            config = _READER.format(
                name=self._name, device=f":0x{self.port:X}", driver=self._driver, port=self.port
            )
        if self._idle:
            config += _READER.format(name="Idle Reader", device="", driver=self._idle, port=0)
        self._config.write_text(config)
        SOCKET.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            ["pcscd", "--foreground", "--critical", "--config", self._folder.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PINLAMP_DRIVER": DRIVER, **self._gone},
        )
        until(lambda: _answers() and _listens(self.port) == readers, "pcscd does not start")

    def stop(self):
        """End the service, whatever anybody does with it; it may be started again."""
        self._process.kill()
        self._process.wait()
        SOCKET.unlink(missing_ok=True)

    @contextlib.contextmanager
    def card(self, name, atr=None, pull_after=None, change=lambda card: None, slot=0):
        """Lay a virtual card on the reader; gives a `Card`. `change(picc)` alters it before."""
        (picc,) = [one for one in cards.make(name, processing_us=0) if one.kind == "B"]
        change(picc)
        card = Card(picc, self.port, atr, pull_after, slot)
        try:
            card.lay()
            yield card
        finally:
            card.lift()


class Card:
    """A virtual card and the thread that holds it to the reader."""

    def __init__(self, picc, port, atr, pull_after, slot):
        self.picc = picc
        self._port = port + slot
        self._slot = slot
        self._atr = atr
        self._pull_after = pull_after
        self._loop = None
        self._thread = None

    @property
    def presented(self):
        """How many PINs were presented to it."""
        return self.picc.presented

    def lay(self):
        """Hold it to the reader, and wait until it lies there."""
        there = threading.Event()

        async def lie():
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.current_task()
            vicc = Vicc(self.picc, port=self._port, atr=self._atr)
            vicc.pull_after = self._pull_after
            with contextlib.suppress(asyncio.CancelledError):
                await vicc.run(there.set)

        self._thread = threading.Thread(target=asyncio.run, args=(lie(),))
        self._thread.start()
        assert there.wait(WAIT_S)
        until(lambda: _present(self._slot), "the service does not see the card")

    def lift(self):
        """Take it away."""
        with contextlib.suppress(RuntimeError):  # it was pulled already
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        # Only if the service is still there to ask.
        until(lambda: not _present(self._slot), "the service still sees the card")


def other_program(share, protocol=2):
    """Connect to the card as another program, which keeps it; by default in T=1."""
    from smartcard import scard

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def connect():
        names = scard.SCardListReaders(context, [])[1]
        for name in names:
            code, card, _ = scard.SCardConnect(context, name, share, protocol)
            if code == scard.SCARD_S_SUCCESS:
                return card
        return None

    found = []
    until(lambda: found.append(connect()) or found[-1], "the card is not there")
    return context, found[-1]


def _present(slot):
    from smartcard import scard

    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if code != scard.SCARD_S_SUCCESS:
        return False
    try:
        names = scard.SCardListReaders(context, [])[1][slot : slot + 1]
        states = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        found = scard.SCardGetStatusChange(context, 0, states)[1] if names else []
        return any(state & scard.SCARD_STATE_PRESENT for _, state, _ in found)
    finally:
        scard.SCardReleaseContext(context)


def _answers():
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(SOCKET))
        except OSError:
            return False
    return True


def _listens(port):
    """Tell whether something listens there, without being a card for a moment."""
    wanted = f"0100007F:{port:04X}"
    anywhere = f"00000000:{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1] in (wanted, anywhere) and words[3] == "0A":
            return True
    return False
