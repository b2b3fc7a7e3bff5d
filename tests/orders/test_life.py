"""Whatever happens to a group's orders, in whatever order: the books stay right.

Random sequences of orders, stock, payments and time run against the store, the tools' rules and the seller's moves.
"""

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import delete, func, select

from assistant.agent import tools
from assistant.agent.context import Speaker, TurnContext
from assistant.agent.effects import ClaimFiled, OrderChanged, OrderMoved, OrderPlaced, OrderReceived
from assistant.clock import FixedClock
from assistant.db import Database
from assistant.errors import YidanError
from assistant.groups.settings import GroupSettings
from assistant.groups.state import GroupState
from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.service import KnowledgeService
from assistant.models import Base, Group, Member, Message, Order, Payment, PaymentClaim, Product, Seller
from assistant.orders.book import order_book
from assistant.orders.commands import AskRefund, Cancel, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.ledger import total_of
from assistant.orders.money import NewPayment
from assistant.orders.promotion import promote
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.service import OrderService
from assistant.orders.spreadsheet import write_spreadsheet
from assistant.orders.states import HOLDS_STOCK, MOVES
from assistant.orders.sweep import ask_receipts, expire_due, hand_over_part_paid, promote_waiting, remind_unpaid
from assistant.payments.repository import ClaimRepository, NewClaim
from orders.kit import NOW

T = TypeVar("T")
LONG = int(os.environ.get("YIDAN_TEST_LIFE", "2500"))
"""Events of the one group that never starts anew, and of the many short lives together; ``make test-life`` takes 10,000
of each, which is some minutes."""
STEPS = 100
EXAMPLES = LONG // STEPS
SKUS = ("P", "Q", "R")
NUMBERS = st.integers(1, 9)
GROUP = GroupSettings.model_validate(
    {
        "id": "tea",
        "name": "tea",
        "seller": "老王",
        "payment": {
            "currency": "CNY",
            "order_limit": "900.00",
            "deposit_ratio": "0.30",
            "pay_within_minutes": 60,
            "methods": ["支付宝"],
        },
        "delivery": {"days": 2},
    }
)
_JSON = {
    "seller": "老王",
    "payment": {"currency": "CNY", "deposit_ratio": "0.30", "pay_within_minutes": 60, "methods": ["支付宝"]},
    "delivery": {"days": 2},
}
_runner = asyncio.Runner()
_database: list[Database] = []


def run(work: Coroutine[Any, Any, T]) -> T:
    return _runner.run(work)


async def fresh() -> Database:
    """Return the one store, emptied."""
    if not _database:
        _database.append(Database("sqlite+aiosqlite:///:memory:"))
        async with _database[0].engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    database = _database[0]
    async with database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(delete(table))
        session.add(Seller(id=1, name="老王", created_at=NOW))
        await session.flush()
        session.add(Group(id="tea", seller_id=1, name="tea", settings=_JSON, created_at=NOW, ledger_revision=0))
        await session.flush()
        session.add_all(_member(n) for n in (1, 2, 3))
        await session.flush()
        said = {"group_id": "tea", "channel": "api", "sent_at": NOW, "status": "handled"}
        session.add(Message(id=1, member_id=1, external_id="1", text="付好了", **said))
        values = {"group_id": "tea", "aliases": [], "unit": "份", "description": "", "updated_at": NOW}
        prices: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("P", "19.90", {"stock": 4, "per_member_limit": 3}),
            ("Q", "100.00", {"stock": 2, "preorder": True}),
            ("R", "33.33", {}),
        )
        session.add_all(
            Product(sku=sku, name=sku, position=n, price=Decimal(price), **terms, **values)
            for n, (sku, price, terms) in enumerate(prices)
        )
    return database


def _member(n: int) -> Member:
    return Member(id=n, group_id="tea", channel="api", external_id=f"{n}", nickname=f"={n}", joined_at=NOW)


