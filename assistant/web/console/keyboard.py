"""While somebody writes to a member, the assistant waits."""

import asyncio
import time

from nicegui import ui
from nicegui.events import GenericEventArguments

from assistant.accounts.permissions import Deed
from assistant.errors import YidanError
from assistant.groups.toml import settings_from_json
from assistant.web.console.visit import Visit

RENEWED_SECONDS = 8.0
"""How often it is said again that somebody still writes."""


class Typing:
    """Says that somebody writes to a member, again while they go on, and that they have stopped."""

    def __init__(self, visit: Visit, group_id: str, member_id: int) -> None:
        self.visit, self.group_id, self.member_id = visit, group_id, member_id
        self._said = 0.0
        # Stopping waits for what is just being said, or it would find nothing to take back.
        self._one_at_a_time = asyncio.Lock()

    def watch(self, box: ui.textarea) -> None:
        """Follow what is written in this box; leaving the page is stopping too."""

        async def written(event: GenericEventArguments) -> None:
            await self.written(str(event.args or ""))

        box.on("update:model-value", self.visit.deed(Deed.TALK, written, once=False), throttle=1.0)
        self.visit.client.on_disconnect(self.stop)

    async def written(self, text: str) -> None:
        """Note what stands in the box now, as the event brings it: the box itself may lag a moment behind."""
        await (self.sign() if text.strip() else self.stop())

    async def sign(self) -> None:
        """Keep the assistant out for a moment; the members see that somebody writes."""
        async with self._one_at_a_time:
            await self._sign()

    async def _sign(self) -> None:
        now = time.monotonic()
        if now - self._said < RENEWED_SECONDS:
            return
        visit, server = self.visit, self.visit.server
        group = await server.directory.group(self.group_id, visit.person.seller_id)
        await server.pauses.typing(self.group_id, self.member_id, by=visit.person.actor)
        self._said = now
        server.broadcast.typing(self.group_id, settings_from_json(group.settings).seller)
        server.broadcast.notify(self.group_id)

    async def stop(self) -> None:
        """Let the assistant go on."""
        async with self._one_at_a_time:
            await self._stop()

    async def _stop(self) -> None:
        if not self._said:
            return
        self._said = 0.0
        try:
            await self.visit.server.pauses.stopped_typing(self.group_id, self.member_id, by=self.visit.person.actor)
        except YidanError:
            # The member is gone meanwhile, and with them whatever was to be released.
            return
        # What the member wrote meanwhile gets its turn now.
        self.visit.server.announce(self.group_id)

    def sent(self) -> None:
        """Note that it was sent; the pause that an answer makes stands now."""
        self._said = 0.0
