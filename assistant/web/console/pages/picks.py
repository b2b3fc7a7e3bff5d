"""The pick list: what is paid and has not left yet, by product and by order; it prints."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.orders.book import BookOrder
from assistant.orders.sheets import Pick, pick_list
from assistant.web.console.parts import Text, attributes, empty, link, region
from assistant.web.console.redrawn import Redrawn
from assistant.web.console.shell import page
from assistant.web.console.visit import Visit


@page("/picks", words="picks", icon="checklist", deed=Deed.ORDERS, order=31, nav="none")
async def picks(visit: Visit) -> None:
    """Show what to take from the shelf, and for whom."""
    board = Redrawn[list[BookOrder]](lambda orders: _draw(visit, orders))

    async def look() -> None:
        board.show([order for order in await visit.server.orders.book(visit.group.id) if order.status == "paid"])

    await look()
    visit.on_news(look)


def _draw(visit: Visit, orders: Sequence[BookOrder]) -> None:
    w = visit.w
    link(w("to_orders"), visit.link("/orders", state="paid"), icon="arrow_back").classes("y-no-print")
    if not orders:
        empty("task_alt", w("none"), w("none_text"))
        return
    with Element("div").classes("y-row y-between"):
        Text("p", w("count", orders=len(orders))).classes("y-quiet")
        print_it = ui.button(w("print"), icon="print").props("outline").classes("y-no-print")
        print_it.on("click", js_handler="() => window.print()")
    _by_product(visit, pick_list(orders))
    _by_order(visit, orders)


def _by_product(visit: Visit, found: Sequence[Pick]) -> None:
    w = visit.w
    with region("section", w("by_product")).classes("y-stack y-tight"):
        Text("h2", w("by_product"))
        with Element("table").classes("y-table"):
            with Element("thead"), Element("tr"):
                for name in ("which_product", "quantity", "whose"):
                    attributes(Text("th", w(name)), scope="col")
            with Element("tbody"):
                for pick in found:
                    with Element("tr"):
                        Text("td", f"{pick.sku} {pick.name}")
                        with Element("td").classes("y-clip"):
                            Text("strong", f"{pick.quantity} {pick.unit}")
                        Text("td", w("joined").join(f"#{n} {who} × {many}" for n, who, many in pick.orders))


def _by_order(visit: Visit, orders: Sequence[BookOrder]) -> None:
    w = visit.w
    with region("section", w("by_order")).classes("y-stack y-tight"):
        Text("h2", w("by_order"))
        with Element("ul").classes("y-plain-list y-card"):
            for order in orders:
                with Element("li"):
                    Text("strong", w("order_of", number=order.number, member=order.member))
                    lines = [f"{ln.sku} {ln.name} × {ln.quantity} {ln.unit}" for ln in order.lines]
                    Text("div", w("joined").join(lines))
