"""What an import changes: a pure comparison of what is stored with what comes in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.repository import Stored
from assistant.knowledge.tidying import fold_sku, generated_key


@dataclass(frozen=True)
class Changes:
    """Ids of the entries (or SKUs of the products) that an import touches; ``moved``: only their order changes."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: bool = False

    def __bool__(self) -> bool:
        """Whether anything is different afterwards."""
        return bool(self.added or self.changed or self.removed or self.moved)

    def counts(self) -> dict[str, int]:
        """Return how many of each there are."""
        return {name: len(getattr(self, name)) for name in ("added", "changed", "unchanged", "removed")}


@dataclass(frozen=True)
class Merge:
    """The rows to write: inserts as (position, record), updates as (row, position, record), deletes as rows."""

    changes: Changes
    inserts: tuple[tuple[int, Any], ...] = ()
    updates: tuple[tuple[Stored, int, Any], ...] = ()
    deletes: tuple[Stored, ...] = ()
    result: tuple[Any, ...] = field(default=(), repr=False)
    """All records afterwards, in order."""


def key_of(record: EntryRecord | ProductRecord) -> str:
    """Return what makes it the same record across imports."""
    return record.key if isinstance(record, EntryRecord) else fold_sku(record.sku)


def name_of(record: EntryRecord | ProductRecord) -> str:
    """Return the id as the seller wrote it."""
    return record.key if isinstance(record, EntryRecord) else record.sku


def completed_entries(
    stored: Mapping[str, Stored], entries: Iterable[EntryRecord], columns: frozenset[str] | None
) -> tuple[EntryRecord, ...]:
    """Return a file's entries with what its ``columns`` don't say taken from the store.

    An entry without an id of its own is the stored one with the same question, where there is one. None for
    ``columns``: the entries are complete as they are.
    """
    entries = tuple(entries)
    if columns is None:
        return entries
    named = {entry.key for entry in entries}
    by_question = {generated_key(row.record.question): key for key, row in stored.items() if key not in named}
    kept = [column.name for column in fields(EntryRecord) if column.name not in columns and column.name != "key"]
    found = []
    for entry in entries:
        key = entry.key if entry.key in stored else by_question.get(entry.key, entry.key)
        known = stored[key].record if key in stored else entry
        found.append(replace(entry, key=key, **{name: getattr(known, name) for name in kept}))
    return tuple(found)


def completed_products(
    stored: Mapping[str, Stored], products: Iterable[ProductRecord], columns: frozenset[str] | None
) -> tuple[ProductRecord, ...]:
    """Return a file's products with what its ``columns`` don't say taken from the store (None: all is said)."""
    products = tuple(products)
    if columns is None:
        return products
    kept = [column.name for column in fields(ProductRecord) if column.name not in columns]
    found = []
    for product in products:
        known = stored[key_of(product)].record if key_of(product) in stored else product
        found.append(replace(product, **{name: getattr(known, name) for name in kept}))
    return tuple(found)


def merge(stored: Mapping[str, Stored], incoming: Iterable[EntryRecord | ProductRecord], *, replace_all: bool) -> Merge:
    """Return what brings ``incoming`` into the store.

    Known records keep their rows. With ``replace_all`` what is not in ``incoming`` goes and the order is that of
    ``incoming``; without, everything else stays where it is and new records come last.
    """
    records = {key_of(record): record for record in incoming}
    if replace_all:
        positions = {key: at for at, key in enumerate(records)}
    else:
        last = max((row.position for row in stored.values()), default=-1)
        positions = {key: row.position for key, row in stored.items()}
        for key in records:
            if key not in positions:
                last += 1
                positions[key] = last
    added = [key for key in records if key not in stored]
    kept = [key for key in records if key in stored]
    changed = {key for key in kept if stored[key].record != records[key]}
    moved = {key for key in kept if stored[key].position != positions[key]}
    gone = {key for key in stored if key not in records} if replace_all else set()
    after = {key: row.record for key, row in stored.items() if key not in gone} | records
    order = list(records) if replace_all else sorted(after, key=positions.__getitem__)
    changes = Changes(
        added=tuple(name_of(records[key]) for key in added),
        changed=tuple(name_of(records[key]) for key in kept if key in changed),
        unchanged=tuple(name_of(records[key]) for key in kept if key not in changed),
        removed=tuple(name_of(row.record) for key, row in stored.items() if key in gone),
        # Positions may have gaps after removals; only a new order among those that stay counts.
        moved=[key for key in order if key in stored] != [key for key in stored if key not in gone],
    )
    return Merge(
        changes=changes,
        inserts=tuple((positions[key], records[key]) for key in added),
        updates=tuple((stored[key], positions[key], records[key]) for key in kept if key in changed or key in moved),
        deletes=tuple(row for key, row in stored.items() if key in gone),
        result=tuple(after[key] for key in order),
    )
