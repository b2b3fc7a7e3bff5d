"""Today: figures of the day by the group's clock, money that is not in yet, and what needs the seller."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from delivery.kit import NOW

from assistant.errors import NotFound
from assistant.models import (
    JoinRequest,
    Member,
    Message,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    PaymentClaim,
    Product,
    Ticket,
    Turn,
)
from assistant.reports.day import DayFigures, day_of, together, until_now
from assistant.reports.needs import Need, by_urgency
from assistant.reports.today import TodayService

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""NOW is 10:00 there."""


class Scene:
    """Puts rows of one day into a group."""

    def __init__(self, yidan, group: str = "tea") -> None:
        self._yidan, self._group, self._at = yidan, group, 0

    async def add(self, row):
        async with self._yidan.database.write() as session:
            session.add(row)
            await session.flush()
            return row

    async def member(self, name: str = "阿梅", role: str = "member") -> Member:
        return await self.add(
            Member(
                group_id=self._group,
                channel="api",
                external_id=name,
                nickname=name,
                role=role,
                joined_at=NOW - timedelta(days=3),
            )
        )

    async def turn(self, member: Member, action: str, at: datetime = NOW) -> Message:
        self._at += 1
        message = await self.add(
            Message(
                group_id=self._group,
                member_id=member.id,
                channel="api",
                external_id=f"{self._group}{self._at}",
                text="?",
                sent_at=at,
                status="handled",
            )
        )
        await self.add(
            Turn(
                message_id=message.id,
                group_id=self._group,
                member_id=member.id,
                at=at,
                action=action,
                responder="rules",
                intent="",
                reason="",
                text="",
                memory={},
                outcome={},
            )
        )
        return message

    async def order(self, member: Member, status: str, total: str = "198.00", at: datetime = NOW, **more) -> Order:
        self._at += 1
        price = Decimal(total)
        line = OrderLine(position=0, sku="A01", name="龙井", unit="斤", price=price, quantity=1)
        event = OrderEvent(at=at, actor=member.nickname, from_status="", to_status=status, note="", lines=[])
        values = {"number": self._at, "currency": "CNY", "created_at": at, "updated_at": at}
        return await self.add(
            Order(
                group_id=self._group,
                member_id=member.id,
                status=status,
                total=price,
                lines=[line],
                events=[event],
                **values | more,
            )
        )

    async def paid(self, order: Order, amount: str, kind: str = "full", at: datetime = NOW) -> None:
        await self.add(
            Payment(
                group_id=self._group,
                order_id=order.id,
                kind=kind,
                amount=Decimal(amount),
                currency=order.currency,
                source="seller",
                actor="老王",
                at=at,
            )
        )

    async def ticket(self, member: Member, kind: str, reason: str = "customer_request", **more) -> Ticket:
        message = await self.turn(member, "silent", NOW - timedelta(days=9))
        values = {"question": "能送礼吗", "context": {}, "created_at": NOW} | more
        return await self.add(
            Ticket(
                group_id=self._group,
                member_id=member.id,
                message_id=message.id,
                kind=kind,
                reason=reason,
                **values,
            )
        )


@pytest.fixture
def scene(yidan) -> Scene:
    return Scene(yidan)


@pytest.fixture
def service(yidan) -> TodayService:
    return TodayService(yidan.database, yidan.clock)


