"""Answering a member: replies to choose from, and a box that keeps the assistant quiet while somebody writes in it."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.dossier import Dossier, SuggestedReply
from assistant.desk.service import PRIVATE_KINDS
from assistant.web.console.keyboard import Typing
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.visit import Visit


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