class Life(RuleBasedStateMachine):
    """One group's life: members order, pay and receive, the seller acts, time goes by."""

    @initialize()
    def begin(self) -> None:
        self.database = run(fresh())
        self.clock = FixedClock(NOW)
        self.service = OrderService(self.database, self.clock)
        self.references = 0

    # ------------------------------------------------------------------ members

    async def join(self, ids: Iterable[int]) -> None:
        """Let more members in."""
        async with self.database.write() as session:
            session.add_all(_member(n) for n in ids)

    async def newest(self) -> int:
        """Return the number of the order that was placed last, 0 without one."""
        async with self.database.read() as session:
            return await session.scalar(select(func.max(Order.number))) or 0

    @rule(member=st.integers(1, 3), wanted=st.dictionaries(st.sampled_from(SKUS), st.integers(0, 4), min_size=1))
    def order(self, member: int, wanted: dict[str, int]) -> None:
        run(self._as_member(member, lambda context: tools.log_order(context, wanted)))

    @rule(member=st.integers(1, 3), wanted=st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3)))
    def change(self, member: int, wanted: dict[str, int]) -> None:
        def act(context: TurnContext) -> None:
            if orders := context.editable():
                tools.change_order(context, orders[0], wanted)

        run(self._as_member(member, act))

    @rule(member=st.integers(1, 3))
    def send_proof(self, member: int) -> None:
        run(self._as_member(member, tools.take_payment_proof))

    @rule(member=st.integers(1, 3))
    def receive(self, member: int) -> None:
        def act(context: TurnContext) -> None:
            for order in context.orders:
                if order.status == "shipped" and order.received_at is None:
                    tools.confirm_receipt(context, order)

        run(self._as_member(member, act))

    async def _as_member(self, member: int, act: Any) -> None:
        async with self.database.write() as session:
            group = await session.get_one(Group, "tea")
            orders = OrderRepository(session)
            rows = list(await session.scalars(select(Product).where(Product.group_id == "tea")))
            products = tuple(
                ProductRecord(
                    r.sku,
                    r.name,
                    price=r.price,
                    unit=r.unit,
                    stock=r.stock,
                    preorder=r.preorder,
                    per_member_limit=r.per_member_limit,
                )
                for r in rows
            )
            view: Any = SimpleNamespace(id="tea", settings=GROUP, catalogue=Catalogue(products), closed_at=None)
            context = TurnContext(
                group=view,
                phase=GroupState("open"),
                speaker=Speaker(member, f"={member}"),
                now=self.clock.now(),
                text="",
                image=None,
                ledger=await orders.ledger("tea", group.ledger_revision),
                orders=await orders.of_member(member),
            )
            act(context)
            now, name = self.clock.now(), context.speaker.nickname
            for effect in context.staged:
                match effect:
                    case OrderPlaced():
                        await orders.place(
                            group_id="tea",
                            member_id=member,
                            items=effect.items,
                            status=effect.status,
                            terms=context.terms,
                            actor=name,
                            now=now,
                        )
                    case OrderChanged():
                        deposit = context.terms.deposit(total_of(effect.items))
                        await orders.replace_lines(effect.order.id, effect.items, deposit=deposit, actor=name, now=now)
                    case OrderMoved():
                        await orders.move(effect.order.id, effect.status, actor=name, now=now)
                    case OrderReceived(order):
                        await orders.receive(order, actor=name, now=now)
                    case ClaimFiled(order):
                        order_id = order.id if order else None
                        await ClaimRepository(session).file(NewClaim("tea", member, 1, order_id, None, ""), now)
            await promote(session, group, now)

    # ------------------------------------------------------------------ the seller

    @rule(number=NUMBERS, amount=st.none() | st.decimals("0.01", "300", places=2), balance=st.booleans())
    def confirm(self, number: int, amount: Decimal | None, balance: bool) -> None:
        self.references += 1
        kind = "balance" if balance else None
        self._do(NewPayment(number, amount, kind, reference=f"T{self.references}"))

    @rule(number=NUMBERS, again=st.integers(1, 5))
    def confirm_a_known_transfer(self, number: int, again: int) -> None:
        known = run(self._known(f"T{again}"))
        done = self._do(NewPayment(number, reference=f"T{again}"))
        assert not (known and done), "a transfer was counted twice"

    @rule(number=NUMBERS)
    def reject(self, number: int) -> None:
        self._do(RejectClaim(number))

    @rule(number=NUMBERS, confirmed=st.booleans(), amount=st.none() | st.decimals("0.01", "300", places=2))
    def answer_a_proof(self, number: int, confirmed: bool, amount: Decimal | None) -> None:
        if (claim := run(self._waiting(number))) is not None:
            self._do(NewPayment(number, amount, claim_id=claim) if confirmed else RejectClaim(number, claim_id=claim))

    async def _waiting(self, number: int) -> int | None:
        async with self.database.read() as session:
            query = select(PaymentClaim.id).join(Order, Order.id == PaymentClaim.order_id)
            return await session.scalar(query.where(Order.number == number, PaymentClaim.status == "claimed").limit(1))

    @rule(number=NUMBERS, days=st.none() | st.integers(0, 3))
    def ship(self, number: int, days: int | None) -> None:
        self._do(Ship(number, "SF1", days))

    @rule(number=NUMBERS)
    def complete(self, number: int) -> None:
        self._do(Complete(number))

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self._do(Cancel(number))

    @rule(number=NUMBERS, ask=st.booleans(), refuse=st.booleans(), returned=st.booleans())
    def refund(self, number: int, ask: bool, refuse: bool, returned: bool) -> None:
        if ask:
            self._do(AskRefund(number))
        self._do(RefuseRefund(number) if refuse else Refund(number, returned=returned))

    @rule(number=NUMBERS, amount=st.decimals("0.01", "50", places=2))
    def refund_in_part(self, number: int, amount: Decimal) -> None:
        self._do(Refund(number, amount))

    def _do(self, command: Any) -> bool:
        try:
            run(self.service.do("tea", command, by="老王"))
        except YidanError:
            return False
        return True

    async def _known(self, reference: str) -> bool:
        async with self.database.read() as session:
            return await session.scalar(select(Payment.id).where(Payment.reference == reference)) is not None

    # ------------------------------------------------------------------ stock and time

    @rule(sku=st.sampled_from(("P", "Q")), units=st.integers(1, 3))
    def restock(self, sku: str, units: int) -> None:
        run(KnowledgeService(self.database, self.clock).restock("tea", sku, units, by="老王"))
        run(promote_waiting(self.database, self.clock.now()))

    @rule(minutes=st.sampled_from((1, 20, 61, 1500)))
    def time_goes_by(self, minutes: int) -> None:
        self.clock.set(self.clock.now() + timedelta(minutes=minutes))
        now = self.clock.now()
        for duty in (expire_due, hand_over_part_paid, promote_waiting, remind_unpaid, ask_receipts):
            run(duty(self.database, now))
            if minutes == 61:
                assert run(duty(self.database, now)) == 0, "done twice"

    # ------------------------------------------------------------------ what must hold

    def teardown(self) -> None:
        if hasattr(self, "database"):
            run(self._holds())

    async def _holds(self) -> None:
        async with self.database.read() as session:
            orders = await OrderRepository(session).of_group("tea")
            payments = list(await session.scalars(select(Payment)))
            stocks = {row.sku: row.stock for row in await session.scalars(select(Product))}
            book = await order_book(session, "tea")
        held: Counter[str] = Counter()
        for order in orders:
            _sums_hold(order, payments)
            _moves_are_legal(order)
            if order.status in HOLDS_STOCK or order.goods_gone:
                for line in order.lines:
                    held[line.sku] += line.quantity
        for sku, stock in stocks.items():
            assert stock is None or held[sku] <= stock, f"{sku}: {held[sku]} of {stock}"
        references = [payment.reference for payment in payments if payment.reference]
        assert len(references) == len(set(references))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "books.xlsx"
            write_spreadsheet(path, book, ZoneInfo("Asia/Shanghai"))
            _sheets_hold(path, orders, payments)


