"""Somebody else's program for a browser and an RC-S380 reads a virtual card through our emulator.

npm's my_number_card_driver, on rc_s380_driver, is made to read real cards on a real RC-S380/P.
"""

import json
import os
import shutil
import subprocess

import pytest

import web_pasori
from mynacard.keys import TOKENS
from oracle import CARDS as TRUTH
from places import TESTS
from webpage import CACHE

NPM = shutil.which("npm")
PACKAGES = ("my_number_card_driver@1.1.4", "rc_s380_driver@1.1.2", "jssha@2.4.2")
WITNESS = CACHE / "my_number_card_driver-1.1.4"

pytestmark = pytest.mark.skipif(
    not (os.environ.get("CI") or NPM), reason="npm is not installed: apt install npm"
)


@pytest.fixture(scope="module")
def driver():
    """The driver's path; npm fetches it once, and runs no script of it."""
    if not WITNESS.is_dir():
        CACHE.mkdir(exist_ok=True)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--silent")
        beside = CACHE / "witness"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        command = [NPM, "install", *options, "--prefix", str(beside), *PACKAGES]
        subprocess.run(command, cwd=beside, check=True, capture_output=True)
        beside.rename(WITNESS)
    return WITNESS / "node_modules" / "my_number_card_driver" / "dist" / "index.js"


@pytest.mark.parametrize("name", ["fresh", "phone_android"])
def test_it_reads_the_token_of_a_virtual_card(driver, web_folder, tmp_path, name):
    for file in ("micropython.mjs", "micropython.wasm", "python.js"):
        shutil.copy(web_folder / file, tmp_path)
    for file in ("web_usb.js", "usb_worker.js", "web_usb_node.js"):
        shutil.copy(TESTS / file, tmp_path)
    (tmp_path / "usb_files.json").write_text(web_pasori.files(), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        ["node", "web_usb_node.js", driver, name],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=90,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    kind, _ = TOKENS[bytes.fromhex(told["token"]).rstrip()]
    assert kind == TRUTH[name]["kind"]
    assert told["presented"] == 0 and told["wrong"] == []
