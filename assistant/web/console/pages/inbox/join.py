"""A request to join: who asks, from where, what is odd about it; let in, or turn away with a word."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.joining import RequestView
from assistant.errors import NotFound
from assistant.web.console.parts import Text, region
from assistant.web.console.views.inbox import clock, zone_of
from assistant.web.console.visit import Visit


class JoinDetail:
    """One request beside the list."""

    def __init__(self, visit: Visit, request_id: int) -> None:
        self.visit, self.request_id = visit, request_id
        self.group_id = ""
        self.state = ""
        self.body = region("div").classes("y-stack")

    async def show(self) -> None:
        """Show it. Raises NotFound where none of the seller's groups has it."""
        await self._look()
        self.visit.on_news(self._look)

    async def _find(self) -> RequestView:
        for group in self.visit.groups:
            if self.group_id in ("", group.id):
                for one in await self.visit.server.joining.requests(group.id):
                    if one.id == self.request_id:
                        self.group_id = group.id
                        return one
        raise NotFound(f"no request {self.request_id}")

    async def _look(self) -> None:
        one = await self._find()
        if one.state == self.state:
            return
        self.state = one.state
        self.body.clear()
        with self.body:
            self._build(one)

    def _build(self, one: RequestView) -> None:
        visit, w = self.visit, self.visit.w
        group = next(group for group in visit.groups if group.id == self.group_id)
        now = visit.server.yidan.clock.now()
        with region("div").classes("y-card y-stack"):
            with region("div").classes("y-row y-between"):
                Text("h2", one.nickname)
                Text("span", w("join_title")).classes("y-chip")
            asked = clock(one.asked_at, now, zone_of(group))
            Text("p", f"{group.name} · {asked}").classes("y-quiet")
            Text("h3", w("join_source"))
            Text("p", one.source or w("no_source")).classes("y-pre")
            if one.flags:
                Text("h3", w("join_flags"))
                with region("div").classes("y-row"):
                    for flag in one.flags:
                        Text("span", w(f"flag.{flag}") if w.has(f"flag.{flag}") else flag).classes("y-chip y-warm")
            if one.state != "pending":
                Text("p", w("join_was", state=w(f"request.{one.state}"))).classes("y-note")
                if one.note:
                    Text("p", one.note).classes("y-pre")
            elif visit.may(Deed.TALK):
                self._decide()

    def _decide(self) -> None:
        visit, w = self.visit, self.visit.w
        note = ui.textarea(w("join_note")).props("outlined autogrow maxlength=300").classes("y-wide")

        async def approve() -> None:
            await self._own()
            await visit.server.joining.approve(self.group_id, self.request_id, by=visit.person.actor)
            await self._done(w("approved"))

        async def refuse() -> None:
            await self._own()
            words = str(note.value or "").strip()
            await visit.server.joining.refuse(self.group_id, self.request_id, by=visit.person.actor, note=words)
            await self._done(w("refused"))

        with region("div").classes("y-row"):
            ui.button(w("approve"), icon="how_to_reg", on_click=visit.deed(Deed.TALK, approve))
            ui.button(w("refuse"), icon="block", on_click=visit.deed(Deed.TALK, refuse)).props("outline color=negative")

    async def _own(self) -> None:
        """Make sure that the group is still theirs. Raises NotFound."""
        await self.visit.server.directory.group(self.group_id, self.visit.person.seller_id)

    async def _done(self, text: str) -> None:
        self.visit.note(text)
        self.visit.server.announce(self.group_id)
        await self._look()