def _sums_hold(order: Order, payments: list[Payment]) -> None:
    mine = [payment for payment in payments if payment.order_id == order.id]
    assert order.total == sum((line.price * line.quantity for line in order.lines), Decimal(0))
    assert order.paid == sum((p.amount for p in mine if p.kind != "refund"), Decimal(0)) <= order.total
    assert order.refunded == sum((p.amount for p in mine if p.kind == "refund"), Decimal(0)) <= order.paid
    assert all(payment.amount > 0 for payment in mine)
    if order.status == "completed":
        assert view_of(order).owing == 0
    if order.status in ("paid", "shipped"):
        assert order.deposit is not None and order.paid >= order.deposit
    if order.status in ("cancelled", "expired", "preorder", "pending_payment"):
        assert order.paid == order.refunded


def _moves_are_legal(order: Order) -> None:
    states = [event.to_status for event in order.events]
    assert states[-1] == order.status
    for event, before in zip(order.events, ["", *states], strict=False):
        assert event.from_status == before
        legal = before in ("", event.to_status) or event.to_status in MOVES[before]  # type: ignore[index]
        assert legal, f"{before} -> {event.to_status}"
        assert event.actor and event.at


def _sheets_hold(path: Path, orders: list[Order], payments: list[Payment]) -> None:
    book = openpyxl.load_workbook(path)

    def column(sheet: str, name: str) -> list[Any]:
        rows = list(book[sheet].iter_rows(values_only=True))
        at = rows[0].index(name)
        return [row[at] for row in rows[1:]]

    def money(sheet: str, name: str) -> Decimal:
        return sum((Decimal(str(value)) for value in column(sheet, name) if value is not None), Decimal(0))

    came = sum((p.amount for p in payments if p.kind != "refund"), Decimal(0))
    went = sum((p.amount for p in payments if p.kind == "refund"), Decimal(0))
    assert money("orders", "total") == money("lines", "amount") == sum((o.total for o in orders), Decimal(0))
    assert money("orders", "paid") == money("payments", "amount") == money("days", "received") == came
    assert money("orders", "refunded") == money("refunds", "amount") == money("days", "refunded") == went
    assert money("days", "net") == came - went
    to_pick = sum(line.quantity for order in orders if order.status == "paid" for line in order.lines)
    assert sum(column("pick list", "quantity")) == to_pick
    assert len(column("preorders", "order")) == sum(len(o.lines) for o in orders if o.status == "preorder")


