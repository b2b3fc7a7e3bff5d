"""Drafts: changes of entries and products that members do not see before they are published.

A draft is kept beside what is published, one row an entry or product; nothing that serves members reads it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.knowledge import repository
from assistant.knowledge.changes import Changes, completed_entries, completed_products, key_of, merge, name_of
from assistant.knowledge.files import Sheet
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.knowledge.repository import Stored
from assistant.knowledge.service import (
    audit_details,
    checked_entry,
    checked_product,
    require_group,
    store_knowledge,
)
from assistant.models import Draft

Record = EntryRecord | ProductRecord
RecordKind = Literal["entry", "product"]
What = Literal["added", "changed", "removed"]


Place = tuple[RecordKind, str]
"""What a record is known by: its kind, and the entry's key or the SKU folded."""


@dataclass(frozen=True)
class Seen:
    """What somebody had before them when they began to write; None: there was none."""

    record: Record | None


class Overtaken(Conflict):
    """Somebody else wrote the same record meanwhile; ``current`` is what it says now."""

    def __init__(self, current: Record | None) -> None:
        name = "this" if current is None else f"'{name_of(current)}'"
        gone = "removed" if current is None else "changed"
        super().__init__(f"{name} was {gone} by somebody else while you wrote; look at both and save again")
        self.current = current


@dataclass(frozen=True)
class DraftChange:
    """One drafted change. ``stale``: what is published was changed by somebody since the draft was written."""

    kind: RecordKind
    key: str
    what: What
    before: Record | None
    after: Record | None
    stale: bool
    at: datetime
    by: str

    @property
    def name(self) -> str:
        """The id or SKU as the seller wrote it."""
        record = self.after or self.before
        return self.key if record is None else name_of(record)

    @property
    def place(self) -> str:
        """The id as sources and findings name it: an entry's own, a product's with ``sku:``."""
        return self.name if self.kind == "entry" else f"sku:{self.name}"


@dataclass(frozen=True)
class DraftState:
    """What is published, what would be, and the changes between them.

    ``revision`` names exactly this state; it is another one as soon as anything of it changes.
    """

    published: Knowledge
    drafted: Knowledge
    changes: tuple[DraftChange, ...]
    revision: str

    def record(self, kind: RecordKind, key: str) -> Record | None:
        """Return the record as it would be published, or None."""
        return next((one for one in _of_kind(self.drafted, kind) if key_of(one) == key), None)

    @property
    def stale(self) -> tuple[DraftChange, ...]:
        """The changes whose base is not what is published any more."""
        return tuple(change for change in self.changes if change.stale)


