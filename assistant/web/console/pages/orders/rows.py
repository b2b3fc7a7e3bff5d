"""The orders as a table on a desk and as cards on a phone: one markup, told apart by the style."""

from collections.abc import Awaitable, Callable, Collection, Sequence

from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.orders.book import BookOrder
from assistant.orders.choices import Choice
from assistant.web.console.parts import Text, attributes
from assistant.web.console.views.orders import TONES
from assistant.web.console.views.shown import moment, money
from assistant.web.console.visit import Visit

DEEDS: dict[Choice, Deed] = {
    "confirm": Deed.MONEY,
    "reject": Deed.MONEY,
    "refund": Deed.MONEY,
    "refuse_refund": Deed.MONEY,
    "ship": Deed.ORDERS,
    "complete": Deed.ORDERS,
    "cancel": Deed.ORDERS,
}
"""Who may make which choice."""

Pick = Callable[[int, bool], None]
PickAll = Callable[[list[int], bool], None]
Open = Callable[[int], Awaitable[None]]

_COLUMNS = ("number", "member", "lines", "total", "state", "placed")


def state_chip(visit: Visit, order: BookOrder) -> None:
    """Show an order's state; its tone says whether it wants something of the seller."""
    Text("span", visit.w(f"state.{order.state}")).classes(f"y-chip {TONES[order.state]}")


def table(
    visit: Visit, orders: Sequence[BookOrder], picked: Collection[int], pick: Pick, pick_all: PickAll, open_one: Open
) -> None:
    """Show the orders, each with a box to pick it by and its number to open it."""
    w = visit.w
    numbers = [order.number for order in orders]
    with Element("table").classes("y-table y-orders") as made:
        attributes(made, role="table", aria_label=w("title"))
        with Element("thead") as head, Element("tr") as row:
            attributes(head, role="rowgroup")
            attributes(row, role="row")
            with Element("th") as cell:
                attributes(cell, role="columnheader", scope="col")
                everything = all(number in picked for number in numbers)
                with _box(visit, w("pick_all"), everything, lambda on: pick_all(numbers, on)):
                    Text("span", w("every_one")).classes("y-phone")
            for name in _COLUMNS:
                attributes(Text("th", w(f"column.{name}")), role="columnheader", scope="col")
        with Element("tbody") as body:
            attributes(body, role="rowgroup")
            for order in orders:
                _row(visit, order, order.number in picked, pick, open_one)


def _box(visit: Visit, label: str, on: bool, ticked: Callable[[bool], None]) -> Element:
    """Put a box to tick; its label is a large target and may hold words besides."""
    with Element("label").classes("y-pick") as around:
        box = Element("input")
        attributes(box, type="checkbox", aria_label=label)
        if on:
            attributes(box, checked=True)
    handler = visit.deed(Deed.MEMBERS, lambda event: ticked(event.args is True), once=False)
    box.on("change", handler, js_handler="(event) => emit(event.target.checked)")
    return around


def _row(visit: Visit, order: BookOrder, picked: bool, pick: Pick, open_one: Open) -> None:
    w, now = visit.w, visit.server.yidan.clock.now()
    number = order.number
    with Element("tr").classes(f"y-order {'y-order-done' if order.status in ('cancelled', 'expired') else ''}") as row:
        attributes(row, role="row")
        with _cell("pick"):
            _box(visit, w("pick_one", number=number, member=order.member), picked, lambda on: pick(number, on))
        with _cell("number"), Element("button").classes("y-open") as button:
            attributes(button, type="button", aria_label=w("open_one", number=number, member=order.member))
            Text("span", w("order_number", number=number))
            button.on("click", visit.deed(Deed.MEMBERS, lambda: open_one(number)))
        with _cell("member"):
            Text("span", order.member)
        with _cell("lines"):
            for line in order.lines:
                Text("div", w("line", sku=line.sku, name=line.name, quantity=line.quantity, unit=line.unit))
        with _cell("total"):
            Text("strong", money(order.total, order.currency))
            if 0 < order.held < order.total:
                Text("div", w("paid_so_far", amount=money(order.held, order.currency))).classes("y-quiet")
        with _cell("state"):
            state_chip(visit, order)
            if order.parcel and order.status == "shipped":
                Text("div", order.parcel).classes("y-quiet")
        with _cell("placed"):
            Text("span", moment(order.created_at, now, visit.zone, w)).classes("y-quiet")


def _cell(name: str) -> Element:
    cell = Element("td").classes(f"y-cell-{name}")
    attributes(cell, role="cell")
    return cell