@pytest.mark.slow
def test_one_long_life() -> None:
    """One group that never starts anew: members come and go, and events are about the orders that are still young."""
    rng, life = random.Random(20261127), Life()
    life.begin()
    run(life.join(range(4, LONG // 40 + 8)))
    for event in range(1, LONG + 1):
        newest = run(life.newest())
        number = rng.randint(max(1, newest - 12), max(1, newest))
        amount = rng.choice((None, None, Decimal(rng.randint(1, 30000)) / 100))
        member, flag = event // 40 + rng.randint(1, 4), rng.random() < 0.5
        _one_event(life, rng, number=number, member=member, amount=amount, flag=flag)
        if event % (LONG // 4) == 0:
            life.teardown()
    assert run(life.newest()) > LONG // 30


def _one_event(life: Life, rng: random.Random, *, number: int, member: int, amount: Decimal | None, flag: bool) -> None:
    wanted = {sku: rng.randint(0, 4) for sku in rng.sample(SKUS, rng.randint(1, 3))}
    deeds: dict[Callable[[], None], int] = {
        lambda: life.order(member, wanted): 5,
        lambda: life.change(member, wanted): 1,
        lambda: life.send_proof(member): 3,
        lambda: life.receive(member): 2,
        lambda: life.confirm(number, amount, flag): 4,
        lambda: life.answer_a_proof(number, flag, amount): 3,
        lambda: life.confirm_a_known_transfer(number, rng.randint(1, 200)): 1,
        lambda: life.reject(number): 1,
        lambda: life.ship(number, rng.choice((None, 0, 2))): 2,
        lambda: life.complete(number): 1,
        lambda: life.cancel(number): 1,
        lambda: life.refund(number, flag, rng.random() < 0.3, rng.random() < 0.5): 1,
        lambda: life.refund_in_part(number, Decimal(rng.randint(1, 5000)) / 100): 1,
        lambda: life.restock(rng.choice("PQ"), rng.randint(1, 9)): 3,
        lambda: life.time_goes_by(rng.choice((1, 20, 61))): 2,
    }
    rng.choices(list(deeds), list(deeds.values()))[0]()


TestLife = pytest.mark.slow(Life.TestCase)
TestLife.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
