"""Messages out: one attempt at one row, with a last look at whether a human took over meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.channels.base import HELD, Channel, DeliveryError, DeliveryRefused, OutgoingMessage
from assistant.clock import Clock
from assistant.db import Database
from assistant.models import Outbox as OutboxRow
from assistant.models import Pause
from assistant.settings import Settings

MAX_ATTEMPTS = 6
"""After this many attempts a row is failed: about half an hour with the waits below."""

FIRST_WAIT_SECONDS = 5.0
"""Wait after the first failed attempt; it triples each time."""

LOOK_AGAIN_SECONDS = 5.0
"""How often a reply that waits for a human at the keyboard looks whether they have stopped."""

Status = Literal["pending", "sent", "withheld", "failed"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to; ``wait_seconds`` says when a pending row is worth the next."""

    status: Status
    wait_seconds: float = 0.0


class Outbox:
    """Sends outbox rows through their channels."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, *, channels: Mapping[str, Channel]
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._channels = channels
        self._listeners: list[Callable[[str], None]] = []

    def on_sent(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the group's id after each row that was marked as sent."""
        self._listeners.append(listener)

    async def pending(self, limit: int = 200) -> list[int]:
        """Return the ids of rows that wait for delivery, oldest first."""
        query = (
            select(OutboxRow.id)
            .where(OutboxRow.status == "pending", OutboxRow.channel.not_in(HELD))
            .order_by(OutboxRow.id)
            .limit(limit)
        )
        async with self._database.read() as session:
            return list(await session.scalars(query))

    async def attempt(self, outbox_id: int) -> Attempt:
        """Try to send one row and store what came of it. A row that is settled already stays as it is."""
        now = self._clock.now()
        async with self._database.read() as session:
            row = await session.get(OutboxRow, outbox_id)
            if row is None:
                return Attempt("failed")
            if row.status != "pending":
                return Attempt(_settled(row.status))
            wait = (row.next_attempt_at - now).total_seconds() if row.attempts else 0.0
            if wait <= 0:
                wait = await self._rate_wait(session, row.group_id, now)
            if wait > 0:
                return Attempt("pending", wait)
            pause = await self._pause(session, row)
        if pause is not None and pause.typing_until is not None and pause.typing_until > now:
            # They may be answering this very thing. Once they have sent it, the reply is withheld; else it goes out.
            return Attempt("pending", min((pause.typing_until - now).total_seconds(), LOOK_AGAIN_SECONDS))
        if pause is not None and self._human_took_over(pause, row, now):
            return await self._store(row, now, status="withheld", error="a human took over")
        return await self._send(row, now)

    async def _send(self, row: OutboxRow, now: datetime) -> Attempt:
        channel = self._channels.get(row.channel)
        try:
            if channel is None:
                raise DeliveryRefused(f"there is no channel '{row.channel}' here")
            await channel.send(_outgoing(row))
        except DeliveryRefused as error:
            return await self._store(row, now, status="failed", error=str(error))
        except DeliveryError as error:
            if row.attempts + 1 >= MAX_ATTEMPTS:
                return await self._store(row, now, status="failed", error=str(error))
            wait = FIRST_WAIT_SECONDS * 3**row.attempts
            return await self._store(row, now, status="pending", error=str(error), wait=wait)
        attempt = await self._store(row, now, status="sent")
        for listener in self._listeners:
            listener(row.group_id)
        return attempt

    async def _store(
        self, row: OutboxRow, now: datetime, *, status: Status, error: str = "", wait: float = 0.0
    ) -> Attempt:
        async with self._database.write() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row.id, OutboxRow.status == "pending")
                .values(
                    status=status,
                    error=error[:300],
                    attempts=row.attempts + 1,
                    next_attempt_at=now + timedelta(seconds=wait),
                    sent_at=now if status == "sent" else None,
                )
            )
        return Attempt(status, wait)

    async def _rate_wait(self, session: AsyncSession, group_id: str, now: datetime) -> float:
        """Return the seconds until the group may send again; rows sent by the outbox have attempts."""
        since = now - timedelta(minutes=1)
        count, oldest = (
            await session.execute(
                select(func.count(), func.min(OutboxRow.sent_at)).where(
                    OutboxRow.group_id == group_id, OutboxRow.attempts > 0, OutboxRow.sent_at > since
                )
            )
        ).one()
        if count < self._settings.deliver_per_minute or oldest is None:
            return 0.0
        return max((oldest - since).total_seconds(), 0.1)

    async def _pause(self, session: AsyncSession, row: OutboxRow) -> Pause | None:
        """Return what a human's talk with the member means to this row, if anything.

        Only replies to a message are held back: what the seller or time itself caused (a ticket's answer, an
        order that was shipped) is news all the same.
        """
        if row.author != "assistant" or row.turn_id is None or row.member_id is None:
            return None
        found: Pause | None = await session.scalar(select(Pause).where(Pause.member_id == row.member_id))
        return found

    def _human_took_over(self, pause: Pause, row: OutboxRow, now: datetime) -> bool:
        """Tell whether the human began to talk with the member after the reply was written."""
        began = pause.until - timedelta(minutes=self._settings.human_pause_minutes)
        return pause.until > now and began > row.created_at


def _settled(status: str) -> Status:
    return "sent" if status == "sent" else "withheld" if status == "withheld" else "failed"


def _outgoing(row: OutboxRow) -> OutgoingMessage:
    return OutgoingMessage(
        id=row.id,
        group_id=row.group_id,
        member_id=row.member_id,
        channel=row.channel,
        author=row.author,
        text=row.text,
        addressees=tuple(row.addressees),
        private=row.private,
        created_at=row.created_at,
    )
