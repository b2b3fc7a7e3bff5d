"""The products of one group, ready to be looked up."""

from collections.abc import Iterable
from functools import cached_property

from assistant.knowledge.records import ProductRecord
from assistant.knowledge.tidying import fold_sku
from assistant.text.products import ProductName, ProductNames


class Catalogue:
    """A group's products, immutable; one for each knowledge version."""

    def __init__(self, products: Iterable[ProductRecord]) -> None:
        self.products = tuple(products)
        self._by_sku = {fold_sku(product.sku): product for product in self.products}

    def get(self, sku: str) -> ProductRecord | None:
        """Return the product with this SKU (case and width don't matter), or None."""
        return self._by_sku.get(fold_sku(sku))

    @cached_property
    def names(self) -> ProductNames:
        """What finds these products in a message."""
        return ProductNames(
            ProductName(sku=product.sku, name=product.name, aliases=product.aliases, unit=product.unit)
            for product in self.products
        )
