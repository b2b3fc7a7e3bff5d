"""A group's life: loaded from a folder, listed, shown, closed, written out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, UsageError
from assistant.groups import repository
from assistant.groups.folder import GroupFolder, read_folder, write_folder
from assistant.groups.repository import Counts
from assistant.groups.settings import GroupSettings
from assistant.groups.state import GroupState, Life, describe_state
from assistant.groups.toml import changed_settings, settings_from_json, settings_to_json
from assistant.knowledge import repository as notes
from assistant.knowledge.changes import Changes
from assistant.knowledge.records import Knowledge
from assistant.knowledge.repository import load_knowledge
from assistant.knowledge.service import audit_details, require_group, store_knowledge
from assistant.models import Group


@dataclass(frozen=True)
class Loaded:
    """What loading a folder did."""

    group_id: str
    created: bool
    settings_changed: bool
    entries: Changes
    products: Changes
    knowledge_version: int
    closed: bool

    def __bool__(self) -> bool:
        """Whether anything is different afterwards."""
        return self.created or self.settings_changed or bool(self.entries) or bool(self.products)


@dataclass(frozen=True)
class GroupInfo:
    """A group for lists and overviews."""

    id: str
    settings: GroupSettings
    counts: Counts
    state: GroupState
    closed_at: datetime | None
    knowledge_version: int
    created_at: datetime


class GroupService:
    """Loads, lists, shows, closes and exports groups."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def load(self, folder: GroupFolder | Path, *, by: str = "cli", fresh: bool = False) -> Loaded:
        """Bring a group's folder into the store, all or nothing; the same folder twice changes nothing.

        Rows keep their ids; members, orders and tickets stay. What is not in the folder any more is removed from
        the knowledge (its history stays). Raises BadFile; with ``fresh`` Conflict where there is such a group.
        """
        if isinstance(folder, Path):
            folder = read_folder(folder)
        async with self._database.write() as session:
            if fresh and await session.get(Group, folder.settings.id) is not None:
                raise Conflict(f"there is already a group '{folder.settings.id}'")
            return await self._load(session, folder, by)

    async def _load(self, session: AsyncSession, folder: GroupFolder, by: str) -> Loaded:
        now = self._clock.now()
        settings = folder.settings
        group = await session.get(Group, settings.id, with_for_update=True)
        created = group is None
        values = settings_to_json(settings)
        if group is None:
            owner = await repository.seller_id(session, settings.seller, at=now)
            group = Group(id=settings.id, seller_id=owner, name=settings.name, settings=values, created_at=now)
            group.knowledge_version, group.ledger_revision = 0, 0
            session.add(group)
            await session.flush()
        elif "off" in group.settings.get("payment", {}):
            # What is out of order is switched by hand; a folder that says nothing of it leaves it.
            values.setdefault("payment", {}).setdefault("off", group.settings["payment"]["off"])
        settings_changed = not created and group.settings != values
        if settings_changed:
            group.seller_id = await repository.seller_id(session, settings.seller, at=now)
            group.name, group.settings = settings.name, values
        version = group.knowledge_version + 1
        entries, products = await store_knowledge(
            session, group, folder.knowledge, replace_all=True, version=version, at=now, by=by
        )
        if created or settings_changed or entries or products:
            group.knowledge_version = version
            details = {"entries": audit_details(entries), "products": audit_details(products)}
            action = "create_group" if created else "load_group"
            notes.add_audit(session, group.id, action, at=now, by=by, details={**details, "settings": settings_changed})
        return Loaded(
            group_id=group.id,
            created=created,
            settings_changed=settings_changed,
            entries=entries,
            products=products,
            knowledge_version=group.knowledge_version,
            closed=group.closed_at is not None,
        )

    async def change(self, group_id: str, changes: Mapping[str, Any], *, by: str = "cli") -> GroupInfo:
        """Change some of a group's settings; the next message is answered by the new ones.

        ``changes`` are keys as ``group.toml`` has them (see ``changed_settings``). Id and seller stay as they are.
        Raises NotFound, UsageError for those two, BadFile naming every value that is off.
        """
        if fixed := {"id", "seller"} & changes.keys():
            raise UsageError(f"{' and '.join(sorted(fixed))} of a group cannot be changed")
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            settings = changed_settings(settings_from_json(group.settings), changes)
            values = settings_to_json(settings)
            if values != group.settings:
                details = {"changed": _changed_keys(group.settings, values)}
                group.name, group.settings = settings.name, values
                group.knowledge_version += 1
                notes.add_audit(session, group_id, "change_settings", at=self._clock.now(), by=by, details=details)
        return await self.show(group_id)

    async def list(self) -> list[GroupInfo]:
        """Return all groups by id."""
        async with self._database.read() as session:
            groups = await repository.all_groups(session)
            counts = await repository.counts_of(session)
        return [self._info(group, counts.get(group.id, Counts())) for group in groups]

    async def show(self, group_id: str) -> GroupInfo:
        """Return one group. Raises NotFound with the nearest known id."""
        async with self._database.read() as session:
            group = await require_group(session, group_id)
            counts = await repository.counts_of(session)
        return self._info(group, counts.get(group_id, Counts()))

    async def close(self, group_id: str, *, by: str = "cli") -> GroupInfo:
        """Close the group: no further orders. Raises NotFound, Conflict where it is closed by hand already."""
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            if group.closed_at is not None:
                raise Conflict(f"group '{group_id}' is closed since {_local(group.closed_at, group)}")
            group.closed_at = self._clock.now()
            notes.add_audit(session, group_id, "close_group", at=group.closed_at, by=by, details={})
        return await self.show(group_id)

    async def set_talkative(self, group_id: str, talkative: float, *, by: str) -> None:
        """Set how sure the assistant must be that somebody asked it, 0 (quiet) to 1; the next message is read so.

        Raises NotFound, UsageError.
        """
        if not 0 <= talkative <= 1:
            raise UsageError(f"talkative is from 0 to 1, not {talkative}")
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            before = group.settings.get("talkative")
            group.settings = group.settings | {"talkative": talkative}
            # Who writes next is read with the new setting: kept views belong to a version.
            group.knowledge_version += 1
            details = {"before": before, "after": talkative}
            notes.add_audit(session, group_id, "group.talkative", at=self._clock.now(), by=by, details=details)

    async def export(self, group_id: str, path: Path) -> GroupFolder:
        """Write the group's folder; loading it again changes nothing. Raises NotFound, UsageError."""
        folder = await self.folder(group_id)
        write_folder(path, folder.settings, folder.knowledge)
        return folder

    async def folder(self, group_id: str) -> GroupFolder:
        """Return what the group's folder would say. Raises NotFound."""
        async with self._database.read() as session:
            group = await require_group(session, group_id)
            knowledge: Knowledge = await load_knowledge(session, group_id)
        return GroupFolder(settings_from_json(group.settings), knowledge)

    def _info(self, group: Group, counts: Counts) -> GroupInfo:
        settings = settings_from_json(group.settings)
        closed = group.closed_at
        return GroupInfo(
            id=group.id,
            settings=settings,
            counts=counts,
            state=describe_state(Life(settings, closed), self._clock.now(), counts.counted(settings)),
            closed_at=closed,
            knowledge_version=group.knowledge_version,
            created_at=group.created_at,
        )


def _changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys whose values differ, those of a section as ``payment.methods``."""
    found = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            found += [f"{key}.{name}" for name in _changed_keys(old or {}, new or {})]
        elif old != new:
            found.append(key)
    return found


def _local(moment: datetime, group: Group) -> str:
    return f"{moment.astimezone(settings_from_json(group.settings).zone):%Y-%m-%d %H:%M}"
