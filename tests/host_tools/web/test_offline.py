"""What the page keeps: all of itself at a public name, nothing at this machine's own names."""

import functools
import http.server
import os
import shutil
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from pinlamp_tools.web import serve
from webpage import CHROMIUM, READY, needs_chromium, tap

pytestmark = needs_chromium

NAME = "pinlamp.test"  # no name of this machine, and nobody's (RFC 6761, 6.2)
KEPT = """async () => [(await navigator.serviceWorker.getRegistrations()).length,
    (await caches.keys()).length]"""


class _Public(serve._Quiet):
    """Serves the page as a public server does: to whoever asks for it."""

    send_head = http.server.SimpleHTTPRequestHandler.send_head


@pytest.fixture
def public(web_folder):
    """A function: an address of this machine -> the port at which it serves the page."""
    started = []

    def start(address="127.0.0.1", certificate=None):
        handler = functools.partial(_Public, directory=str(web_folder))
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


@pytest.mark.skipif(
    shutil.which("openssl") is None and not os.environ.get("CI"),
    reason="openssl is not installed: apt install openssl",
)
def test_without_a_network_once_it_was_loaded(browser, public, tmp_path):
    # Over https: elsewhere than on this machine a browser allows no worker without it.
    both = str(tmp_path / "certificate.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", f"/CN={NAME}", "-keyout", both, "-out", both + ".crt"]
    subprocess.run(made, check=True, capture_output=True)
    with open(both, "a", encoding="ascii") as file:
        file.write(Path(both + ".crt").read_text("ascii"))
    address = f"https://{NAME}:{public(certificate=both)}"
    arguments = ["--no-sandbox", "--ignore-certificate-errors"]
    arguments.append(f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
    own = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    context = own.new_context(locale="en-US")
    page = context.new_page()
    page.goto(address)
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    context.set_offline(True)
    page.reload()
    page.wait_for_function(READY)
    tap(page, "worn")
    assert "Last try" in page.inner_text("#keys")
    own.close()


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


def test_what_an_older_build_kept_there_goes_and_nobody_else_s(browser, web_address):
    context = browser.new_context()
    page = _opened(context, web_address)
    page.evaluate(
        """async () => { await caches.open("another project's");
        await navigator.serviceWorker.register("sw.js");
        await navigator.serviceWorker.register("sw.js?other", { scope: "install/" });
        await navigator.serviceWorker.ready; }"""
    )
    assert page.evaluate(KEPT) == [2, 2]
    page = _opened(context, web_address)
    page.wait_for_function("async () => (await caches.keys()).length === 1")
    left = """async () => (await navigator.serviceWorker.getRegistrations()).map((one) =>
        new URL(one.scope).pathname)"""
    assert page.evaluate(left) == ["/install/"]
    context.close()
