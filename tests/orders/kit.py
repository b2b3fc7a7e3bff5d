"""Products and orders to try the ledger's rules on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from assistant.knowledge.records import ProductRecord
from assistant.orders.ledger import OrderItem, OrderView, Wanted, total_of
from assistant.orders.states import OrderStatus

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)

TEA = ProductRecord("A01", "龙井", price=Decimal("198.00"), unit="斤", stock=10)
LIMITED = ProductRecord("A03", "碧螺春", price=Decimal("268.00"), unit="斤", stock=30, per_member_limit=3)
QUEUED = ProductRecord("A04", "安吉白茶", price=Decimal("320.00"), unit="斤", stock=0, preorder=True)
GONE = ProductRecord("A06", "六安瓜片", price=Decimal("188.00"), unit="斤", stock=0)
ENDLESS = ProductRecord("C02", "桂花乌龙", price=Decimal("49.90"), unit="袋")
PRODUCTS = (TEA, LIMITED, QUEUED, GONE, ENDLESS)


def item(product: ProductRecord, quantity: int) -> OrderItem:
    """A line of so many of a product."""
    return Wanted(product, quantity).as_item()


def order(
    lines: Mapping[str, int], status: OrderStatus = "pending_payment", *, id: int = 1, member_id: int = 1
) -> OrderView:
    """An order of these quantities by SKU."""
    by_sku = {product.sku: product for product in PRODUCTS}
    items = tuple(item(by_sku[sku], quantity) for sku, quantity in lines.items())
    return OrderView(id, id, member_id, status, items, total_of(items), None, NOW, None)
