"""Messages that were met with silence because a human was typing: what becomes of them once that has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.delivery.intake import Recorded
from assistant.models import Member, Message, Pause, Turn

Fate = Literal["wait", "take", "leave"]


@dataclass(frozen=True, slots=True)
class Held:
    """A message that waits for what the human at the keyboard does, with the pause of its writer as it is now."""

    message_id: int
    group_id: str
    speaker: tuple[str, str, str]
    """The writer as channels know them: group, channel, the channel's own id."""
    attempts: int
    silent_at: datetime
    until: datetime | None
    typing_until: datetime | None


async def held(session: AsyncSession) -> list[Held]:
    """Return the messages that wait, oldest first; those of removed members get no turn any more."""
    query = (
        select(
            Message.id,
            Message.group_id,
            Message.channel,
            Member.external_id,
            Message.attempts,
            Turn.at,
            Pause.until,
            Pause.typing_until,
        )
        .join(Member, Member.id == Message.member_id)
        .join(Turn, Turn.message_id == Message.id)
        .outerjoin(Pause, Pause.member_id == Message.member_id)
        .where(Message.status == "held", Member.removed_at.is_(None))
        .order_by(Message.id)
    )
    return [
        Held(id_, group, (group, channel, writer), attempts, at, until, typing_until)
        for id_, group, channel, writer, attempts, at, until, typing_until in await session.execute(query)
    ]


def fate(message: Held, now: datetime, *, pause: timedelta) -> Fate:
    """Return whether the message waits on, gets its turn, or is the human's; a human's word pauses for ``pause``."""
    if message.until is not None and message.until - pause > message.silent_at:
        # They have written or taken the matter over since: the message was answered, or will be by them.
        return "leave"
    ends = [at for at in (message.until, message.typing_until) if at is not None and at > now]
    return "wait" if ends else "take"


async def take(session: AsyncSession, message: Held) -> Recorded | None:
    """Make the message wait for its turn as if it had just come; None where another process was faster.

    After a crash between this and the turn, the message is found among those that were not handled.
    """
    waiting = (Message.id == message.message_id, Message.status == "held")
    # One attempt more: a model that was asked before the typing began is asked anew.
    anew = update(Message).where(*waiting).values(status="received", attempts=Message.attempts + 1)
    if (await session.execute(anew.returning(Message.id))).first() is None:
        return None
    await session.execute(delete(Turn).where(Turn.message_id == message.message_id))
    return Recorded(message.message_id, message.group_id, created=False, attempts=message.attempts + 1)


async def leave(session: AsyncSession, message: Held) -> None:
    """Leave the message to the human: its silence stands."""
    await session.execute(
        update(Message).where(Message.id == message.message_id, Message.status == "held").values(status="handled")
    )
