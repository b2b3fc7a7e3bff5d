"""One order: what was ordered, where its money is, the proofs that came, its history, and what is next."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from assistant.delivery.claims import ClaimDesk, ClaimView
from assistant.orders.book import BookOrder, BookPayment
from assistant.orders.choices import Choice
from assistant.orders.commands import Command
from assistant.web.console.pages.orders.asking import HARMFUL, ask
from assistant.web.console.pages.orders.proofs import proof
from assistant.web.console.pages.orders.rows import DEEDS, state_chip
from assistant.web.console.parts import Text, attributes, icon_button, link, region
from assistant.web.console.redrawn import Redrawn
from assistant.web.console.views.orders import actor_text, history, note_text
from assistant.web.console.views.shown import moment, money
from assistant.web.console.visit import Visit

Reload = Callable[[], Awaitable[None]]


class OrderSheet:
    """The sheet that one order at a time is opened in; it follows the news while it is open."""

    def __init__(self, visit: Visit, reload_list: Reload) -> None:
        self._visit = visit
        self._reload_list = reload_list
        self._number: int | None = None
        self._dialog: ui.dialog | None = None
        self._body: Redrawn[tuple[BookOrder, list[ClaimView]]] | None = None

    async def open(self, number: int) -> None:
        """Show an order. Raises NotFound."""
        found = await self._read(number)
        self._number = number
        with self._visit.client.content, ui.dialog().props("position=bottom") as dialog:
            attributes(dialog, aria_label=self._visit.w("order_number", number=number))
            with Element("div").classes("y-sheet y-sheet-wide"):
                self._body = Redrawn(lambda shown: self._draw(*shown))
                self._body.show(found)
        self._dialog = dialog
        dialog.on("hide", self._closed)
        dialog.open()

    async def reload(self) -> None:
        """Show what is different."""
        if self._number is not None and self._body is not None:
            self._body.show(await self._read(self._number))

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.delete()
        self._number = self._dialog = self._body = None

    async def _read(self, number: int) -> tuple[BookOrder, list[ClaimView]]:
        visit, group_id = self._visit, self._visit.group.id
        order = await visit.server.orders.show(group_id, number)
        desk = ClaimDesk(visit.server.yidan.database, visit.server.yidan.clock, visit.server.orders)
        return order, await desk.of_order(group_id, number, language=visit.w.language)

    async def _carry(self, command: Command) -> None:
        visit = self._visit
        await visit.server.orders.do(visit.group.id, command, by=visit.person.actor)
        await self._changed()

    async def _changed(self) -> None:
        self._visit.server.announce(self._visit.group.id)
        await self._reload_list()
        await self.reload()

    def _draw(self, order: BookOrder, claims: list[ClaimView]) -> None:
        w = self._visit.w
        with Element("div").classes("y-row y-between"):
            with Element("div").classes("y-row"):
                Text("h2", w("order_of", number=order.number, member=order.member))
                state_chip(self._visit, order)
            icon_button("close", w("close"), on_click=self._dialog_close)
        link(w("all_of_member"), self._visit.link("/orders", text=order.member), icon="person_search")
        self._choices(order, claims)
        for claim in reversed(claims):
            proof(self._visit, order, claim, self._changed)
        _lines(self._visit, order)
        if order.payments:
            _payments(self._visit, order)
        _history(self._visit, order)

    def _dialog_close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _choices(self, order: BookOrder, claims: list[ClaimView]) -> None:
        visit = self._visit
        # Where a proof waits, the word about the money is said beside it.
        said_there = ("confirm", "reject") if any(claim.status == "claimed" for claim in claims) else ()
        offered = [choice for choice in order.choices if choice not in said_there and visit.may(DEEDS[choice])]
        if not offered:
            return
        with Element("div").classes("y-row"):
            for at, choice in enumerate(offered):
                self._choice(order, choice, first=at == 0)

    def _choice(self, order: BookOrder, choice: Choice, *, first: bool) -> None:
        visit = self._visit
        button = ui.button(
            visit.w(f"choice.{choice}"),
            on_click=visit.deed(DEEDS[choice], lambda: ask(visit, order, choice, self._carry)),
            color="negative" if choice in HARMFUL else "primary",
        )
        if choice in HARMFUL or not first:
            button.props("outline")


def _lines(visit: Visit, order: BookOrder) -> None:
    w = visit.w
    with region("section", w("what")).classes("y-stack y-tight"):
        Text("h3", w("what"))
        with Element("dl").classes("y-sums"):
            for line in order.lines:
                Text("dt", w("line", sku=line.sku, name=line.name, quantity=line.quantity, unit=line.unit))
                Text("dd", money(line.amount, order.currency))
            _sum(w("total"), money(order.total, order.currency), strong=True)
            if order.deposit is not None:
                _sum(w("deposit"), money(order.deposit, order.currency))
            _sum(w("paid"), money(order.paid, order.currency))
            if order.refunded:
                _sum(w("refunded"), money(order.refunded, order.currency))
            if order.owing and order.status != "refund_requested":
                _sum(w("owing"), money(order.owing, order.currency), strong=True)
        _when(visit, order)


def _sum(name: str, value: str, *, strong: bool = False) -> None:
    style = "y-strong" if strong else "y-quiet"
    Text("dt", name).classes(style)
    Text("dd", value).classes(style)


def _when(visit: Visit, order: BookOrder) -> None:
    w, now = visit.w, visit.server.yidan.clock.now()

    def told(key: str, at: object = "") -> None:
        Text("p", w(key, at=at)).classes("y-quiet")

    if (order.status == "pending_payment" or order.part_paid) and order.pay_by is not None:
        told("pay_by", moment(order.pay_by, now, visit.zone, w))
    if order.parcel:
        told("sent_with", order.parcel)
    if order.status == "shipped" and order.arrives_by is not None:
        told("arrives_by", moment(order.arrives_by, now, visit.zone, w))
    if order.received_at is not None:
        told("received_at", moment(order.received_at, now, visit.zone, w))


def _payments(visit: Visit, order: BookOrder) -> None:
    w = visit.w
    with region("section", w("payments")).classes("y-stack y-tight"):
        Text("h3", w("payments"))
        with Element("ul").classes("y-plain-list"):
            for paid in order.payments:
                with Element("li"):
                    _payment(visit, order, paid)


def _payment(visit: Visit, order: BookOrder, paid: BookPayment) -> None:
    w, now = visit.w, visit.server.yidan.clock.now()
    with Element("div").classes("y-row y-between"):
        Text("span", w(f"kind.{order.kind_of(paid)}"))
        sign = "-" if paid.kind == "refund" else ""
        Text("strong", sign + money(paid.amount, order.currency))
    who = w("by_bill") if paid.source == "bill" else actor_text(paid.actor, w)
    parts = [moment(paid.at, now, visit.zone, w), who]
    parts += [w("reference_is", reference=paid.reference)] if paid.reference else []
    Text("p", " · ".join([*parts, *([paid.note] if paid.note else [])])).classes("y-quiet")


def _history(visit: Visit, order: BookOrder) -> None:
    w, now = visit.w, visit.server.yidan.clock.now()
    with region("section", w("history")).classes("y-stack y-tight"):
        Text("h3", w("history"))
        with Element("ol").classes("y-history"):
            for step in history(order.events):
                with Element("li"):
                    said = [w(f"state.{step.state}")] if step.state else [w("changed")] if step.changed else []
                    said += [note_text(step.note, order.currency, w)] if step.note else []
                    Text("span", " · ".join(said))
                    if step.changed:
                        changed = w("list_break").join(f"{sku} × {quantity}" for sku, quantity in step.changed)
                        Text("span", changed).classes("y-quiet")
                    Text("span", f"{moment(step.at, now, visit.zone, w)} · {actor_text(step.actor, w)}").classes(
                        "y-quiet"
                    )
