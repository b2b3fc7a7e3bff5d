"""How often entries and products answered, and what the seller thought of that."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.models import Mark, Member, Turn


@dataclass(slots=True)
class Tally:
    """Of one entry or product: answers since a moment, and all good and bad marks."""

    hits: int = 0
    good: int = 0
    bad: int = 0


async def tally(session: AsyncSession, group_id: str, since: datetime) -> dict[str, Tally]:
    """Return the tallies by source id (``price``, ``sku:A01``) of a group's answers to members."""
    query = (
        select(Turn.at, Turn.outcome["sources"], Mark.good)
        .join(Member, Member.id == Turn.member_id)
        .outerjoin(Mark, Mark.turn_id == Turn.id)
        .where(
            Turn.group_id == group_id,
            Member.role == "member",
            Turn.action != "silent",
            or_(Turn.at >= since, Mark.id.is_not(None)),
        )
    )
    found: dict[str, Tally] = defaultdict(Tally)
    for at, sources, good in await session.execute(query):
        for source in sources or ():
            one = found[source["id"]]
            one.hits += at >= since
            one.good += good is True
            one.bad += good is False
    return dict(found)
