"""PC/SC for tests: the real service (pcscd) with a virtual reader (vpcd), and cards for it.

pcscd makes its socket only in /run/pcscd. Here each pcscd has a /run of its own (a mount
namespace), so any number can run beside the machine's own. Clients find theirs by
PCSCLITE_CSOCK_NAME. vpcd listens on every interface; here, where there is a C compiler, on this
machine's own alone (loopback.c).
"""

import asyncio
import atexit
import contextlib
import functools
import importlib.util
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from pinlamp_tools.emulator.card import cards
from pinlamp_tools.pcsc.vicc import Vicc

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SLOT = "00 00"  # vpcd's reader has two slots; the other one is 00 01, at the next port
WAIT_S = 20


def need(*programs):
    """Without these programs (and vpcd) skip on a user's machine, and fail in CI."""
    lacking = [program for program in programs if shutil.which(program) is None]
    if not DRIVER.exists():
        lacking.append("vpcd")
    if importlib.util.find_spec("smartcard") is None:
        lacking.append("pyscard")
    if not lacking:
        if _namespace_is_refused():
            _lack("needs a mount namespace (unshare --mount): start a container with --privileged")
        return
    reason = (
        f"needs {', '.join(lacking)}: on Debian"
        " apt install pcscd vsmartcard-vpcd opensc libpcsclite-dev swig gcc python3-dev,"
        " then make test again"
    )
    _lack(reason)


def _lack(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# A mount namespace; a user who is not root needs a user namespace for it.
_ALONE = ["unshare", *([] if os.getuid() == 0 else ["--user", "--map-root-user"]), "--mount"]


@functools.cache
def _namespace_is_refused():
    return (
        shutil.which("unshare") is None
        or subprocess.run(
            [*_ALONE, "mount", "--bind", tempfile.gettempdir(), "/run"], capture_output=True
        ).returncode
    )


def until(true, what):
    """Wait until `true()`; fail with `what` after WAIT_S."""
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


@functools.cache
def _loopback():
    """Return what lets vpcd listen on this machine alone; {} without a compiler."""
    if shutil.which("gcc") is None:
        return {}
    made = _run_folder() / "loopback.so"
    source = Path(__file__).with_name("loopback.c")
    command = ["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", made, source, "-ldl"]
    return {} if subprocess.run(command).returncode else {"LD_PRELOAD": str(made)}


_READER = """FRIENDLYNAME "{name}"
DEVICENAME /dev/null{device}
LIBPATH {driver}
CHANNELID 0x{port:X}
"""


@functools.cache
def _run_folder():
    """Return the /run of every pcscd of this process: clients read its name only once."""
    folder = tempfile.TemporaryDirectory(prefix="pinlamp-")
    atexit.register(folder.cleanup)
    run = Path(folder.name)
    (run / "pcscd").mkdir()
    return run


class Service:
    """A pcscd of our own, with one virtual reader. Use as a context."""

    def __init__(self, driver=DRIVER, gone=None, name="Virtual PCD", idle=None):
        """`driver`: vanishing_reader, which vanishes when the file `gone` appears.

        `name`: the reader's. `idle`: idle_reader, for a second device beside it.
        """
        self._name = name
        self._driver = driver
        self._idle = idle
        self._gone = {} if gone is None else {"PINLAMP_READER_GONE": gone}

    def __enter__(self):
        self._run = _run_folder()
        self._socket = self._run / "pcscd" / "pcscd.comm"
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self._socket)
        self._config = tempfile.TemporaryDirectory(prefix="pinlamp-")
        self.port = _free_ports()
        self._process = None
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        del os.environ["PCSCLITE_CSOCK_NAME"]
        self._config.cleanup()

    def start(self, readers=True):
        """Start the service and wait until it answers and its reader listens."""
        config = ""
        if readers:
            config = _READER.format(
                name=self._name, device=f":0x{self.port:X}", driver=self._driver, port=self.port
            )
        if self._idle:
            config += _READER.format(name="Idle Reader", device="", driver=self._idle, port=0)
        Path(self._config.name, "vpcd").write_text(config)
        # `exec`, so that the process started is the one to kill.
        script = 'mount --bind "$0" /run && exec pcscd --foreground --critical --config "$1"'
        self._process = subprocess.Popen(
            [*_ALONE, "sh", "-c", script, self._run, self._config.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PINLAMP_DRIVER": DRIVER, **self._gone, **_loopback()},
        )
        until(lambda: self._answers() and _listens(self.port) == readers, "pcscd does not start")

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self._socket))
            except OSError:
                return False
        return True

    def stop(self):
        """End the service, even in use; it can start again."""
        self._process.kill()
        self._process.wait()
        self._socket.unlink(missing_ok=True)

    @contextlib.contextmanager
    def card(self, name, atr=None, pull_after=None, change=lambda card: None, slot=0):
        """Lay a virtual card on the reader; yield a `Card`. `change` alters or replaces it."""
        (picc,) = [one for one in cards.make(name, processing_us=0) if one.kind == "B"]
        card = Card(change(picc) or picc, self.port, atr, pull_after, slot)
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
        """The number of PINs presented to it."""
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
        with contextlib.suppress(RuntimeError):  # it is gone already
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        # Only while the service still answers.
        until(lambda: not _present(self._slot), "the service still sees the card")


def other_program(share, protocol=2):
    """Connect to the card as another program, and keep it; by default in T=1."""
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


def _free_ports():
    """Return the first of two free ports, one for each slot; no other test gets them."""
    for _ in range(100):
        # Below the system's ephemeral ports; the process number makes them differ.
        first = 20_000 + os.getpid() % 60 * 200 + 2 * next(_NUMBERS) % 200
        try:
            for port in (first, first + 1):
                with socket.socket() as free:
                    free.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("there are no two free ports")


_NUMBERS = itertools.count()


def _listens(port):
    """Tell whether something listens there, without posing as a card."""
    return bool(listeners(port))


def listeners(port):
    """Return the IPv4 addresses, as the kernel writes them, that listen at a port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    found = [row[1].split(":") for row in rows if row[3] == "0A"]
    return {address for address, number in found if int(number, 16) == port}


def tap(card, licence=False):
    """Read the card in this process, check the events; return (kinds, findings)."""
    from pinlamp_tools.pcsc.read import tap_card
    from pinlamp_tools.pcsc.service import Service

    events = []
    with Service() as here:
        tap_card(here, SLOT, licence, lambda names, passed: None, events.append)
    assert card.presented == 0
    kinds = [event["kind"] for event in events if event["type"] == "card"]
    result = events[-1] if events[-1]["type"] == "result" else {"complete": True, "keys": []}
    assert result["complete"] is True
    # The card was swapped half-way: events before its `card` event no longer count.
    told = []
    for event in events:
        if event["type"] == "card":
            told = []
        elif event["type"] == "key":
            told.append({name: event[name] for name in event if name not in ("v", "type")})
    assert told == list(result["keys"])
    return kinds, {key.pop("id"): key for key in result["keys"]}
