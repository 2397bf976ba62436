"""What a browser keeps of the page: looked at, waited for, and a next version to be kept."""

import contextlib
import json
import re

from pinlamp_tools.web import build

KEPT = """async () => [(await navigator.serviceWorker.getRegistrations()).length,
    (await caches.keys()).length]"""


TRIED = """async () => { const own = await navigator.serviceWorker.getRegistration();
    await own.update(); const worker = own.installing;
    if (worker) await new Promise((done) => { worker.onstatechange = done; });
    return worker?.state; }"""


# Lets a day pass since a version failed.
OLDER = """async (name) => { await caches.delete(name);
    await caches.open(name.replace(/\\d{13}/, (time) => time - 90_000_000)); }"""


def version(folder):
    """Return the first part of the name under which a page is kept."""
    return re.search("pinlamp-[0-9a-f]{12}", (folder / "sw.js").read_text("utf-8"))[0]


def publish(folder):
    """Build the worker of the next version anew, for the files as they are in a folder."""
    worker = (folder / "sw.js").read_text("utf-8")
    listed = re.search(r"const FILES = (\[\[.*?\]\])", worker)[1]
    names = [name for name, _ in json.loads(listed)]
    files = [
        [name, build.digest(folder / (name if name != "./" else "index.html"))] for name in names
    ]
    worker = re.sub(
        "pinlamp-[0-9a-f]{12}", "pinlamp-next", worker.replace(listed, json.dumps(files))
    )
    (folder / "sw.js").write_text(worker, "utf-8")


def until_kept(page, names):
    """Wait until the browser keeps just these. (`wait_for_function` waits for no promise.)"""
    from playwright.sync_api import Error

    for _ in range(100):
        with contextlib.suppress(Error):  # the page may begin anew meanwhile
            kept = page.evaluate("() => caches.keys()")
            if sorted(kept) == sorted(names):
                return
        page.wait_for_timeout(100)
    assert sorted(kept) == sorted(names)


def since(page):
    """Return the name of the cache that tells since when a version could not be kept."""
    find = "async () => (await caches.keys()).find((name) => name.includes(' failed '))"
    for _ in range(100):
        if name := page.evaluate(find):
            return name
        page.wait_for_timeout(100)
    raise AssertionError("no version failed")
