"""The background work: deliveries, what a crash left, expiring orders; all of it on this machine."""

import asyncio
import socket
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.models import Member, Message, Order, Outbox
from assistant.web.app import running
from delivery.kit import NOW, count, incoming, open_store


async def until(condition, seconds: float = 10.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if await condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"did not happen in {seconds} s")


async def add(yidan, *rows) -> None:
    async with yidan.database.write() as session:
        session.add_all(rows)


def notice(member: Member, text: str) -> Outbox:
    return Outbox(
        group_id="tea",
        member_id=member.id,
        channel="api",
        author="seller",
        text=text,
        addressees=[],
        created_at=NOW,
        next_attempt_at=NOW,
    )


@pytest.fixture
def no_network(monkeypatch):
    """Fail where anything but this machine is called."""
    real = socket.socket.connect

    def connect(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a call to {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


async def test_what_waits_is_delivered_and_what_a_crash_left_is_handled(tmp_path, no_network, capfd):
    yidan = await open_store(tmp_path)
    await yidan.inbox.receive(incoming("hi"))
    async with yidan.database.read() as session:
        member = await session.scalar(select(Member))
    left = Message(group_id="tea", member_id=member.id, channel="api", external_id="left", text="多少", sent_at=NOW)
    await add(yidan, left, notice(member, "before the start"))
    async with running(yidan) as server:
        await until(lambda: count(yidan.database, Message, Message.external_id == "left", Message.status == "handled"))
        await add(yidan, notice(member, "while it runs"))
        server.announce("tea")

        async def all_sent() -> bool:
            return await count(yidan.database, Outbox, Outbox.status == "sent", Outbox.author == "seller") == 2

        await until(all_sent)
    out, err = capfd.readouterr()
    assert "dbos" not in (out + err).lower()
    assert (tmp_path / "dbos.sqlite").exists()


async def test_an_unpaid_order_expires_by_the_sweep(tmp_path):
    yidan = await open_store(tmp_path)
    await yidan.inbox.receive(incoming("A01"))
    async with yidan.database.write() as session:
        order = await session.scalar(select(Order))
        order.pay_by = NOW + timedelta(minutes=1)
    yidan.clock.set(NOW + timedelta(minutes=2))
    async with running(yidan) as server:
        assert await server.workflows.go_round("expire-orders") == 1
    reopened = await open_store(tmp_path)
    assert await count(reopened.database, Order, Order.status == "expired") == 1
    await reopened.close()
