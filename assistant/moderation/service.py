"""The seller's side of order in the group: the warnings with their evidence, and taking one back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.models import Audit, Group, Member, Message, Strike
from assistant.notices import tell_member
from assistant.replies.catalogue import replies_for


@dataclass(frozen=True, slots=True)
class StrikeView:
    """A warning with its evidence: what was written, and when."""

    id: int
    member: str
    reason: str
    at: datetime
    text: str
    image: str | None
    lifted_at: datetime | None
    lifted_by: str
    removed: bool
    """Whether the member was removed."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; times are ISO 8601 in UTC."""
        times = {"at": self.at.isoformat(), "lifted_at": self.lifted_at.isoformat() if self.lifted_at else None}
        return asdict(self) | times


class ConductDesk:
    """What the seller does with warnings."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self, group_id: str) -> list[StrikeView]:
        """Return a group's warnings with their evidence, oldest first. Raises NotFound."""
        query = (
            select(Strike, Member, Message.text, Message.image)
            .join(Member, Member.id == Strike.member_id)
            .join(Message, Message.id == Strike.message_id)
            .where(Strike.group_id == group_id)
            .order_by(Strike.id)
        )
        async with self._database.read() as session:
            if await session.get(Group, group_id) is None:
                raise NotFound(f"no group '{group_id}'")
            rows = (await session.execute(query)).all()
        return [
            StrikeView(
                id=strike.id,
                member=member.nickname,
                reason=strike.reason,
                at=strike.at,
                text=text,
                image=image,
                lifted_at=strike.lifted_at,
                lifted_by=strike.lifted_by or "",
                removed=member.removed_at is not None,
            )
            for strike, member, text, image in rows
        ]

    async def lift(self, group_id: str, strike_id: int, *, by: str = "cli") -> StrikeView:
        """Take a warning back: it counts no more, a member removed for it may come back, and they are told.

        Raises NotFound, Conflict where it was taken back before.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            strike = await session.get(Strike, strike_id, with_for_update=True)
            if strike is None or strike.group_id != group_id:
                raise NotFound(f"no warning {strike_id} in group '{group_id}'")
            if strike.lifted_at is not None:
                raise Conflict(f"warning {strike_id} was taken back already")
            strike.lifted_at, strike.lifted_by = now, by
            member = await session.get_one(Member, strike.member_id)
            member.removed_at = None
            details = {"reason": strike.reason}
            session.add(
                Audit(
                    at=now,
                    actor=by,
                    action="strike.lift",
                    group_id=group_id,
                    subject=f"warning {strike_id}",
                    details=details,
                )
            )
            settings = (await session.get_one(Group, group_id)).settings
            words = replies_for(str(settings.get("language", "zh-CN")), "UTC", "CNY")
            tell_member(session, member, words.render("moderate.lifted"), now)
        return next(view for view in await self.list(group_id) if view.id == strike_id)
