"""The system's Chromium through Playwright, cut off from everything but the server under test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

CHROMIUM = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@contextmanager
def chromium() -> Iterator[Any]:
    """Yield a browser; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page with what went wrong on it: script errors, and requests to anywhere but ``base``."""

    page: Any
    base: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "ws://127.0.0.1", "file:", "about:")):
            self.problems.append(f"asked for {request.url}")

    def _dialog(self, dialog: Any) -> None:
        if dialog.type == "alert":
            self.problems.append(f"alert: {dialog.message}")
        dialog.accept()


ORDER = ".q-btn__content { z-index: auto !important }"
"""While a dialog is open axe takes Quasar's ``z-index: 0`` in buttons for behind the page, and the page for their
background; colours and sizes stay as they are."""


# A constructed sheet, as the pages' policies allow no style tags.
ADD_STYLE = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def serious_findings(page: Any) -> list[str]:
    """Return what axe-core finds serious or critical on the page, a line each."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(ADD_STYLE, ORDER)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:120]} {node['failureSummary'][:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
