"""Orders in the store: what is written is what the rules read."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.db import Database
from assistant.orders.ledger import OrderItem, OrderView, Terms, total_of
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.states import HOLDS_STOCK, MOVES, OrderStatus
from orders.conftest import open_store
from orders.kit import ENDLESS, LIMITED, NOW, QUEUED, TEA, item

TERMS = Terms(deposit_ratio=Decimal("0.30"), pay_within_minutes=120)


async def place(
    database: Database,
    items: Sequence[OrderItem],
    *,
    status: OrderStatus = "pending_payment",
    member_id: int = 1,
    group_id: str = "tea",
    terms: Terms = TERMS,
) -> OrderView:
    async with database.write() as session:
        order = await OrderRepository(session).place(
            group_id=group_id, member_id=member_id, items=items, status=status, terms=terms, actor="阿梅", now=NOW
        )
        return view_of(order)


class TestPlace:
    async def test_sums_and_time_to_pay_are_written(self, database: Database) -> None:
        placed = await place(database, [item(TEA, 2), item(ENDLESS, 1)])
        assert (placed.number, placed.total, placed.deposit) == (1, Decimal("445.90"), Decimal("133.77"))
        assert placed.pay_by == NOW + timedelta(minutes=120)

    async def test_what_is_read_back_is_what_was_written(self, database: Database) -> None:
        placed = await place(database, [item(TEA, 2), item(ENDLESS, 1)])
        async with database.read() as session:
            assert await OrderRepository(session).of_member(1) == [placed]

    async def test_numbers_count_up_in_each_group(self, database: Database) -> None:
        numbers = [(await place(database, [item(TEA, 1)], group_id=g)).number for g in ("tea", "tea-two", "tea")]
        assert numbers == [1, 1, 2]

    async def test_a_number_is_never_given_twice(self, database: Database) -> None:
        first = await place(database, [item(TEA, 1)])
        async with database.write() as session:
            await OrderRepository(session).move(first.id, "cancelled", actor="阿梅", now=NOW)
        assert (await place(database, [item(TEA, 1)])).number == 2

    async def test_a_waiting_order_has_no_time_to_pay(self, database: Database) -> None:
        assert (await place(database, [item(QUEUED, 1)], status="preorder")).pay_by is None

    async def test_the_first_event_tells_who_and_what(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        async with database.read() as session:
            order = await OrderRepository(session).by_number("tea", 1)
        assert order is not None
        (event,) = order.events
        assert (event.actor, event.from_status, event.to_status) == ("阿梅", "", "pending_payment")
        assert event.lines == [{"sku": "A01", "quantity": 2}]


class TestChange:
    async def test_new_lines_take_the_place_of_the_old(self, database: Database) -> None:
        placed = await place(database, [item(TEA, 2), item(LIMITED, 1)])
        async with database.write() as session:
            order = await OrderRepository(session).replace_lines(
                placed.id, [item(ENDLESS, 3)], deposit=Decimal("44.91"), actor="阿梅", now=NOW
            )
            changed = view_of(order)
        assert (changed.total, changed.deposit, changed.quantity_of("A01")) == (Decimal("149.70"), Decimal("44.91"), 0)
        async with database.read() as session:
            repository = OrderRepository(session)
            assert [view.items for view in await repository.of_member(1)] == [(item(ENDLESS, 3),)]
            assert (await repository.ledger("tea", 0)).reserved == {"C02": 3}
            stored = await repository.get(placed.id)
            assert [event.lines for event in stored.events][-1] == [{"sku": "C02", "quantity": 3}]

    async def test_a_price_stays_as_it_was_ordered(self, database: Database) -> None:
        # The line holds its own price: an edit of the catalogue never reaches a placed order.
        placed = await place(database, [item(TEA, 1)])
        async with database.read() as session:
            (stored,) = await OrderRepository(session).of_member(1)
        assert stored.items[0].price == placed.items[0].price == Decimal("198.00")


class TestLedger:
    async def test_an_empty_group_has_nothing_on_order(self, database: Database) -> None:
        async with database.read() as session:
            ledger = await OrderRepository(session).ledger("tea", 5)
        assert (ledger.revision, ledger.order_count, ledger.last_number, dict(ledger.reserved)) == (5, 0, 0, {})

    async def test_the_queue_is_counted_apart(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        await place(database, [item(QUEUED, 2)], status="preorder")
        await place(database, [item(QUEUED, 3)], status="preorder", member_id=2)
        async with database.read() as session:
            ledger = await OrderRepository(session).ledger("tea", 0)
        assert (ledger.reserved, ledger.queued, ledger.waiting) == ({"A01": 2}, {"A04": 5}, {"A04": 2})
        assert ledger.order_count == 3

    async def test_another_group_is_another_ledger(self, database: Database) -> None:
        await place(database, [item(TEA, 2)])
        async with database.read() as session:
            assert (await OrderRepository(session).ledger("tea-two", 0)).reserved == {}

    async def test_places_in_the_waitlist_follow_the_order_of_coming(self, database: Database) -> None:
        first = await place(database, [item(QUEUED, 1)], status="preorder")
        second = await place(database, [item(QUEUED, 1)], status="preorder", member_id=2)
        async with database.write() as session:
            repository = OrderRepository(session)
            assert [await repository.queue_place(o, "tea", "A04") for o in (first, second)] == [1, 2]
            await repository.move(first.id, "cancelled", actor="阿梅", now=NOW)
            assert await repository.queue_place(second, "tea", "A04") == 1


class TestRevision:
    async def test_only_the_one_who_saw_the_newest_gets_through(self, database: Database) -> None:
        async with database.write() as session:
            repository = OrderRepository(session)
            assert await repository.touch_ledger("tea", 0)
            assert not await repository.touch_ledger("tea", 0)
            assert await repository.touch_ledger("tea", 1)
            assert await repository.touch_ledger("tea-two", 0)


PLACE = st.tuples(
    st.just("place"),
    st.dictionaries(st.sampled_from([TEA.sku, LIMITED.sku, ENDLESS.sku]), st.integers(1, 5), min_size=1),
)
STEP = st.one_of(PLACE, st.tuples(st.sampled_from(["change", "move"]), st.integers(0, 9), st.integers(0, 9)))


@settings(max_examples=6, deadline=None)
@given(st.lists(STEP, max_size=10))
def test_sums_always_agree_with_the_lines_and_nothing_is_reserved_below_zero(steps: list[tuple]) -> None:
    """Whatever is placed, changed and moved: an order's total is its lines', the ledger's sums are its orders'."""

    async def run(home: Path) -> None:
        database = await open_store(home)
        try:
            await _play(database, steps)
        finally:
            await database.close()

    with tempfile.TemporaryDirectory() as home:
        asyncio.run(run(Path(home)))


async def _play(database: Database, steps: list[tuple]) -> None:
    by_sku = {product.sku: product for product in (TEA, LIMITED, ENDLESS)}
    placed: list[OrderView] = []
    for step in steps:
        if step[0] == "place":
            placed.append(await place(database, [item(by_sku[sku], n) for sku, n in step[1].items()]))
        elif placed:
            view = placed[step[1] % len(placed)]
            async with database.write() as session:
                repository = OrderRepository(session)
                current = view_of(await repository.get(view.id))
                moves = sorted(MOVES[current.status])
                if step[0] == "move" and moves:
                    await repository.move(view.id, moves[step[2] % len(moves)], actor="老王", now=NOW)
                elif step[0] == "change":
                    lines = [item(TEA, step[2] + 1)]
                    deposit = TERMS.deposit(total_of(lines))
                    await repository.replace_lines(view.id, lines, deposit=deposit, actor="阿梅", now=NOW)
    async with database.read() as session:
        repository = OrderRepository(session)
        orders, ledger = await repository.of_member(1), await repository.ledger("tea", 0)
    for order in orders:
        assert order.total == total_of(order.items)
    for sku in by_sku:
        held = sum(order.quantity_of(sku) for order in orders if order.status in HOLDS_STOCK)
        assert ledger.reserved.get(sku, 0) == held >= 0
