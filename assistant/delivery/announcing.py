"""Announcements from plan to outbox: what is due leaves once, what came too late is noted and left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import Kind, Occurrence, Plan, Verdict, judge
from assistant.broadcasts.repository import AnnouncementRepository
from assistant.broadcasts.schedule import Recurring, parse_schedule
from assistant.broadcasts.templates import Facts, Wording, compose
from assistant.channels.base import ASSIST
from assistant.db import Database
from assistant.groups.settings import GroupSettings
from assistant.groups.state import Life, describe_state
from assistant.groups.toml import settings_from_json
from assistant.knowledge.repository import load_knowledge
from assistant.models import Announcement, Group, Invitation, Member, Order, OrderLine, Outbox
from assistant.orders.repository import OrderRepository
from assistant.orders.states import LIVE
from assistant.replies.catalogue import replies_for

GROUP_CHANNEL = "api"
"""What is for the whole group goes out by the feed."""

AFTER_CLOSE = timedelta(days=1)
"""How long a closed group still gets what comes again and again (the last day's summary)."""


def plan_of(announcement: Announcement, settings: GroupSettings) -> Plan:
    """Return when an announcement comes."""
    schedule = parse_schedule(announcement.schedule, settings.zone)
    return Plan(
        schedule=schedule,
        kind=cast(Kind, announcement.kind),
        zone=settings.zone,
        closes_at=settings.closes_at,
        repeats=announcement.repeats,
        every=timedelta(minutes=announcement.repeat_minutes),
        quiet=settings.announcements.quiet_window if announcement.quiet else None,
        starts=announcement.created_at if isinstance(schedule, Recurring) else None,
    )


def wording_of(announcement: Announcement) -> Wording:
    """Return how an announcement is told."""
    kind = cast(Kind, announcement.kind)
    return Wording(kind, announcement.text, announcement.label, announcement.important)


async def send_due(database: Database, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Put what is due into the outbox, each occurrence in one write with the note that it left; return how many.

    However often, late or side by side it runs, an occurrence leaves at most once.
    """
    async with database.read() as session:
        due = [
            announcement.id
            for announcement, group in await AnnouncementRepository(session).active(ids)
            if _verdict(announcement, group, now) is not None
        ]
    sent = 0
    for announcement_id in due:
        async with database.write() as session:
            sent += await _send(session, announcement_id, now)
    return sent


def _verdict(announcement: Announcement, group: Group, now: datetime) -> Verdict | None:
    """Return what to do about an announcement now, or None where there is nothing to note."""
    settings = settings_from_json(group.settings)
    plan = plan_of(announcement, settings)
    state = describe_state(Life(settings, group.closed_at), now, 0)
    long_closed = state.since is not None and state.state == "closed" and now - state.since > AFTER_CLOSE
    if long_closed and isinstance(plan.schedule, Recurring):
        return None
    verdict = judge(plan, looked_until=announcement.looked_until, now=now)
    return verdict if verdict.send or verdict.missed or plan.over(now) else None


async def _send(session: AsyncSession, announcement_id: int, now: datetime) -> int:
    repository = AnnouncementRepository(session)
    # Read again under the write lock: another process may have dealt with it.
    locked = await session.get(Announcement, announcement_id, with_for_update=True)
    if locked is None or locked.state != "active":
        return 0
    group = await session.get_one(Group, locked.group_id)
    verdict = _verdict(locked, group, now)
    if verdict is None:
        return 0
    for missed in verdict.missed:
        await repository.note(locked.id, missed, "missed", now)
    for merged in verdict.merged:
        await repository.note(locked.id, merged, "merged", now)
    sent = verdict.send is not None and await _say(session, locked, group, verdict.send, now)
    locked.looked_until = now
    settings = settings_from_json(group.settings)
    if plan_of(locked, settings).over(now):
        locked.state = "done"
    return int(sent)


async def _say(
    session: AsyncSession, announcement: Announcement, group: Group, occurrence: Occurrence, now: datetime
) -> bool:
    text = await text_of(session, wording_of(announcement), group, now, day=occurrence.planned)
    repository = AnnouncementRepository(session)
    noted = await repository.note(announcement.id, occurrence, "sent" if text else "empty", now)
    if noted is None or not text:
        return False
    row = Outbox(
        group_id=group.id,
        member_id=None,
        channel=await _channel(session, group.id),
        author="assistant",
        text=text,
        addressees=[],
        private=False,
        created_at=now,
        next_attempt_at=now,
    )
    session.add(row)
    await session.flush()
    await repository.link(noted, row.id)
    return True


async def _channel(session: AsyncSession, group_id: str) -> str:
    """Return where the group is told: where only the seller may send, it is a draft for them."""
    there = select(Member.channel).where(
        Member.group_id == group_id, Member.role == "member", Member.removed_at.is_(None)
    )
    channels = set(await session.scalars(there.distinct()))
    return ASSIST if channels == {ASSIST} else GROUP_CHANNEL


async def text_of(session: AsyncSession, wording: Wording, group: Group, now: datetime, *, day: datetime) -> str:
    """Return what an announcement says at ``now`` about the group-local day of ``day``; empty for nothing to say."""
    settings = settings_from_json(group.settings)
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    return compose(wording, await _facts(session, group, settings, now, day), replies)


async def _facts(session: AsyncSession, group: Group, settings: GroupSettings, now: datetime, day: datetime) -> Facts:
    knowledge = await load_knowledge(session, group.id)
    ledger = await OrderRepository(session).ledger(group.id, group.ledger_revision)
    left = {product.sku: ledger.available(product) for product in knowledge.products}
    begin = day.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # The next midnight by the wall clock, which is 23 or 25 hours away where the clocks change.
    end = (begin.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=settings.zone)
    of_day = (Order.group_id == group.id, Order.status.in_(LIVE), Order.created_at >= begin, Order.created_at < end)
    sold = await session.execute(
        select(OrderLine.sku, func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*of_day)
        .group_by(OrderLine.sku)
    )
    invitation = await session.scalar(
        select(Invitation.expires_at).where(Invitation.group_id == group.id, Invitation.state == "current")
    )
    state = describe_state(Life(settings, group.closed_at), now, ledger.counted(settings.close_counts))
    return Facts(
        group=settings.name,
        now=now,
        products=knowledge.products,
        left={sku: units for sku, units in left.items() if units is not None},
        sold={sku: int(units) for sku, units in sold},
        orders=await session.scalar(select(func.count(Order.id)).where(*of_day)) or 0,
        takes_orders=state.state == "open",
        closes_at=settings.closes_at,
        invitation_until=invitation,
    )