class DraftService:
    """Writes, shows, discards and publishes drafts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def state(self, group_id: str) -> DraftState:
        """Return the group's draft. Raises NotFound."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            return await _state(session, group_id)

    async def save_sheet(self, group_id: str, sheet: Sheet, *, replace: bool = False, by: str = "cli") -> Changes:
        """Take a file's records into the draft, all or none, as an import would take them into what is published.

        Returns what changed against the draft as it was; the order of records is not drafted. Raises NotFound.
        """
        kind: RecordKind = "entry" if sheet.kind == "entries" else "product"
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            before = await _state(session, group_id)
            stored = _as_stored(_of_kind(before.drafted, kind))
            if sheet.kind == "entries":
                incoming: Sequence[Record] = completed_entries(stored, sheet.entries, sheet.columns)
            else:
                incoming = completed_products(stored, sheet.products, sheet.columns)
            merged = merge(stored, incoming, replace_all=replace)
            wanted = {key_of(record): record for record in merged.result}
            touched = {key_of(record) for record in incoming} | {key for key in stored if key not in wanted}
            await self._put(session, group_id, kind, {key: wanted.get(key) for key in touched}, before.published, by)
        changes = merged.changes
        return Changes(changes.added, changes.changed, changes.unchanged, changes.removed)

    async def save_entry(self, group_id: str, entry: EntryRecord, *, by: str, seen: Seen | None = None) -> EntryRecord:
        """Draft one entry's content; return it as stored. Raises as ``save_all`` does, and UsageError."""
        entry = checked_entry(entry)
        await self.save_all(group_id, {("entry", entry.key): entry}, by=by, seen=seen)
        return entry

    async def save_product(
        self, group_id: str, product: ProductRecord, *, by: str, seen: Seen | None = None
    ) -> ProductRecord:
        """Draft one product's line; return it as stored. Raises as ``save_all`` does, and UsageError."""
        product = checked_product(product)
        await self.save_all(group_id, {("product", key_of(product)): product}, by=by, seen=seen)
        return product

    async def save_all(
        self,
        group_id: str,
        records: Mapping[Place, Record | None],
        *,
        by: str,
        seen: Seen | None = None,
        over_drafts: bool = True,
    ) -> None:
        """Draft these records (None: their removal), all or none.

        Raises:
            NotFound: there is no such group.
            Overtaken: one of them is not any more what its writer saw.
            Conflict: somebody's draft of one of them would be lost, and ``over_drafts`` is not given.
        """
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            state = await _state(session, group_id)
            if seen is not None:
                for kind, key in records:
                    now = state.record(kind, key)
                    if now != seen.record:
                        raise Overtaken(now)
            if not over_drafts:
                _refuse_losses(state, records)
            for kind in ("entry", "product"):
                wanted = {key: record for (its, key), record in records.items() if its == kind}
                await self._put(session, group_id, kind, wanted, state.published, by)

    async def remove(self, group_id: str, kind: RecordKind, key: str, *, by: str) -> None:
        """Draft the removal of an entry or product. Raises NotFound where there is none."""
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            state = await _state(session, group_id)
            if key not in {key_of(record) for record in _of_kind(state.drafted, kind)}:
                raise NotFound(f"no {kind} '{key}' in group '{group_id}'")
            await self._put(session, group_id, kind, {key: None}, state.published, by)

    async def discard(self, group_id: str, names: Iterable[str] = (), *, by: str) -> tuple[str, ...]:
        """Forget the drafts of these entries and products (``sku:...``), or all; return their places.

        Raises NotFound where one of them has no draft.
        """
        wanted = list(names)
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            state = await _state(session, group_id)
            known = {change.place: change for change in state.changes}
            if unknown := [name for name in wanted if name not in known]:
                raise NotFound(f"there is no draft of '{unknown[0]}' in group '{group_id}'")
            gone = [known[name] for name in wanted] if wanted else list(state.changes)
            rows = {(row.kind, row.key): row for row in await repository.drafts(session, group_id)}
            ids = [rows[change.kind, change.key].id for change in gone] if wanted else [row.id for row in rows.values()]
            await repository.delete_rows(session, Draft, ids)
            if gone:
                places = [change.place for change in gone]
                now = self._clock.now()
                repository.add_audit(session, group_id, "discard_draft", at=now, by=by, details={"ids": places[:100]})
        return tuple(change.place for change in gone)

    async def publish(
        self, group_id: str, tested: DraftState, *, by: str, over_stale: bool = False, details: Mapping[str, Any]
    ) -> int:
        """Make the draft what members get, in one transaction and with one new knowledge version; return that.

        ``tested`` is the state that was looked at: another one is not published. ``details`` go into the audit.

        Raises:
            NotFound: there is no such group.
            Conflict: the draft or the knowledge changed meanwhile, there is no draft, or a draft is stale (unless
                ``over_stale``).
        """
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            state = await _state(session, group_id)
            if not state.changes:
                raise Conflict(f"group '{group_id}' has no draft to publish")
            if state.revision != tested.revision:
                raise Conflict("somebody changed the draft or the knowledge meanwhile; look at it and publish again")
            if state.stale and not over_stale:
                raise Conflict(stale_line(state.stale))
            now, version = self._clock.now(), group.knowledge_version + 1
            entries, products = await store_knowledge(
                session, group, state.drafted, replace_all=True, version=version, at=now, by=by
            )
            group.knowledge_version = version
            rows = await repository.drafts(session, group_id)
            await repository.delete_rows(session, Draft, [row.id for row in rows])
            told = {"entries": audit_details(entries), "products": audit_details(products), **details}
            repository.add_audit(session, group_id, "publish_draft", at=now, by=by, details=told)
        return version

    async def _put(
        self,
        session: AsyncSession,
        group_id: str,
        kind: RecordKind,
        records: Mapping[str, Record | None],
        published: Knowledge,
        by: str,
    ) -> None:
        """Write the drafts; one that says what is published is none."""
        known = {key_of(record): record for record in _of_kind(published, kind)}
        rows = {row.key: row for row in await repository.drafts(session, group_id) if row.kind == kind}
        now = self._clock.now()
        for key, record in records.items():
            row, base = rows.get(key), known.get(key)
            if record == base:
                if row is not None:
                    await session.delete(row)
                continue
            if row is None:
                row = Draft(group_id=group_id, kind=kind, key=key)
                session.add(row)
            row.content, row.base = _json(record), _json(base)
            row.changed_at, row.changed_by = now, by


