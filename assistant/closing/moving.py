"""Moves a blocked group's members to a spare group: orders, numbers, payments and access stay theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.closing.reopening import copied_settings
from assistant.closing.repository import closing_of, lives, note
from assistant.closing.scope import personal_tables
from assistant.db import Database
from assistant.errors import Conflict, UsageError
from assistant.groups.folder import GroupFolder
from assistant.groups.service import GroupService
from assistant.groups.toml import settings_to_json
from assistant.knowledge.service import require_group
from assistant.models import Audit, Base, Closing, Group, Member, Order, Pause, StockWait, Token
from assistant.notices import tell_group, tell_member
from assistant.orders.repository import OrderRepository
from assistant.replies.catalogue import replies_for

_ALSO = frozenset({"polls", "survey_answers"})
"""What belongs to the talk with members although it names none."""


@dataclass(frozen=True)
class Moved:
    """What came along; ``renumbered`` maps old order numbers to new ones where the spare had them already."""

    group_id: str
    created: bool
    members: int
    orders: int
    renumbered: dict[int, int]


async def move(
    database: Database, clock: Clock, groups: GroupService, group_id: str, spare_id: str, *, by: str = "cli"
) -> Moved:
    """Move everybody to the spare group, which is made as a copy where there is none. Safe to run again.

    Raises NotFound, UsageError for the same group twice, Conflict where the spare is another seller's or closed.
    """
    if group_id == spare_id:
        raise UsageError("a group cannot be moved to itself")
    folder = await groups.folder(group_id)
    async with database.read() as session:
        created = not await lives(session, spare_id)
    if created:
        await groups.load(GroupFolder(copied_settings(folder.settings, id=spare_id), folder.knowledge), by=by)
    now = clock.now()
    async with database.write() as session:
        old = await require_group(session, group_id, lock=True)
        spare = await require_group(session, spare_id, lock=True)
        _require_fit(old, spare)
        members = list(await session.scalars(select(Member).where(Member.group_id == group_id)))
        names = {member.nickname for member in members if member.role == "member"}
        renumbered = await _renumber(session, group_id, spare_id)
        orders = await session.scalar(select(func.count()).select_from(Order).where(Order.group_id == group_id))
        await _merge_known(session, members, spare_id)
        await _take_along(session, group_id, spare_id, everything=created)
        await _take_audit(session, group_id, spare_id, names)
        await _close_old(session, old, spare_id, now)
        if names:
            await _tell(session, spare, renumbered, now)
        for moved in (group_id, spare_id):
            await OrderRepository(session).touch_ledger(moved)
            note(session, moved, "group.move", by=by, now=now, to=spare_id, members=len(names), orders=orders or 0)
    return Moved(spare_id, created, len(names), orders or 0, {old_no: new for old_no, new, _ in renumbered})


def _require_fit(old: Group, spare: Group) -> None:
    if old.seller_id != spare.seller_id:
        raise Conflict(f"'{spare.id}' is another seller's group; members can only be moved to one of your own")
    if spare.closed_at is not None:
        raise Conflict(f"'{spare.id}' is closed; members need a group that is open")


async def _renumber(session: AsyncSession, group_id: str, spare_id: str) -> list[tuple[int, int, int]]:
    """Give orders whose number the spare has already the next free ones; return (before, after, member id)."""
    taken = set(await session.scalars(select(Order.number).where(Order.group_id == spare_id)))
    mine = list(await session.scalars(select(Order).where(Order.group_id == group_id).order_by(Order.number)))
    free = max([0, *taken, *(order.number for order in mine)])
    changed: list[tuple[int, int, int]] = []
    for order in mine:
        if order.number in taken:
            free += 1
            changed.append((order.number, free, order.member_id))
            order.number = free
    await session.flush()
    return changed


async def _merge_known(session: AsyncSession, members: Sequence[Member], spare_id: str) -> None:
    """Let what belongs to somebody who is in the spare already belong to them there."""
    there = {
        (member.channel, member.external_id): member.id
        for member in await session.scalars(select(Member).where(Member.group_id == spare_id))
    }
    for member in members:
        known = there.get((member.channel, member.external_id))
        if known is None:
            continue
        for only_one in (Pause, StockWait):
            await session.execute(delete(only_one).where(only_one.member_id == member.id))
        for table, column in _member_columns():
            await session.execute(update(table).where(column == member.id).values({column: known}))
        await session.delete(member)
    await session.flush()


def _member_columns() -> list[tuple[Table, Any]]:
    members = Base.metadata.tables["members"]
    return [
        (table, key.parent)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is members
    ]


async def _take_along(session: AsyncSession, group_id: str, spare_id: str, *, everything: bool) -> None:
    for table in reversed(personal_tables()):
        if "group_id" not in table.c or not (everything or _speaks_of_members(table)):
            continue
        await session.execute(update(table).where(table.c.group_id == group_id).values(group_id=spare_id))
    await session.execute(update(Token).where(Token.group_id == group_id).values(group_id=spare_id))


def _speaks_of_members(table: Table) -> bool:
    related = {key.column.table.name for key in table.foreign_keys}
    return table.name == "members" or table.name in _ALSO or bool(related & {"members", "messages", "orders"})


async def _take_audit(session: AsyncSession, group_id: str, spare_id: str, names: set[str]) -> None:
    """What members did goes where they are, so that it is cleaned with their data one day."""
    for record in await session.scalars(select(Audit).where(Audit.group_id == group_id)):
        if record.subject != group_id or record.actor in names:
            record.group_id = spare_id


async def _close_old(session: AsyncSession, old: Group, spare_id: str, now: datetime) -> None:
    [life] = await lives(session, old.id)
    old.settings = settings_to_json(copied_settings(life.settings, moved_to=spare_id))
    old.knowledge_version += 1
    old.closed_at = old.closed_at or now
    closing = await closing_of(session, old.id, lock=True)
    if closing is None:
        closing = Closing(group_id=old.id, reason="moved", closed_at=now, told_at=now, protocol={})
        session.add(closing)
    closing.moved_to, closing.archived_at = spare_id, closing.archived_at or now


async def _tell(session: AsyncSession, spare: Group, renumbered: list[tuple[int, int, int]], now: datetime) -> None:
    [life] = await lives(session, spare.id)
    settings = life.settings
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    await tell_group(session, spare.id, replies.render("closing.moved", group=settings.name), now)
    for before, after, member_id in renumbered:
        member = await session.get(Member, member_id)
        if member is not None:
            tell_member(session, member, replies.render("closing.renumbered", before=before, after=after), now)
