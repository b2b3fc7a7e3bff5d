"""The SQL of entries, their versions and products."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.knowledge.tidying import fold_sku
from assistant.models import Audit, Draft, Entry, EntryVersion, Group, Product, ProductVersion

# SQLite allows 32,766 variables a statement; deletions name one a row.
_DELETED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Stored:
    """A record with its row: the row's id stays as long as its key does."""

    id: int
    position: int
    record: Any


async def known_groups(session: AsyncSession) -> list[str]:
    """Return the ids of all groups, sorted."""
    return list(await session.scalars(select(Group.id).order_by(Group.id)))


async def load_knowledge(session: AsyncSession, group_id: str) -> Knowledge:
    """Return all entries and products of a group, in the seller's order."""
    entries = await stored_entries(session, group_id)
    products = await stored_products(session, group_id)
    return Knowledge(
        entries=tuple(stored.record for stored in entries.values()),
        products=tuple(stored.record for stored in products.values()),
    )


async def stored_entries(session: AsyncSession, group_id: str) -> dict[str, Stored]:
    """Return the entries by key, in the seller's order."""
    columns = (Entry.id, Entry.position, *(getattr(Entry, name) for name in _ENTRY_COLUMNS))
    rows = await session.execute(select(*columns).where(Entry.group_id == group_id).order_by(Entry.position, Entry.id))
    return {row.key: Stored(row.id, row.position, _entry_record(row)) for row in rows}


async def stored_products(session: AsyncSession, group_id: str) -> dict[str, Stored]:
    """Return the products by folded SKU, in the seller's order."""
    columns = (Product.id, Product.position, *(getattr(Product, name) for name in _PRODUCT_COLUMNS))
    rows = await session.execute(
        select(*columns).where(Product.group_id == group_id).order_by(Product.position, Product.id)
    )
    return {fold_sku(row.sku): Stored(row.id, row.position, _product_record(row)) for row in rows}


async def insert_rows(session: AsyncSession, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in one statement."""
    if rows:
        await session.execute(insert(table), [dict(row) for row in rows])


async def update_rows(session: AsyncSession, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update many rows, each by the ``id`` it names."""
    if rows:
        await session.execute(update(table), [dict(row) for row in rows])


async def delete_rows(session: AsyncSession, table: type[Any], ids: Sequence[int]) -> None:
    """Delete the rows with these ids."""
    for start in range(0, len(ids), _DELETED_AT_ONCE):
        await session.execute(delete(table).where(table.id.in_(ids[start : start + _DELETED_AT_ONCE])))


async def insert_versions(
    session: AsyncSession,
    group_id: str,
    changes: Iterable[tuple[str, EntryRecord | ProductRecord | None]],
    *,
    version: int,
    at: datetime,
    by: str,
    table: type[EntryVersion] | type[ProductVersion] = EntryVersion,
) -> None:
    """Note what each entry (or product, by ``table``) says from ``version`` on; None: it was removed."""
    rows = [
        {
            "group_id": group_id,
            "key": key,
            "version": version,
            "content": record_json(record),
            "changed_at": at,
            "changed_by": by,
        }
        for key, record in changes
    ]
    await insert_rows(session, table, rows)


async def entry_versions(session: AsyncSession, group_id: str, key: str) -> list[EntryVersion]:
    """Return the versions of an entry, oldest first."""
    return list(
        await session.scalars(
            select(EntryVersion)
            .where(EntryVersion.group_id == group_id, EntryVersion.key == key)
            .order_by(EntryVersion.version)
        )
    )


async def all_versions(
    session: AsyncSession, group_id: str, table: type[EntryVersion] | type[ProductVersion]
) -> list[Any]:
    """Return the versions of all entries or products of a group, oldest first."""
    query = select(table).where(table.group_id == group_id).order_by(table.version, table.id)
    return list(await session.scalars(query))


def add_audit(
    session: AsyncSession, group_id: str, action: str, *, at: datetime, by: str, details: dict[str, Any]
) -> None:
    """Note who did what to a group's knowledge."""
    session.add(Audit(at=at, actor=by, action=action, group_id=group_id, subject=group_id, details=details))


_ENTRY_COLUMNS = tuple(column.name for column in fields(EntryRecord))
_PRODUCT_COLUMNS = tuple(column.name for column in fields(ProductRecord))


def _entry_record(row: Any) -> EntryRecord:
    values = {name: getattr(row, name) for name in _ENTRY_COLUMNS}
    values["similar_questions"] = tuple(values["similar_questions"])
    values["keywords"] = tuple(values["keywords"])
    return EntryRecord(**values)


def _product_record(row: Any) -> ProductRecord:
    values = {name: getattr(row, name) for name in _PRODUCT_COLUMNS}
    values["aliases"] = tuple(values["aliases"])
    return ProductRecord(**values)


def entry_values(entry: EntryRecord) -> dict[str, Any]:
    """Return the columns of an entry."""
    values = asdict(entry)
    values["similar_questions"] = list(entry.similar_questions)
    values["keywords"] = list(entry.keywords)
    return values


def product_values(product: ProductRecord) -> dict[str, Any]:
    """Return the columns of a product."""
    values = asdict(product)
    values["aliases"] = list(product.aliases)
    return values


def entry_json(entry: EntryRecord) -> dict[str, Any]:
    """Return the entry as plain JSON, times as ISO 8601 in UTC."""
    values = entry_values(entry)
    for name in ("valid_from", "valid_until"):
        moment = values[name]
        values[name] = None if moment is None else moment.isoformat()
    return values


def entry_from_json(content: dict[str, Any] | None) -> EntryRecord | None:
    """Return the entry that ``entry_json`` wrote; None for a removal."""
    if content is None:
        return None
    values = dict(content)
    for name in ("similar_questions", "keywords"):
        values[name] = tuple(values[name])
    for name in ("valid_from", "valid_until"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return EntryRecord(**values)


def product_json(product: ProductRecord) -> dict[str, Any]:
    """Return the product as plain JSON, its price as decimal text."""
    return {**product_values(product), "price": f"{product.price:f}"}


def product_from_json(content: dict[str, Any] | None) -> ProductRecord | None:
    """Return the product that ``product_json`` wrote; None for a removal."""
    if content is None:
        return None
    return ProductRecord(**{**content, "price": Decimal(content["price"]), "aliases": tuple(content["aliases"])})


def record_json(record: EntryRecord | ProductRecord | None) -> dict[str, Any] | None:
    """Return an entry or a product as plain JSON; None for none."""
    if record is None:
        return None
    return entry_json(record) if isinstance(record, EntryRecord) else product_json(record)


async def drafts(session: AsyncSession, group_id: str) -> list[Draft]:
    """Return the group's drafts in the order in which they were begun."""
    return list(await session.scalars(select(Draft).where(Draft.group_id == group_id).order_by(Draft.id)))
