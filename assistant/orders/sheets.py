"""The sheets of the books: what stands in which column, worked out from the orders."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from assistant.orders.book import BookOrder, BookPayment
from assistant.orders.states import LIVE

MONEY = frozenset({"total", "deposit", "paid", "refunded", "owing", "price", "amount", "ordered", "received", "net"})
"""Columns that hold amounts."""

WIDTHS = {
    "member": 18,
    "name": 28,
    "status": 18,
    "orders": 50,
    "parcel": 24,
    "reference": 32,
    "note": 30,
    "by": 18,
    "date": 14,
}
"""Column widths in characters; times have their own, all others the usual one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Pick:
    """How many of a product to take from the shelf, and for whom: (order's number, member, quantity)."""

    sku: str
    name: str
    unit: str
    quantity: int
    orders: tuple[tuple[int, str, int], ...]


def pick_list(orders: Sequence[BookOrder]) -> list[Pick]:
    """Return what is paid and has not left yet, by product."""
    wanted: dict[tuple[str, str, str], list[tuple[int, str, int]]] = defaultdict(list)
    for order in orders:
        if order.status != "paid":
            continue
        for line in order.lines:
            wanted[line.sku, line.name, line.unit].append((order.number, order.member, line.quantity))
    return [Pick(*key, sum(many for _, _, many in whose), tuple(whose)) for key, whose in sorted(wanted.items())]


def sheets_of(orders: Sequence[BookOrder], zone: ZoneInfo) -> list[Sheet]:
    """Return all sheets of the books; times are wall-clock times of ``zone``, amounts are decimals."""
    return [
        _orders(orders, zone),
        _lines(orders),
        _payments(orders, zone),
        _refunds(orders, zone),
        _preorders(orders, zone),
        _pick_list(orders),
        _days(orders, zone),
    ]


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    # Spreadsheets know no zones: the group's wall clock is what the seller expects to read.
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None


def _orders(orders: Sequence[BookOrder], zone: ZoneInfo) -> Sheet:
    columns = (
        *("number", "member", "status", "total", "deposit", "paid", "refunded", "owing", "currency"),
        *("created_at", "pay_by", "shipped_at", "parcel", "received_at", "updated_at"),
    )
    return Sheet(
        "orders",
        columns,
        [
            (
                *(o.number, o.member, o.state, o.total, o.deposit, o.paid, o.refunded, o.owing, o.currency),
                *(_local(o.created_at, zone), _local(o.pay_by, zone), _local(o.shipped_at, zone), o.parcel),
                *(_local(o.received_at, zone), _local(o.updated_at, zone)),
            )
            for o in orders
        ],
    )


def _lines(orders: Sequence[BookOrder]) -> Sheet:
    return Sheet(
        "lines",
        ("order", "member", "status", "sku", "name", "quantity", "unit", "price", "amount"),
        [
            (order.number, order.member, order.state, ln.sku, ln.name, ln.quantity, ln.unit, ln.price, ln.amount)
            for order in orders
            for ln in order.lines
        ],
    )


def _money(orders: Sequence[BookOrder], *, refunds: bool) -> list[tuple[BookOrder, BookPayment]]:
    return [(order, money) for order in orders for money in order.payments if (money.kind == "refund") is refunds]


def _payments(orders: Sequence[BookOrder], zone: ZoneInfo) -> Sheet:
    columns = ("order", "member", "kind", "amount", "currency", "confirmed_at", "moved_at")
    return Sheet(
        "payments",
        (*columns, "method", "reference", "source", "by", "note"),
        [
            (
                *(order.number, order.member, order.kind_of(paid), paid.amount, order.currency),
                *(_local(paid.at, zone), _local(paid.moved_at, zone)),
                *(paid.method, paid.reference, paid.source, paid.actor, paid.note),
            )
            for order, paid in _money(orders, refunds=False)
        ],
    )


def _refunds(orders: Sequence[BookOrder], zone: ZoneInfo) -> Sheet:
    """Refunds, and below them the requests that nobody has decided on."""
    rows: list[tuple[object, ...]] = [
        (
            *(order.number, order.member, "refunded", back.amount, order.currency),
            *(_local(order.refund_asked_at, zone), _local(back.at, zone), back.reference, back.actor, back.note),
        )
        for order, back in _money(orders, refunds=True)
    ]
    rows += [
        (o.number, o.member, "asked for", None, o.currency, _local(o.refund_asked_at, zone), None, "", "", "")
        for o in orders
        if o.status == "refund_requested"
    ]
    columns = ("order", "member", "status", "amount", "currency", "asked_at", "refunded_at", "reference", "by", "note")
    return Sheet("refunds", columns, rows)


def _preorders(orders: Sequence[BookOrder], zone: ZoneInfo) -> Sheet:
    places: dict[str, int] = defaultdict(int)
    rows = []
    for order in orders:
        if order.status != "preorder":
            continue
        for line in order.lines:
            places[line.sku] += 1
            waiting = (line.sku, line.name, places[line.sku], order.number, order.member, line.quantity, line.unit)
            rows.append((*waiting, _local(order.created_at, zone)))
    columns = ("sku", "name", "place", "order", "member", "quantity", "unit", "created_at")
    return Sheet("preorders", columns, sorted(rows, key=lambda row: (row[0], row[2])))


def _pick_list(orders: Sequence[BookOrder]) -> Sheet:
    rows = [
        (one.sku, one.name, one.unit, one.quantity, "; ".join(f"#{n} {who} x {many}" for n, who, many in one.orders))
        for one in pick_list(orders)
    ]
    return Sheet("pick list", ("sku", "name", "unit", "quantity", "orders"), rows)


def _days(orders: Sequence[BookOrder], zone: ZoneInfo) -> Sheet:
    """Each day's orders that count, and the money that came and went."""
    placed: dict[date, int] = defaultdict(int)
    sums: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for order in orders:
        day = order.created_at.astimezone(zone).date()
        sums[day]["ordered"] += order.total if order.status in LIVE else Decimal(0)
        placed[day] += order.status in LIVE
        for money in order.payments:
            column = "refunded" if money.kind == "refund" else "received"
            sums[money.at.astimezone(zone).date()][column] += money.amount
    rows: list[tuple[object, ...]] = []
    for day in sorted(sums):
        total = sums[day]
        received, refunded = total["received"], total["refunded"]
        rows.append((day, placed[day], total["ordered"], received, refunded, received - refunded))
    return Sheet("days", ("date", "count", "ordered", "received", "refunded", "net"), rows)
