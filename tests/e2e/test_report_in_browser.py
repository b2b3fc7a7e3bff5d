"""The report as somebody opens it: a file on a phone or a desk, without any network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from evaluation.pages_kit import comparison, run

from assistant.evaluation.report_html import html_comparison, html_report

pytestmark = pytest.mark.e2e

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SCREENS = {"phone": (390, 844), "desk": (1440, 900)}


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_opens_from_a_file_and_fits(browser: Any, tmp_path: Path, screen: str, language: str, kind: str) -> None:
    page_text = html_report([run()], language) if kind == "run" else html_comparison(comparison(), language)
    file = tmp_path / "report.html"
    file.write_text(page_text, encoding="utf-8")
    width, height = SCREENS[screen]
    page = browser.new_page(viewport={"width": width, "height": height})
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    assert requests == [file.as_uri()]
    assert complaints == []
    # Nothing hangs out of the side of the screen; only the matrix may be pushed within its own frame.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".bubble").first.is_visible()
    assert page.locator(".problem").first.is_visible()
    page.close()
