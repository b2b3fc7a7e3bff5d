"""Live readers share a window of the feed and see what a look at the store would show them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from assistant.delivery import live
from assistant.delivery.feed import Cursor, Reader, feed_end, read_back, read_feed
from assistant.models import Member, Outbox
from delivery.kit import NOW, incoming, open_store


@pytest.fixture
async def yidan(tmp_path):
    yidan = await open_store(tmp_path)
    yield yidan
    await yidan.close()


async def member_of(yidan, name: str) -> int:
    await yidan.inbox.receive(incoming("hello", f"hello-{name}", member=name))
    async with yidan.database.read() as session:
        return int(await session.scalar(select(Member.id).where(Member.nickname == name)))


def reply(member_id: int, text: str, *, private: bool, status: str = "pending", at=NOW) -> Outbox:
    return Outbox(
        group_id="tea",
        member_id=member_id,
        channel="api",
        text=text,
        private=private,
        addressees=[],
        status=status,
        created_at=at,
        next_attempt_at=at,
        sent_at=at if status == "sent" else None,
    )


async def everything(database, reader) -> list:
    items, cursor = [], Cursor()
    while True:
        more, following = await read_feed(database, reader, cursor)
        items += more
        if following == cursor:
            return items
        cursor = following


@pytest.mark.parametrize("seed", range(6))
async def test_a_reader_in_memory_sees_what_the_store_shows(yidan, monkeypatch, seed):
    """Random lines, private and late ones too, in a window so small that it has to let lines go."""
    monkeypatch.setattr(live, "LINES", 3)
    chance = random.Random(seed)
    ids = {name: await member_of(yidan, name) for name in ("mei", "li")}
    readers = [Reader("tea", None), *(Reader("tea", member_id) for member_id in ids.values())]
    feed = live.LiveFeed(yidan.database)
    cursors = {reader: await feed_end(yidan.database, reader) for reader in readers}
    start = dict(cursors)
    told = {reader: [] for reader in readers}
    late = []
    for number in range(25):
        who = chance.choice(list(ids))
        match chance.randrange(4):
            case 0:
                await yidan.inbox.receive(incoming("哈哈", f"line-{number}", member=who))
            case 1:
                async with yidan.database.write() as session:
                    row = reply(ids[who], f"reply {number}", private=chance.random() < 0.5)
                    session.add(row)
                    await session.flush()
                    late.append(row.id)
            case 2 if late:
                async with yidan.database.write() as session:
                    sent = late.pop(chance.randrange(len(late)))
                    await session.execute(update(Outbox).where(Outbox.id == sent).values(status="sent", sent_at=NOW))
        feed.mark("tea")
        for reader in chance.sample(readers, chance.randrange(len(readers) + 1)):
            items, cursors[reader] = await feed.read(reader, cursors[reader])
            told[reader] += [item.id for item in items]
    for reader in readers:
        items, _ = await feed.read(reader, cursors[reader])
        told[reader] += [item.id for item in items]
        shown, _ = await read_feed(yidan.database, reader, start[reader])
        assert sorted(told[reader]) == sorted(item.id for item in shown)
        assert len(set(told[reader])) == len(told[reader])


async def test_what_nobody_marked_is_seen_after_a_while(yidan, monkeypatch):
    reader = Reader("tea", await member_of(yidan, "mei"))
    feed = live.LiveFeed(yidan.database)
    cursor = await feed_end(yidan.database, reader)
    await feed.read(reader, cursor)
    await yidan.inbox.receive(incoming("哈哈", "later"))
    assert (await feed.read(reader, cursor))[0] == []
    monkeypatch.setattr(live, "STALE_SECONDS", 0.0)
    assert [item.text for item in (await feed.read(reader, cursor))[0]] == ["哈哈"]


@pytest.mark.parametrize("page", [1, 3, 50])
async def test_reading_backwards_gives_every_line_once(yidan, page):
    mei, li = await member_of(yidan, "mei"), await member_of(yidan, "li")
    for number in range(8):
        sent = NOW + timedelta(seconds=number)
        await yidan.inbox.receive(replace(incoming("哈哈", f"line-{number}"), sent_at=sent))
        async with yidan.database.write() as session:
            private = number % 3 == 0
            session.add(reply(mei, f"reply {number}", private=private, status="sent", at=sent))
    for reader in (Reader("tea", None), Reader("tea", mei), Reader("tea", li)):
        lines, before = [], None
        while True:
            items, before = await read_back(yidan.database, reader, before, page)
            lines = [item.id for item in items] + lines
            if before is None:
                break
        assert lines == [item.id for item in await everything(yidan.database, reader)]
