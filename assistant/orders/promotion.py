"""Pre-orders become orders, in the order of the line, as soon as there are goods for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Group, Product
from assistant.orders.deal import deal_of
from assistant.orders.ledger import OrderView
from assistant.orders.notices import lines_of, moved, notice, tell
from assistant.orders.repository import OrderRepository, view_of

NO_END = 10**9
"""Units of a product without a stock."""


def next_in_line(waiting: Sequence[OrderView], free: Mapping[str, int]) -> list[OrderView]:
    """Return the pre-orders that there are goods for now.

    Args:
        waiting: the pre-orders, first come first.
        free: units nobody has on order, by SKU; a product that is not named has none.

    Who came first is served first: what an order waits for is kept for it even where another of its products is
    still missing, so that nobody later overtakes it.
    """
    left = dict(free)
    served: list[OrderView] = []
    for order in waiting:
        if all(item.quantity <= left.get(item.sku, 0) for item in order.items):
            served.append(order)
        for item in order.items:
            left[item.sku] = left.get(item.sku, 0) - item.quantity
    return served


async def promote(session: AsyncSession, group: Group, now: datetime) -> int:
    """Turn a group's pre-orders into orders as far as the stock goes, and tell their members; return how many.

    The caller holds the write transaction and raises the ledger revision.
    """
    orders = OrderRepository(session)
    rows = await orders.of_group(group.id, ["preorder"])
    if not rows:
        return 0
    ledger = await orders.ledger(group.id, group.ledger_revision)
    stocks = await session.execute(select(Product.sku, Product.stock).where(Product.group_id == group.id))
    free = {sku: NO_END if stock is None else max(0, stock - ledger.reserved.get(sku, 0)) for sku, stock in stocks}
    deal = deal_of(group)
    served = next_in_line([view_of(row) for row in rows], free)
    for view in served:
        row = await orders.move(view.id, "pending_payment", actor="yidan", now=now, note="in stock")
        row.pay_by, row.reminded_at = deal.pay_by(now), None
        session.add(moved(row, "preorder", actor="yidan", now=now, note="in stock"))
        after = view_of(row)
        values = {"lines": lines_of(after, deal), "due": after.due, "pay_by": after.pay_by}
        text = notice("in_stock", after, deal, **values, methods=deal.replies.join(deal.methods), deposit=after.deposit)
        await tell(session, after, text, deal=deal, now=now)
    await session.flush()
    return len(served)
