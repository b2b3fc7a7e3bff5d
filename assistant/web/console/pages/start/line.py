"""One product of the price list, to be typed or put right."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.web.console.parts import region, sheet
from assistant.web.console.views.start import drop_line, set_line

if TYPE_CHECKING:
    from assistant.web.console.pages.start import Wizard


def edit_line(wizard: "Wizard", at: int | None, again: Callable[[], None]) -> None:
    """Open a sheet with one product's fields; ``again`` is called when they were changed."""
    visit, form, w = wizard.visit, wizard.form, wizard.visit.w
    product = form.lines[at].product if at is not None else None
    known = product is not None and product.price > 0
    with sheet(w("list.product") if at is not None else w("list.add")) as dialog:
        name = ui.input(w("field.name"), value=product.name if product else "").props("outlined autofocus")
        price = ui.input(w("field.price"), value=f"{product.price:f}" if product and known else "")
        price.props("outlined inputmode=decimal")
        with region("div").classes("y-filters"):
            unit = ui.input(w("field.unit"), value=product.unit if product else w("list.unit")).props("outlined")
            sku = ui.input(w("field.sku"), value=product.sku if product else "").props("outlined")
            stock = "" if product is None or product.stock is None else str(product.stock)
            left = ui.input(w("field.stock"), value=stock, placeholder=w("list.no_limit"))
            left.props("outlined inputmode=numeric")

        async def keep() -> None:
            set_line(
                form,
                at,
                name=str(name.value or ""),
                price=str(price.value or ""),
                unit=str(unit.value or ""),
                stock=str(left.value or ""),
                sku=str(sku.value or ""),
            )
            dialog.close()
            again()

        async def drop() -> None:
            if at is not None:
                drop_line(form, at)
            dialog.close()
            again()

        with region("div").classes("y-row y-between"):
            if at is not None:
                ui.button(w("list.drop"), on_click=visit.deed(Deed.GROUP, drop)).props("flat color=negative")
            ui.button(w("save"), on_click=visit.deed(Deed.GROUP, keep)).classes("y-push")
    dialog.open()
