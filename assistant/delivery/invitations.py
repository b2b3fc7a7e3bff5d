"""Invitations as the seller handles them, and their life by the clock: reminded, expired, followed by the spare."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.schedule import Once
from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.settings import GroupSettings
from assistant.groups.state import Life, describe_state
from assistant.groups.toml import settings_from_json
from assistant.invitations.life import (
    LIFE_DAYS,
    LONGEST_DAYS,
    State,
    dead,
    new_invitation,
    put_to_use,
    reminder_due,
    usable_spare,
)
from assistant.invitations.repository import InvitationRepository
from assistant.knowledge.service import require_group
from assistant.models import Announcement, Audit, Group, Invitation
from assistant.notices import notice_to_seller
from assistant.replies.catalogue import Replies, replies_for

LONGEST_LINK = 500
_MINUTE = timedelta(minutes=1)
YIDAN = "yidan"
"""Who acts where the clock does."""


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as the seller sees it. ``expires_at`` is None for a spare whose life has not begun."""

    id: int
    code: str
    link: str
    state: str
    issued_at: datetime
    expires_at: datetime | None


class Invitations:
    """The invitations of a store. Raises NotFound for a group that is not there."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def issue(
        self, group_id: str, *, by: str, days: int = LIFE_DAYS, link: str = "", spare: bool = False
    ) -> InvitationView:
        """Issue an invitation and return it: the one on the next poster, or a ``spare`` for later.

        The one before stays good until its own end. ``link`` is a chat platform's code of the group, which the QR
        code then holds instead of our own address. A group always has a spare besides.

        Raises:
            UsageError: the life or the link makes no sense.
            Conflict: the group is closed.
        """
        if not 1 <= days <= LONGEST_DAYS:
            raise UsageError(f"an invitation lives 1 to {LONGEST_DAYS} days")
        if link and (not link.startswith(("http://", "https://", "weixin://")) or len(link) > LONGEST_LINK):
            raise UsageError("a link must begin with https://, as the platform's QR code says it")
        now = self._clock.now()
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=True)
            if _closed(group, now):
                raise Conflict(f"group '{group_id}' is closed; it takes no newcomers")
            known = await InvitationRepository(session).of_group(group_id)
            state: State = "spare" if spare else "current"
            for one in known:
                if one.state == state:
                    one.state = "replaced" if state == "current" else "revoked"
            issued = new_invitation(group_id, now, state=state, days=days, link=link)
            session.add(issued)
            if state == "current" and usable_spare(known, now) is None:
                session.add(new_invitation(group_id, now, state="spare", days=days))
            await session.flush()
            session.add(_audit(issued, "invitation.issue", by, now))
            return _view(issued)

    async def current(self, group_id: str, *, by: str) -> InvitationView:
        """Return the invitation that is given out now, issued where there is none that lives. Raises Conflict."""
        now = self._clock.now()
        async with self._database.read() as session:
            await require_group(session, group_id)
            found = await InvitationRepository(session).current(group_id)
        if found is not None and not dead(found, now):
            return _view(found)
        return await self.issue(group_id, by=by)

    async def of_group(self, group_id: str) -> list[InvitationView]:
        """Return all invitations of a group, oldest first."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            return [_view(one) for one in await InvitationRepository(session).of_group(group_id)]

    async def revoke(self, group_id: str, invitation_id: int, *, by: str) -> InvitationView:
        """Make an invitation worthless at once (a poster that went astray). Raises Conflict where it is already."""
        now = self._clock.now()
        async with self._database.write() as session:
            await require_group(session, group_id, lock=True)
            found = await session.get(Invitation, invitation_id)
            if found is None or found.group_id != group_id:
                raise NotFound(f"no invitation {invitation_id} in group '{group_id}'")
            if found.state in ("revoked", "expired"):
                raise Conflict(f"invitation {invitation_id} is {found.state} already")
            found.state = "revoked"
            session.add(_audit(found, "invitation.revoke", by, now))
            return _view(found)


async def keep_invitations(database: Database, now: datetime) -> int:
    """Remind of invitations that will die, let the spare follow those that died; return how many things were done.

    Each step and what is told about it are one write, so that nothing is told twice.
    """
    async with database.read() as session:
        groups = await InvitationRepository(session).groups_to_look_after()
    done = 0
    for group_id in groups:
        async with database.read() as session:
            if not _to_do(await InvitationRepository(session).of_group(group_id), now):
                continue
        async with database.write() as session:
            group = await session.get_one(Group, group_id, with_for_update=True)
            done += await _keep(session, group, now)
    return done


def _to_do(invitations: list[Invitation], now: datetime) -> bool:
    return any(
        reminder_due(one, now) or (one.state in ("current", "replaced", "spare") and dead(one, now))
        for one in invitations
    )


async def _keep(session: AsyncSession, group: Group, now: datetime) -> int:
    settings = settings_from_json(group.settings)
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    known = await InvitationRepository(session).of_group(group.id)
    closed, done = _closed(group, now), 0
    for invitation in known:
        if invitation.state in ("replaced", "spare") and dead(invitation, now):
            invitation.state = "expired"
        elif invitation.state == "current" and dead(invitation, now):
            invitation.state = "expired"
            done += 1
            if not closed:
                _follow(session, settings, replies, known, now)
        elif reminder_due(invitation, now):
            invitation.reminded_at = now
            if not closed:
                done += 1
                spare = usable_spare(known, now) is not None
                text = replies.render("seller.invitation_expiring", expires_at=invitation.expires_at, spare=spare)
                session.add(notice_to_seller(group.id, text, now))
    return done


def _follow(
    session: AsyncSession, settings: GroupSettings, replies: Replies, known: list[Invitation], now: datetime
) -> None:
    """Put the spare in the place of an invitation that died, and tell the seller and the group."""
    spare = usable_spare(known, now)
    if spare is None:
        session.add(notice_to_seller(settings.id, replies.render("seller.invitation_expired"), now))
        return
    put_to_use(spare, now)
    session.add(new_invitation(settings.id, now, state="spare", days=spare.days))
    text = replies.render("seller.invitation_followed", expires_at=spare.expires_at)
    session.add(notice_to_seller(settings.id, text, now))
    session.add(_announcement(settings, now))


def _announcement(settings: GroupSettings, now: datetime) -> Announcement:
    """Return the news for the members; it leaves with the next look at the announcements."""
    return Announcement(
        group_id=settings.id,
        kind="invitation_renewed",
        text="",
        label="",
        schedule=str(Once(now.astimezone(settings.zone).replace(second=0, microsecond=0))),
        important=False,
        repeats=0,
        repeat_minutes=240,
        quiet=True,
        state="active",
        # The minute that has begun counts as not looked at yet.
        looked_until=now.replace(second=0, microsecond=0) - _MINUTE,
        created_at=now,
        created_by=YIDAN,
    )


def _closed(group: Group, now: datetime) -> bool:
    return describe_state(Life(settings_from_json(group.settings), group.closed_at), now, 0).state == "closed"


def _view(row: Invitation) -> InvitationView:
    return InvitationView(row.id, row.code, row.link, row.state, row.issued_at, row.expires_at)


def _audit(row: Invitation, action: str, by: str, now: datetime) -> Audit:
    details = {"state": row.state, "days": row.days}
    return Audit(
        at=now, actor=by, action=action, group_id=row.group_id, subject=f"invitation {row.id}", details=details
    )
