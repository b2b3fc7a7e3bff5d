"""One page view: who looks, at which group, and what they may do. What a page's function works with."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from nicegui import background_tasks, ui
from nicegui.client import Client

from assistant.accounts.permissions import Deed
from assistant.accounts.sessions import Person
from assistant.delivery.directory import GroupRow
from assistant.errors import YidanError
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.web.console.told import told
from assistant.web.console.words import SHELL, Words
from assistant.web.session import SIGN_IN
from assistant.web.state import Server

Handler = Callable[..., Awaitable[None] | None]

_PATIENCE_SECONDS = 15.0
"""A page looks by itself this often, for news that another process brought."""

_CALM_SECONDS = 0.4
"""Many news at once are looked at once."""


class Visit:
    """A page that somebody has open. ``group`` is only None on pages that need none."""

    def __init__(self, server: Server, token: str, person: Person, client: Client, words: Words) -> None:
        self.server = server
        self.person = person
        self.w = words
        self.shell_words = words.of(SHELL)
        """The frame's own: a page's word of the same name does not stand in their place."""
        self.client = client
        self.groups: list[GroupRow] = []
        self._token = token
        self._group: GroupRow | None = None
        self._callbacks: list[Handler] = []

    @property
    def group(self) -> GroupRow:
        """The chosen group. Raises LookupError on a page without one."""
        if self._group is None:
            raise LookupError("this page was made with group=False")
        return self._group

    @property
    def has_group(self) -> bool:
        """Whether a group is chosen."""
        return self._group is not None

    def choose(self, group: GroupRow) -> None:
        """Look at this group from now on."""
        self._group = group

    @property
    def settings(self) -> GroupSettings:
        """The chosen group's settings as they were when the page was opened."""
        return settings_from_json(self.group.settings)

    @property
    def zone(self) -> ZoneInfo:
        """The chosen group's time zone."""
        return self.settings.zone

    def may(self, deed: Deed) -> bool:
        """Tell whether to offer a deed at all; ``deed`` asks again when it is done."""
        return self.person.may(deed)

    def link(self, path: str, **query: str) -> str:
        """Return the address of a console page (``/orders``) that keeps the chosen group."""
        values = ({"group": self._group.id} if self._group is not None else {}) | query
        return f"/console{path}" + (f"?{urlencode(values)}" if values else "")

    def go(self, address: str) -> None:
        """Lead on to an address of the console, as ``link`` writes it."""
        # NiceGUI puts the path it is mounted at before every path itself.
        with self.client:
            ui.navigate.to(address.removeprefix("/console"))

    def note(self, text: str) -> None:
        """Tell that something went well."""
        with self.client:
            ui.notify(text, type="positive", position="top", multi_line=True)

    def fail(self, text: str) -> None:
        """Tell that something did not go."""
        with self.client:
            ui.notify(
                text,
                type="negative",
                position="top",
                multi_line=True,
                timeout=8000,
                close_button=self.shell_words("close"),
            )

    def deed(self, deed: Deed, handler: Handler, *, once: bool = True) -> Callable[..., Awaitable[None]]:
        """Return the handler, guarded: it runs only for somebody who is still signed in and allowed.

        With ``once`` a second tap while it runs does nothing; take ``once=False`` for what follows typing.
        """
        busy = False

        async def run(*arguments: Any) -> None:
            nonlocal busy
            if once and busy:
                return
            busy = True
            try:
                if await self._still(deed):
                    done = handler(*arguments)
                    if inspect.isawaitable(done):
                        await done
            except YidanError as error:
                self.fail(told(error, self.w.language))
            finally:
                busy = False

        if _expects_argument(handler):

            async def with_event(event: Any) -> None:
                await run(event)

            return with_event
        return run

    async def _still(self, deed: Deed) -> bool:
        """Look again who is signed in and what they may do; tell where it is no longer enough."""
        person, w = await self.server.sessions.person(self._token), self.shell_words
        if person is None:
            self.fail(w("signed_out"))
            self.go(SIGN_IN)
            return False
        self.person = person
        if not person.may(deed):
            self.fail(w("not_allowed", role=w(f"role.{person.role}")))
            return False
        if self._group is not None:
            self._group = await self.server.directory.group(self._group.id, person.seller_id)
        return True

    async def sign_out(self) -> None:
        """End the session."""
        await self.server.sessions.sign_out(self.person.session_id)
        self.go(SIGN_IN)

    def on_news(self, callback: Handler) -> None:
        """Call back whenever something happened in one of the seller's groups, and every 15 seconds."""
        if not self._callbacks:
            task = background_tasks.create(self._watch(), name="console news")
            self.client.on_delete(lambda: task.cancel())
        self._callbacks.append(callback)

    async def _watch(self) -> None:
        with self.server.broadcast.subscribe(*(group.id for group in self.groups)) as news:
            while not self.client.is_deleted:
                await asyncio.sleep(_CALM_SECONDS)
                news.clear()
                await self._tell_news()
                try:
                    await asyncio.wait_for(news.wait(), _PATIENCE_SECONDS)
                except TimeoutError:
                    continue

    async def _tell_news(self) -> None:
        if await self.server.sessions.person(self._token) is None:
            return
        for callback in self._callbacks:
            try:
                with self.client:
                    done = callback()
                    if inspect.isawaitable(done):
                        await done
            except YidanError as error:
                self.fail(told(error, self.w.language))


def _expects_argument(handler: Handler) -> bool:
    return any(
        one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        for one in inspect.signature(handler).parameters.values()
    )
