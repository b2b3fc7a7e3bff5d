"""The SQL of invitations and of requests to join."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Group, Invitation, JoinRequest, Member


class InvitationRepository:
    """Reads invitations and requests within one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_code(self, code: str) -> Invitation | None:
        """Return the invitation with this code."""
        return await self._session.scalar(select(Invitation).where(Invitation.code == code))

    async def of_group(self, group_id: str) -> list[Invitation]:
        """Return all invitations of a group, oldest first."""
        query = select(Invitation).where(Invitation.group_id == group_id).order_by(Invitation.id)
        return list(await self._session.scalars(query))

    async def current(self, group_id: str) -> Invitation | None:
        """Return the invitation that the group gives out now."""
        query = select(Invitation).where(Invitation.group_id == group_id, Invitation.state == "current")
        return await self._session.scalar(query.order_by(Invitation.id.desc()).limit(1))

    async def groups_to_look_after(self) -> list[str]:
        """Return the groups with an invitation that can still expire."""
        query = select(Invitation.group_id).where(Invitation.state.in_(("current", "replaced", "spare"))).distinct()
        return list(await self._session.scalars(query))

    async def requests(self, group_id: str, state: str | None = None) -> list[JoinRequest]:
        """Return a group's requests to join, oldest first, all or those in one state."""
        query = select(JoinRequest).where(JoinRequest.group_id == group_id).order_by(JoinRequest.id)
        return list(await self._session.scalars(query if state is None else query.where(JoinRequest.state == state)))

    async def request(self, group_id: str, request_id: int) -> JoinRequest | None:
        """Return one request of a group, locked against other writers."""
        query = select(JoinRequest).where(JoinRequest.id == request_id, JoinRequest.group_id == group_id)
        return await self._session.scalar(query.with_for_update())

    async def request_of_token(self, token_id: int) -> JoinRequest | None:
        """Return the request that a newcomer's token belongs to."""
        return await self._session.scalar(select(JoinRequest).where(JoinRequest.token_id == token_id))

    async def names(self, group_id: str) -> tuple[set[str], set[str]]:
        """Return the nicknames of the members who are in, and of those who were removed."""
        rows = await self._session.execute(
            select(Member.nickname, Member.removed_at).where(Member.group_id == group_id, Member.role == "member")
        )
        present: set[str] = set()
        removed: set[str] = set()
        for nickname, removed_at in rows:
            (present if removed_at is None else removed).add(nickname)
        return present, removed

    async def unwelcomed(self, now: datetime) -> list[str]:
        """Return the groups in which newcomers wait to be welcomed."""
        query = (
            select(Group.id)
            .where(
                select(Member.id)
                .where(Member.group_id == Group.id, Member.welcome_due_at <= now, Member.removed_at.is_(None))
                .exists()
            )
            .order_by(Group.id)
        )
        return list(await self._session.scalars(query))

    async def newcomers(self, group_id: str, now: datetime) -> list[Member]:
        """Return the members of a group who wait to be welcomed, who came first first; locked."""
        query = (
            select(Member)
            .where(Member.group_id == group_id, Member.welcome_due_at <= now, Member.removed_at.is_(None))
            .order_by(Member.id)
            .with_for_update()
        )
        return list(await self._session.scalars(query))
