"""A newcomer's welcome: the rules in short and what is asked most, said once for all who came together."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import after_quiet
from assistant.db import Database
from assistant.delivery.announcing import GROUP_CHANNEL
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.invitations.repository import InvitationRepository
from assistant.knowledge.records import EntryRecord, Knowledge
from assistant.knowledge.repository import load_knowledge
from assistant.models import Group, Outbox, Turn
from assistant.replies.catalogue import replies_for

QUESTIONS = 3
RULES = 3
LOOKED_THROUGH = 500
"""How many of the group's last answers tell what is asked most."""

NAMES_AT_ONCE = 20
"""Most names in one welcome; nobody reads more."""

_FIRST = ("price", "ordering", "refund")
"""What newcomers ask where nobody has asked yet."""


async def welcome_newcomers(database: Database, now: datetime) -> int:
    """Welcome all who wait for it, each group's newcomers together; return how many were welcomed.

    In the group's quiet hours they wait for the morning. Words and note are one write: nobody is welcomed twice.
    """
    async with database.read() as session:
        groups = await InvitationRepository(session).unwelcomed(now)
    welcomed = 0
    for group_id in groups:
        async with database.write() as session:
            welcomed += await _welcome(session, await session.get_one(Group, group_id), now)
    return welcomed


async def _welcome(session: AsyncSession, group: Group, now: datetime) -> int:
    settings = settings_from_json(group.settings)
    quiet = settings.announcements.quiet_window
    if quiet is not None and after_quiet(now, quiet, settings.zone) > now:
        return 0
    newcomers = await InvitationRepository(session).newcomers(group.id, now)
    for start in range(0, len(newcomers), NAMES_AT_ONCE):
        names = [member.nickname for member in newcomers[start : start + NAMES_AT_ONCE]]
        session.add(
            Outbox(
                group_id=group.id,
                member_id=None,
                channel=GROUP_CHANNEL,
                author="assistant",
                text=await welcome_text(session, group, settings, names, now),
                addressees=names,
                private=False,
                created_at=now,
                next_attempt_at=now,
            )
        )
    for member in newcomers:
        member.welcome_due_at = None
    return len(newcomers)


async def welcome_text(
    session: AsyncSession, group: Group, settings: GroupSettings, names: list[str], now: datetime
) -> str:
    """Return the welcome of newcomers: the group's rules in short and the three questions asked most."""
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    lines = [replies.render("welcome.head", names=names, group=settings.name)]
    if settings.rules:
        lines.append(replies.render("welcome.rules", rules=replies.join(settings.rules[:RULES])))
    questions = await asked_most(session, group.id, await load_knowledge(session, group.id), now)
    if questions:
        lines.append(replies.render("welcome.questions"))
        lines += [replies.render("welcome.question", question=entry.question) for entry in questions]
    lines.append(replies.render("welcome.foot"))
    return "\n".join(lines)


async def asked_most(
    session: AsyncSession, group_id: str, knowledge: Knowledge, now: datetime, count: int = QUESTIONS
) -> list[EntryRecord]:
    """Return the entries that answered most often lately, filled up with those on price, ordering and refund."""
    query = (
        select(Turn.memory)
        .where(Turn.group_id == group_id, Turn.action == "answer")
        .order_by(Turn.id.desc())
        .limit(LOOKED_THROUGH)
    )
    asked = Counter(source for memory in await session.scalars(query) for source in memory.get("sources", ())[:1])
    served = {entry.key: entry for entry in knowledge.entries if _served(entry, now)}
    found = [served[key] for key, _ in asked.most_common() if key in served][:count]
    for category in _FIRST:
        usual = (entry for entry in served.values() if entry.category == category and entry not in found)
        if len(found) < count and (entry := next(usual, None)) is not None:
            found.append(entry)
    return found


def _served(entry: EntryRecord, now: datetime) -> bool:
    return (entry.valid_from is None or entry.valid_from <= now) and (
        entry.valid_until is None or now <= entry.valid_until
    )
