"""The seller's side of membership: who writes for them, who has to leave, who may come back."""

from typing import Literal

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.models import Audit, Member

ChatRole = Literal["member", "helper"]


class MemberDesk:
    """What the seller does with members. Raises NotFound for a member that the group does not have."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def set_role(self, group_id: str, member_id: int, role: ChatRole, *, by: str) -> None:
        """Let a member write for the seller, or be an ordinary member again; asking twice changes nothing.

        Raises Conflict for the seller in person.
        """
        await self._change(group_id, member_id, "member.role", by=by, role=role)

    async def remove(self, group_id: str, member_id: int, *, by: str) -> None:
        """Take a member out of the group: they neither read nor write any more; their orders stay.

        Raises Conflict for the seller in person, and where they were removed before.
        """
        await self._change(group_id, member_id, "member.remove", by=by, removed=True)

    async def readmit(self, group_id: str, member_id: int, *, by: str) -> None:
        """Let a removed member back in. Raises Conflict where they are in."""
        await self._change(group_id, member_id, "member.readmit", by=by, removed=False)

    async def _change(
        self,
        group_id: str,
        member_id: int,
        action: str,
        *,
        by: str,
        role: ChatRole | None = None,
        removed: bool | None = None,
    ) -> None:
        now = self._clock.now()
        async with self._database.write() as session:
            member = await session.get(Member, member_id, with_for_update=True)
            if member is None or member.group_id != group_id:
                raise NotFound(f"no member {member_id} in group '{group_id}'")
            if member.role == "seller":
                raise Conflict("this is the seller")
            if removed is not None:
                if removed == (member.removed_at is not None):
                    raise Conflict("this member was removed before" if removed else "this member is in the group")
                member.removed_at = now if removed else None
            if role is not None:
                if member.role == role:
                    return
                member.role = role
            details = {"role": role} if role else {}
            session.add(
                Audit(at=now, actor=by, action=action, group_id=group_id, subject=member.nickname, details=details)
            )
