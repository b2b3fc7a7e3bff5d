"""Products whose own line cannot be right."""

from collections.abc import Iterator

from assistant.checks.base import Finding, Subject


def product_values(subject: Subject) -> Iterator[Finding]:
    """Find products without a price, dearer than an order may be, or limited to more than there is."""
    limit = subject.settings.payment.order_limit
    for product in subject.knowledge.products:
        place = (f"sku:{product.sku}",)
        if product.price == 0:
            yield Finding("product.no_price", "error", place, {"name": product.name})
        elif limit is not None and product.price > limit:
            values = {"name": product.name, "price": f"{product.price:f}", "limit": f"{limit:f}"}
            yield Finding("product.past_limit", "error", (*place, "group.toml:payment.order_limit"), values)
