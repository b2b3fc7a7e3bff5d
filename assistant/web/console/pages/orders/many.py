"""The same for many orders at once: asked once, and told order by order what came of it."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from assistant.errors import Conflict
from assistant.orders.book import BookOrder
from assistant.orders.choices import Choice
from assistant.orders.commands import Cancel, Command, Complete, Ship
from assistant.orders.money import NewPayment
from assistant.orders.service import Done
from assistant.web.console.pages.orders.asking import HARMFUL, PARCEL, buttons, field, sheet
from assistant.web.console.pages.orders.rows import DEEDS, state_chip
from assistant.web.console.parts import Text, attributes
from assistant.web.console.told import told
from assistant.web.console.views.orders import owed
from assistant.web.console.views.shown import money, sums
from assistant.web.console.visit import Visit

Finish = Callable[[], Awaitable[None]]


def button(visit: Visit, choice: Choice, count: int, picked: Sequence[BookOrder], finish: Finish) -> None:
    """Put the button that does something with all picked orders that allow it."""
    made = ui.button(
        visit.w("choice_count", choice=visit.w(f"choice.{choice}"), count=count),
        on_click=visit.deed(DEEDS[choice], lambda: _ask(visit, choice, picked, finish)),
        color="negative" if choice in HARMFUL else "primary",
    )
    if choice != "confirm":
        made.props("outline")


def _ask(visit: Visit, choice: Choice, picked: Sequence[BookOrder], finish: Finish) -> None:
    w = visit.w
    able = [order for order in picked if choice in order.choices]
    left = [order for order in picked if choice not in order.choices]
    with sheet(w("ask_many", choice=w(f"choice.{choice}"), count=len(able))) as dialog:
        if choice == "confirm":
            Text("p", w("confirm_many_text", amount=sums(owed(able), able[0].currency))).classes("y-note")
        if choice == "ship":
            Text("p", w("ship_many_text")).classes("y-quiet")
        read = _fields(visit, choice, able)
        if left:
            Text("p", w("left_out", count=len(left))).classes("y-quiet")
            for order in left:
                with Element("div").classes("y-row"):
                    Text("span", w("order_of", number=order.number, member=order.member))
                    state_chip(visit, order)

        async def go() -> None:
            done = await visit.server.orders.do_all(visit.group.id, read(), by=visit.person.actor)
            visit.server.announce(visit.group.id)
            dialog.close()
            await finish()
            with visit.client.content:
                _result(visit, choice, done)

        buttons(visit, dialog, w(f"choice.{choice}"), visit.deed(DEEDS[choice], go), harmful=choice in HARMFUL)


def _fields(visit: Visit, choice: Choice, orders: Sequence[BookOrder]) -> Callable[[], list[Command]]:
    """Put what is asked for each order; return what reads the commands off it."""
    w = visit.w
    parcels: dict[int, ui.input] = {}
    with Element("ul").classes("y-plain-list"):
        for order in orders:
            with Element("li").classes("y-stack y-tight"):
                with Element("div").classes("y-row y-between"):
                    Text("span", w("order_of", number=order.number, member=order.member))
                    if choice == "confirm":
                        Text("strong", money(order.due, order.currency))
                if choice == "ship":
                    parcels[order.number] = field(w("parcel_of", number=order.number), most=PARCEL)
    note = field(w("note_to_member")) if choice in ("cancel", "complete") else None

    def read() -> list[Command]:
        said = (note.value or "").strip() if note is not None else ""
        return [_command(choice, order, parcels, said) for order in orders]

    return read


def _command(choice: Choice, order: BookOrder, parcels: dict[int, ui.input], note: str) -> Command:
    match choice:
        case "confirm":
            return NewPayment(order.number, kind="balance" if order.balance else None)
        case "ship":
            return Ship(order.number, (parcels[order.number].value or "").strip())
        case "complete":
            return Complete(order.number, note)
        case "cancel":
            return Cancel(order.number, note)
        case _:
            raise Conflict("this is done one order at a time")


def _result(visit: Visit, choice: Choice, done: Sequence[Done]) -> None:
    """Tell what became of each order; where all went well one line is enough."""
    w = visit.w
    failed = [one for one in done if one.error]
    if not failed:
        visit.note(w("did_many", choice=w(f"choice.{choice}"), count=len(done)))
        return
    with sheet(w("result", good=len(done) - len(failed), bad=len(failed))) as dialog:
        with Element("ul").classes("y-plain-list"):
            for one in done:
                with Element("li").classes("y-row"):
                    mark = ui.icon("error_outline" if one.error else "check_circle")
                    mark.classes("y-bad" if one.error else "y-good")
                    attributes(mark, aria_hidden="true")
                    text = told(Conflict(one.error), w.language) if one.error else w(f"did.{choice}", number=one.number)
                    Text("span", text if not one.error else w("failed", number=one.number, why=text)).classes("y-grow")
        ui.button(w("close"), on_click=dialog.close)
