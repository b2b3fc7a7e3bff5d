"""Changing what a group knows: imports, single edits, history. Every change is seen by the very next question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.knowledge import repository
from assistant.knowledge.changes import Changes, Merge, completed_entries, completed_products, key_of, merge
from assistant.knowledge.files import Sheet
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.knowledge.tidying import entry_problems, fold_sku, product_problems, tidy_entry, tidy_product
from assistant.models import Entry, Group, Product, ProductVersion

# More ids than this would only make the audit unreadable; the versions have them all.
_LISTED_IDS = 100


@dataclass(frozen=True)
class Plan:
    """What an import would do, and what the group would know afterwards."""

    changes: Changes
    knowledge: Knowledge


@dataclass(frozen=True)
class EntryChange:
    """One step of an entry's history; ``entry`` is None where it was removed."""

    version: int
    at: datetime
    by: str
    entry: EntryRecord | None


async def require_group(session: AsyncSession, group_id: str, *, lock: bool = False) -> Group:
    """Return the group's row, locked against other writers on request.

    Raises NotFound with the nearest known id.
    """
    group = await session.get(Group, group_id, with_for_update=lock or None)
    if group is None:
        raise NotFound(no_group(group_id, await repository.known_groups(session)))
    return group


def no_group(group_id: str, known: Sequence[str]) -> str:
    """Return the line that tells that there is no such group, and which there are."""
    line = f"no group '{group_id}'"
    if near := get_close_matches(group_id.lower(), known, n=1, cutoff=0.5):
        return f"{line}; did you mean '{near[0]}'? Load one with: yidan group load DIR"
    if known:
        shown = ", ".join(known[:10]) + (" ..." if len(known) > 10 else "")
        return f"{line}; there are: {shown}. Load one with: yidan group load DIR"
    return f"{line}; none is loaded yet. Load one with: yidan group load DIR"


async def store_knowledge(
    session: AsyncSession,
    group: Group,
    knowledge: Knowledge | Sheet,
    *,
    replace_all: bool,
    version: int,
    at: datetime,
    by: str,
) -> tuple[Changes, Changes]:
    """Write entries and products in the caller's transaction; return the changes of each.

    The caller gives the group its new ``version`` where anything changed. A sheet touches only its own kind.
    """
    entries = products = Changes()
    if isinstance(knowledge, Knowledge) or knowledge.kind == "entries":
        merged = await _merged_entries(session, group.id, knowledge, replace_all=replace_all)
        await _write_entries(session, group.id, merged, version=version, at=at, by=by)
        entries = merged.changes
    if isinstance(knowledge, Knowledge) or knowledge.kind == "catalogue":
        merged = await _merged_products(session, group.id, knowledge, replace_all=replace_all)
        await _write_products(session, group.id, merged, version=version, at=at, by=by)
        products = merged.changes
    return entries, products


async def _merged_entries(
    session: AsyncSession, group_id: str, knowledge: Knowledge | Sheet, *, replace_all: bool
) -> Merge:
    stored = await repository.stored_entries(session, group_id)
    columns = knowledge.columns if isinstance(knowledge, Sheet) else None
    return merge(stored, completed_entries(stored, knowledge.entries, columns), replace_all=replace_all)


async def _merged_products(
    session: AsyncSession, group_id: str, knowledge: Knowledge | Sheet, *, replace_all: bool
) -> Merge:
    stored = await repository.stored_products(session, group_id)
    columns = knowledge.columns if isinstance(knowledge, Sheet) else None
    return merge(stored, completed_products(stored, knowledge.products, columns), replace_all=replace_all)


async def _write_entries(
    session: AsyncSession, group_id: str, merged: Merge, *, version: int, at: datetime, by: str
) -> None:
    await repository.delete_rows(session, Entry, [row.id for row in merged.deletes])
    common = {"group_id": group_id, "updated_at": at}
    await repository.insert_rows(
        session,
        Entry,
        [{**repository.entry_values(entry), "position": position, **common} for position, entry in merged.inserts],
    )
    await repository.update_rows(
        session,
        Entry,
        [
            {**repository.entry_values(entry), "id": row.id, "position": position}
            | ({"updated_at": at} if row.record != entry else {})
            for row, position, entry in merged.updates
        ],
    )
    written = [(entry.key, entry) for _, entry in merged.inserts]
    written += [(entry.key, entry) for row, _, entry in merged.updates if row.record != entry]
    removed = [(row.record.key, None) for row in merged.deletes]
    await repository.insert_versions(session, group_id, [*written, *removed], version=version, at=at, by=by)


