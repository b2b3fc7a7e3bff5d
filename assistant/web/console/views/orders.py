"""Which orders a seller sees, in what order, and what can be done with those they picked. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from assistant.errors import UsageError
from assistant.orders.book import BookEvent, BookOrder
from assistant.orders.choices import Choice
from assistant.orders.notices import key_of
from assistant.orders.states import STATUSES
from assistant.payments.proof import Proof
from assistant.text.fold import fold
from assistant.web.console.views.shown import Says, money

Sort = Literal["newest", "oldest", "amount", "changed"]
SORTS: tuple[Sort, ...] = get_args(Sort)

MANY: tuple[Choice, ...] = ("confirm", "ship", "complete", "cancel")
"""What can be done with many orders at once; the others want a look at each."""

WORK_FIRST = (
    "payment_claimed",
    "refund_requested",
    "paid",
    "pending_payment",
    "preorder",
    "shipped",
    "completed",
    "refunded",
    "cancelled",
    "expired",
)
"""States by how much they want of the seller."""

TONES = {
    "payment_claimed": "y-warm",
    "part_paid": "y-warm",
    "refund_requested": "y-warm",
    "paid": "y-good",
    "shipped": "y-good",
    "completed": "y-good",
    "pending_payment": "",
    "preorder": "",
    "refunded": "",
    "cancelled": "",
    "expired": "",
}
"""How a state is coloured: warm wants the seller's word, good is on its way or done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed down to. ``text`` is looked for in number, member, products, parcel and references."""

    state: str = ""
    text: str = ""
    sort: Sort = "newest"

    def but(self, **values: Any) -> "Wanted":
        """Return the same with some of it changed; a sort that is not known is the usual one."""
        if values.get("sort", "newest") not in SORTS:
            values["sort"] = "newest"
        return replace(self, **values)


def wanted_from(query: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; states that are not known are passed over."""
    state = query.get("state", "")
    return Wanted(state if state in STATUSES else "", query.get("text", "")[:100])


def counts(orders: Iterable[BookOrder]) -> list[tuple[str, int]]:
    """Return how many orders there are in each state that has any, what wants work first."""
    counted = Counter(order.status for order in orders)
    return [(state, counted[state]) for state in WORK_FIRST if counted[state]]


def chosen(orders: Sequence[BookOrder], wanted: Wanted) -> list[BookOrder]:
    """Return the orders that were asked for, sorted as asked."""
    words = fold(wanted.text).split()
    found = [
        order
        for order in orders
        if (not wanted.state or order.status == wanted.state) and all(_holds(order, word) for word in words)
    ]
    match wanted.sort:
        case "newest":
            return sorted(found, key=lambda order: -order.number)
        case "oldest":
            return sorted(found, key=lambda order: order.number)
        case "amount":
            return sorted(found, key=lambda order: (-order.total, order.number))
        case "changed":
            return sorted(found, key=lambda order: (order.updated_at, order.number), reverse=True)


def _holds(order: BookOrder, word: str) -> bool:
    """Return whether an order has a word: as its whole number (also ``#12``), or anywhere in its texts."""
    if word.lstrip("#") == str(order.number):
        return True
    texts = [order.member, order.parcel, *(paid.reference for paid in order.payments)]
    texts += [f"{line.sku} {line.name}" for line in order.lines]
    return any(word in fold(text) for text in texts)


def amount_of(text: str) -> Decimal | None:
    """Return the sum that somebody typed; None where they typed nothing. Raises UsageError."""
    bare = text.strip().lstrip("¥￥$€£").replace(",", "").replace("，", "").strip()
    if not bare:
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        raise UsageError(f"{text.strip()[:40]} is no sum of money; write it like 396.00") from None


def doable(orders: Iterable[BookOrder]) -> list[tuple[Choice, int]]:
    """Return what can be done with these orders at once, and with how many of them."""
    found = list(orders)
    able = [(choice, sum(choice in order.choices for order in found)) for choice in MANY]
    return [(choice, count) for choice, count in able if count]


def read_off(proof: Proof, w: Says) -> list[tuple[str, str]]:
    """Return what a picture says, field by field; a time is as the phone shows it."""
    amount = "" if proof.amount is None else money(proof.amount, proof.currency or "CNY")
    time = "" if proof.time is None else f"{proof.time:%Y-%m-%d %H:%M}"
    values = {
        "amount": amount,
        "time": time,
        "payee": proof.payee or "",
        "reference": proof.reference or "",
        "app": w(f"app.{proof.app}") if proof.app else "",
    }
    return [(key, value or w("not_seen")) for key, value in values.items() if value or key in ("amount", "time")]


def note_text(note: str, currency: str, w: Says) -> str:
    """Return a note of an order's history in the page's language: what the product notes by itself is reworded."""
    key, amount = key_of(note)
    if amount is not None:
        return w(f"note.{key}", amount=money(amount, currency))
    return w(f"note.{key}") if w.has(f"note.{key}") else note


def actor_text(actor: str, w: Says) -> str:
    """Return who did something; what happened by itself is told as that."""
    return w("by_itself") if actor == "yidan" else actor


def owed(orders: Iterable[BookOrder]) -> dict[str, Decimal]:
    """Return what is due now for these orders together, by currency."""
    found: dict[str, Decimal] = {}
    for order in orders:
        found[order.currency] = found.get(order.currency, Decimal(0)) + order.due
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A line of an order's history; ``changed`` are its lines after a change, empty where they stayed."""

    at: datetime
    actor: str
    state: str
    note: str
    changed: tuple[tuple[str, int], ...] = ()


def history(events: Sequence[BookEvent]) -> list[Step]:
    """Return what happened to an order, newest first; a change of lines shows the new ones, a move the new state."""
    steps = []
    before: tuple[tuple[str, int], ...] = ()
    for event in events:
        changed = event.lines if event.lines != before else ()
        state = event.to_status if event.to_status != event.from_status else ""
        steps.append(Step(event.at, event.actor, state, event.note, changed))
        before = event.lines
    return steps[::-1]
