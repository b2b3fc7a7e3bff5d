"""What a group's index is built from."""

from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.retrieval.documents import Document

_SYMBOLS = {"CNY": "元", "USD": "$", "EUR": "€", "GBP": "£"}


def documents_of(knowledge: Knowledge, settings: GroupSettings) -> tuple[Document, ...]:
    """Return a document for each entry and each product, entries first, in the seller's order."""
    entries = (_entry_document(entry) for entry in knowledge.entries)
    products = (_product_document(product, settings) for product in knowledge.products)
    return (*entries, *products)


def _entry_document(entry: EntryRecord) -> Document:
    return Document(
        id=entry.key,
        kind="entry",
        question=entry.question,
        similar=entry.similar_questions,
        answer=entry.answer,
        category=entry.category,
        keywords=entry.keywords,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )


def _product_document(product: ProductRecord, settings: GroupSettings) -> Document:
    # Stock is left out: it moves with every order, and a stale number must not look like evidence.
    currency = settings.payment.currency
    symbol = _SYMBOLS.get(currency, f" {currency}")
    price = f"{product.price:f}"
    shown = f"{symbol}{price}" if symbol in "$€£" else f"{price}{symbol}"
    return Document(
        id=f"sku:{product.sku}",
        kind="product",
        question=product.name,
        similar=product.aliases,
        answer=f"{product.sku} {product.name} {shown}/{product.unit}\n{product.description}".strip(),
        category="product",
    )
