"""Messages out: sent once, held back when a human took over, tried again, given up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.channels.base import DeliveryError, DeliveryRefused
from assistant.channels.plain import MemoryChannel
from assistant.delivery.outbox import MAX_ATTEMPTS, Outbox
from assistant.models import Member, Pause, Turn
from assistant.models import Outbox as Row
from delivery.kit import incoming


async def _pending(yidan, **values) -> int:
    """Return the id of a pending row for the first member; the member's turn is made first."""
    await yidan.inbox.receive(incoming("多少"))
    async with yidan.database.write() as session:
        member = await session.scalar(select(Member))
        turn = await session.scalar(select(Turn))
        now = yidan.clock.now()
        defaults = {
            "group_id": "tea",
            "member_id": member.id,
            "turn_id": turn.id,
            "channel": "memory",
            "author": "assistant",
            "text": "hello",
            "addressees": [member.nickname],
            "created_at": now,
            "next_attempt_at": now,
        }
        row = Row(**defaults | values)
        session.add(row)
        await session.flush()
        return row.id


def _outbox(yidan, channel: MemoryChannel) -> Outbox:
    return Outbox(yidan.database, yidan.clock, yidan.settings, channels={"memory": channel})


async def _row(yidan, row_id: int) -> Row:
    async with yidan.database.read() as session:
        return await session.get_one(Row, row_id)


async def _pause(yidan, *, began_after: timedelta) -> None:
    async with yidan.database.write() as session:
        member = await session.scalar(select(Member))
        began = yidan.clock.now() + began_after
        session.add(Pause(group_id="tea", member_id=member.id, until=began + timedelta(minutes=10), by="seller"))


class TestAttempt:
    async def test_a_row_is_sent_and_marked(self, yidan):
        channel = MemoryChannel()
        outbox = _outbox(yidan, channel)
        told = []
        outbox.on_sent(told.append)
        row_id = await _pending(yidan)
        assert (await outbox.attempt(row_id)).status == "sent"
        assert list(channel.sent) == [row_id]
        row = await _row(yidan, row_id)
        assert (row.status, row.sent_at, row.attempts) == ("sent", yidan.clock.now(), 1)
        assert told == ["tea"]

    async def test_a_sent_row_is_not_sent_again(self, yidan):
        channel = MemoryChannel()
        outbox = _outbox(yidan, channel)
        row_id = await _pending(yidan)
        await outbox.attempt(row_id)
        channel.sent.clear()
        assert (await outbox.attempt(row_id)).status == "sent"
        assert not channel.sent

    async def test_a_reply_is_withheld_when_a_human_took_over_meanwhile(self, yidan):
        channel = MemoryChannel()
        row_id = await _pending(yidan)
        await _pause(yidan, began_after=timedelta(seconds=1))
        assert (await _outbox(yidan, channel).attempt(row_id)).status == "withheld"
        assert not channel.sent

    @pytest.mark.parametrize("values", [{"author": "seller"}, {"turn_id": None}])
    async def test_the_sellers_words_and_news_are_not_withheld(self, yidan, values):
        channel = MemoryChannel()
        row_id = await _pending(yidan, **values)
        await _pause(yidan, began_after=timedelta(seconds=1))
        assert (await _outbox(yidan, channel).attempt(row_id)).status == "sent"

    async def test_a_reply_after_the_human_began_is_the_turns_matter(self, yidan):
        row_id = await _pending(yidan)
        await _pause(yidan, began_after=timedelta(minutes=-5))
        assert (await _outbox(yidan, MemoryChannel()).attempt(row_id)).status == "sent"

    async def test_a_hiccup_is_tried_again_later_and_later(self, yidan):
        outbox = _outbox(yidan, MemoryChannel([DeliveryError("busy"), DeliveryError("busy")]))
        row_id = await _pending(yidan)
        first = await outbox.attempt(row_id)
        assert first.status == "pending"
        too_early = await outbox.attempt(row_id)
        assert too_early.status == "pending"
        assert 0 < too_early.wait_seconds <= first.wait_seconds
        yidan.clock.set(yidan.clock.now() + timedelta(seconds=first.wait_seconds))
        second = await outbox.attempt(row_id)
        assert second.wait_seconds > first.wait_seconds
        yidan.clock.set(yidan.clock.now() + timedelta(seconds=second.wait_seconds))
        assert (await outbox.attempt(row_id)).status == "sent"

    async def test_it_is_given_up_after_enough_attempts(self, yidan):
        outbox = _outbox(yidan, MemoryChannel([DeliveryError("busy")] * MAX_ATTEMPTS))
        row_id = await _pending(yidan)
        for _ in range(MAX_ATTEMPTS):
            attempt = await outbox.attempt(row_id)
            yidan.clock.set(yidan.clock.now() + timedelta(seconds=attempt.wait_seconds))
        row = await _row(yidan, row_id)
        assert (row.status, row.error, row.attempts) == ("failed", "busy", MAX_ATTEMPTS)

    async def test_a_refusal_is_final(self, yidan):
        outbox = _outbox(yidan, MemoryChannel([DeliveryRefused("blocked")]))
        assert (await outbox.attempt(await _pending(yidan))).status == "failed"

    async def test_a_row_for_a_channel_that_is_not_here_fails(self, yidan):
        row_id = await _pending(yidan, channel="pigeon")
        assert (await _outbox(yidan, MemoryChannel()).attempt(row_id)).status == "failed"
        assert "pigeon" in (await _row(yidan, row_id)).error

    async def test_a_group_sends_only_so_many_a_minute(self, yidan):
        settings = yidan.settings.model_copy(update={"deliver_per_minute": 2})
        channel = MemoryChannel()
        outbox = Outbox(yidan.database, yidan.clock, settings, channels={"memory": channel})
        rows = [await _pending(yidan) for _ in range(3)]
        attempts = [await outbox.attempt(row) for row in rows]
        assert [attempt.status for attempt in attempts] == ["sent", "sent", "pending"]
        yidan.clock.set(yidan.clock.now() + timedelta(seconds=attempts[2].wait_seconds))
        assert (await outbox.attempt(rows[2])).status == "sent"
