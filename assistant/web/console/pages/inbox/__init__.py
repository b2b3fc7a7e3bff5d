"""Inbox: what waits for the seller, each thing with its whole context and what can be done about it."""

from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import ValueChangeEventArguments

from assistant.accounts.permissions import Deed
from assistant.delivery.waiting import KINDS, Kind, State
from assistant.errors import NotFound
from assistant.web.console.pages.inbox.join import JoinDetail
from assistant.web.console.pages.inbox.ticket import TicketDetail
from assistant.web.console.parts import Text, attributes, empty, link, region
from assistant.web.console.shell import page
from assistant.web.console.views.inbox import Card, Look, card
from assistant.web.console.visit import Visit


@page("/inbox", words="inbox", icon="inbox", deed=Deed.MEMBERS, order=20, group=False, nav="main")
async def inbox(visit: Visit) -> None:
    """Show the list, with what is chosen beside it; on a phone one or the other."""
    w, asked = visit.w, visit.client.request.query_params
    chosen, listing = asked.get("open", ""), _Listing(visit, asked.get("open", ""))
    if not visit.groups:
        empty("storefront", w("no_group"), w("no_group_text"))
        return
    with region("div").classes("y-inbox" + (" y-opened" if chosen else "")):
        with region("section", w("tickets")).classes("y-inbox-list y-stack"):
            listing.filters()
            listing.rows = region("ul").classes("y-list y-cards")
        with region("section", w("details")).classes("y-inbox-detail y-stack"):
            await _detail(visit, chosen)
    visit.on_news(listing.refresh)
    await listing.refresh()


async def _detail(visit: Visit, chosen: str) -> None:
    w = visit.w
    kind, _, number = chosen.partition("-")
    if not chosen:
        empty("inbox", w("choose"), w("choose_text"))
        return
    back = link(w("back_to_list"), "/console/inbox", icon="arrow_back").classes("y-phone")
    attributes(back, data_back="list")
    row_id = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else 0
    try:
        await (JoinDetail(visit, row_id) if kind == "join" else TicketDetail(visit, row_id)).show()
    except NotFound:
        # Another seller's is told apart from none at all by nothing.
        empty("search_off", w("gone"), w("gone_text"))


class _Listing:
    """The list with its filters."""

    def __init__(self, visit: Visit, chosen: str) -> None:
        self.visit, self.chosen = visit, chosen
        self.rows: Element | None = None
        self.shown: list[Card] | None = None
        asked = visit.client.request.query_params
        self.done = asked.get("state") == "done"
        self.kind = asked.get("kind", "") if asked.get("kind", "") in KINDS else ""
        self.group = asked.get("in", "")

    def filters(self) -> None:
        """Show what narrows the list down."""
        w, groups = self.visit.w, {group.id: group.name for group in self.visit.groups}
        if self.group not in groups:
            self.group = ""
        tabs = {False: w("waiting_tab"), True: w("done_tab")}
        toggle = ui.toggle(tabs, value=self.done, on_change=self.visit.deed(Deed.MEMBERS, self._tab, once=False))
        toggle.props("no-caps unelevated spread").classes("y-toggle")
        with region("div").classes("y-filters"):
            kinds = {"": w("all_kinds")} | {kind: w(f"kind.{kind}") for kind in KINDS}
            choose = self.visit.deed(Deed.MEMBERS, self._kind, once=False)
            kind = ui.select(kinds, label=w("kinds"), value=self.kind, on_change=choose)
            kind.props("outlined dense options-dense")
            if len(groups) > 1:
                choose = self.visit.deed(Deed.MEMBERS, self._group, once=False)
                group = ui.select({"": w("all_groups")} | groups, label=w("group"), value=self.group, on_change=choose)
                group.props("outlined dense options-dense")

    async def refresh(self) -> None:
        """Read what waits, and show it where it is not what stands there."""
        visit, w = self.visit, self.visit.w
        groups = [group.id for group in visit.groups if self.group in ("", group.id)]
        states: tuple[State, ...] = ("resolved",) if self.done else ("open", "claimed")
        kinds: tuple[Kind, ...] = tuple(kind for kind in KINDS if self.kind in ("", kind))
        items = await visit.server.waiting.list(groups, states=states, kinds=kinds)
        query = [("state", "done" if self.done else ""), ("kind", self.kind), ("in", self.group)]
        now = visit.server.yidan.clock.now()
        look = Look(now, visit.person.actor, self.chosen, tuple((name, value) for name, value in query if value))
        cards = [card(item, look, w) for item in items]
        if cards == self.shown or self.rows is None:
            return
        self.shown = cards
        self.rows.clear()
        with self.rows:
            for one in cards:
                _card(one, several=len(visit.groups) > 1)
            if not cards:
                with region("li"):
                    which = "_done" if self.done else ""
                    empty("task_alt", w(f"empty{which}"), w(f"empty{which}_text"))

    async def _tab(self, event: ValueChangeEventArguments[Any]) -> None:
        self.done = bool(event.value)
        await self.refresh()

    async def _kind(self, event: ValueChangeEventArguments[Any]) -> None:
        self.kind = str(event.value or "")
        await self.refresh()

    async def _group(self, event: ValueChangeEventArguments[Any]) -> None:
        self.group = str(event.value or "")
        await self.refresh()


def _card(one: Card, *, several: bool) -> None:
    with region("li"), region("a").classes("y-card y-waiting") as anchor:
        attributes(anchor, href=one.href)
        if one.chosen:
            attributes(anchor, aria_current="true")
        with region("span").classes("y-row y-between"):
            with region("span").classes("y-row"):
                ui.icon(one.icon)
                Text("strong", one.kind)
                Text("span", one.member)
            Text("span", one.wait).classes(f"y-chip y-{one.tone}" if one.tone else "y-chip")
        Text("span", one.text).classes("y-two-lines")
        notes = [one.group] if several else []
        notes += [note for note in (one.state, one.more) if note]
        if notes:
            Text("span", " · ".join(notes)).classes("y-quiet")
