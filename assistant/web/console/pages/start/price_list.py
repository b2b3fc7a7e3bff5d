"""The wizard's price list: a file in whatever shape, its columns, its lines, what is doubtful."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.knowledge.pricelist.columns import Field
from assistant.knowledge.pricelist.reading import read_sheet
from assistant.web.console.pages.start.line import edit_line
from assistant.web.console.parts import Text, attributes, file_button, icon_button, region
from assistant.web.console.views.start import (
    LEFT_OUT,
    column_options,
    doubt_text,
    map_column,
    money,
    shown_fields,
    take_sheet,
)

if TYPE_CHECKING:
    from assistant.web.console.pages.start import Wizard

Again = Callable[[], None]

MEGABYTES = 5
SHOWN = 100
"""So many lines are listed; all of them are taken."""


async def price_list(wizard: "Wizard") -> None:
    """Let a file be chosen or products be typed, and show what becomes of them."""
    visit, form, w = wizard.visit, wizard.form, wizard.visit.w
    unit = w("list.unit")
    Text("p", w("list.hint"))

    async def came(name: str, data: bytes) -> None:
        take_sheet(form, name, read_sheet(name, data), unit)
        _show(wizard, found, unit)

    def refused() -> None:
        visit.fail(w("list.refused", megabytes=MEGABYTES))

    async def add() -> None:
        edit_line(wizard, None, lambda: _show(wizard, found, unit))

    with region("div").classes("y-row"):
        guarded = visit.deed(Deed.GROUP, lambda file: came(*file))

        async def take(name: str, data: bytes) -> None:
            await guarded((name, data))

        accept = ".xlsx,.xlsm,.csv,.txt"
        file_button(w("list.choose"), take, accept=accept, megabytes=MEGABYTES, refused=refused)
        ui.button(w("list.add"), icon="add", on_click=visit.deed(Deed.GROUP, add)).props("flat")
    found = region("div").classes("y-stack")
    _show(wizard, found, unit)

    async def back() -> None:
        await wizard.show(0)

    async def go_on() -> None:
        if not form.products:
            raise UsageError("the price list has no product that can be sold yet")
        await wizard.show(2)

    with region("div").classes("y-row y-between"):
        ui.button(w("back"), on_click=back).props("flat")
        ui.button(w("next"), on_click=visit.deed(Deed.GROUP, go_on)).classes("y-push")


def _show(wizard: "Wizard", place: ui.element, unit: str) -> None:
    """Show the columns, the doubts and the lines anew."""
    form, w = wizard.form, wizard.visit.w

    def again() -> None:
        _show(wizard, place, unit)

    place.clear()
    with place:
        if form.sheet is not None:
            Text("p", w("list.found", file=form.file, count=len(form.products))).classes("y-answer")
            with region("details") as mapping:
                Text("summary", w("list.columns"))
                with region("div").classes("y-filters"):
                    for what in shown_fields(form):
                        _column(wizard, what, unit, again)
            if "name" not in form.columns or "price" not in form.columns:
                attributes(mapping, open=True)
        if form.doubtful:
            Text("h3", w("list.look", count=len(form.doubtful)))
            with region("ul").classes("y-list"):
                for at in form.doubtful:
                    _doubt(wizard, at, again)
        if form.lines:
            _lines(wizard, again)


def _column(wizard: "Wizard", what: Field, unit: str, again: Again) -> None:
    form, w = wizard.form, wizard.visit.w

    def chosen(event: object) -> None:
        map_column(form, what, int(getattr(event, "value", LEFT_OUT)), unit)
        again()

    value = form.columns.get(what, LEFT_OUT)
    ui.select(column_options(form, w), label=w(f"field.{what}"), value=value, on_change=chosen).props("outlined dense")


def _doubt(wizard: "Wizard", at: int, again: Again) -> None:
    line, w = wizard.form.lines[at], wizard.visit.w
    with region("li").classes("y-note y-row y-between" + ("" if line.usable else " y-bad")):
        Text("span", doubt_text(line, w)).classes("y-grow")
        ui.button(w("list.mend"), on_click=lambda: edit_line(wizard, at, again)).props("flat dense")


def _lines(wizard: "Wizard", again: Again) -> None:
    form, w = wizard.form, wizard.visit.w
    Text("h3", w("list.products"))
    with region("ul").classes("y-list y-lines"):
        for at, line in enumerate(form.lines[:SHOWN]):
            if not line.usable:
                continue
            product = line.product
            with region("li").classes("y-row y-between"):
                Text("span", product.sku).classes("y-chip")
                Text("span", product.name).classes("y-grow")
                Text("span", money(product.price, product.unit, form)).classes("y-num")
                label = w("list.edit", name=product.name)
                icon_button("edit", label, on_click=lambda at=at: edit_line(wizard, at, again))
    if len(form.lines) > SHOWN:
        Text("p", w("list.more", count=len(form.lines) - SHOWN)).classes("y-quiet")
