"""What the page keeps: all of itself at a public name, nothing at this machine's own names."""

import base64
import functools
import hashlib
import http.server
import os
import shutil
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from kept import KEPT, OLDER, TRIED, publish, since, until_kept, version
from pinlamp_tools.web import serve
from webpage import CHROMIUM, READY, ROOT, needs_chromium, tap

pytestmark = needs_chromium

NAME = "pinlamp.test"  # no name of this machine, and nobody's (RFC 6761, 6.2)


class _Public(serve._Quiet):
    """Serves the page as a public server does: to whoever asks for it."""

    send_head = http.server.SimpleHTTPRequestHandler.send_head

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages has it
        self.send_header("Vary", "Origin, Accept, Accept-Language")  # as others do
        super().end_headers()


@pytest.fixture
def public(web_folder):
    """A function: an address of this machine -> the port at which it serves `folder`."""
    started = []

    def start(address="127.0.0.1", certificate=None, folder=web_folder):
        handler = functools.partial(_Public, directory=str(folder))
        serving = http.server.ThreadingHTTPServer((address, 0), handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            serving.socket = context.wrap_socket(serving.socket, server_side=True)
        started.append(serving)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        return serving.server_port

    yield start
    for serving in started:
        serving.shutdown()
        serving.server_close()


def _opened(context, address):
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY)
    return page


@pytest.fixture
def certified(tmp_path):
    """The path of a key with its certificate, and what lets Chromium take that for a good one.

    Over https: elsewhere than on this machine a browser allows no worker without it.
    """
    if shutil.which("openssl") is None and not os.environ.get("CI"):
        pytest.skip("openssl is not installed: apt install openssl")
    both = str(tmp_path / "certificate.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(
        [*made, "-keyout", both, "-out", both + ".crt"], check=True, capture_output=True
    )
    with open(both, "a", encoding="ascii") as file:
        file.write(Path(both + ".crt").read_text("ascii"))
    key = ["openssl", "x509", "-in", both + ".crt", "-pubkey", "-noout"]
    pem = subprocess.run(key, check=True, capture_output=True, text=True).stdout
    der = base64.b64decode("".join(pem.splitlines()[1:-1]))
    known = base64.b64encode(hashlib.sha256(der).digest()).decode()
    # To ignore all errors would leave the browser without its cache.
    return both, f"--ignore-certificate-errors-spki-list={known}"


@pytest.fixture
def visitor(browser, certified, tmp_path):
    """A browser of its own in which NAME is this machine; it has a cache."""
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=CHROMIUM,
        args=["--no-sandbox", certified[1], f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        locale="en-US",
    )
    yield context
    context.close()


@pytest.fixture
def uploaded(certified, public, web_folder, tmp_path):
    """The folder of a page that a test may change, and the address at which it is served."""
    folder = tmp_path / "web"
    shutil.copytree(web_folder, folder)
    return folder, f"https://{NAME}:{public(certificate=certified[0], folder=folder)}"


def _visited(visitor, address):
    page = visitor.new_page()
    page.goto(address)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    return page


def test_without_a_network_once_it_was_loaded(visitor, certified, public):
    page = _visited(visitor, f"https://{NAME}:{public(certificate=certified[0])}")
    visitor.set_offline(True)
    page.reload()
    page.wait_for_function(READY)
    tap(page, "worn")
    assert "Last try" in page.inner_text("#keys")


def test_a_new_version_is_fetched_though_the_browser_has_the_old_files(visitor, uploaded):
    folder, address = uploaded
    page = _visited(visitor, address)
    with open(folder / "app.js", "a", encoding="utf-8") as file:
        file.write("// of the next version")
    publish(folder)
    page.evaluate("async () => { (await navigator.serviceWorker.getRegistration()).update(); }")
    until_kept(page, [f"pinlamp-next {address}/"])
    page.wait_for_function(READY)  # it has begun anew by itself
    kept = page.evaluate("async () => (await (await caches.match('app.js')).text())")
    assert kept.endswith("// of the next version")


def test_of_a_page_that_is_being_uploaded_nothing_is_kept(visitor, web_folder, uploaded):
    folder, address = uploaded
    page = _visited(visitor, address)
    for name in ("app.js", "view.js"):
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write("// of the next version")
    publish(folder)
    shutil.copy(web_folder / "view.js", folder)  # it comes behind sw.js
    assert page.evaluate(TRIED) == "redundant"
    kept = "async (name) => (await (await caches.match(name)).text())"
    since(page)
    page = _visited(visitor, address)  # nor is anything mixed by the next visit
    for name in ("app.js", "view.js"):
        assert "of the next" not in page.evaluate(kept, name)
        assert "of the next" not in page.evaluate("async (n) => (await fetch(n)).text()", name)
    with open(folder / "view.js", "a", encoding="utf-8") as file:
        file.write("// of the next version")
    page = _visited(visitor, address)
    until_kept(page, [f"pinlamp-next {address}/"])
    for name in ("app.js", "view.js"):
        assert "of the next" in page.evaluate(kept, name)


@pytest.mark.parametrize("how", ["changed", "left out"])
def test_a_file_that_its_operator_has_touched_keeps_nobody_at_the_old_page(visitor, uploaded, how):
    folder, address = uploaded
    _visited(visitor, address).close()
    with open(folder / "app.js", "a", encoding="utf-8") as file:
        file.write("\nself.version = 'next';")
    publish(folder)
    if how == "changed":
        with open(folder / "index.html", "a", encoding="utf-8") as file:
            file.write("<!-- an imprint -->")
    else:
        (folder / "sheets" / "counter.ja.pdf").unlink()
    page = visitor.new_page()
    page.goto(address)  # the old one: its worker answers, and looks for a new one
    name = since(page)
    assert page.evaluate("() => self.version") is None
    page.evaluate(OLDER, name)
    page.reload()
    tried = "async () => !(await navigator.serviceWorker.getRegistration())"
    for _ in range(100):
        if page.evaluate(tried):
            break
        page.wait_for_timeout(100)
    page.close()
    page = visitor.new_page()
    page.goto(address)
    page.wait_for_function("() => self.version === 'next'")


