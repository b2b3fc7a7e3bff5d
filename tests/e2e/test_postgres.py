"""The same code on PostgreSQL: schema, inbox, turns, the race for the last item, background work."""

import asyncio
from pathlib import Path

import pytest
from delivery.kit import CATALOG, NOW, count, incoming, open_store, write_groups
from sqlalchemy import select

from assistant.delivery.bootstrap import Yidan
from assistant.migrations import HEAD, upgrade
from assistant.models import Member, Message, Order, OrderLine, Outbox
from assistant.settings import Settings
from assistant.web.app import running
from e2e import postgres

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing() or "here")]


@pytest.fixture(scope="module")
def cluster():
    with postgres.Cluster() as cluster:
        yield cluster


@pytest.fixture
def database_url(cluster, request):
    name = f"t{abs(hash(request.node.name))}"
    cluster.create(name)
    return cluster.url(name)


@pytest.fixture
async def yidan(tmp_path, database_url):
    opened = await open_store(tmp_path, database_url=database_url)
    yield opened
    await opened.close()


class TestStore:
    async def test_the_schema_is_brought_up_once(self, yidan):
        assert HEAD
        assert await upgrade(yidan.database) is False

    async def test_messages_are_handled_once(self, yidan):
        same = [yidan.inbox.receive(incoming("龙井多少钱")) for _ in range(6)]
        others = [yidan.inbox.receive(incoming("hi", f"o{n}", member=f"m{n}")) for n in range(6)]
        receipts = await asyncio.gather(*same, *others)
        assert len({receipt.message_id for receipt in receipts}) == 7
        assert sum(receipt.created for receipt in receipts[:6]) == 1
        assert await count(yidan.database, Message, Message.status == "handled") == 7
        assert await count(yidan.database, Member) == 7


class TestTwoServers:
    async def test_exactly_one_member_gets_the_last_item(self, tmp_path, database_url):
        group = write_groups(tmp_path / "folders")[0]
        (group / "group.toml").write_text(_open_for_years(group), encoding="utf-8")
        (group / "catalog.csv").write_text(CATALOG.replace(",10,", ",1,"), encoding="utf-8")
        settings = Settings(home=tmp_path, database_url=database_url)
        async with await Yidan.open(settings) as one, await Yidan.open(settings) as two:
            await one.groups.load(group)
            # Everybody is known and every index is loaded before the race.
            for yidan in (one, two):
                await yidan.inbox.receive(incoming("在吗", f"warm-{id(yidan)}", channel="cli"))
            race = [
                (one, two)[number % 2].inbox.receive(
                    incoming("A01 1斤", f"r{number}", member=f"member{number}", channel="cli", sent_at=one.clock.now())
                )
                for number in range(8)
            ]
            receipts = await asyncio.gather(*race)
            assert [receipt.outcome.action for receipt in receipts].count("order") == 1
            async with one.database.read() as session:
                sold = list(await session.scalars(select(OrderLine.quantity).join(Order)))
            assert sold == [1]

    async def test_the_same_message_at_two_servers_is_handled_once(self, tmp_path, database_url):
        one = await open_store(tmp_path, database_url=database_url)
        two = await Yidan.open(Settings(home=tmp_path, database_url=database_url))
        try:
            first = await one.inbox.receive(incoming("龙井多少钱"))
            again = await two.inbox.receive(incoming("龙井多少钱"))
            assert (again.message_id, again.outcome, again.created) == (first.message_id, first.outcome, False)
        finally:
            await two.close()
            await one.close()


class TestBackground:
    async def test_pending_rows_are_delivered(self, tmp_path, cluster, yidan):
        cluster.create("dbos")
        settings = yidan.settings.model_copy(update={"system_database_url": cluster.url("dbos", "psycopg")})
        object.__setattr__(yidan, "settings", settings)
        await yidan.inbox.receive(incoming("多少"))
        async with running(yidan) as server:
            row_id = await _pending_row(yidan)
            server.announce("tea")
            for _ in range(100):
                if await count(yidan.database, Outbox, Outbox.id == row_id, Outbox.status == "sent"):
                    return
                await asyncio.sleep(0.1)
        pytest.fail("the row was not delivered in 10 s")


async def _pending_row(yidan: Yidan) -> int:
    async with yidan.database.write() as session:
        member = await session.scalar(select(Member))
        row = Outbox(
            group_id="tea",
            member_id=member.id,
            channel="api",
            author="seller",
            text="hello",
            addressees=[],
            created_at=NOW,
            next_attempt_at=NOW,
        )
        session.add(row)
        await session.flush()
        return row.id


def _open_for_years(group: Path) -> str:
    text = (group / "group.toml").read_text(encoding="utf-8")
    return text.replace("closes_at = 2026", "closes_at = 2099")
