"""Groups as the faces list them, and who may see which; joining a group."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.access import Access
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.toml import settings_from_json
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

    async def join(self, group_id: str, nickname: str, answer: str = "") -> Joined:
        """Let a newcomer in and return the token that is theirs.

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
            if nickname in {settings.seller, settings.assistant_name}:
                raise UsageError("this name is the seller's or the assistant's; please take another")
            if row.closed_at is not None:
                raise Conflict("this group is closed")
            present = Member.group_id == group_id, Member.removed_at.is_(None), Member.role == "member"
            names = set(await session.scalars(select(Member.nickname).where(*present)))
            if nickname in names:
                raise Conflict(f"the name '{nickname}' is taken in this group; please take another")
            if settings.member_limit is not None and len(names) >= settings.member_limit:
                raise Conflict(f"this group is full ({settings.member_limit} members)")
            member = Member(
                group_id=group_id,
                channel=CHANNEL,
                external_id=uuid.uuid4().hex,
                nickname=nickname,
                role="member",
                joined_at=now,
                source=answer,
            )
            session.add(member)
            await session.flush()
            token = self._access.create_member(session, member)
            return Joined(member.id, nickname, token, row)


def _row(group: Group) -> GroupRow:
    return GroupRow(group.id, group.name, group.seller_id, group.settings, group.closed_at, group.created_at)
