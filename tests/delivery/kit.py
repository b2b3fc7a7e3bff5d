"""A small store with two sellers' groups, and a turn that answers by fixed words instead of understanding."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

from assistant.channels.base import IncomingMessage
from assistant.clock import Clock, FixedClock
from assistant.db import Database
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.inbox import Inbox
from assistant.errors import StaleLedger
from assistant.groups.library import GroupView
from assistant.models import Base, Member, Message, Order, OrderLine, Outbox, Ticket, Turn
from assistant.retrieval.embedder import HashEmbedder
from assistant.settings import Settings
from assistant.turn.outcome import Outcome
from assistant.turn.rehearsal import Rehearsed

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32

GROUP_TOML = """
id = "{id}"
name = "{name}"
language = "{language}"
timezone = "Asia/Shanghai"
seller = "{seller}"
purpose = "Spring tea"
rules = ["Only this deal"]
opens_at = 2026-05-20T09:00:00+08:00
closes_at = 2026-05-22T20:00:00+08:00
member_limit = 3
assistant_name = "Chaxiaoer"
"""

FAQ = """id,question,similar_questions,answer,category,keywords,valid_from,valid_until
price,多少钱,,龙井198元/斤,price,价格,,
"""

CATALOG = """sku,name,aliases,price,unit,stock,per_member_limit,preorder,description
A01,龙井,,198.00,斤,10,,,
"""

GROUPS = (
    {"id": "tea", "name": "春茶团购", "language": "zh-CN", "seller": "老王茶铺"},
    {"id": "cookies", "name": "Cookie pre-order", "language": "en", "seller": "Xiaoman"},
)


def write_groups(folder: Path) -> list[Path]:
    """Write the two groups' folders and return them."""
    paths = []
    for group in GROUPS:
        path = folder / group["id"]
        path.mkdir(parents=True, exist_ok=True)
        (path / "group.toml").write_text(GROUP_TOML.format(**group), encoding="utf-8")
        (path / "faq.csv").write_text(FAQ, encoding="utf-8")
        (path / "catalog.csv").write_text(CATALOG, encoding="utf-8")
        paths.append(path)
    return paths


class WordTurns:
    """Turns by fixed words: 多少 or ? answers, secret answers in private, human opens a ticket, boom breaks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.runs: list[int] = []
        self.stale_runs = 0
        self._database = database
        self._clock = clock

    async def run(self, message_id: int) -> Outcome:
        """Handle the message."""
        self.runs.append(message_id)
        if self.stale_runs:
            self.stale_runs -= 1
            raise StaleLedger("another turn was faster")
        now = self._clock.now()
        async with self._database.write() as session:
            message = await session.get_one(Message, message_id)
            member = await session.get_one(Member, message.member_id)
            if "boom" in message.text:
                raise RuntimeError("boom")
            outcome = _outcome(message.text, member.role)
            turn = Turn(
                message_id=message.id,
                group_id=message.group_id,
                member_id=member.id,
                at=now,
                action=outcome.action,
                responder="rules",
                intent="",
                reason="",
                text=outcome.text,
                memory={},
                outcome=outcome.to_json(),
            )
            session.add(turn)
            await session.flush()
            if outcome.text:
                session.add(outbox_row(message, member, turn, outcome, now))
            if outcome.action == "handoff":
                session.add(ticket_row(message, now))
            if outcome.action == "order":
                session.add(await order_row(session, message, now))
            message.status = "handled"
        return outcome

    async def rehearse(self, view: GroupView, text: str, *, to_assistant: bool = False) -> Rehearsed:
        """Return what the words would come to, and write nothing."""
        return Rehearsed(_outcome(text, "member"), (), None, False)


def _outcome(text: str, role: str) -> Outcome:
    if role != "member":
        return Outcome("silent", reason="the seller speaks")
    if "secret" in text:
        return Outcome("order_status", text="only for you", private=True)
    if "human" in text:
        return Outcome("handoff", text="the seller will answer")
    if "A01" in text:
        return Outcome("order", text="logged")
    if "多少" in text or "?" in text:
        return Outcome("answer", text="龙井198元/斤\n包邮")
    return Outcome("silent", reason="nobody needs an answer")


def outbox_row(message: Message, member: Member, turn: Turn, outcome: Outcome, now: datetime) -> Outbox:
    """Return the reply's row as the turn stores it."""
    return Outbox(
        group_id=message.group_id,
        member_id=member.id,
        turn_id=turn.id,
        channel=message.channel,
        text=outcome.text,
        addressees=[member.nickname],
        private=outcome.private,
        status="sent",
        sent_at=now,
        created_at=now,
        next_attempt_at=now,
    )


def ticket_row(message: Message, now: datetime) -> Ticket:
    """Return an open ticket about the message."""
    return Ticket(
        group_id=message.group_id,
        member_id=message.member_id,
        message_id=message.id,
        kind="handoff",
        reason="customer_request",
        question=message.text,
        context={"last_lines": [message.text]},
        created_at=now,
    )


async def order_row(session, message: Message, now: datetime) -> Order:
    """Return an order of one 龙井."""
    number = await session.scalar(select(func.count()).select_from(Order)) + 1
    line = OrderLine(position=0, sku="A01", name="龙井", unit="斤", price=Decimal("198.00"), quantity=1)
    return Order(
        group_id=message.group_id,
        member_id=message.member_id,
        number=number,
        status="pending_payment",
        currency="CNY",
        total=Decimal("198.00"),
        created_at=now,
        updated_at=now,
        lines=[line],
    )


def with_word_turns(yidan: Yidan) -> Yidan:
    """Return the same product with turns by fixed words."""
    turns = WordTurns(yidan.database, yidan.clock)
    inbox = Inbox(yidan.database, turns, yidan.clock, yidan.settings.home)
    return replace(yidan, pipeline=turns, inbox=inbox)


async def open_store(home: Path, *, database_url: str = "", clock: Clock | None = None) -> Yidan:
    """Open a store with both groups and turns by fixed words."""
    settings = Settings(home=home, database_url=database_url, human_pause_minutes=10)
    folders, store = write_groups(home / "folders"), home / "yidan.db"
    new = not (database_url or clock or store.exists())
    if new and _LOADED:
        store.write_bytes(_LOADED[0])
    yidan = await Yidan.open(settings, clock=clock or FixedClock(NOW), embedder=HashEmbedder())
    if not (new and _LOADED):
        for path in folders:
            await yidan.groups.load(path)
    if new and not _LOADED:
        _LOADED.append(_copy_of(store))
    return with_word_turns(yidan)


_LOADED: list[bytes] = []
"""A store with both groups, once there was one: most tests begin with it."""


def _copy_of(store: Path) -> bytes:
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        return copy.serialize()


def incoming(text: str, external_id: str = "1", *, member: str = "mei", **more) -> IncomingMessage:
    """Return a message of 阿梅 (or another) in the tea group."""
    values = {
        "group_id": "tea",
        "channel": "api",
        "external_id": external_id,
        "member_external_id": member,
        "nickname": member,
        "text": text,
        "sent_at": NOW,
    }
    return IncomingMessage(**values | more)


async def count(database: Database, table: type[Base], *where) -> int:
    """Return how many rows there are."""
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*where))