async def _write_products(
    session: AsyncSession, group_id: str, merged: Merge, *, version: int, at: datetime, by: str
) -> None:
    await repository.delete_rows(session, Product, [row.id for row in merged.deletes])
    common = {"group_id": group_id, "updated_at": at}
    await repository.insert_rows(
        session,
        Product,
        [
            {**repository.product_values(product), "position": position, **common}
            for position, product in merged.inserts
        ],
    )
    await repository.update_rows(
        session,
        Product,
        [
            {**repository.product_values(product), "id": row.id, "position": position, "updated_at": at}
            for row, position, product in merged.updates
        ],
    )
    written = [(key_of(product), product) for _, product in merged.inserts]
    written += [(key_of(product), product) for row, _, product in merged.updates if row.record != product]
    removed = [(key_of(row.record), None) for row in merged.deletes]
    await repository.insert_versions(
        session, group_id, [*written, *removed], version=version, at=at, by=by, table=ProductVersion
    )


def audit_details(changes: Changes) -> dict[str, object]:
    """Return what the audit keeps of changes: the counts and the first ids."""
    ids = {name: list(getattr(changes, name)[:_LISTED_IDS]) for name in ("added", "changed", "removed")}
    return {"counts": changes.counts(), **{name: listed for name, listed in ids.items() if listed}}


