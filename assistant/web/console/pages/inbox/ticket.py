"""A ticket beside the list: what was said, tried, ordered and answered before; and everything one can do about it."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.dossier import Dossier
from assistant.delivery.talk import TalkLine
from assistant.desk.service import TicketView
from assistant.web.console.bubbles import Teller, bubble, reasons, teller_of
from assistant.web.console.pages.inbox.answering import Answering
from assistant.web.console.pages.inbox.learning import Learning
from assistant.web.console.parts import Text, attributes, link, region
from assistant.web.console.views.inbox import clock, state_text, zone_of
from assistant.web.console.views.shown import money
from assistant.web.console.visit import Visit

CHIPS = {"refund": "y-warm", "complaint": "y-bad"}

_NEAR = 0.05
"""What is less likely the right one tells a seller nothing."""


class TicketDetail:
    """One ticket. What others change while it is open is shown; what is being written stays."""

    def __init__(self, visit: Visit, ticket_id: int) -> None:
        self.visit, self.ticket_id = visit, ticket_id
        self.head = region("div").classes("y-stack")
        self.talk = region("div").classes("y-card y-stack")
        self.doing = region("div").classes("y-stack")
        self.side = region("div").classes("y-grid")
        self.status = ""
        self.seen: tuple[object, ...] = ()

    async def show(self) -> None:
        """Show it. Raises NotFound where the seller has no such ticket."""
        await self._look()
        self.visit.on_news(self._look)

    async def _look(self) -> None:
        visit = self.visit
        found = await visit.server.dossiers.of(self.ticket_id, seller_id=visit.person.seller_id)
        ticket = found.ticket
        head = (ticket.status, ticket.claimed_by, ticket.answer, found.pause)
        if (head, found.talk, found.orders) == self.seen:
            return
        self.seen = (head, found.talk, found.orders)
        for part, build in ((self.head, self._head), (self.talk, self._talk), (self.side, self._side)):
            part.clear()
            with part:
                await build(found)
        if ticket.status != self.status:
            self.status = ticket.status
            self.doing.clear()
            with self.doing:
                self._doing(found)

    async def _head(self, found: Dossier) -> None:
        visit, w, ticket = self.visit, self.visit.w, found.ticket
        group = next(group for group in visit.groups if group.id == ticket.group_id)
        now, zone = visit.server.yidan.clock.now(), zone_of(group)
        with region("div").classes("y-card y-stack"):
            with region("div").classes("y-row y-between"):
                Text("h2", ticket.member)
                with region("div").classes("y-row"):
                    Text("span", w(f"kind.{ticket.kind}")).classes(f"y-chip {CHIPS.get(ticket.kind, '')}")
                    state = state_text(ticket.status, ticket.claimed_by, visit.person.actor, w)
                    if state:
                        Text("span", state).classes("y-chip y-good")
            Text("p", f"{group.name} · {clock(ticket.created_at, now, zone)}").classes("y-quiet")
            Text("blockquote", ticket.question).classes("y-asked y-pre")
            also = ticket.context.get("also_asked_by", ())
            if also:
                Text("p", w("also_asked", names=w("list_break").join(also))).classes("y-quiet")
            if ticket.order is not None:
                address = f"/console/orders?group={group.id}&order={ticket.order}"
                link(w("open_order", number=ticket.order), address, icon="receipt_long")
            if ticket.kind == "refund" and found.terms:
                Text("p", found.terms).classes("y-note y-pre")
            if ticket.answer:
                Text("h3", w("answered"))
                Text("p", ticket.answer).classes("y-pre")
            self._pause(found)
            self._steps(ticket)

    def _pause(self, found: Dossier) -> None:
        visit, w, pause = self.visit, self.visit.w, found.pause
        if pause is None:
            return
        group = next(group for group in visit.groups if group.id == found.ticket.group_id)
        with region("div").classes("y-note y-row y-between y-pause"):
            if pause.until is not None:
                until = clock(pause.until, visit.server.yidan.clock.now(), zone_of(group))
                Text("span", w("quiet_until", name=pause.by, time=until))
            if pause.typing_by and pause.typing_by != visit.person.actor:
                Text("span", w("typing", name=pause.typing_by))
            elif pause.until is None:
                Text("span", w("assistant_waits"))
            if pause.until is not None and visit.may(Deed.TALK):
                handler = visit.deed(Deed.TALK, self._hand_back)
                ui.button(w("end_pause"), icon="smart_toy", on_click=handler).props("flat dense no-caps")

    def _steps(self, ticket: TicketView) -> None:
        visit, w = self.visit, self.visit.w
        if ticket.status == "resolved" or not visit.may(Deed.TALK):
            return
        with region("div").classes("y-row"):
            if ticket.status == "open":
                ui.button(w("claim"), icon="back_hand", on_click=visit.deed(Deed.TALK, self._claim))
            elif ticket.claimed_by == visit.person.actor:
                back = ui.button(w("hand_back"), icon="smart_toy", on_click=visit.deed(Deed.TALK, self._hand_back))
                back.props("outline")
            done = ui.button(w("resolve"), icon="done", on_click=visit.deed(Deed.TALK, self._resolve))
            done.props("flat")

    async def _talk(self, found: Dossier) -> None:
        Text("h2", self.visit.w("talk"))
        teller = await teller_of(self.visit, found.ticket.group_id)
        with region("div", self.visit.w("talk")).classes("y-talk y-talk-box") as box:
            attributes(box, tabindex="0", role="group")
            for line in found.talk:
                _line(line, teller, marked=line.item.id == f"m{found.ticket.message_id}")
        ui.run_javascript(f"yidan.end({box.id})")

    def _doing(self, found: Dossier) -> None:
        if not self.visit.may(Deed.TALK):
            return
        if found.ticket.status != "resolved":
            Answering(self.visit, found, self._look).show()
        elif found.ticket.answer and self.visit.may(Deed.DRAFT):
            Learning(self.visit, found).show()

    async def _side(self, found: Dossier) -> None:
        w = self.visit.w
        with _section(w("summary")):
            for line in found.summary.lines:
                Text("p", line).classes("y-pre")
        with _section(w("tried")):
            near = [tried for tried in found.tried if tried.probability >= _NEAR]
            for tried in near:
                with region("div").classes("y-row y-between"):
                    Text("span", tried.title).classes("y-grow")
                    Text("span", f"{round(tried.probability * 100)}%").classes("y-chip")
            if not near:
                Text("p", w("tried_none")).classes("y-quiet")
        self._orders(found)
        self._history(found)

    def _orders(self, found: Dossier) -> None:
        w, group_id = self.visit.w, found.ticket.group_id
        with _section(w("orders")):
            for order in found.orders:
                with region("div").classes("y-stack y-tight"):
                    with region("div").classes("y-row y-between"):
                        address = f"/console/orders?group={group_id}&order={order.number}"
                        link(w("order_line", number=order.number), address)
                        Text("span", w(f"status.{order.status}")).classes("y-chip")
                    Text("p", f"{w('list_break').join(order.items)} · {money(order.total, order.currency)}").classes(
                        "y-quiet"
                    )
            if not found.orders:
                Text("p", w("orders_none")).classes("y-quiet")

    def _history(self, found: Dossier) -> None:
        w, history = self.visit.w, found.history
        with _section(w("history")):
            if history.last_at is not None:
                Text("p", w("bought", count=history.purchases, day=f"{history.last_at:%Y-%m-%d}"))
            if history.usual:
                items = w("list_break").join(f"{one.name} × {one.quantity} {one.unit}" for one in history.usual)
                Text("p", w("usual", items=items)).classes("y-quiet")
            if history.earlier:
                Text("h3", w("earlier"))
            for one in history.earlier:
                Text("p", one.question).classes("y-pre")
                Text("p", one.answer or "—").classes("y-quiet y-pre")
            if history.last_at is None and not history.earlier:
                Text("p", w("history_none")).classes("y-quiet")

    async def _claim(self) -> None:
        await self._done(self.visit.server.desk.claim, "claimed")

    async def _hand_back(self) -> None:
        await self._done(self.visit.server.desk.hand_back, "handed_back")

    async def _resolve(self) -> None:
        await self._done(self.visit.server.desk.resolve, "resolved")

    async def _done(self, deed: Callable[..., Awaitable[TicketView]], told: str) -> None:
        visit = self.visit
        view = await deed(self.ticket_id, seller_id=visit.person.seller_id, actor=visit.person.actor)
        visit.server.announce(view.group_id)
        visit.note(visit.w(told))
        await self._look()


def _line(line: TalkLine, teller: Teller, *, marked: bool) -> None:
    with bubble(line, teller, marked=marked):
        if line.item.kind == "message":
            reasons(line, teller)


def _section(title: str) -> Element:
    made = region("section").classes("y-card y-stack y-tight")
    with made:
        Text("h3", title)
    return made
