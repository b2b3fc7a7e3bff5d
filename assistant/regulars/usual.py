"""What a member usually takes: pure rules over what they bought of one seller."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low
from typing import Any

from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import ProductRecord

KEPT = 50
"""Most purchases that are remembered of a member; the newest stay."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A product and a quantity of one purchase."""

    sku: str
    name: str
    unit: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order whose money came in; nothing in it says whose it was or where it went."""

    at: datetime
    lines: tuple[Bought, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        lines = [{"sku": b.sku, "name": b.name, "unit": b.unit, "quantity": b.quantity} for b in self.lines]
        return {"at": self.at.isoformat(), "lines": lines}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Purchase":
        """Return what ``to_json`` wrote."""
        return cls(datetime.fromisoformat(data["at"]), tuple(Bought(**line) for line in data["lines"]))


def usual_of(purchases: Sequence[Purchase]) -> tuple[Bought, ...]:
    """Return what stands in at least half of the purchases, at the quantity they usually take.

    Where nothing comes back, it is what they took last. Products are told apart by name, as every deal numbers anew.
    """
    if not purchases:
        return ()
    newest = sorted(purchases, key=lambda purchase: purchase.at)
    times = Counter(name for purchase in newest for name in {line.name for line in purchase.lines})
    wanted = [name for name, count in times.items() if count >= 2 and 2 * count >= len(newest)]
    if not wanted:
        return newest[-1].lines
    lines = {line.name: line for purchase in newest for line in purchase.lines}
    quantities = {name: [ln.quantity for p in newest for ln in p.lines if ln.name == name] for name in wanted}
    return tuple(
        Bought(lines[name].sku, name, lines[name].unit, median_low(quantities[name])) for name in sorted(wanted)
    )


def in_catalogue(usual: Sequence[Bought], catalogue: Catalogue) -> dict[str, int]:
    """Return the quantities by SKU of what this group has of it, by the same name and unit."""
    by_name: dict[tuple[str, str], ProductRecord] = {(p.name, p.unit): p for p in catalogue.products}
    found = ((by_name.get((line.name, line.unit)), line.quantity) for line in usual)
    return {product.sku: quantity for product, quantity in found if product is not None}
