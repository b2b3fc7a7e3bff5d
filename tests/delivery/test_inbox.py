"""Messages in: recorded first, handled once."""

import asyncio

import pytest
from sqlalchemy import select

from assistant.delivery.inbox import MAX_ATTEMPTS, STALE_RUNS
from assistant.errors import NotAllowed, NotFound, Unavailable, UsageError
from assistant.models import Member, Message
from delivery.kit import PNG, count, incoming


class TestReceive:
    async def test_a_new_message_is_recorded_and_handled(self, yidan):
        receipt = await yidan.inbox.receive(incoming("龙井多少钱"))
        assert receipt.created
        assert receipt.outcome.action == "answer"
        async with yidan.database.read() as session:
            message = await session.get_one(Message, receipt.message_id)
        assert message.status == "handled"

    async def test_a_redelivery_gets_the_first_answer(self, yidan):
        first = await yidan.inbox.receive(incoming("龙井多少钱"))
        again = await yidan.inbox.receive(incoming("something else"))
        assert again.message_id == first.message_id
        assert again.outcome == first.outcome
        assert not again.created
        assert yidan.pipeline.runs == [first.message_id]

    async def test_a_redelivery_in_the_middle_of_the_first_waits_for_it(self, yidan):
        message = incoming("龙井多少钱")
        receipts = await asyncio.gather(*(yidan.inbox.receive(message) for _ in range(8)))
        assert len({receipt.message_id for receipt in receipts}) == 1
        assert sum(receipt.created for receipt in receipts) == 1
        assert len(yidan.pipeline.runs) == 1

    async def test_a_member_is_made_once_and_renamed(self, yidan):
        await asyncio.gather(*(yidan.inbox.receive(incoming("hi", str(n))) for n in range(5)))
        await yidan.inbox.receive(incoming("hi", "6", nickname="Mei Mei"))
        async with yidan.database.read() as session:
            members = list(await session.scalars(select(Member)))
        assert [member.nickname for member in members] == ["Mei Mei"]

    async def test_a_picture_is_kept_once_by_its_content(self, yidan):
        await yidan.inbox.receive(incoming("paid", "1", image=PNG))
        await yidan.inbox.receive(incoming("paid", "2", image=PNG))
        files = list((yidan.settings.home / "images").iterdir())
        assert len(files) == 1
        assert files[0].suffix == ".png"
        assert files[0].read_bytes() == PNG

    async def test_what_is_no_picture_is_refused_before_anything_is_stored(self, yidan):
        with pytest.raises(UsageError):
            await yidan.inbox.receive(incoming("paid", image=b"<html>"))
        assert await count(yidan.database, Message) == 0

    async def test_an_unknown_group_is_not_found(self, yidan):
        with pytest.raises(NotFound):
            await yidan.inbox.receive(incoming("hi", group_id="nowhere"))

    async def test_a_removed_member_is_not_heard(self, yidan):
        await yidan.inbox.receive(incoming("hi"))
        async with yidan.database.write() as session:
            member = await session.scalar(select(Member))
            member.removed_at = yidan.clock.now()
        with pytest.raises(NotAllowed):
            await yidan.inbox.receive(incoming("hi", "2"))

    async def test_nobody_reads_an_answer_under_another_members_id(self, yidan):
        await yidan.inbox.receive(incoming("secret", "1"))
        with pytest.raises(NotAllowed):
            await yidan.inbox.receive(incoming("secret", "1", member="lao li"))

    async def test_the_turn_goes_on_when_the_caller_gives_up(self, yidan):
        task = asyncio.create_task(yidan.inbox.receive(incoming("龙井多少钱")))
        while not yidan.pipeline.runs:
            await asyncio.sleep(0)
        task.cancel()
        await yidan.inbox.drain()
        assert await count(yidan.database, Message, Message.status == "handled") == 1


class TestFailures:
    async def test_a_stale_turn_is_run_again(self, yidan):
        yidan.pipeline.stale_runs = 3
        receipt = await yidan.inbox.receive(incoming("龙井多少钱"))
        assert receipt.outcome.action == "answer"
        assert len(yidan.pipeline.runs) == 4

    async def test_endless_staleness_ends(self, yidan):
        yidan.pipeline.stale_runs = 1000
        with pytest.raises(Unavailable):
            await yidan.inbox.receive(incoming("龙井多少钱"))
        assert len(yidan.pipeline.runs) == STALE_RUNS

    async def test_a_broken_turn_is_noted_and_told(self, yidan):
        with pytest.raises(Unavailable):
            await yidan.inbox.receive(incoming("boom"))
        async with yidan.database.read() as session:
            message = await session.scalar(select(Message))
        assert (message.status, message.attempts) == ("failed", 1)

    async def test_a_message_that_breaks_each_turn_is_given_up_by_recovery_only(self, yidan):
        for number in range(MAX_ATTEMPTS + 2):
            with pytest.raises(Unavailable):
                await yidan.inbox.receive(incoming("boom"))
            assert len(yidan.pipeline.runs) == number + 1
        assert await yidan.inbox.recover() == 0
        assert len(yidan.pipeline.runs) == MAX_ATTEMPTS + 2


class TestRecover:
    async def test_what_was_only_recorded_is_handled_at_the_next_start(self, yidan):
        for number in range(3):
            await yidan.inbox.receive(incoming("hi", str(number)))
        async with yidan.database.write() as session:
            member = await session.scalar(select(Member))
            session.add(
                Message(
                    group_id="tea",
                    member_id=member.id,
                    channel="api",
                    external_id="left",
                    text="龙井多少钱",
                    sent_at=yidan.clock.now(),
                )
            )
        assert await yidan.inbox.recover() == 1
        assert await yidan.inbox.recover() == 0
        redelivered = await yidan.inbox.receive(incoming("龙井多少钱", "left"))
        assert redelivered.outcome.action == "answer"
        assert not redelivered.created

    async def test_groups_do_not_wait_for_each_other(self, yidan):
        receipts = await asyncio.gather(
            yidan.inbox.receive(incoming("多少", "1")),
            yidan.inbox.receive(incoming("?", "2", group_id="cookies")),
        )
        assert [receipt.outcome.action for receipt in receipts] == ["answer", "answer"]
