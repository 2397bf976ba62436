"""A PaSoRi for the page's tests: a fake of WebUSB over the emulated readers."""

import json
from functools import partial

from pinlamp_tools import paths
from places import ROOT, TESTS
from webpage import LOADED

CONNECTED = "() => document.body.dataset.source === 'usb'"
# Keeps the events in `told`.
HEAR = "window.told = []; addEventListener('pinlamp', (e) => told.push(e.detail));"
SHIM = (TESTS / "web_usb.js").read_text("utf-8")
WORKER = (TESTS / "usb_worker.js").read_text("utf-8")


def files():
    """Return what usb_worker.js puts into its MicroPython, as JSON."""
    found = {"usb_desk.py": (TESTS / "device" / "usb_desk.py").read_text("utf-8")}
    for name in (*paths.DEVICE_PACKAGES, "isodep", "pasori"):
        for path in paths.package_dir(name).glob("*.py"):
            found[f"{name}/{path.name}"] = path.read_text("utf-8")
    tools = ROOT / "host_tools"
    for path in (tools / "pinlamp_tools" / "emulator").rglob("*.py"):
        found[path.relative_to(tools).as_posix()] = path.read_text("utf-8")
    return json.dumps(found)


def serve(context):
    """Let the page of a browser's `context` find the worker where its own files are."""
    for name, body, kind in (
        ("usb_worker.js", WORKER, "text/javascript"),
        ("usb_files.json", files(), "application/json"),
    ):
        context.route(f"**/{name}", partial(_answer, body, kind))


def _answer(body, kind, route):
    route.fulfill(body=body, content_type=kind)


def begun(opened, kind, locale="ja-JP", more="", **options):
    """Return the page with a reader of that `kind` chosen. `more`: another script."""
    page = opened(locale, script=SHIM + HEAR + more, ready=LOADED, prepare=serve, **options)
    plug(page, kind)
    page.click("#usb")
    page.wait_for_function(CONNECTED)
    return page


def plug(page, kind, may_use=False):
    """Plug a reader in. `may_use`: the browser has the permission already."""
    page.evaluate("([kind, may]) => desk.plug(kind, may)", [kind, may_use])


def ask(page, name, *given):
    """Call a function of usb_desk.py."""
    return page.evaluate("([name, given]) => desk.ask(name, ...given)", [name, list(given)])


def until(page, condition, timeout=20_000):
    """Wait for an event: `condition` is JavaScript about `e`. Return those told since then."""
    page.wait_for_function(f"() => told.some((e) => {condition})", timeout=timeout)
    return page.evaluate("() => told.splice(0)")
