"""What a group knows, as plain values: entries and products."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

CATEGORIES = ("price", "ordering", "payment", "delivery", "refund", "product", "group", "other")


@dataclass(frozen=True)
class EntryRecord:
    """One standard question with its similar questions and the answer that is said verbatim.

    ``key`` is the seller's stable id of the entry. ``valid_from`` and ``valid_until`` are aware times; outside of
    them the entry is not served.
    """

    key: str
    question: str
    similar_questions: tuple[str, ...] = ()
    answer: str = ""
    category: str = "other"
    keywords: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True)
class ProductRecord:
    """One line of the catalogue.

    ``price`` is in the group's currency, per ``unit``. ``stock`` is what there is for this deal in all (orders are
    counted against it); None means unlimited. ``preorder``: past the stock, orders queue.
    """

    sku: str
    name: str
    aliases: tuple[str, ...] = ()
    price: Decimal = Decimal("0.00")
    unit: str = ""
    stock: int | None = None
    per_member_limit: int | None = None
    preorder: bool = False
    description: str = ""


@dataclass(frozen=True)
class Knowledge:
    """All entries and all products of a group, in the seller's order."""

    entries: tuple[EntryRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()

    def entry(self, key: str) -> EntryRecord | None:
        """Return the entry with this id, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)
