"""What the parts of the knowledge page share: the draft as it is, the figures, and who wants to hear of changes."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from nicegui.element import Element

from assistant.knowledge.drafts import DraftState, Record, Seen
from assistant.knowledge.history import HistoryService
from assistant.knowledge.records import EntryRecord
from assistant.marks.tally import Tally, tally
from assistant.web.console.parts import region
from assistant.web.console.visit import Visit

Listener = Callable[[], Awaitable[None] | None]

WEEK = timedelta(days=7)


class Board:
    """One open knowledge page."""

    state: DraftState
    tallies: dict[str, Tally]

    def __init__(self, visit: Visit) -> None:
        self.visit, self.w = visit, visit.w
        self.yidan = visit.server.yidan
        self.group_id = visit.group.id
        self.history = HistoryService(self.yidan.database, self.yidan.clock)
        self.dialogs: Element | None = None
        """Where dialogs are made, so that they outlive the lists that are drawn anew."""
        self.questions_tab: Any = None
        self._listeners: list[Listener] = []

    @property
    def by(self) -> str:
        """Under which name deeds are noted."""
        return self.visit.person.actor

    @property
    def currency(self) -> str:
        """The group's currency."""
        return self.visit.settings.payment.currency

    async def load(self) -> None:
        """Read the draft and the figures anew. Raises NotFound."""
        self.state = await self.yidan.drafts.state(self.group_id)
        async with self.yidan.database.read() as session:
            self.tallies = await tally(session, self.group_id, self.yidan.clock.now() - WEEK)

    def on_change(self, listener: Listener) -> None:
        """Call back when the draft or what is published has changed."""
        self._listeners.append(listener)

    async def changed(self) -> None:
        """Read everything anew and tell all parts of the page."""
        await self.load()
        for listener in self._listeners:
            done = listener()
            if inspect.isawaitable(done):
                await done

    async def save(self, record: Record, seen: Seen | None) -> None:
        """Draft a record and tell all parts. Raises as the drafts do."""
        if isinstance(record, EntryRecord):
            await self.yidan.drafts.save_entry(self.group_id, record, by=self.by, seen=seen)
        else:
            await self.yidan.drafts.save_product(self.group_id, record, by=self.by, seen=seen)
        await self.changed()

    def place(self) -> Element:
        """Return where a new dialog belongs."""
        return self.dialogs if self.dialogs is not None else region("div")
