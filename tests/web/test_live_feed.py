"""The WebSocket pushes what a reader may see, as it happens."""

import asyncio
import json

import httpx
import pytest
from sqlalchemy import select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from assistant.models import Member
from assistant.moderation.members import MemberDesk
from assistant.web.api import members
from assistant.web.api.members import LIVE_FRAME
from web.live import LiveServer


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with LiveServer(tmp_path_factory.mktemp("live")) as live:
        yield live


def url(live, query: str = "", group: str = "tea") -> str:
    return live.base.replace("http", "ws") + f"/api/groups/{group}/live{query}"


async def next_items(socket) -> list[dict]:
    return json.loads(await asyncio.wait_for(socket.recv(), 5))["items"]


async def items_until(socket, text: str) -> list[dict]:
    """What comes up to this text; a message is shown before its answer is known, so they may come one by one."""
    seen: list[dict] = []
    while not any(item["text"] == text for item in seen):
        seen += await next_items(socket)
    return seen


async def join(live, nickname: str, group: str = "tea") -> str:
    async with httpx.AsyncClient(base_url=live.base, headers={"Authorization": f"Bearer {live.owner}"}) as client:
        return (await client.post(f"/api/groups/{group}/join", json={"nickname": nickname})).json()["token"]


async def remove(live, nickname: str) -> None:
    """Remove a member on the server's own loop, as the console does."""
    server = live.app.state.server

    async def work() -> None:
        async with server.yidan.database.read() as session:
            member_id = await session.scalar(select(Member.id).where(Member.nickname == nickname))
        await MemberDesk(server.yidan.database, server.yidan.clock).remove("tea", member_id, by="老王")

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), live.loop))


async def say(live, token: str, text: str, group: str = "tea") -> None:
    async with httpx.AsyncClient(base_url=live.base, headers={"Authorization": f"Bearer {token}"}) as client:
        assert (await client.post(f"/api/groups/{group}/messages", json={"text": text})).status_code == 200


class TestLive:
    async def test_news_come_by_themselves_and_private_ones_to_their_member_only(self, live):
        mei, li = await join(live, "阿梅"), await join(live, "老李")
        async with (
            connect(url(live), additional_headers={"Authorization": f"Bearer {mei}"}) as one,
            connect(url(live), subprotocols=["bearer", li]) as two,
        ):
            assert await next_items(one) == await next_items(two) == []
            await say(live, mei, "secret")
            seen = await items_until(one, "only for you")
            assert [item["text"] for item in seen] == ["secret", "only for you"]
            assert [item["text"] for item in await next_items(two)] == ["secret"]

    async def test_others_hear_who_is_writing_and_that_it_was_sent(self, live):
        jing, bo = await join(live, "阿静", "cookies"), await join(live, "阿博", "cookies")
        async with (
            connect(url(live, group="cookies"), additional_headers={"Authorization": f"Bearer {jing}"}) as one,
            connect(url(live, group="cookies"), subprotocols=["bearer", bo]) as two,
        ):
            assert await next_items(one) == await next_items(two) == []
            await one.send('{"typing": true}')
            assert json.loads(await asyncio.wait_for(two.recv(), 5))["typing"] == ["阿静"]
            await say(live, jing, "好呀", "cookies")
            told = json.loads(await asyncio.wait_for(two.recv(), 5))
            assert ([item["text"] for item in told["items"]], told["typing"]) == (["好呀"], [])

    async def test_who_is_removed_reads_no_further(self, live, monkeypatch):
        monkeypatch.setattr(members, "LOOK_SECONDS", 0.2)
        leaving = await join(live, "阿走")
        async with connect(url(live), additional_headers={"Authorization": f"Bearer {leaving}"}) as socket:
            assert await next_items(socket) == []
            await remove(live, "阿走")
            with pytest.raises(ConnectionClosed, match="removed"):
                await asyncio.wait_for(socket.recv(), 5)

    async def test_the_token_may_come_as_first_message(self, live):
        async with connect(url(live, "?after=")) as socket:
            await socket.send(json.dumps({"token": live.owner}))
            assert await next_items(socket) == []

    @pytest.mark.parametrize("first", ['{"token": "yd_wrong"}', "[]", "{}", "no json"])
    async def test_without_a_good_token_it_hangs_up(self, live, first):
        async with connect(url(live)) as socket:
            await socket.send(first)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)

    async def test_who_says_too_much_at_once_is_hung_up_on_and_told_why(self, live):
        token = await join(live, "阿大", "cookies")
        async with connect(
            url(live, group="cookies"), additional_headers={"Authorization": f"Bearer {token}"}
        ) as socket:
            assert await next_items(socket) == []
            await socket.send("x" * LIVE_FRAME)
            await say(live, token, "还在", "cookies")
            await items_until(socket, "还在")
            await socket.send("字" * (LIVE_FRAME // 3 + 1))
            with pytest.raises(ConnectionClosed) as closed:
                await items_until(socket, "never")
        assert (closed.value.rcvd.code, "4096 bytes" in closed.value.rcvd.reason) == (1009, True)

    @pytest.mark.parametrize("first", ["x" * (LIVE_FRAME + 1), b"x" * (LIVE_FRAME + 1)], ids=["text", "bytes"])
    async def test_nor_may_a_stranger_begin_with_too_much(self, live, first):
        async with connect(url(live)) as socket:
            await socket.send(first)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd.code == 1009

    async def test_it_goes_on_where_it_ended(self, live):
        mei = await join(live, "小周")
        await say(live, mei, "龙井多少钱")
        async with connect(url(live, "?after="), additional_headers={"Authorization": f"Bearer {mei}"}) as socket:
            await next_items(socket)
            assert "龙井多少钱" in [item["text"] for item in await next_items(socket)]