class TestFigures:
    async def test_each_message_is_counted_by_what_became_of_it(self, scene, service) -> None:
        mei, wang = await scene.member(), await scene.member("老王", "seller")
        for action in ("answer", "answer", "order", "clarify", "chat", "silent", "handoff", "refund", "moderate"):
            await scene.turn(mei, action)
        await scene.turn(wang, "silent")
        today = (await service.show(["tea"])).today
        assert (today.messages, today.answered, today.silent, today.handed_over, today.moderated) == (9, 5, 1, 2, 1)
        assert today.asked_by_hour[10] == 6 and sum(today.asked_by_hour) == 6

    async def test_the_day_begins_at_the_groups_midnight(self, scene, service) -> None:
        mei = await scene.member()
        midnight = datetime(2026, 5, 20, tzinfo=SHANGHAI).astimezone(UTC)
        await scene.turn(mei, "answer", midnight)
        await scene.turn(mei, "answer", midnight - timedelta(seconds=1))
        shown = await service.show(["tea"])
        assert (shown.today.answered, shown.today.asked_by_hour[0]) == (1, 1)
        assert shown.yesterday.answered == 0

    async def test_yesterday_is_compared_up_to_the_same_time(self, scene, service) -> None:
        mei = await scene.member()
        await scene.turn(mei, "answer", NOW - timedelta(days=1, minutes=1))
        await scene.turn(mei, "answer", NOW - timedelta(days=1) + timedelta(minutes=1))
        assert (await service.show(["tea"])).yesterday.answered == 1

    async def test_money_that_moved_and_money_that_is_still_to_come(self, scene, service) -> None:
        mei = await scene.member()
        await scene.order(mei, "pending_payment", "100.00")
        await scene.order(mei, "pending_payment", "200.00", deposit=Decimal("60.00"))
        await scene.order(mei, "payment_claimed", "50.00")
        await scene.order(mei, "payment_claimed", "80.00", paid=Decimal("20.00"))
        await scene.order(mei, "cancelled", "900.00")
        done = await scene.order(mei, "paid", "70.00", paid=Decimal("70.00"))
        await scene.paid(done, "70.00")
        await scene.paid(done, "5.50", "refund")
        await scene.paid(done, "11.00", at=NOW - timedelta(days=1, minutes=1))
        shown = await service.show(["tea"])
        assert (shown.today.orders, shown.today.ordered) == (5, {"CNY": Decimal("500.00")})
        assert shown.today.confirmed == {"CNY": Decimal("70.00")}
        assert shown.today.net == {"CNY": Decimal("64.50")}
        assert shown.yesterday.confirmed == {"CNY": Decimal("11.00")}
        assert (shown.standing.expected, shown.standing.expected_orders) == ({"CNY": Decimal("220.00")}, 3)
        assert (shown.standing.claimed, shown.standing.claimed_orders) == ({"CNY": Decimal("50.00")}, 1)

    async def test_groups_are_added_up_and_currencies_are_not(self, yidan, scene, service) -> None:
        cookies = Scene(yidan, "cookies")
        await scene.order(await scene.member(), "pending_payment", "100.00")
        await cookies.order(await cookies.member(), "pending_payment", "24.00", currency="USD")
        shown = await service.show(["tea", "cookies"])
        assert shown.today.orders == 2
        assert shown.standing.expected == {"CNY": Decimal("100.00"), "USD": Decimal("24.00")}
        assert (await service.show([])).today == DayFigures()

    async def test_an_unknown_group_is_told(self, service) -> None:
        with pytest.raises(NotFound):
            await service.show(["none"])

    def test_a_day_with_a_change_of_the_clocks_has_its_own_length(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        day = day_of(datetime(2026, 3, 29, 10, tzinfo=UTC), berlin)
        assert day.start is not None and day.end is not None
        assert day.end.astimezone(UTC) - day.start.astimezone(UTC) == timedelta(hours=23)
        assert until_now(day_of(NOW, SHANGHAI, days_ago=1), NOW).end == NOW - timedelta(days=1)

    def test_together_is_nothing_for_nobody(self) -> None:
        assert together([]) == DayFigures()


class TestNeeds:
    async def test_what_was_paid_in_part_waits_unless_a_proof_of_the_rest_does(self, scene, service) -> None:
        mei = await scene.member()
        message = await scene.turn(mei, "payment")
        shown = await scene.order(mei, "payment_claimed", paid=Decimal("50.00"))
        left = await scene.order(mei, "payment_claimed", paid=Decimal("50.00"))
        await scene.add(
            PaymentClaim(
                group_id="tea",
                member_id=mei.id,
                order_id=shown.id,
                message_id=message.id,
                text="付了",
                at=NOW,
                status="claimed",
            )
        )
        today = await service.show(["tea"])
        assert [(n.kind, n.number, n.amount) for n in today.needs if n.kind == "part_paid"] == [
            ("part_paid", left.number, Decimal("148.00"))
        ]
        assert (today.standing.expected_orders, today.standing.claimed_orders) == (1, 1)

    async def test_all_that_waits_most_urgent_first(self, yidan, scene, service) -> None:
        mei = await scene.member()
        message = await scene.turn(mei, "payment", NOW - timedelta(days=5))
        claimed = await scene.order(mei, "payment_claimed")
        back = await scene.order(mei, "refund_requested", paid=Decimal("198.00"))
        await scene.order(mei, "pending_payment", pay_by=NOW + timedelta(minutes=20))
        await scene.order(mei, "pending_payment", pay_by=NOW + timedelta(hours=5))
        await scene.order(mei, "paid", paid=Decimal("198.00"))
        await scene.order(mei, "paid", paid=Decimal("198.00"))
        await scene.ticket(mei, "handoff", created_at=NOW - timedelta(hours=1))
        await scene.ticket(mei, "handoff", created_at=NOW - timedelta(hours=3), question="最久")
        await scene.ticket(mei, "complaint")
        await scene.ticket(mei, "refund", order_id=back.id)
        await scene.ticket(mei, "custom_request", status="resolved")
        await scene.add(
            PaymentClaim(
                group_id="tea",
                member_id=mei.id,
                order_id=claimed.id,
                message_id=message.id,
                text="付了",
                at=NOW,
                status="claimed",
                reading={"readable": True, "amount": "190.00"},
                warnings=[{"kind": "amount_differs", "read": "190.00", "due": "198.00"}],
            )
        )
        await scene.add(JoinRequest(group_id="tea", nickname="小张", flags=[], state="pending", asked_at=NOW))
        needs = (await service.show(["tea"])).needs
        assert [need.kind for need in needs] == [
            *("claim", "refund", "complaint", "handoff", "handoff", "join", "expiring", "to_ship"),
        ]
        claim, refund, _, longest, *_ = needs
        assert (claim.number, claim.amount, claim.doubtful) == (claimed.number, Decimal("190.00"), True)
        assert (refund.number, refund.amount) == (back.number, Decimal("198.00"))
        assert longest.what == "最久"
        assert next(need for need in needs if need.kind == "to_ship").count == 2

    async def test_what_is_sold_out_is_told_while_the_group_takes_orders(self, yidan, scene, service) -> None:
        async with yidan.database.write() as session:
            product = (await session.scalars(Product.__table__.select().where(Product.group_id == "tea"))).first()
            await session.execute(Product.__table__.update().where(Product.id == product).values(stock=1))
        mei = await scene.member()
        await scene.order(mei, "paid", paid=Decimal("198.00"))
        await scene.order(mei, "preorder")
        sold = [need for need in (await service.show(["tea"])).needs if need.kind == "stock_out"]
        assert [(need.what, need.count) for need in sold] == [("A01 龙井", 1)]
        yidan.clock.set(NOW + timedelta(days=9))
        assert [need for need in (await service.show(["tea"])).needs if need.kind == "stock_out"] == []

    async def test_a_group_that_closes_within_the_day_is_told(self, yidan, service) -> None:
        assert (await service.show(["tea"])).needs == ()
        yidan.clock.set(datetime(2026, 5, 22, 4, tzinfo=UTC))
        assert [(need.kind, need.what) for need in (await service.show(["tea"])).needs] == [("closing", "春茶团购")]

    def test_what_waits_longest_comes_first_within_its_kind(self) -> None:
        late, early = Need("join", "tea", NOW), Need("join", "tea", NOW - timedelta(minutes=1))
        money = Need("claim", "tea", NOW + timedelta(days=1))
        assert by_urgency([late, early, money]) == [money, early, late]
