"""What is on order, and whether one more order fits: pure rules over a snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from assistant.knowledge.records import ProductRecord
from assistant.orders.states import LIVE, OrderStatus


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order: product, whole quantity, and the price it was ordered at."""

    sku: str
    name: str
    unit: str
    price: Decimal
    quantity: int

    @property
    def amount(self) -> Decimal:
        """The line's sum in the group's currency."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as the rules see it."""

    id: int
    number: int
    member_id: int
    status: OrderStatus
    items: tuple[OrderItem, ...]
    total: Decimal
    deposit: Decimal | None
    created_at: datetime
    pay_by: datetime | None
    paid: Decimal = Decimal(0)
    """What has come in for it."""
    refunded: Decimal = Decimal(0)
    """What was given back."""
    parcel: str = ""
    """Carrier and number, as the seller gave them."""
    shipped_at: datetime | None = None
    arrives_by: datetime | None = None
    received_at: datetime | None = None
    """When its member said that they have it."""
    receipt_asked_at: datetime | None = None
    updated_at: datetime | None = None
    """When it last changed."""

    @property
    def held(self) -> Decimal:
        """What came in and was not given back."""
        return self.paid - self.refunded

    @property
    def part_paid(self) -> bool:
        """Whether some of what is due came in and the rest did not: it never expires, the seller settles it."""
        return self.status == "payment_claimed" and self.held > 0

    @property
    def owing(self) -> Decimal:
        """What is still to be paid in all."""
        return max(Decimal(0), self.total - self.paid)

    @property
    def due(self) -> Decimal:
        """What is to be paid next: the deposit until it is paid, then the rest."""
        return due_now(self.total, self.deposit, self.paid)

    def quantity_of(self, sku: str) -> int:
        """Return how many of a product the order holds."""
        return sum(item.quantity for item in self.items if item.sku == sku)


def due_now(total: Decimal, deposit: Decimal | None, paid: Decimal) -> Decimal:
    """Return what is to be paid next: the deposit until it is paid, then the rest."""
    if deposit is not None and paid < deposit:
        return deposit - paid
    return max(Decimal(0), total - paid)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the whole group has on order at one revision."""

    revision: int = 0
    reserved: Mapping[str, int] = field(default_factory=dict)
    """Units set aside by SKU."""
    queued: Mapping[str, int] = field(default_factory=dict)
    """Units waiting in pre-orders by SKU."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Pre-orders in the waitlist by SKU."""
    order_count: int = 0
    """Live orders."""
    paid_count: int = 0
    """Orders whose money has come in."""
    last_number: int = 0
    """The newest order's number."""

    def counted(self, what: Literal["placed", "paid"]) -> int:
        """Return how many orders count towards the last one of the group."""
        return self.paid_count if what == "paid" else self.order_count

    def free(self, product: ProductRecord) -> int | None:
        """Return the units of a product that nobody has on order; None means unlimited."""
        if product.stock is None:
            return None
        return max(0, product.stock - self.reserved.get(product.sku, 0))

    def available(self, product: ProductRecord) -> int | None:
        """Return the units of a product that can still be ordered; None means unlimited.

        While members wait for a product, what is free of it is theirs.
        """
        free = self.free(product)
        return 0 if free is not None and product.preorder and self.waiting.get(product.sku, 0) else free


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product and the whole quantity a member wants in the end."""

    product: ProductRecord
    quantity: int

    def as_item(self) -> OrderItem:
        """Return the order line at today's price."""
        product = self.product
        return OrderItem(product.sku, product.name, product.unit, product.price, self.quantity)


RefusalKind = Literal["sold_out", "past_stock", "member_limit", "order_limit", "quantity"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be logged, with the figures a reply needs."""

    kind: RefusalKind
    product: ProductRecord | None = None
    wanted: int = 0
    possible: int = 0
    """The most that this line could be (0 where nothing is possible)."""
    already: int = 0
    """How many the member has on order now, this order's own included."""
    more: int = 0
    """How many the member could still add."""
    total: Decimal = Decimal(0)
    limit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """A group's terms that bind orders."""

    order_limit: Decimal | None = None
    deposit_ratio: Decimal | None = None
    pay_within_minutes: int | None = None
    currency: str = "CNY"

    def deposit(self, total: Decimal) -> Decimal | None:
        """Return what is due now where the group takes deposits, rounded to cents, else None."""
        if self.deposit_ratio is None:
            return None
        return (total * self.deposit_ratio).quantize(Decimal("0.01"))


def total_of(items: Sequence[OrderItem]) -> Decimal:
    """Return the sum of the lines."""
    return sum((item.amount for item in items), Decimal(0))


def queues(wanted: Wanted, ledger: Ledger, held: int = 0) -> bool:
    """Return whether the line goes to the pre-order queue: nothing of it is left, and it may be pre-ordered.

    ``held`` units of the member's own order would be given back first.
    """
    left = ledger.available(wanted.product)
    return wanted.product.preorder and left is not None and left + held <= 0


def refusals(
    wanted: Sequence[Wanted],
    ledger: Ledger,
    terms: Terms,
    *,
    replacing: OrderView | None = None,
    others: Sequence[OrderView] = (),
) -> list[Refusal]:
    """Return every reason why an order must not be logged; empty when it fits.

    Args:
        wanted: the lines the order would have in the end.
        ledger: what the group has on order, ``replacing`` included.
        terms: the group's terms.
        replacing: the order that these lines would replace; its units are free for them.
        others: the member's other live orders, which count for ``per_member_limit``.
    """
    found: list[Refusal] = []
    for line in wanted:
        found += _line_refusals(line, ledger, replacing=replacing, others=others)
    total = total_of([line.as_item() for line in wanted])
    if terms.order_limit is not None and total > terms.order_limit:
        found.append(Refusal("order_limit", total=total, limit=terms.order_limit))
    return found


def _line_refusals(
    line: Wanted, ledger: Ledger, *, replacing: OrderView | None, others: Sequence[OrderView]
) -> list[Refusal]:
    product, found = line.product, list[Refusal]()
    if line.quantity < 1:
        return [Refusal("quantity", product, wanted=line.quantity)]
    already = sum(
        order.quantity_of(product.sku)
        for order in others
        if order.status in LIVE and (replacing is None or order.id != replacing.id)
    )
    limit = product.per_member_limit
    if limit is not None and already + line.quantity > limit:
        has = already + (replacing.quantity_of(product.sku) if replacing else 0)
        found.append(
            Refusal(
                "member_limit",
                product,
                wanted=line.quantity,
                possible=max(0, limit - already),
                already=has,
                more=max(0, limit - has),
            )
        )
    held = replacing.quantity_of(product.sku) if replacing and replacing.status != "preorder" else 0
    left = ledger.available(product)
    if left is None or queues(line, ledger, held) or line.quantity <= left + held:
        return found
    kind: RefusalKind = "past_stock" if left + held > 0 else "sold_out"
    found.append(Refusal(kind, product, wanted=line.quantity, possible=left + held))
    return found
