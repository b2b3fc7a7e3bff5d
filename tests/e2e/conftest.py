"""What the browser tests share: one browser a file, and pages of the console whose owners have signed in."""

import pytest

from e2e.browser import chromium
from e2e.console_kit import Console


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def console(browser, server):
    opened = []

    def sign_in(login: str = "owner", **how) -> Console:
        opened.append(Console(browser, server, login, **how))
        return opened[-1]

    yield sign_in
    for one in opened:
        one.close()