def test_an_update_that_breaks_off_keeps_the_page(visitor, web_folder, uploaded, monkeypatch):
    def busy(self):
        if self.path.endswith("/view.js"):
            self.send_error(503)
            return None
        return http.server.SimpleHTTPRequestHandler.send_head(self)

    folder, address = uploaded
    page = _visited(visitor, address)
    publish(folder)
    monkeypatch.setattr(_Public, "send_head", busy)
    assert page.evaluate(TRIED) == "redundant"
    until_kept(page, [f"{version(web_folder)} {address}/"])
    visitor.set_offline(True)
    page = visitor.new_page()
    page.goto(address)
    page.wait_for_function(READY)


@pytest.mark.parametrize(("name", "to"), [("index.html", "./"), ("", "index.html")])
def test_its_index_opens_where_the_server_redirects(
    visitor, certified, public, monkeypatch, name, to
):
    def redirecting(self):
        if self.path.partition("?")[0] == f"/{name}":  # as Netlify and others do, and S3
            self.send_response(308)
            self.send_header("Location", to)
            self.end_headers()
            return None
        return http.server.SimpleHTTPRequestHandler.send_head(self)

    monkeypatch.setattr(_Public, "send_head", redirecting)
    address = f"https://{NAME}:{public(certificate=certified[0])}"
    _visited(visitor, address)
    for path in ("index.html?lang=en", "index.html", "?lang=en", ""):
        page = visitor.new_page()
        page.goto(f"{address}/{path}")
        page.wait_for_function(READY)


def test_a_new_version_leaves_the_one_in_another_folder(
    visitor, certified, public, web_folder, tmp_path
):
    address = f"https://{NAME}:{public(certificate=certified[0], folder=tmp_path / 'web')}"
    pages = []
    for name in ("pinlamp", "pinlamp-test"):
        shutil.copytree(web_folder, tmp_path / "web" / name)
        pages.append(_visited(visitor, f"{address}/{name}/"))
    new, other = pages
    publish(tmp_path / "web" / "pinlamp")
    new.evaluate("async () => { (await navigator.serviceWorker.getRegistration()).update(); }")
    same = version(web_folder)
    until_kept(new, [f"pinlamp-next {address}/pinlamp/", f"{same} {address}/pinlamp-test/"])
    visitor.set_offline(True)
    for page in (new, other):
        page.reload()
        page.wait_for_function(READY)


def test_a_page_never_goes_on_with_files_of_two_versions(
    visitor, certified, public, web_folder, tmp_path
):
    folder = tmp_path / "web"
    shutil.copytree(web_folder, folder)
    visitor.add_init_script((ROOT / "tests" / "web_serial.js").read_text("utf-8"))
    address = f"https://{NAME}:{public(certificate=certified[0], folder=folder)}"
    idle = _visited(visitor, address)
    watching = _opened(visitor, address)
    watching.click("#connect")
    watching.wait_for_function("() => document.body.classList.contains('watching')")
    for name in ("app.js", "worker.js"):
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write("\nself.version = 'next';")
    publish(folder)
    idle.evaluate("async () => { (await navigator.serviceWorker.getRegistration()).update(); }")
    idle.wait_for_function("() => self.version === 'next'")  # it has begun anew by itself
    # What a real device told must not go: this one begins anew once that is disconnected.
    assert watching.evaluate("() => [self.version, document.body.dataset.source]") == [
        None,
        "watch",
    ]
    watching.click("#connect")
    watching.wait_for_function("() => self.version === 'next'")


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "localhost", "pinlamp.localhost", "a.b.localhost", "127.1.2.3"]
)
def test_nothing_of_it_stays_at_this_machine_s_own_names(browser, web_address, public, name):
    address = web_address.replace("127.0.0.1", name)
    if name == "127.1.2.3":
        address = f"http://{name}:{public(name)}/"
    context = browser.new_context()
    page = _opened(context, address)
    page.wait_for_timeout(500)
    assert page.evaluate(KEPT) == [0, 0]
    context.close()


def test_what_an_older_build_kept_there_goes_and_nobody_else_s(browser, web_address, web_folder):
    same = version(web_folder)
    context = browser.new_context()
    page = _opened(context, web_address)
    page.evaluate(
        """async () => { await caches.open("another project's");
        await caches.open("pinlamp-0123456789ab"); // of a build before folders had their own
        await caches.open(`pinlamp-0123456789ab ${location.origin}/another/`);
        await navigator.serviceWorker.register("sw.js");
        await navigator.serviceWorker.register("sw.js?other", { scope: "install/" });
        await navigator.serviceWorker.ready; }"""
    )
    assert page.evaluate(KEPT) == [2, 5]
    page = _opened(context, web_address)
    others = [f"pinlamp-0123456789ab {web_address}another/", f"{same} {web_address}install/"]
    until_kept(page, ["another project's", *others])
    left = """async () => (await navigator.serviceWorker.getRegistrations()).map((one) =>
        new URL(one.scope).pathname)"""
    assert page.evaluate(left) == ["/install/"]
    context.close()
