"""The list of orders with what narrows it down; who is picked stays picked while orders come in."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.orders.book import BookOrder
from assistant.web.console.pages.orders import many, rows, tools
from assistant.web.console.parts import Text, attributes, empty, region
from assistant.web.console.redrawn import Redrawn
from assistant.web.console.views.orders import SORTS, Wanted, chosen, counts, doable
from assistant.web.console.visit import Visit

PAGE = 40
"""So many orders are shown at first, and with each tap on "more"."""


class Board:
    """The list as one visit sees it."""

    def __init__(self, visit: Visit, wanted: Wanted) -> None:
        self._visit = visit
        self._wanted = wanted
        self._orders: list[BookOrder] = []
        self._picked: set[int] = set()
        self._picks = 0
        """Goes up where boxes are ticked by us, not by hand: then they are drawn anew."""
        self._limit = PAGE
        self._open: Callable[[int], Awaitable[None]] | None = None
        with Element("div").classes("y-stack"):
            self._states = Redrawn[tuple[list[tuple[str, int]], str]](lambda _: self._draw_states())
            self._tools()
            self._list = Redrawn[tuple[list[BookOrder], int, int]](lambda _: self._draw_list())
            self._bar = Redrawn[tuple[frozenset[int], list[BookOrder]]](lambda _: self._draw_bar())

    def on_open(self, show: Callable[[int], Awaitable[None]]) -> None:
        """Set what opens one order."""
        self._open = show

    async def reload(self) -> None:
        """Read the orders again and show what is different."""
        self._orders = await self._visit.server.orders.book(self._visit.group.id)
        self._picked &= {order.number for order in self._orders}
        self._show()

    def _show(self) -> None:
        found = chosen(self._orders, self._wanted)
        self._states.show((counts(self._orders), self._wanted.state))
        self._list.show((found, self._picks, self._limit))
        self._bar.show((frozenset(self._picked), self._of_picked()))

    def _of_picked(self) -> list[BookOrder]:
        return [order for order in self._orders if order.number in self._picked]

    def _narrow(self, **values: Any) -> None:
        self._wanted = self._wanted.but(**values)
        self._limit = PAGE
        self._show()

    def _draw_states(self) -> None:
        w = self._visit.w
        with region("div", w("by_state")).classes("y-row y-pills") as pills:
            attributes(pills, role="group")
            self._state("", w("every_state"), len(self._orders))
            for state, count in counts(self._orders):
                self._state(state, w(f"state.{state}"), count)

    def _state(self, state: str, name: str, count: int) -> None:
        with Element("button").classes("y-pill") as pill:
            attributes(pill, type="button", aria_pressed="true" if self._wanted.state == state else "false")
            Text("span", name)
            Text("span", str(count)).classes("y-pill-count")
        pill.on("click", self._visit.deed(Deed.MEMBERS, lambda: self._narrow(state=state)))

    def _tools(self) -> None:
        w, visit = self._visit.w, self._visit

        def search(event: Any) -> None:
            self._narrow(text=str(event.value or ""))

        def sort(event: Any) -> None:
            self._narrow(sort=event.value)

        with Element("div").classes("y-row y-order-tools"):
            field = ui.input(
                w("search"), value=self._wanted.text, on_change=visit.deed(Deed.MEMBERS, search, once=False)
            )
            field.props("outlined dense clearable debounce=250 type=search").classes("y-grow")
            order = ui.select(
                {one: w(f"sort.{one}") for one in SORTS},
                value=self._wanted.sort,
                label=w("sort_by"),
                on_change=visit.deed(Deed.MEMBERS, sort, once=False),
            )
            order.props("outlined dense").classes("y-auto y-sort")
            tools.menu(visit, self.reload)

    def _draw_list(self) -> None:
        w = self._visit.w
        found = chosen(self._orders, self._wanted)
        if not self._orders:
            empty("receipt_long", w("none"), w("none_text"))
            return
        if not found:
            empty("search_off", w("none_found"), w("none_found_text"))
            return
        shown = found[: self._limit]
        rows.table(self._visit, shown, self._picked, self._pick, self._pick_all, self._open_one)
        if len(found) > len(shown):
            more = ui.button(w("more_orders", count=len(found) - len(shown)), on_click=self._more).props("outline")
            more.classes("y-wide")

    def _more(self) -> None:
        self._limit += PAGE
        self._show()

    def _pick(self, number: int, on: bool) -> None:
        (self._picked.add if on else self._picked.discard)(number)
        self._bar.show((frozenset(self._picked), self._of_picked()))

    def _pick_all(self, numbers: list[int], on: bool) -> None:
        self._picked = self._picked | set(numbers) if on else self._picked - set(numbers)
        self._picks += 1
        self._show()

    async def _open_one(self, number: int) -> None:
        if self._open is not None:
            await self._open(number)

    def _unpick(self) -> None:
        self._picked.clear()
        self._picks += 1
        self._show()

    def _draw_bar(self) -> None:
        """Show what can be done with those that are picked."""
        w, visit, picked = self._visit.w, self._visit, self._of_picked()
        if not picked:
            return
        with region("section", w("picked", count=len(picked))).classes("y-bulk"):
            with Element("div").classes("y-row y-between"):
                attributes(Text("strong", w("picked", count=len(picked))), role="status")
                ui.button(w("unpick"), on_click=self._unpick).props("flat dense")
            with Element("div").classes("y-row"):
                for choice, count in doable(picked):
                    if visit.may(rows.DEEDS[choice]):
                        many.button(visit, choice, count, picked, self._done)

    async def _done(self) -> None:
        self._picked.clear()
        self._picks += 1
        await self.reload()
