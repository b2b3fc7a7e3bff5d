"""Sheets that ask what is needed before something is done with an order: a sum, a parcel's number, a word."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from assistant.orders.book import BookOrder
from assistant.orders.choices import Choice
from assistant.orders.commands import Cancel, Command, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.money import NewPayment, PaymentKind
from assistant.web.console.pages.orders.rows import DEEDS
from assistant.web.console.parts import Text, attributes
from assistant.web.console.views.orders import amount_of
from assistant.web.console.views.shown import money
from assistant.web.console.visit import Visit

NOTE = 300
PARCEL = 120

Carry = Callable[[Command], Awaitable[None]]
"""Carries a command out; raises what stands against it."""

Read = Callable[[], Command]
"""Reads the command off the fields. Raises UsageError where one of them makes no sense."""


@contextmanager
def sheet(title: str) -> Iterator[ui.dialog]:
    """Yield a sheet with a heading to put fields into; it is gone for good once it is closed."""
    with ui.dialog().props("position=bottom") as dialog, Element("div").classes("y-sheet"):
        attributes(dialog, aria_label=title)
        Text("h2", title)
        yield dialog
    dialog.on("hide", dialog.delete)
    dialog.open()


def ask(visit: Visit, order: BookOrder, choice: Choice, carry: Carry) -> None:
    """Ask what a choice needs, then carry it out."""
    w = visit.w
    with sheet(w(f"ask.{choice}", number=order.number, member=order.member)) as dialog:
        read = _FIELDS[choice](visit, order)

        async def go() -> None:
            await carry(read())
            dialog.close()
            visit.note(w(f"did.{choice}", number=order.number))

        buttons(visit, dialog, w(f"choice.{choice}"), visit.deed(DEEDS[choice], go), harmful=choice in HARMFUL)


HARMFUL: tuple[Choice, ...] = ("reject", "refund", "cancel")
"""What a member loses something by."""


def buttons(
    visit: Visit, dialog: ui.dialog, name: str, go: Callable[[], Awaitable[None]], *, harmful: bool = False
) -> None:
    """Put the two buttons of a sheet: do it, or leave it."""
    with Element("div").classes("y-row y-sheet-buttons"):
        ui.button(visit.w("cancel"), on_click=dialog.close).props("flat")
        ui.button(name, on_click=go, color="negative" if harmful else "primary")


def field(label: str, value: str = "", *, most: int = NOTE, hint: str = "", number: bool = False) -> ui.input:
    """Put a field for a line of text."""
    made = ui.input(label, value=value).props(f"outlined maxlength={most}").classes("y-wide")
    if hint:
        attributes(made, hint=hint)
    if number:
        attributes(made, inputmode="decimal", autocomplete="off")
    return made


def _confirm(visit: Visit, order: BookOrder) -> Read:
    w = visit.w
    Text("p", w("confirm_text", due=money(order.due, order.currency), total=money(order.total, order.currency)))
    kind = kind_field(visit, order)
    amount = field(w("amount"), f"{order.due:.2f}", most=16, hint=w("amount_hint"), number=True)
    reference = field(w("reference"), most=100, hint=w("reference_hint"))
    note = field(w("note_to_member"))

    def read() -> Command:
        return NewPayment(
            order.number,
            amount_of(amount.value or ""),
            chosen_kind(kind),
            reference=(reference.value or "").strip(),
            note=(note.value or "").strip(),
        )

    return read


def kind_field(visit: Visit, order: BookOrder) -> ui.select | None:
    """Put the choice between deposit, balance and all, where the order has a deposit."""
    if order.deposit is None:
        return None
    w, first = visit.w, "balance" if order.balance else "deposit"
    kinds = ("balance",) if order.balance else ("deposit", "full")
    return (
        ui.select({kind: w(f"kind.{kind}") for kind in kinds}, value=first, label=w("kind_of_payment"))
        .props("outlined")
        .classes("y-wide")
    )


def chosen_kind(select: ui.select | None) -> PaymentKind | None:
    """Return which kind was chosen; None leaves it to the sum."""
    match select.value if select is not None else None:
        case "deposit":
            return "deposit"
        case "balance":
            return "balance"
        case "full":
            return "full"
        case _:
            return None


def reject_text(visit: Visit, order: BookOrder) -> None:
    """Say what it means for an order that no money was found."""
    if order.part_paid:
        held, due = money(order.held, order.currency), money(order.due, order.currency)
        Text("p", visit.w("reject_part_text", held=held, due=due))
    else:
        Text("p", visit.w("reject_text"))


def _reject(visit: Visit, order: BookOrder) -> Read:
    reject_text(visit, order)
    note = field(visit.w("note_to_member"))
    return lambda: RejectClaim(order.number, (note.value or "").strip())


def _ship(visit: Visit, order: BookOrder) -> Read:
    w, usual = visit.w, visit.settings.delivery.days
    parcel = field(w("parcel"), most=PARCEL, hint=w("parcel_hint"))
    days = field(w("days"), "" if usual is None else str(usual), most=3, hint=w("days_hint"), number=True)
    note = field(w("note_to_member"))

    def read() -> Command:
        text = (days.value or "").strip()
        arrives = int(text) if text.isdigit() else None
        return Ship(order.number, (parcel.value or "").strip(), arrives, (note.value or "").strip())

    return read


def _complete(visit: Visit, order: BookOrder) -> Read:
    Text("p", visit.w("complete_text"))
    note = field(visit.w("note_to_member"))
    return lambda: Complete(order.number, (note.value or "").strip())


def _refund(visit: Visit, order: BookOrder) -> Read:
    w = visit.w
    Text("p", w("refund_text", held=money(order.held, order.currency)))
    amount = field(w("refund_amount"), f"{order.held:.2f}", most=16, hint=w("refund_hint"), number=True)
    returned = ui.checkbox(w("returned")) if order.shipped_at is not None else None
    reference = field(w("refund_reference"), most=100)
    note = field(w("note_to_member"))

    def read() -> Command:
        back = returned is not None and bool(returned.value)
        number = (reference.value or "").strip()
        return Refund(order.number, amount_of(amount.value or ""), number, back, (note.value or "").strip())

    return read


def _refuse_refund(visit: Visit, order: BookOrder) -> Read:
    Text("p", visit.w("refuse_text"))
    note = field(visit.w("note_to_member"))
    return lambda: RefuseRefund(order.number, (note.value or "").strip())


def _cancel(visit: Visit, order: BookOrder) -> Read:
    Text("p", visit.w("cancel_text"))
    note = field(visit.w("note_to_member"))
    return lambda: Cancel(order.number, (note.value or "").strip())


_FIELDS: dict[Choice, Callable[[Visit, BookOrder], Read]] = {
    "confirm": _confirm,
    "reject": _reject,
    "ship": _ship,
    "complete": _complete,
    "refund": _refund,
    "refuse_refund": _refuse_refund,
    "cancel": _cancel,
}
