"""The seller's side of regulars: who comes back and what they usually take; forgetting somebody on request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.models import Audit, Group, Member
from assistant.regulars.repository import identity_of, opt, opted_out, purchases_of
from assistant.regulars.usual import Bought, usual_of


@dataclass(frozen=True, slots=True)
class RegularView:
    """A member of one of the seller's groups who bought before."""

    member_id: int
    member: str
    purchases: int
    last_at: datetime | None
    usual: tuple[Bought, ...]
    opted_out: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; times are ISO 8601 in UTC."""
        return {
            "member_id": self.member_id,
            "member": self.member,
            "purchases": self.purchases,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "usual": [{"sku": b.sku, "name": b.name, "unit": b.unit, "quantity": b.quantity} for b in self.usual],
            "opted_out": self.opted_out,
        }


class RegularDesk:
    """What a seller sees and does about regulars, through one of their groups."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, group_id: str) -> list[RegularView]:
        """Return the group's members who bought of this seller before or opted out, most purchases first.

        Raises NotFound.
        """
        async with self._database.read() as session:
            if await session.get(Group, group_id) is None:
                raise NotFound(f"no group '{group_id}'")
            there = Member.group_id == group_id, Member.role == "member", Member.removed_at.is_(None)
            views = []
            for member in await session.scalars(select(Member).where(*there).order_by(Member.id)):
                view = await _view(session, member)
                if view.purchases or view.opted_out:
                    views.append(view)
        return sorted(views, key=lambda view: -view.purchases)

    async def of_member(self, member_id: int) -> RegularView:
        """Return what the seller remembers of one member, for that member to see. Raises NotFound."""
        async with self._database.read() as session:
            member = await session.get(Member, member_id)
            if member is None:
                raise NotFound(f"no member {member_id}")
            return await _view(session, member)

    async def set_remembered(self, member_id: int, wanted: bool) -> RegularView:
        """Remember a member at their own word, or forget what is known of them; return what is known then.

        Raises NotFound.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            member = await session.get(Member, member_id)
            if member is None:
                raise NotFound(f"no member {member_id}")
            await opt(session, await identity_of(session, member_id), out=not wanted, now=now)
            action, subject = "regular.remember" if wanted else "regular.forget", f"member {member_id}"
            by = member.nickname
            session.add(Audit(at=now, actor=by, action=action, group_id=member.group_id, subject=subject, details={}))
            return await _view(session, member)

    async def forget(self, group_id: str, member_id: int, *, by: str = "cli") -> None:
        """Forget what is known of a member and remember them no more, until they say so themselves.

        Raises NotFound.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            member = await session.get(Member, member_id)
            if member is None or member.group_id != group_id:
                raise NotFound(f"no member {member_id} in group '{group_id}'")
            await opt(session, await identity_of(session, member_id), out=True, now=now)
            subject = f"member {member_id}"
            session.add(
                Audit(at=now, actor=by, action="regular.forget", group_id=group_id, subject=subject, details={})
            )


async def _view(session: AsyncSession, member: Member) -> RegularView:
    who = await identity_of(session, member.id)
    bought, out = await purchases_of(session, who), await opted_out(session, who)
    last = max((one.at for one in bought), default=None)
    return RegularView(member.id, member.nickname, len(bought), last, usual_of(bought), out)
