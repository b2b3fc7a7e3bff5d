"""What a group knew over time: who changed what from what to what, and the way back to any earlier state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.knowledge import repository
from assistant.knowledge.changes import key_of, name_of
from assistant.knowledge.drafts import DraftService, DraftState, Place, Record, What
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.service import require_group
from assistant.models import EntryVersion, ProductVersion

LISTED = 50
"""Revisions of one list."""


@dataclass(frozen=True)
class Step:
    """One record's change; None: it was not there before, or is gone afterwards."""

    place: Place
    before: Record | None
    after: Record | None

    @property
    def what(self) -> What:
        """Whether it was added, changed or removed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def name(self) -> str:
        """The id as sources and findings name it: an entry's own, a product's with ``sku:``."""
        record = self.after or self.before
        name = self.place[1] if record is None else name_of(record)
        return name if self.place[0] == "entry" else f"sku:{name}"


@dataclass(frozen=True)
class Revision:
    """Everything that one knowledge version changed."""

    version: int
    at: datetime
    by: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Row:
    """A stored version of one record. ``known_before``: how long it had been so is not known."""

    place: Place
    version: int
    at: datetime
    by: str
    record: Record | None
    known_before: bool = False


def revisions(rows: Iterable[Row]) -> list[Revision]:
    """Return what each version changed, oldest first, from the rows in the order of versions."""
    last: dict[Place, Record | None] = {}
    found: dict[int, list[Step]] = {}
    heads: dict[int, Row] = {}
    for row in rows:
        before = last.get(row.place)
        last[row.place] = row.record
        if row.known_before or before == row.record:
            continue
        found.setdefault(row.version, []).append(Step(row.place, before, row.record))
        heads.setdefault(row.version, row)
    return [Revision(version, heads[version].at, heads[version].by, tuple(found[version])) for version in sorted(found)]


def state_at(rows: Iterable[Row], version: int) -> dict[Place, Record]:
    """Return the records as they were with a version; what is known from before any version was there always."""
    state: dict[Place, Record | None] = {}
    for row in rows:
        if row.version <= version or row.known_before:
            state[row.place] = row.record
    return {place: record for place, record in state.items() if record is not None}


def way_back(then: Mapping[Place, Record], now: Mapping[Place, Record]) -> dict[Place, Record | None]:
    """Return what has to be written (None: removed) for ``now`` to say what was said ``then``.

    The stock stays: goods that came or went since do not come back with the words.
    """
    wanted: dict[Place, Record | None] = {}
    for place in {**then, **now}:
        record, present = then.get(place), now.get(place)
        if isinstance(record, ProductRecord) and isinstance(present, ProductRecord):
            record = replace(record, stock=present.stock)
        if record != present:
            wanted[place] = record
    return wanted


class HistoryService:
    """Shows the revisions of a group's knowledge and drafts the way back to one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._drafts = DraftService(database, clock)

    async def revisions(
        self, group_id: str, *, before: int | None = None, of: Place | None = None, limit: int = LISTED
    ) -> list[Revision]:
        """Return revisions, newest first: only earlier ones than ``before``, only with changes ``of`` one record.

        Raises NotFound.
        """
        told = [
            replace(revision, steps=tuple(step for step in revision.steps if of is None or step.place == of))
            for revision in reversed(revisions(await self._rows(group_id)))
            if before is None or revision.version < before
        ]
        return [revision for revision in told if revision.steps][:limit]

    async def plan(self, group_id: str, version: int, *, only: Place | None = None) -> tuple[Step, ...]:
        """Return what going back to the state with a version would change of what members get now.

        Raises NotFound where there is no such group or version.
        """
        rows = await self._rows(group_id)
        known = [row.version for row in rows if not row.known_before]
        if not known or not min(known) <= version <= max(known):
            raise NotFound(f"group '{group_id}' has no knowledge version {version} to go back to")
        now = _places(await self._drafts.state(group_id))
        wanted = way_back(state_at(rows, version), now)
        return tuple(
            Step(place, now.get(place), record) for place, record in wanted.items() if only is None or place == only
        )

    async def roll_back(
        self, group_id: str, version: int, *, by: str, only: Place | None = None, over_drafts: bool = False
    ) -> tuple[Step, ...]:
        """Draft the way back to the state with a version (of ``only`` one record); return what it changes.

        Raises:
            NotFound: there is no such group or version.
            Conflict: drafts would be lost, and ``over_drafts`` is not given.
        """
        steps = await self.plan(group_id, version, only=only)
        records = {step.place: step.after for step in steps}
        await self._drafts.save_all(group_id, records, by=by, over_drafts=over_drafts)
        return steps

    async def _rows(self, group_id: str) -> list[Row]:
        async with self._database.read() as session:
            await require_group(session, group_id)
            entries = await repository.all_versions(session, group_id, EntryVersion)
            products = await repository.all_versions(session, group_id, ProductVersion)
        rows = [
            Row(
                ("entry", row.key), row.version, row.changed_at, row.changed_by, repository.entry_from_json(row.content)
            )
            for row in entries
        ]
        for row in products:
            record = repository.product_from_json(row.content)
            place: Place = ("product", row.key)
            rows.append(Row(place, row.version, row.changed_at, row.changed_by, record, not row.changed_by))
        return sorted(rows, key=lambda row: row.version)


def _places(state: DraftState) -> dict[Place, Record]:
    published: dict[Place, Record] = {("entry", entry.key): entry for entry in state.published.entries}
    return published | {("product", key_of(product)): product for product in state.published.products}
