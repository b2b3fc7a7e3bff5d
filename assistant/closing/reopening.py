"""A new group from a copy of an old one: knowledge, catalogue and settings, with dates of its own and no members."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.clock import Clock
from assistant.closing.repository import lives, note
from assistant.db import Database
from assistant.errors import BadFile, Conflict, UsageError
from assistant.groups.folder import GroupFolder
from assistant.groups.service import GroupService
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_to_json
from assistant.knowledge.service import require_group

_DATE = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:周|星期|礼拜)[一二三四五六日天]"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NewDates:
    """When the new group takes orders: times, or ISO 8601 text (without an offset in the group's zone)."""

    opens_at: datetime | str | None = None
    closes_at: datetime | str | None = None


@dataclass(frozen=True)
class Reopened:
    """The new group; ``dated`` are the entries that speak of a day and want a look."""

    group_id: str
    entries: int
    products: int
    dated: tuple[str, ...]


def copied_settings(old: GroupSettings, **changes: Any) -> GroupSettings:
    """Return the settings with changes. Raises UsageError where they make no sense together."""
    kept = old.model_dump(exclude_unset=True, exclude={"next_opens_at", "moved_to", *changes})
    try:
        return GroupSettings.model_validate(kept | {key: value for key, value in changes.items() if value is not None})
    except ValueError as error:
        if any(problem["loc"][:1] == ("id",) for problem in getattr(error, "errors", list)()):
            wanted = "3 to 40 small letters, digits and dashes, such as tea-12"
            raise UsageError(f"'{changes.get('id')}' is no id for a group; it has {wanted}") from error
        reason = str(error).splitlines()[2].strip() if "\n" in str(error) else str(error)
        raise UsageError(f"the new group cannot be: {reason.split(' [type=')[0]}") from error


async def reopen(
    database: Database,
    clock: Clock,
    groups: GroupService,
    group_id: str,
    new_id: str,
    *,
    name: str = "",
    dates: NewDates | None = None,
    by: str = "cli",
) -> Reopened:
    """Open a new group as a copy of an old one, whether that is closed, erased or still open.

    Raises NotFound, Conflict where the new id is taken, UsageError for an id or dates that cannot be.
    """
    when = dates or NewDates()
    folder = await groups.folder(group_id)
    settings = copied_settings(
        folder.settings,
        id=new_id,
        name=name or folder.settings.name,
        opens_at=when.opens_at,
        closes_at=when.closes_at,
    )
    async with database.read() as session:
        if await lives(session, new_id):
            raise Conflict(f"there is a group '{new_id}' already; choose another id")
    try:
        loaded = await groups.load(GroupFolder(settings, folder.knowledge), by=by)
    except BadFile as error:
        raise UsageError(str(error)) from error
    if settings.opens_at is not None and settings.opens_at > clock.now():
        await _tell_next(database, clock, group_id, settings.opens_at, by)
    knowledge = folder.knowledge
    dated = tuple(entry.key for entry in knowledge.entries if entry.valid_until or _DATE.search(entry.answer))
    return Reopened(loaded.group_id, len(knowledge.entries), len(knowledge.products), dated)


async def _tell_next(database: Database, clock: Clock, group_id: str, opens_at: datetime, by: str) -> None:
    """Let the old group tell late orderers when the new one opens."""
    async with database.write() as session:
        group = await require_group(session, group_id, lock=True)
        [life] = await lives(session, group_id)
        kept = life.settings.moved_to or None
        group.settings = settings_to_json(copied_settings(life.settings, next_opens_at=opens_at, moved_to=kept))
        group.knowledge_version += 1
        note(session, group_id, "group.next", by=by, now=clock.now(), opens_at=opens_at.isoformat())