def stale_line(stale: Sequence[DraftChange]) -> str:
    """Return the line that tells which drafts were written on something that has changed since."""
    names = ", ".join(change.place for change in stale[:5]) + (" ..." if len(stale) > 5 else "")
    return f"{names} changed since the draft was written; look at it (yidan kb diff), then write it again or discard it"


def _refuse_losses(state: DraftState, records: Mapping[Place, Record | None]) -> None:
    lost = [
        change
        for change in state.changes
        if (change.kind, change.key) in records and records[change.kind, change.key] != change.after
    ]
    if lost:
        names = ", ".join(change.place for change in lost[:5]) + (" ..." if len(lost) > 5 else "")
        raise Conflict(f"drafts would be overwritten: {names}; publish or discard them first")


def _of_kind(knowledge: Knowledge, kind: RecordKind) -> tuple[Record, ...]:
    return knowledge.entries if kind == "entry" else knowledge.products


def _as_stored(records: Iterable[Record]) -> dict[str, Stored]:
    return {key_of(record): Stored(0, at, record) for at, record in enumerate(records)}


_json = repository.record_json


async def _state(session: AsyncSession, group_id: str) -> DraftState:
    published = await repository.load_knowledge(session, group_id)
    rows = await repository.drafts(session, group_id)
    entries, told = _overlaid(published.entries, "entry", rows, repository.entry_from_json)
    products, also_told = _overlaid(published.products, "product", rows, repository.product_from_json)
    drafted = Knowledge(entries, products)
    content = [[*map(_json, one.entries), *map(_json, one.products)] for one in (published, drafted)]
    bases = [[row.kind, row.key, row.base] for row in rows]
    raw = json.dumps([content, bases], ensure_ascii=False, sort_keys=True).encode()
    return DraftState(published, drafted, (*told, *also_told), hashlib.blake2b(raw, digest_size=12).hexdigest())


def _overlaid(
    published: Sequence[Any], kind: RecordKind, rows: Sequence[Draft], read: Callable[[dict[str, Any] | None], Any]
) -> tuple[tuple[Any, ...], list[DraftChange]]:
    """Return the records with the drafts of their kind on top, and the drafts that change anything."""
    known = {key_of(record): record for record in published}
    after: dict[str, Any] = dict(known)
    changes = []
    for row in rows:
        if row.kind != kind:
            continue
        record, base = read(row.content), known.get(row.key)
        if record == base:
            continue
        what: What = "removed" if record is None else "changed" if base is not None else "added"
        stale = _json(base) != row.base
        changes.append(DraftChange(kind, row.key, what, base, record, stale, row.changed_at, row.changed_by))
        if record is None:
            after.pop(row.key, None)
        else:
            after[row.key] = record
    return tuple(after.values()), changes
