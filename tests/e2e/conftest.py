"""What the browser tests share: one browser a file, and pages of the console whose owners have signed in."""

import pytest

from e2e.browser import chromium
from e2e.console_kit import Console


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def sessions():
    """What keeps each login signed in, by login."""
    return {}


@pytest.fixture
def console(browser, server, sessions):
    """Open the console as somebody. They sign in with the form once a file and go on with that session later."""
    opened = []

    def sign_in(login: str = "owner", **how) -> Console:
        known = sessions.get(login)
        opened.append(Console(browser, server, "" if known else login, storage_state=known, **how))
        opened[-1].context.set_default_timeout(60_000)  # a busy machine is slow, not wrong
        if login:
            sessions[login] = opened[-1].context.storage_state()
        return opened[-1]

    yield sign_in
    for one in opened:
        one.close()