class KnowledgeService:
    """Imports, single edits and history of entries and products."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def zone(self, group_id: str) -> ZoneInfo:
        """Return the time zone that a group's files are read and written in. Raises NotFound."""
        async with self._database.read() as session:
            group = await require_group(session, group_id)
        return ZoneInfo(group.settings.get("timezone", "UTC"))

    async def knowledge(self, group_id: str) -> Knowledge:
        """Return everything the group knows. Raises NotFound."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            return await repository.load_knowledge(session, group_id)

    async def plan(self, group_id: str, sheet: Sheet, *, replace: bool = False) -> Plan:
        """Return what ``import_sheet`` would do. Raises NotFound."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            if sheet.kind == "entries":
                merged = await _merged_entries(session, group_id, sheet, replace_all=replace)
                products = await repository.stored_products(session, group_id)
                other = tuple(row.record for row in products.values())
                return Plan(merged.changes, Knowledge(merged.result, other))
            merged = await _merged_products(session, group_id, sheet, replace_all=replace)
            entries = await repository.stored_entries(session, group_id)
            other = tuple(row.record for row in entries.values())
            return Plan(merged.changes, Knowledge(other, merged.result))

    async def import_sheet(self, group_id: str, sheet: Sheet, *, replace: bool = False, by: str = "cli") -> Changes:
        """Take a file's records in, all or none; what is not in the file stays unless ``replace``.

        Returns the changes. Raises NotFound.
        """
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            now = self._clock.now()
            version = group.knowledge_version + 1
            both = await store_knowledge(session, group, sheet, replace_all=replace, version=version, at=now, by=by)
            changes = both[0] if sheet.kind == "entries" else both[1]
            if changes:
                group.knowledge_version = version
                repository.add_audit(
                    session, group_id, f"import_{sheet.kind}", at=now, by=by, details=audit_details(changes)
                )
        return changes

    async def add_entry(self, group_id: str, entry: EntryRecord, *, by: str) -> EntryRecord:
        """Add one entry (an empty key gets a made one); return it as stored.

        Raises NotFound, UsageError with what is wrong with it, Conflict where its id is taken.
        """
        entry = checked_entry(entry)
        known = await self._stored_entry(group_id, entry.key)
        if known is not None:
            raise Conflict(f"there is already an entry '{entry.key}' in group '{group_id}'")
        await self.import_sheet(group_id, Sheet("entries", entries=(entry,)), by=by)
        return entry

    async def update_entry(self, group_id: str, entry: EntryRecord, *, by: str) -> EntryRecord:
        """Give the entry with this key its new content; return it as stored.

        Raises NotFound where there is no such group or entry, UsageError with what is wrong with it.
        """
        entry = checked_entry(entry)
        if await self._stored_entry(group_id, entry.key) is None:
            raise NotFound(f"no entry '{entry.key}' in group '{group_id}'")
        await self.import_sheet(group_id, Sheet("entries", entries=(entry,)), by=by)
        return entry

    async def remove_entry(self, group_id: str, key: str, *, by: str) -> None:
        """Remove one entry; its history stays. Raises NotFound."""
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            stored = (await repository.stored_entries(session, group_id)).get(key)
            if stored is None:
                raise NotFound(f"no entry '{key}' in group '{group_id}'")
            now = self._clock.now()
            group.knowledge_version += 1
            await repository.delete_rows(session, Entry, [stored.id])
            await repository.insert_versions(
                session, group_id, [(key, None)], version=group.knowledge_version, at=now, by=by
            )
            repository.add_audit(
                session, group_id, "remove_entry", at=now, by=by, details=audit_details(Changes(removed=(key,)))
            )

    async def put_product(self, group_id: str, product: ProductRecord, *, by: str) -> ProductRecord:
        """Add or change one product; return it as stored. Raises NotFound, UsageError."""
        product = checked_product(product)
        await self.import_sheet(group_id, Sheet("catalogue", products=(product,)), by=by)
        return product

    async def restock(self, group_id: str, sku: str, units: int, *, by: str) -> int | None:
        """Add units to what there is of a product (fewer with a negative number); return its stock in all.

        A product without a stock is unlimited and stays so (None). Raises NotFound, UsageError where less than
        nothing would be left.
        """
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            rows = await session.scalars(select(Product).where(Product.group_id == group_id))
            product = next((row for row in rows if row.sku.upper() == sku.upper()), None)
            if product is None:
                raise NotFound(f"no product '{sku}' in group '{group_id}'")
            if product.stock is None:
                return None
            if product.stock + units < 0:
                raise UsageError(
                    f"{product.sku} has a stock of {product.stock}, it cannot become {product.stock + units}"
                )
            now = self._clock.now()
            product.stock, product.updated_at = product.stock + units, now
            group.knowledge_version += 1
            stored = await repository.stored_products(session, group_id)
            record = replace(stored[fold_sku(product.sku)].record, stock=product.stock)
            await repository.insert_versions(
                session,
                group_id,
                [(fold_sku(product.sku), record)],
                version=group.knowledge_version,
                at=now,
                by=by,
                table=ProductVersion,
            )
            details = {"sku": product.sku, "units": units, "stock": product.stock}
            repository.add_audit(session, group_id, "restock", at=now, by=by, details=details)
            return product.stock

    async def history(self, group_id: str, key: str) -> list[EntryChange]:
        """Return what the entry said over time, oldest first. Raises NotFound where it never was."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            versions = await repository.entry_versions(session, group_id, key)
        if not versions:
            raise NotFound(f"no entry '{key}' in group '{group_id}'")
        return [
            EntryChange(row.version, row.changed_at, row.changed_by, repository.entry_from_json(row.content))
            for row in versions
        ]

    async def _stored_entry(self, group_id: str, key: str) -> EntryRecord | None:
        return (await self.knowledge(group_id)).entry(key)


def checked_entry(entry: EntryRecord) -> EntryRecord:
    """Return the entry in its canonical form. Raises UsageError with what is wrong with it."""
    entry = tidy_entry(entry)
    if problems := entry_problems(entry):
        raise UsageError("; ".join(problems))
    return entry


def checked_product(product: ProductRecord) -> ProductRecord:
    """Return the product in its canonical form. Raises UsageError with what is wrong with it."""
    product = tidy_product(product)
    if problems := product_problems(product):
        raise UsageError("; ".join(problems))
    return product
