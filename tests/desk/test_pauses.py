"""Who keeps the assistant out of a talk: pauses end when the seller says so, typing holds for a moment only."""

from datetime import timedelta

import pytest
from delivery.kit import NOW, incoming, open_store
from sqlalchemy import select

from assistant.channels.base import OutgoingMessage
from assistant.channels.plain import MemoryChannel
from assistant.clock import FixedClock
from assistant.delivery.outbox import LOOK_AGAIN_SECONDS, Outbox
from assistant.desk.pauses import TYPING, PauseDesk
from assistant.desk.repository import DeskRepository
from assistant.desk.service import TicketDesk
from assistant.errors import NotFound
from assistant.models import Audit, Member
from assistant.models import Outbox as OutboxRow


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
async def yidan(tmp_path, clock):
    opened = await open_store(tmp_path, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def ticket(yidan):
    await yidan.inbox.receive(incoming("human please"))
    desk = TicketDesk(yidan.database, yidan.clock, yidan.settings)
    return (await desk.list("tea"))[0]


@pytest.fixture
def pauses(yidan):
    return PauseDesk(yidan.database, yidan.clock)


@pytest.fixture
def desk(yidan):
    return TicketDesk(yidan.database, yidan.clock, yidan.settings)


async def quiet(yidan, member_id) -> bool:
    async with yidan.database.read() as session:
        return await DeskRepository(session).paused(member_id, yidan.clock.now())


class TestTyping:
    async def test_it_keeps_the_assistant_out_until_it_is_not_renewed(self, yidan, clock, pauses, ticket) -> None:
        await pauses.typing("tea", ticket.member_id, by="lan")
        assert await quiet(yidan, ticket.member_id)
        [view] = await pauses.list("tea")
        assert (view.member, view.typing_by, view.until) == ("mei", "lan", None)
        clock.set(clock.now() + TYPING - timedelta(seconds=1))
        await pauses.typing("tea", ticket.member_id, by="lan")
        clock.set(clock.now() + TYPING - timedelta(seconds=1))
        assert await quiet(yidan, ticket.member_id)
        clock.set(clock.now() + timedelta(seconds=1))
        assert not await quiet(yidan, ticket.member_id)
        assert await pauses.list("tea") == []

    async def test_giving_up_lets_the_assistant_go_on_at_once(self, yidan, pauses, ticket) -> None:
        await pauses.typing("tea", ticket.member_id, by="lan")
        await pauses.stopped_typing("tea", ticket.member_id, by="somebody else")
        assert await quiet(yidan, ticket.member_id)
        await pauses.stopped_typing("tea", ticket.member_id, by="lan")
        assert not await quiet(yidan, ticket.member_id)

    async def test_it_does_not_shorten_a_pause(self, yidan, clock, pauses, desk, ticket) -> None:
        await desk.claim(ticket.id, seller_id=None, actor="lan")
        await pauses.typing("tea", ticket.member_id, by="lan")
        await pauses.stopped_typing("tea", ticket.member_id, by="lan")
        clock.set(clock.now() + timedelta(minutes=9))
        assert await quiet(yidan, ticket.member_id)

    async def test_another_groups_member_cannot_be_typed_to(self, pauses, ticket) -> None:
        with pytest.raises(NotFound):
            await pauses.typing("cookies", ticket.member_id, by="lan")


class TestDelivery:
    async def test_a_reply_waits_while_somebody_types_and_goes_out_when_they_give_up(
        self, yidan, clock, pauses, ticket
    ) -> None:
        sent = MemoryChannel()
        outbox = Outbox(yidan.database, yidan.clock, yidan.settings, channels={"chat": sent})
        row = await pending_reply(yidan, ticket)
        await pauses.typing("tea", ticket.member_id, by="lan")
        attempt = await outbox.attempt(row)
        assert attempt.status == "pending"
        assert 0 < attempt.wait_seconds <= LOOK_AGAIN_SECONDS
        await pauses.stopped_typing("tea", ticket.member_id, by="lan")
        assert (await outbox.attempt(row)).status == "sent"
        assert [type(one) for one in sent.sent.values()] == [OutgoingMessage]

    async def test_a_reply_is_withheld_once_they_have_sent_their_own(self, yidan, clock, pauses, desk, ticket) -> None:
        outbox = Outbox(yidan.database, yidan.clock, yidan.settings, channels={"chat": MemoryChannel()})
        row = await pending_reply(yidan, ticket)
        clock.set(clock.now() + timedelta(seconds=2))
        await pauses.typing("tea", ticket.member_id, by="lan")
        await desk.answer(ticket.id, "I am here", seller_id=None, actor="lan")
        assert (await outbox.attempt(row)).status == "withheld"


async def pending_reply(yidan, ticket) -> int:
    async with yidan.database.write() as session:
        row = await session.scalar(select(OutboxRow).where(OutboxRow.member_id == ticket.member_id))
        row.status, row.channel = "pending", "chat"
        return row.id


class TestEnding:
    async def test_the_assistant_talks_again_and_it_is_in_the_audit(self, yidan, pauses, desk, ticket) -> None:
        await desk.claim(ticket.id, seller_id=None, actor="lan")
        assert await pauses.end("tea", ticket.member_id, by="lan")
        assert not await quiet(yidan, ticket.member_id)
        assert not await pauses.end("tea", ticket.member_id, by="lan")
        async with yidan.database.read() as session:
            deeds = list(await session.scalars(select(Audit.action).order_by(Audit.id)))
        assert deeds.count("pause.end") == 1

    async def test_another_groups_member_stays_as_they_are(self, yidan, pauses, desk, ticket) -> None:
        await desk.claim(ticket.id, seller_id=None, actor="lan")
        with pytest.raises(NotFound):
            await pauses.end("cookies", ticket.member_id, by="lan")
        assert await quiet(yidan, ticket.member_id)


class TestHandingBack:
    async def test_what_was_not_answered_is_open_for_anybody(self, yidan, desk, ticket) -> None:
        await desk.claim(ticket.id, seller_id=None, actor="lan")
        back = await desk.hand_back(ticket.id, seller_id=None, actor="lan")
        assert (back.status, back.claimed_by) == ("open", "")
        assert not await quiet(yidan, ticket.member_id)

    async def test_what_was_answered_is_resolved(self, yidan, desk, ticket) -> None:
        await desk.answer(ticket.id, "I am here", seller_id=None, actor="lan", resolve=False)
        back = await desk.hand_back(ticket.id, seller_id=None, actor="lan")
        assert (back.status, back.claimed_by) == ("resolved", "lan")
        assert not await quiet(yidan, ticket.member_id)

    async def test_another_sellers_ticket_is_none(self, yidan, desk, ticket) -> None:
        async with yidan.database.read() as session:
            assert await session.get(Member, ticket.member_id)
        with pytest.raises(NotFound):
            await desk.hand_back(ticket.id, seller_id=999, actor="eve")
