"""Answering a member: replies to choose from, and a box that keeps the assistant quiet while somebody writes in it."""

import time
from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.dossier import Dossier, SuggestedReply
from assistant.desk.service import PRIVATE_KINDS
from assistant.errors import YidanError
from assistant.groups.toml import settings_from_json
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.visit import Visit

RENEWED_SECONDS = 8.0
"""How often it is said again that somebody still writes."""


class Answering:
    """The reply box of one ticket."""

    def __init__(self, visit: Visit, found: Dossier, refresh: Callable[[], Awaitable[None]]) -> None:
        self.visit, self.ticket, self.replies, self.refresh = visit, found.ticket, found.replies, refresh
        self.typing = Typing(visit, found.ticket.group_id, found.ticket.member_id)
        self.box: ui.textarea

    def show(self) -> None:
        """Show the box with the replies to choose from."""
        visit, w = self.visit, self.visit.w
        with region("section").classes("y-card y-stack"):
            Text("h2", w("reply"))
            for reply in self.replies:
                self._offer(reply)
            self.box = ui.textarea(w("reply_label", name=self.ticket.member))
            self.box.props("outlined autogrow maxlength=4000").classes("y-wide")
            self.typing.watch(self.box)
            private = self.ticket.kind in PRIVATE_KINDS
            Text("p", w("reply_private" if private else "reply_goes")).classes("y-quiet")
            with region("div").classes("y-row"):
                send = visit.deed(Deed.TALK, self._send_and_resolve)
                ui.button(w("send_resolve"), icon="send", on_click=send)
                keep = ui.button(w("send"), on_click=visit.deed(Deed.TALK, self._send))
                keep.props("outline")

    def _offer(self, reply: SuggestedReply) -> None:
        w = self.visit.w

        async def take() -> None:
            self.box.value = reply.text
            self.box.run_method("focus")
            await self.typing.sign()

        with Element("button").classes("y-offer") as offer:
            attributes(offer, type="button")
            whence = (
                w("from_entry", title=reply.title, percent=round(reply.probability * 100))
                if reply.source
                else w("general")
            )
            Text("span", whence).classes("y-quiet")
            Text("span", reply.text).classes("y-pre")
        offer.on("click", self.visit.deed(Deed.TALK, take))

    async def _send_and_resolve(self) -> None:
        await self._answer(resolve=True)

    async def _send(self) -> None:
        await self._answer(resolve=False)

    async def _answer(self, *, resolve: bool) -> None:
        visit = self.visit
        text = str(self.box.value or "").strip()
        if not text:
            visit.fail(visit.w("nothing_written"))
            return
        await visit.server.desk.answer(
            self.ticket.id, text, seller_id=visit.person.seller_id, actor=visit.person.actor, resolve=resolve
        )
        self.typing.sent()
        self.box.value = ""
        visit.server.announce(self.ticket.group_id)
        visit.note(visit.w("sent"))
        await self.refresh()


class Typing:
    """Says that somebody writes to a member, again while they go on, and that they have stopped."""

    def __init__(self, visit: Visit, group_id: str, member_id: int) -> None:
        self.visit, self.group_id, self.member_id = visit, group_id, member_id
        self._said = 0.0

    def watch(self, box: ui.textarea) -> None:
        """Follow what is written in this box; leaving the page is stopping too."""

        async def written() -> None:
            await (self.sign() if str(box.value or "").strip() else self.stop())

        box.on("update:model-value", self.visit.deed(Deed.TALK, written, once=False), throttle=1.0)
        self.visit.client.on_disconnect(self.stop)

    async def sign(self) -> None:
        """Keep the assistant out for a moment; the members see that somebody writes."""
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
        if not self._said:
            return
        self._said = 0.0
        try:
            await self.visit.server.pauses.stopped_typing(self.group_id, self.member_id, by=self.visit.person.actor)
        except YidanError:
            # The member is gone meanwhile, and with them whatever was to be released.
            return
        self.visit.server.broadcast.notify(self.group_id)

    def sent(self) -> None:
        """Note that it was sent; the pause that an answer makes stands now."""
        self._said = 0.0
