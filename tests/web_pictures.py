"""Takes the page's pictures for docs/: `python tests/web_pictures.py FOLDER DOCS`."""

import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from pinlamp_tools.web.serve import server
from webpage import CHROMIUM

# (name, width, height, locale, colour scheme, card)
PICTURES = (
    ("desktop", 1200, 1000, "ja-JP", "light", "bank_app_lockout"),
    ("desktop-en", 1200, 1000, "en-US", "light", "bank_app_lockout"),
    ("tablet", 800, 1100, "en-US", "dark", "bank_app_lockout"),
    ("phone", 390, 1100, "ja-JP", "light", "worn"),
)


def main(folder, docs):
    """Serve `folder`, and write a PNG for each picture into `docs`."""
    serving = server(folder)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, width, height, locale, scheme, card in PICTURES:
            context = browser.new_context(
                locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{serving.server_port}/")
            page.wait_for_function(
                "() => /かざして|Hold/.test(document.getElementById('headline').textContent)"
            )
            page.click(f"[data-card={card}]")
            page.wait_for_selector("#advice .advice")
            page.evaluate("() => scrollTo(0, 0)")
            # A locked key's lamp is lit in the first half of its cycle.
            page.wait_for_function(
                "() => [...document.querySelectorAll('.lamp')].slice(0, 10).every((lamp) =>"
                " lamp.style.getPropertyValue('--g') > 0.1)"
            )
            page.screenshot(path=Path(docs) / f"web-{name}.png")
            context.close()
        for lang, locale in (("ja", "ja-JP"), ("en", "en-US")):
            _story(browser, f"http://127.0.0.1:{serving.server_port}/", lang, locale, Path(docs))
        browser.close()
    serving.shutdown()


def _story(browser, address, lang, locale, docs):
    """Take the end of the story: the same card once more, and what is said of it."""
    context = browser.new_context(locale=locale, viewport={"width": 1000, "height": 620})
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(
        "() => /かざして|Hold/.test(document.getElementById('headline').textContent)"
    )
    page.click("[data-card=bank_app_lockout]")
    page.wait_for_selector("#advice .advice")
    page.click("#again")
    page.click("[data-card=fresh]")
    page.wait_for_selector("[data-key=visual_b][data-state=ok]")
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => { one.open = false; })"
    )
    page.evaluate("() => document.getElementById('result').scrollIntoView()")
    page.wait_for_timeout(2500)  # the lamps are as they stay
    page.screenshot(path=docs / f"web-story.{lang}.png")
    context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
