"""The SQL of announcements, of what became of them, and of members who wait for a product."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import Occurrence
from assistant.models import Announcement, Group, Member, Sending, StockWait

SendingState = Literal["sent", "missed", "merged", "empty"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A member who wants to hear that a product is back."""

    id: int
    member_id: int
    nickname: str
    channel: str
    sku: str


class AnnouncementRepository:
    """Reads and writes announcements within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def active(self, ids: Sequence[int] | None = None) -> list[tuple[Announcement, Group]]:
        """Return the announcements that may fall due, with their groups; all, or those of ``ids``."""
        query = (
            select(Announcement, Group)
            .join(Group, Group.id == Announcement.group_id)
            .where(Announcement.state == "active")
            .order_by(Announcement.id)
        )
        if ids is not None:
            query = query.where(Announcement.id.in_(ids))
        return [(announcement, group) for announcement, group in await self._session.execute(query)]

    async def of_group(self, group_id: str) -> list[Announcement]:
        """Return a group's announcements, oldest first; cancelled ones are left out."""
        query = select(Announcement).where(Announcement.group_id == group_id, Announcement.state != "cancelled")
        return list(await self._session.scalars(query.order_by(Announcement.id)))

    async def get(self, group_id: str, announcement_id: int, *, lock: bool = False) -> Announcement | None:
        """Return one announcement of a group, locked against other writers on request."""
        query = select(Announcement).where(Announcement.id == announcement_id, Announcement.group_id == group_id)
        return cast(Announcement | None, await self._session.scalar(query.with_for_update() if lock else query))

    async def sendings(self, group_id: str, limit: int) -> list[tuple[Sending, Announcement]]:
        """Return what became of the group's announcements, newest first."""
        query = (
            select(Sending, Announcement)
            .join(Announcement, Announcement.id == Sending.announcement_id)
            .where(Announcement.group_id == group_id)
            .order_by(Sending.id.desc())
            .limit(limit)
        )
        return [(sending, announcement) for sending, announcement in await self._session.execute(query)]

    async def note(
        self, announcement_id: int, occurrence: Occurrence, state: SendingState, now: datetime
    ) -> int | None:
        """Note what becomes of an occurrence; return the row's id, or None where it was dealt with before."""
        return await self._insert(
            Sending,
            announcement_id=announcement_id,
            occurrence=occurrence.key,
            due_at=occurrence.due,
            at=now,
            state=state,
        )

    async def link(self, sending_id: int, outbox_id: int) -> None:
        """Note with which outbox row an occurrence left."""
        await self._session.execute(update(Sending).where(Sending.id == sending_id).values(outbox_id=outbox_id))

    async def wait_for(self, group_id: str, member_id: int, sku: str, now: datetime) -> None:
        """Note that a member wants to hear when a product is back."""
        await self._insert(StockWait, group_id=group_id, member_id=member_id, sku=sku, asked_at=now)

    async def waiting(self, group_id: str | None = None) -> dict[str, list[Waiting]]:
        """Return by group the present members who wait for a product, those who asked first first."""
        query = (
            select(StockWait, Member.nickname, Member.channel)
            .join(Member, Member.id == StockWait.member_id)
            .where(Member.removed_at.is_(None))
            .order_by(StockWait.id)
        )
        if group_id is not None:
            query = query.where(StockWait.group_id == group_id)
        found: dict[str, list[Waiting]] = {}
        for wait, nickname, channel in await self._session.execute(query):
            waiting = Waiting(wait.id, wait.member_id, nickname, channel, wait.sku)
            found.setdefault(wait.group_id, []).append(waiting)
        return found

    async def told(self, ids: Iterable[int]) -> None:
        """Forget waits that were answered."""
        await self._session.execute(delete(StockWait).where(StockWait.id.in_(list(ids))))

    async def _insert(self, model: Any, **values: Any) -> int | None:
        connection = await self._session.connection()
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        table = cast(Table, model.__table__)
        statement = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
        return cast(int | None, (await connection.execute(statement)).scalar())
