"""What an announcement says: the seller's own words, or a template filled from the group's records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.broadcasts.due import Kind
from assistant.knowledge.records import ProductRecord
from assistant.replies.catalogue import Replies

MOST_LINES = 20
"""More products than this are not read in a chat."""

FEW_LEFT = 10
"""From here down it is told how many are left."""

TAKES_TEXT: frozenset[Kind] = frozenset({"text", "statement"})
"""Templates that are nothing without the seller's words; the others put them at the end."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say at the moment of sending. ``left`` has no SKU whose stock is unlimited."""

    group: str
    now: datetime
    products: Sequence[ProductRecord] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    sold: Mapping[str, int] = field(default_factory=dict)
    """Units ordered on the day of the occurrence, by SKU."""
    orders: int = 0
    """Orders of that day."""
    takes_orders: bool = True
    closes_at: datetime | None = None
    invitation_until: datetime | None = None

    def state_of(self, product: ProductRecord) -> str:
        """Return ``available``, ``preorder`` or ``sold_out``."""
        if self.left.get(product.sku) != 0:
            return "available"
        return "preorder" if product.preorder else "sold_out"


@dataclass(frozen=True, slots=True)
class Wording:
    """How the seller wants an announcement told; ``label`` replaces the template's own."""

    kind: Kind
    text: str = ""
    label: str = ""
    important: bool = False


def compose(wording: Wording, facts: Facts, replies: Replies) -> str:
    """Return the whole text, or nothing where there is nothing to tell (no order today, nothing to sell)."""
    body = _BODIES[wording.kind](facts, replies) if wording.kind in _BODIES else []
    if wording.kind not in TAKES_TEXT and not body:
        return ""
    lines = [*body, *([wording.text.strip()] if wording.text.strip() else [])]
    return _labelled(wording, "\n".join(lines), replies) if lines else ""


def _labelled(wording: Wording, text: str, replies: Replies) -> str:
    if wording.label:
        return replies.render("announce.label", label=wording.label, text=text)
    return replies.render(f"announce.label_{'important' if wording.important else wording.kind}", text=text)


def _todays_list(facts: Facts, replies: Replies) -> list[str]:
    if not facts.products or not facts.takes_orders:
        return []
    lines = [replies.render("announce.list_head", group=facts.group)]
    lines += _product_lines(facts.products, facts, replies)
    lines.append(replies.render("announce.how_to_order"))
    return lines + _closing_line(facts, replies)


def _days_summary(facts: Facts, replies: Replies) -> list[str]:
    if not facts.orders:
        return []
    by_sku = {product.sku: product for product in facts.products}
    sold = sorted(facts.sold.items(), key=lambda item: (-item[1], item[0]))
    lines = [replies.render("announce.summary_head", count=facts.orders)]
    lines += [
        replies.render("announce.summary_line", product=by_sku[sku], quantity=quantity)
        for sku, quantity in sold[:MOST_LINES]
        if sku in by_sku
    ]
    scarce = [p for p in facts.products if 0 < facts.left.get(p.sku, FEW_LEFT + 1) <= FEW_LEFT]
    if facts.takes_orders and scarce:
        lines.append(replies.render("announce.few_left"))
        lines += _product_lines(scarce, facts, replies)
    return lines + (_closing_line(facts, replies) if facts.takes_orders else [])


def _closing_soon(facts: Facts, replies: Replies) -> list[str]:
    if not facts.takes_orders or facts.closes_at is None:
        return []
    lines = [replies.render("announce.closing", closes_at=facts.closes_at)]
    left = [product for product in facts.products if facts.state_of(product) == "available"]
    if left:
        lines += [replies.render("announce.still_left"), *_product_lines(left, facts, replies)]
        lines.append(replies.render("announce.how_to_order"))
    return lines


def _invitation_renewed(facts: Facts, replies: Replies) -> list[str]:
    if facts.invitation_until is None:
        return []
    return [replies.render("announce.invitation", expires_at=facts.invitation_until)]


def _product_lines(products: Sequence[ProductRecord], facts: Facts, replies: Replies) -> list[str]:
    lines = []
    for product in products[:MOST_LINES]:
        left = facts.left.get(product.sku)
        told = left if left is not None and 0 < left <= FEW_LEFT else None
        lines.append(replies.render("announce.product_line", product=product, state=facts.state_of(product), left=told))
    hidden = len(products) - MOST_LINES
    return [*lines, replies.render("announce.more_products", more=hidden)] if hidden > 0 else lines


def _closing_line(facts: Facts, replies: Replies) -> list[str]:
    if facts.closes_at is None or facts.closes_at <= facts.now:
        return []
    return [replies.render("announce.closes", closes_at=facts.closes_at)]


_BODIES = {
    "todays_list": _todays_list,
    "days_summary": _days_summary,
    "closing_soon": _closing_soon,
    "invitation_renewed": _invitation_renewed,
}
