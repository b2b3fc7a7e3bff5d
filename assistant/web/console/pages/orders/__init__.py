"""Orders: the list, one order with its proofs, and what is done with one or with many."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.web.console.pages.orders.board import Board
from assistant.web.console.pages.orders.file import OrderSheet
from assistant.web.console.pages.orders.tools import restock
from assistant.web.console.shell import page
from assistant.web.console.views.orders import wanted_from
from assistant.web.console.visit import Visit


@page("/orders", words="orders", icon="receipt_long", deed=Deed.MEMBERS, order=30, nav="main")
async def orders(visit: Visit) -> None:
    """Show the chosen group's orders; ``?order=`` opens one, ``?state=``, ``?text=`` narrow the list."""
    query = ui.context.client.request.query_params
    board = Board(visit, wanted_from(query))
    sheet = OrderSheet(visit, board.reload)
    board.on_open(sheet.open)
    await board.reload()

    async def look() -> None:
        await board.reload()
        await sheet.reload()

    async def open_asked() -> None:
        if query.get("order", "").isdigit():
            await sheet.open(int(query["order"][:9]))
        elif sku := query.get("restock", ""):
            await restock(visit, board.reload, sku=sku)

    visit.on_news(look)
    # Once the page stands: an order that does not exist is then told on it, like everything else.
    ui.timer(0.05, visit.deed(Deed.MEMBERS, open_asked), once=True)
