"""A real server with sample groups and accounts, and the console open in a browser at either size and language."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.accounts.service import AccountService, NewAccount
from assistant.delivery.access import Access
from assistant.delivery.bootstrap import Yidan
from assistant.groups.folder import read_folder
from assistant.settings import Settings
from e2e.browser import DESK, PHONE, Watched, serious_findings
from e2e.serverkit import ServerProcess

OUT = Path(__file__).parents[2] / "out" / "screenshots"
"""Where screenshots go: something to look at, no part of the repository."""

SIZES = {"phone": PHONE, "desk": DESK}
LANGUAGES = {"zh-CN": "zh-CN", "en": "en-US"}

STILL = """() => document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""
"""What slides or fades in has arrived; what turns for ever may go on."""

PASSWORD = "a long enough word"


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in with ``PASSWORD``."""

    login: str
    role: str = "owner"
    seller: str = ""
    language: str = "zh-CN"


PEOPLE = (
    Account("owner"),
    Account("owner-en", language="en"),
    Account("helper", "helper"),
    Account("evaluator", "evaluator"),
)


@contextmanager
def console_server(
    home: Path, *, groups: tuple[Path, ...] = (), people: tuple[Account, ...] = PEOPLE
) -> Iterator[ServerProcess]:
    """Yield a server with these groups (folders; none: the sample groups, as in the demo) and accounts.

    ``server.owner`` is an owner's bearer token, for what a test prepares over the API.
    """
    server = ServerProcess(home, *(() if groups else ("--demo",)))
    server.owner = prepare(home, groups, people)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def prepare(home: Path, groups: tuple[Path, ...] = (), people: tuple[Account, ...] = ()) -> str:
    """Load groups and let people sign in with ``PASSWORD``, all in this process; return an owner's token."""
    # In a thread, as Playwright's loop runs in this one.
    with ThreadPoolExecutor() as thread:
        return thread.submit(lambda: asyncio.run(_prepare(home, groups, people))).result()


async def _prepare(home: Path, groups: tuple[Path, ...], people: tuple[Account, ...]) -> str:
    async with await Yidan.open(Settings(home=home)) as yidan:
        for path in groups:
            folder = read_folder(path)
            await yidan.library.prepare(folder.settings, folder.knowledge)
            await yidan.groups.load(folder)
        accounts = AccountService(yidan.database, yidan.clock)
        for one in people:
            new = NewAccount(one.login, PASSWORD, one.role, language=one.language)
            await accounts.create(new, by="test", seller=one.seller)
        return await Access(yidan.database, yidan.clock).create_seller(label="test")


class Console:
    """The console in a browser context of its own, signed in unless ``login`` is empty."""

    def __init__(self, browser: Any, server: ServerProcess, login: str = "owner", *, size: str = "phone", **more: Any):
        self.base, self.size = server.base, size
        # Not ``is_mobile``: after a picture of the whole page Chromium would enlarge each field that is written in.
        phone = {"has_touch": True} if size == "phone" else {}
        self.context = browser.new_context(viewport=SIZES[size], **({"locale": "zh-CN"} | phone | more))
        self.page = self.context.new_page()
        self.seen = Watched(self.page, server.base)
        if login:
            self.sign_in(login)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in with the form, as people do."""
        self.page.goto(f"{self.base}/console/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("form button")
        self.page.wait_for_load_state()

    def open(self, path: str, group: str = "") -> Any:
        """Open a page such as ``/orders``, wait until it stands and is connected, and return Playwright's page."""
        self.page.goto(f"{self.base}/console{path}" + (f"?group={group}" if group else ""))
        self.page.locator(".y-main h1").wait_for()
        self.page.wait_for_function("() => window.socket && window.socket.connected")
        return self.page

    def shot(self, name: str) -> None:
        """Take a picture of the whole page for people to look at."""
        shot(self.page, f"{name}-{self.size}")

    def is_fine(self) -> None:
        """Check what holds for every page: nothing axe finds serious, no sideways scrolling, no script error."""
        self.page.wait_for_timeout(350)
        self.page.wait_for_function(STILL)
        findings = serious_findings(self.page)
        assert findings == [], findings
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"scrolls sideways by {wide} px"
        assert self.seen.problems == [], self.seen.problems

    def is_fine_at_any_size(self, name: str) -> None:
        """Take a picture of what is open and check it, on a phone and on a desk: a page once loaded serves for both."""
        for self.size in ("desk", "phone"):
            self.page.set_viewport_size(SIZES[self.size])
            self.is_fine()
            self.shot(name)

    def close(self) -> None:
        """Close it; a script error on any of its pages fails the test."""
        assert self.seen.problems == [], self.seen.problems
        self.context.close()


def shot(page: Any, name: str) -> None:
    """Take a picture of the whole page into ``out/screenshots``."""
    OUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUT / f"{re.sub(r'[^a-zA-Z0-9_-]+', '-', name)}.png", full_page=True)
