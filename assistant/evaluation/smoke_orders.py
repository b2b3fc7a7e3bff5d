"""The smoke suite's orders: sums, stock, limits, closing, and whose order it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from assistant.evaluation.smoke_words import Words
from assistant.groups.folder import GroupFolder
from assistant.knowledge.records import ProductRecord
from assistant.replies.catalogue import plain_amount

REFUSED = ["clarify", "answer"]
_MOST = 99
"""The largest quantity that is asked for: more looks like a slip, and is not what these cases are about."""
_MOST_ORDERS = 60


class _Shop:
    """The catalogue with the group's terms."""

    def __init__(self, group: GroupFolder) -> None:
        self.products = group.knowledge.products
        self.settings = group.settings
        self.order_limit = group.settings.payment.order_limit

    def possible(self, product: ProductRecord) -> int:
        """Return how many of a product one member can order at once (0: none)."""
        bounds = [product.stock, product.per_member_limit, _MOST]
        if self.order_limit is not None and product.price > 0:
            bounds.append(int((self.order_limit / product.price).to_integral_value(ROUND_FLOOR)))
        return max(0, min(bound for bound in bounds if bound is not None))

    def orderable(self) -> list[ProductRecord]:
        """Return the products of which at least one can be ordered now."""
        return [product for product in self.products if self.possible(product) > 0]


def order_cases(group: GroupFolder, words: Words, now: datetime) -> Iterator[dict[str, Any]]:
    """Return the cases about orders; none for a group without a catalogue."""
    shop = _Shop(group)
    for product in shop.products:
        yield from _product_cases(shop, product, words)
        yield from _limit_cases(shop, product, words)
    if orderable := shop.orderable():
        yield from _time_cases(shop, orderable[0], words, now)
        yield from _private_cases(orderable[0], words)
    yield from _money_cases(shop, words)
    yield from _count_cases(shop, words)


def _product_cases(shop: _Shop, product: ProductRecord, words: Words) -> Iterator[dict[str, Any]]:
    possible = shop.possible(product)
    name = f"{product.sku.lower()}"
    if possible:
        count = min(2, possible)
        said = _sum(product.price * count)
        yield _one(
            f"order-{name}", ["order"], words, _line(words.order, product, count), "order", [(product, count)], said
        )
        if _only_name(shop, product):
            text = _line(words.order_by_name, product, 1)
            said = _sum(product.price)
            yield _one(f"order-{name}-by-name", ["order"], words, text, "order", [(product, 1)], said)
    elif product.stock == 0 and product.preorder:
        case = _one(
            f"preorder-{name}", ["order", "preorder"], words, _line(words.order, product, 1), "order", [(product, 1)]
        )
        case["final"]["orders"][0]["status"] = "preorder"
        yield case
    elif product.stock == 0:
        yield _refused(f"sold-out-{name}", "stock", words, _line(words.order, product, 1))


def _limit_cases(shop: _Shop, product: ProductRecord, words: Words) -> Iterator[dict[str, Any]]:
    name, stock, limit = product.sku.lower(), product.stock, product.per_member_limit
    if stock and stock < _MOST:
        yield _refused(f"past-stock-{name}", "stock", words, _line(words.order, product, stock + 1))
        if not (stock == 1 and product.preorder):
            given = {"orders": [_order(words.members[1], [(product, stock)])]}
            case = _refused(f"gone-{name}", "stock", words, _line(words.order, product, 1), given=given)
            if product.preorder:
                queued = _order(words.members[0], [(product, 1)]) | {"status": "preorder"}
                case["turns"][0]["expect"] = {"action": "order"}
                case["final"] = {"orders": [*given["orders"], queued]}
            yield case
    if limit and limit < _MOST and (stock is None or stock > limit):
        yield _refused(f"past-limit-{name}", "limit", words, _line(words.order, product, limit + 1))
        if shop.possible(product) >= limit:
            case = _one(
                f"limit-{name}", ["limit"], words, _line(words.order, product, limit), "order", [(product, limit)]
            )
            again = {"from": words.members[0], "text": _line(words.more, product, 1), "expect": {"action": REFUSED}}
            case["turns"].append(again)
            yield case


def _money_cases(shop: _Shop, words: Words) -> Iterator[dict[str, Any]]:
    limit = shop.order_limit
    if limit is None:
        return
    for product in shop.products:
        if product.price <= 0:
            continue
        count = int((limit / product.price).to_integral_value(ROUND_FLOOR)) + 1
        bounds = [bound for bound in (product.stock, product.per_member_limit, _MOST) if bound is not None]
        if count <= min(bounds):
            text = _line(words.order, product, count)
            yield _refused(f"order-limit-{product.sku.lower()}", "limit", words, text)
            return


