"""What a member writes while a human types an answer: the human's if they send it, else the assistant's, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.held import held, take
from assistant.desk.pauses import TYPING, PauseDesk
from assistant.desk.repository import DeskRepository, NewTicket
from assistant.desk.service import TicketDesk
from assistant.models import Member, Message, Outbox, Turn
from assistant.retrieval.embedder import HashEmbedder
from assistant.settings import Settings
from assistant.web.app import running
from delivery.kit import NOW, count, incoming, write_groups
from delivery.test_workflows import until

PAUSE = timedelta(minutes=10)
PRICE = "龙井198元/斤"


async def opened(home, clock) -> Yidan:
    return await Yidan.open(Settings(home=home), clock=clock, embedder=HashEmbedder())


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
async def yidan(tmp_path, clock):
    yidan = await opened(tmp_path, clock)
    for path in write_groups(tmp_path / "folders"):
        await yidan.groups.load(path)
    yield yidan
    await yidan.close()


@pytest.fixture
async def mei(yidan, clock) -> int:
    """Mei has asked for a human, who begins to write to her."""
    asked = await yidan.inbox.receive(incoming("hi", "first"))
    async with yidan.database.write() as session:
        member = await session.scalar(select(Member.id))
        ticket = NewTicket("tea", member, asked.message_id, "handoff", "customer_request", "when do you send it")
        await DeskRepository(session).open(ticket, clock.now())
    clock.set(clock.now() + timedelta(minutes=2))
    await PauseDesk(yidan.database, clock).typing("tea", member, by="lan")
    return member


async def ask(yidan, clock, text="价格", external_id="2") -> int:
    clock.set(clock.now() + timedelta(seconds=1))
    receipt = await yidan.inbox.receive(incoming(text, external_id, sent_at=clock.now()))
    assert receipt.outcome.action == "silent"
    return receipt.message_id


async def take_up(yidan) -> int:
    begun = await yidan.inbox.take_up_held(pause=PAUSE)
    await yidan.inbox.drain()
    return begun


async def actions(yidan, *message_ids) -> list[str]:
    async with yidan.database.read() as session:
        found = await session.execute(select(Turn.message_id, Turn.action).order_by(Turn.id))
        return [action for message_id, action in found if message_id in message_ids]


class TestGivenUp:
    async def test_it_gets_its_turn_once(self, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        assert await take_up(yidan) == 0
        await PauseDesk(yidan.database, clock).stopped_typing("tea", mei, by="lan")
        assert [await take_up(yidan), await take_up(yidan)] == [1, 0]
        assert await actions(yidan, message) == ["answer"]
        assert await count(yidan.database, Outbox, Outbox.text == PRICE, Outbox.member_id == mei) == 1

    async def test_typing_that_ran_out_is_given_up_too(self, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        clock.set(clock.now() + TYPING)
        await take_up(yidan)
        assert await actions(yidan, message) == ["answer"]

    async def test_ending_the_pause_lets_the_assistant_answer(self, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        await PauseDesk(yidan.database, clock).end("tea", mei, by="lan")
        await take_up(yidan)
        assert await actions(yidan, message) == ["answer"]

    async def test_lines_get_their_turns_in_their_order(self, yidan, clock, mei) -> None:
        first, second = await ask(yidan, clock), await ask(yidan, clock, "哈哈哈", "3")
        await PauseDesk(yidan.database, clock).stopped_typing("tea", mei, by="lan")
        assert await take_up(yidan) == 2
        assert await actions(yidan, first, second) == ["answer", "silent"]

    async def test_whoever_reads_along_is_told(self, yidan, clock, mei) -> None:
        await ask(yidan, clock)
        told = []
        yidan.inbox.on_recorded(told.append)
        clock.set(clock.now() + TYPING)
        await take_up(yidan)
        assert told == ["tea"]

    async def test_a_removed_member_is_not_answered(self, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        async with yidan.database.write() as session:
            (await session.get_one(Member, mei)).removed_at = clock.now()
        clock.set(clock.now() + TYPING)
        assert await take_up(yidan) == 0
        assert await actions(yidan, message) == ["silent"]


class TestAnsweredByAHuman:
    @pytest.mark.parametrize("deed", ["answer", "claim"])
    async def test_the_silence_stands_even_when_the_pause_is_over(self, yidan, clock, mei, deed) -> None:
        message = await ask(yidan, clock)
        clock.set(clock.now() + timedelta(seconds=5))
        desk = TicketDesk(yidan.database, clock, yidan.settings)
        [ticket] = await desk.list("tea")
        if deed == "answer":
            await desk.answer(ticket.id, "今天就发", seller_id=None, actor="lan")
        else:
            await desk.claim(ticket.id, seller_id=None, actor="lan")
        clock.set(clock.now() + PAUSE + TYPING)
        assert await take_up(yidan) == 0
        assert await actions(yidan, message) == ["silent"]
        assert await count(yidan.database, Message, Message.status == "held") == 0


class TestRestart:
    async def test_the_next_server_takes_it_up_by_itself(self, tmp_path, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        clock.set(clock.now() + TYPING)
        again = await opened(tmp_path, clock)
        async with running(again):
            await until(lambda: count(again.database, Outbox, Outbox.text == PRICE))
        assert await actions(yidan, message) == ["answer"]

    async def test_a_crash_right_before_the_turn_loses_nothing(self, tmp_path, yidan, clock, mei) -> None:
        message = await ask(yidan, clock)
        clock.set(clock.now() + TYPING)
        async with yidan.database.write() as session:
            [waiting] = await held(session)
            assert await take(session, waiting) is not None
            assert await take(session, waiting) is None
        assert await yidan.inbox.recover() == 1
        assert await actions(yidan, message) == ["answer"]
