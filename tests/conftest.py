"""Shared by all tests: interpreter, events' schema, and the proof that no test spends a try."""

import functools
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import jsonschema
import pytest

import oracle
import order
import webpage
from outside import pytest_sessionfinish, pytest_sessionstart  # noqa: F401 - pytest finds them
from pinlamp_tools import paths
from pinlamp_tools.emulator.card.applet import Icc
from pinlamp_tools.web import build, serve
from stub import run as run_stub

HERE = Path(__file__).parent
ROOT = HERE.parent

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # `nohup make test &` and cron start the tests with SIGINT ignored, which every child would
    # inherit. A child of a process with a handler gets the default.
    signal.signal(signal.SIGINT, lambda number, frame: None)

_schema = json.loads((ROOT / "docs" / "events.schema.json").read_text("utf-8"))
# To the schema a key is any name, so that a new one breaks no consumer; here it must be a key.
_schema["$defs"]["id"]["enum"] = list(oracle.KEY)
_validator = jsonschema.Draft202012Validator(_schema)


@pytest.fixture(scope="session")
def micropython():
    """The path of the MicroPython interpreter."""
    try:
        return paths.micropython()
    except paths.MissingError as error:
        ready_made = sys.platform == "darwin" or platform.machine() == "x86_64"
        if os.environ.get("CI") == "true" and paths.has_ptys() and ready_made:
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def truth():
    """The right findings for every virtual card, written by hand from docs/protocol.md."""
    return oracle.CARDS


@pytest.fixture(scope="session")
def event_of():
    """A function: an event line -> the event, checked against the schema."""

    def parse(line):
        event = json.loads(line)
        _validator.validate(event)
        return event

    return parse


@pytest.fixture(autouse=True)
def _every_event_is_valid(monkeypatch):
    """Check every event line of this process's simulators against the schema."""
    wrong = []
    if not paths.has_ptys():
        yield
        return
    from pinlamp_tools.simulator import simulator

    parse = simulator.parse

    def checked(line):
        event = parse(line)
        if event is not None:
            wrong.extend(f"{error.message}: {line}" for error in _validator.iter_errors(event))
        return event

    monkeypatch.setattr(simulator, "parse", checked)
    yield
    assert not wrong


@pytest.fixture(scope="session", autouse=True)
def _temporary_files_of_our_own(tmp_path_factory):
    """Keep temporary files of the tested programs in the tests' own folder."""
    folder = str(tmp_path_factory.mktemp("temp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(autouse=True)
def _test_under_way(request):
    _Cards.now = request.node
    yield
    _Cards.now = None


class _Cards:
    """Every virtual card of this process, with the test that made it."""

    now = None
    made = []


@pytest.fixture(scope="session", autouse=True)
def _no_try_was_ever_spent():
    """Fail at the end if a test without the mark `presents_pin` has presented a PIN to a card."""
    make = Icc.__init__

    def made(self, *args, **kwargs):
        make(self, *args, **kwargs)
        _Cards.made.append((self, _Cards.now))

    Icc.__init__ = made
    yield
    Icc.__init__ = make
    spent = {
        test.nodeid if test else "outside a test"
        for card, test in _Cards.made
        if card.presented and not (test and test.get_closest_marker("presents_pin"))
    }
    assert not spent, "a PIN was presented to a virtual card in: " + ", ".join(sorted(spent))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium, driven by Playwright; one for each module, as its event loop disturbs others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=webpage.CHROMIUM,
            args=["--no-sandbox", "--disable-gpu"],
            env={**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))},
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def web_folder(tmp_path_factory):
    """The page, built."""
    out = tmp_path_factory.mktemp("web")
    build.build(out, webpage.CACHE, ROOT / "docs")
    return out


@pytest.fixture(scope="module")
def web_address(web_folder):
    """The address of the served page."""
    serving = serve.server(web_folder)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}/"
    serving.shutdown()


@pytest.fixture
def opened(browser, web_address):
    """Open the page; an error, or a request to another server, fails the test."""
    contexts, wrong = [], []

    def open_page(
        locale="en-US", width=1100, script=None, ready=webpage.READY, prepare=None, **options
    ):
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        if prepare:
            prepare(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        context.on(
            "request",
            lambda request: request.url.startswith(web_address) or wrong.append(request.url),
        )
        if script:
            page.add_init_script(script)
        page.goto(web_address)
        page.wait_for_function(ready)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def pinlamp():
    """A function that runs the `pinlamp` command to its end, without a terminal."""

    def run(*arguments, timeout=90, **environment):
        return subprocess.run(
            [sys.executable, "-m", "pinlamp_tools", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        )

    return run


@pytest.fixture
def started():
    """A function that starts the `pinlamp` command; the test's end kills what still runs."""
    running = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "pinlamp_tools", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def stub(tmp_path):
    """A function: source of a firmware -> its lines until it ended (see `stub.run`)."""
    return functools.partial(run_stub, tmp_path)


@pytest.fixture
def one_line():
    """A function: assert that a command failed with a status and one clear line; return it."""

    def check(done, status):
        assert done.returncode == status, done.stderr
        (line,) = done.stderr.splitlines()
        assert line.startswith("pinlamp: ")
        assert "Traceback" not in line and "Error(" not in line
        return line

    return check


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """See `order`."""
    return order.scheduler(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """See `order`."""
    return order.workers()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Begin with the longest tests; remember all tests."""
    config.stash[order.ALL_ITEMS] = list(items)
    items.sort(key=lambda item: order.rank(item.path))


def pytest_terminal_summary(terminalreporter):
    """Name the tests left out, and the needs of each."""
    reasons = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("left out")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} tests: {reason}")