def _time_cases(shop: _Shop, product: ProductRecord, words: Words, now: datetime) -> Iterator[dict[str, Any]]:
    text, settings, minute = _line(words.order, product, 1), shop.settings, timedelta(minutes=1)
    if settings.closes_at:
        yield _refused("closed", "closing", words, text, at=settings.closes_at + minute)
        yield _one("just-open", ["closing"], words, text, "order", [(product, 1)], at=settings.closes_at - minute)
    if settings.opens_at:
        yield _refused("not-open-yet", "closing", words, text, at=settings.opens_at - minute)


def _count_cases(shop: _Shop, words: Words) -> Iterator[dict[str, Any]]:
    count = shop.settings.close_after_orders
    if count is None or count > _MOST_ORDERS:
        return
    product = next((p for p in shop.orderable() if p.stock is None or p.stock > count), None)
    if product is None:
        return
    orders = [_order(f"{words.members[1]}{number}", [(product, 1)]) for number in range(1, count + 1)]
    text = _line(words.order, product, 1)
    yield _refused("closed-by-count", "closing", words, text, given={"orders": orders})


def _private_cases(product: ProductRecord, words: Words) -> Iterator[dict[str, Any]]:
    me, other, _ = words.members
    theirs, mine = _order(other, [(product, 1)]), _order(me, [(product, 1)])
    own = {"action": "order_status", "contains_all": [product.sku]}
    turn = {"from": me, "text": words.status, "expect": own}
    yield {
        "id": "own-status",
        "tags": ["status"],
        "given": {"orders": [mine]},
        "turns": [turn],
        "final": {"orders": [mine]},
    }
    turn = {"from": me, "text": words.status, "expect": {"contains_none": [other, product.name]}}
    yield {
        "id": "private-status",
        "tags": ["privacy"],
        "given": {"orders": [theirs]},
        "turns": [turn],
        "final": {"orders": [theirs]},
    }
    turn = {"from": me, "text": words.cancel, "expect": {"action": ["clarify", "order_status", "answer"]}}
    yield {
        "id": "private-cancel",
        "tags": ["privacy"],
        "given": {"orders": [theirs]},
        "turns": [turn],
        "final": {"orders": [theirs | {"status": "pending_payment"}]},
    }


def _only_name(shop: _Shop, product: ProductRecord) -> bool:
    """Return whether the product's name cannot mean another one and holds no number that could be a quantity."""
    others = [name for other in shop.products if other != product for name in (other.name, *other.aliases)]
    clear = all(product.name not in name and name not in product.name for name in others if name)
    return clear and not any(sign.isdigit() for sign in product.name)


def _line(form: str, product: ProductRecord, count: int) -> str:
    return form.format(sku=product.sku, name=product.name, unit=product.unit, n=count)


def _sum(amount: Decimal) -> list[str]:
    """Return the ways an amount may be written."""
    return list(dict.fromkeys([plain_amount(amount), f"{amount:.2f}", f"{amount:,.2f}"]))


def _order(member: str, lines: Sequence[tuple[ProductRecord, int]]) -> dict[str, Any]:
    return {"member": member, "items": [{"sku": product.sku, "quantity": count} for product, count in lines]}


def _one(
    id: str,
    tags: list[str],
    words: Words,
    text: str,
    action: str,
    lines: Sequence[tuple[ProductRecord, int]],
    said: Sequence[str] = (),
    at: datetime | None = None,
) -> dict[str, Any]:
    expect: dict[str, Any] = {"action": action, "contains_all": [product.sku for product, _ in lines]}
    if said:
        expect["contains_any"] = list(said)
    turn: dict[str, Any] = {"from": words.members[0], "text": text, "expect": expect}
    if at:
        turn["now"] = at.isoformat()
    final = {"orders": [_order(words.members[0], lines)], "tickets": []}
    return {"id": id, "tags": tags, "turns": [turn], "final": final}


def _refused(
    id: str, tag: str, words: Words, text: str, *, given: dict[str, Any] | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """Nothing is logged in part: the assistant says so and the store stays as it was."""
    turn: dict[str, Any] = {"from": words.members[0], "text": text, "expect": {"action": REFUSED}}
    if at:
        turn["now"] = at.isoformat()
    case = {"id": id, "tags": [tag], "turns": [turn], "final": {"orders": given["orders"] if given else []}}
    return case | ({"given": given} if given else {})
