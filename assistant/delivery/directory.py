"""Groups as the faces list them, and who may see which; joining a group."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.access import Access
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.invitations.newcomers import Door, obstacle
from assistant.invitations.repository import InvitationRepository
from assistant.models import Group, Member, Order, Ticket

CHANNEL = "api"
"""The channel of members who joined over the API."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in short. ``closed_at`` is when it was closed by hand or by its last order."""

    id: str
    name: str
    seller_id: int
    settings: dict[str, Any]
    closed_at: datetime | None
    created_at: datetime

    @property
    def language(self) -> str:
        """The language of the group's replies."""
        return str(self.settings.get("language", "en"))

    def closed(self, now: datetime) -> bool:
        """Tell whether orders are over."""
        closes_at = settings_from_json(self.settings).closes_at
        return self.closed_at is not None or (closes_at is not None and closes_at < now)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is in a group."""

    members: int
    orders: int
    open_tickets: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who is or was in a group; ``source`` is what they answered to the group's question."""

    id: int
    nickname: str
    role: str
    source: str
    joined_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A newcomer with the token that is theirs alone."""

    member_id: int
    nickname: str
    token: str
    group: GroupRow


class Directory:
    """Finds groups for callers and lets members in."""

    def __init__(self, database: Database, clock: Clock, access: Access) -> None:
        self._database = database
        self._clock = clock
        self._access = access

    async def groups(self, seller_id: int | None = None) -> list[GroupRow]:
        """Return the seller's groups, or all where ``seller_id`` is None, by id."""
        query = select(Group).order_by(Group.id)
        if seller_id is not None:
            query = query.where(Group.seller_id == seller_id)
        async with self._database.read() as session:
            return [_row(group) for group in await session.scalars(query)]

    async def group(self, group_id: str, seller_id: int | None = None) -> GroupRow:
        """Return one group.

        Raises:
            NotFound: there is none, or it is another seller's; the two are not told apart.
        """
        async with self._database.read() as session:
            group = await session.get(Group, group_id)
        if group is None or (seller_id is not None and group.seller_id != seller_id):
            raise NotFound(f"no group '{group_id}'")
        return _row(group)

    async def counts(self, group_id: str) -> Counts:
        """Return how many members, orders and open tickets a group has."""
        async with self._database.read() as session:
            members = await session.scalar(select(func.count()).select_from(Member).where(Member.group_id == group_id))
            orders = await session.scalar(select(func.count()).select_from(Order).where(Order.group_id == group_id))
            tickets = await session.scalar(
                select(func.count()).select_from(Ticket).where(Ticket.group_id == group_id, Ticket.status != "resolved")
            )
        return Counts(members or 0, orders or 0, tickets or 0)

    async def orders_of(self, member_id: int) -> list[Order]:
        """Return a member's orders with lines and events, oldest first."""
        query = select(Order).where(Order.member_id == member_id).order_by(Order.number)
        loaded = query.options(selectinload(Order.lines), selectinload(Order.events))
        async with self._database.read() as session:
            return list(await session.scalars(loaded))

    async def members(self, group_id: str) -> list[MemberRow]:
        """Return who is and was in a group, in the order they came."""
        query = select(Member).where(Member.group_id == group_id).order_by(Member.id)
        async with self._database.read() as session:
            return [
                MemberRow(m.id, m.nickname, m.role, m.source, m.joined_at, m.removed_at)
                for m in await session.scalars(query)
            ]

    async def join(self, group_id: str, nickname: str, answer: str = "", known_by: str = "") -> Joined:
        """Let a newcomer in whom somebody trusted sent, and return the token that is theirs.

        ``known_by`` is their token of another group of the same seller, where they want to be known again.

        Raises:
            NotFound: there is no such group.
            UsageError: nobody may go by this name.
            Conflict: the group is full or closed, or the name is taken.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            group = await session.get(Group, group_id, with_for_update=True)
            if group is None:
                raise NotFound(f"no group '{group_id}'")
            row = _row(group)
            settings = settings_from_json(group.settings)
            names, _ = await InvitationRepository(session).names(group_id)
            door = door_of(settings, names, closed=row.closed_at is not None)
            match obstacle(door, nickname):
                case "reserved":
                    raise UsageError("this name is the seller's or the assistant's; please take another")
                case "closed":
                    raise Conflict("this group is closed")
                case "taken":
                    raise Conflict(f"the name '{nickname}' is taken in this group; please take another")
                case "full":
                    raise Conflict(f"this group is full ({settings.member_limit} members)")
            known_as = await self._access.known_as(session, known_by, group) if known_by else ""
            member = await admit(session, group_id, nickname, source=answer, now=now, known_as=known_as)
            token = self._access.create_member(session, member)
            return Joined(member.id, nickname, token, row)


def door_of(settings: GroupSettings, names: Collection[str], *, removed: Collection[str] = (), closed: bool) -> Door:
    """Return a group as a newcomer meets it."""
    join = settings.join
    return Door(
        keyword=join.keyword if join else "",
        question=join.question if join else "",
        reserved=(settings.seller, settings.assistant_name),
        names=names,
        removed=removed,
        limit=settings.member_limit,
        closed=closed,
    )


async def admit(
    session: AsyncSession, group_id: str, nickname: str, *, source: str, now: datetime, known_as: str = ""
) -> Member:
    """Return the row of a new member, added to the caller's transaction; they wait to be welcomed.

    ``known_as`` is who they are in another group of the seller; who is in this group already under it gets a new one.
    """
    here = (Member.group_id == group_id, Member.channel == CHANNEL, Member.external_id == known_as)
    if known_as and await session.scalar(select(Member.id).where(*here)) is not None:
        known_as = ""
    member = Member(
        group_id=group_id,
        channel=CHANNEL,
        external_id=known_as or uuid.uuid4().hex,
        nickname=nickname,
        role="member",
        joined_at=now,
        source=source,
        welcome_due_at=now,
    )
    session.add(member)
    await session.flush()
    return member


def _row(group: Group) -> GroupRow:
    return GroupRow(group.id, group.name, group.seller_id, group.settings, group.closed_at, group.created_at)
