"""What every channel keeps to, and what each does of its own."""

from datetime import UTC, datetime

import pytest

from assistant.channels.base import Channel, OutgoingMessage
from assistant.channels.feed import Broadcast, FeedChannel
from assistant.channels.plain import ConsoleChannel, MemoryChannel, NullChannel


def message(number: int = 1, **values) -> OutgoingMessage:
    defaults = {
        "id": number,
        "group_id": "tea",
        "member_id": 7,
        "channel": "memory",
        "author": "assistant",
        "text": "龙井198元/斤",
        "addressees": ("阿梅",),
        "private": False,
        "created_at": datetime(2026, 5, 20, tzinfo=UTC),
    }
    return OutgoingMessage(**defaults | values)


CHANNELS = {
    "feed": lambda: FeedChannel(Broadcast()),
    "console": lambda: ConsoleChannel(lambda line: None),
    "null": NullChannel,
    "memory": MemoryChannel,
}


@pytest.mark.parametrize("make", CHANNELS.values(), ids=CHANNELS)
class TestContract:
    async def test_takes_a_message_for_a_member(self, make):
        channel: Channel = make()
        assert await channel.send(message()) is None

    async def test_takes_a_message_for_the_whole_group(self, make):
        assert await make().send(message(member_id=None, addressees=())) is None

    async def test_takes_the_same_message_twice(self, make):
        channel = make()
        await channel.send(message())
        await channel.send(message())


class TestEach:
    async def test_console_shows_a_message_once(self):
        lines = []
        channel = ConsoleChannel(lines.append)
        await channel.send(message())
        await channel.send(message())
        assert lines == ["[tea] @阿梅 龙井198元/斤"]

    async def test_memory_keeps_a_message_once(self):
        channel = MemoryChannel()
        await channel.send(message())
        await channel.send(message())
        assert list(channel.sent) == [1]

    async def test_feed_wakes_the_readers_of_its_group_only(self):
        broadcast = Broadcast()
        with broadcast.subscribe("tea") as tea, broadcast.subscribe("cookies") as cookies:
            await FeedChannel(broadcast).send(message())
            assert tea.is_set()
            assert not cookies.is_set()

    async def test_feed_forgets_readers_who_left(self):
        broadcast = Broadcast()
        with broadcast.subscribe("tea") as news:
            pass
        broadcast.notify("tea")
        assert not news.is_set()
