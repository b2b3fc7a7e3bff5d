"""What the list of orders offers beside: the books as Excel, what to pack, goods that arrived, payments."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.orders.spreadsheet import write_spreadsheet
from assistant.orders.sweep import promote_waiting
from assistant.web.api.orders import EXCEL
from assistant.web.console.pages.orders.asking import buttons, field, sheet
from assistant.web.console.parts import Text, attributes, link
from assistant.web.console.registry import PAGES
from assistant.web.console.visit import Visit

Reload = Callable[[], Awaitable[None]]


def menu(visit: Visit, reload: Reload) -> None:
    """Put the tools as links and buttons in a row."""
    w = visit.w

    async def excel() -> None:
        ui.download.content(await books(visit), f"{visit.group.id}-books.xlsx", EXCEL)

    async def goods() -> None:
        await restock(visit, reload)

    with Element("div").classes("y-row y-order-links"):
        _tool("download", w("excel"), visit.deed(Deed.MONEY, excel))
        for path in ("/picks", "/payments"):
            if path in PAGES and visit.may(PAGES[path].deed):
                link(w.of(PAGES[path].words)("title"), visit.link(path), icon=PAGES[path].icon)
        if visit.may(Deed.ORDERS):
            _tool("add_box", w("restock"), visit.deed(Deed.ORDERS, goods))


def _tool(icon: str, text: str, go: Callable[..., Awaitable[None]]) -> None:
    with Element("button").classes("y-link y-link-button") as made:
        attributes(made, type="button")
        ui.icon(icon)
        Text("span", text)
    made.on("click", go)


async def books(visit: Visit) -> bytes:
    """Return the chosen group's books as an Excel file."""
    orders = await visit.server.orders.book(visit.group.id)

    def write() -> bytes:
        with tempfile.TemporaryDirectory(prefix="yidan-books-") as folder:
            path = Path(folder) / "books.xlsx"
            write_spreadsheet(path, orders, visit.zone, visit.w.language)
            return path.read_bytes()

    return await asyncio.to_thread(write)


async def restock(visit: Visit, reload: Reload, *, sku: str = "") -> None:
    """Ask what arrived and how much of it; who waits for it is served first."""
    w, group_id = visit.w, visit.group.id
    products = (await visit.server.yidan.knowledge.knowledge(group_id)).products
    counted = {one.sku: f"{one.sku} {one.name}" for one in products if one.stock is not None}
    with visit.client.content, sheet(w("restock")) as dialog:
        if not counted:
            Text("p", w("nothing_counted"))
            ui.button(w("close"), on_click=dialog.close)
            return
        Text("p", w("restock_text")).classes("y-quiet")
        product = ui.select(counted, value=sku if sku in counted else next(iter(counted)), label=w("which_product"))
        product.props("outlined").classes("y-wide")
        units = field(w("units"), most=7, hint=w("units_hint"), number=True)

        async def go() -> None:
            text = (units.value or "").strip()
            if not text.lstrip("-").isdigit() or int(text) == 0:
                raise UsageError(f"'{text}' is no number of units; write it like 20")
            stock = await visit.server.yidan.knowledge.restock(
                group_id, product.value, int(text), by=visit.person.actor
            )
            now = visit.server.yidan.clock.now()
            served = await promote_waiting(visit.server.yidan.database, now, group_id)
            visit.server.announce(group_id)
            dialog.close()
            await reload()
            visit.note(w("restocked", product=counted[product.value], stock=stock, served=served))

        buttons(visit, dialog, w("restock_do"), visit.deed(Deed.ORDERS, go))
