"""Reports: their sums are the store's, they are told once a week, and their page needs nothing from outside."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from closing.kit import fill, people
from delivery.kit import NOW, count
from sqlalchemy import func, select

from assistant.errors import UsageError
from assistant.models import Member, Order, OrderLine, Outbox, Payment, Report, Ticket
from assistant.orders.states import LIVE
from assistant.reports.period import Period, last_week, week_of
from assistant.reports.pictures import bars, heat_map

ZONE = ZoneInfo("Asia/Shanghai")


async def pay(yidan, order_id: int, amount: str, kind: str = "full") -> None:
    async with yidan.database.write() as session:
        order = await session.get_one(Order, order_id)
        session.add(
            Payment(
                group_id="tea",
                order_id=order.id,
                kind=kind,
                amount=Decimal(amount),
                currency="CNY",
                source="seller",
                actor="老王",
                at=NOW,
            )
        )
        if kind != "refund":
            order.paid += Decimal(amount)


class TestFigures:
    async def test_sums_equal_the_store(self, yidan) -> None:
        await fill(yidan, people(7), orders=30)
        await pay(yidan, 1, "198.00")
        await pay(yidan, 2, "100.50", "deposit")
        await pay(yidan, 2, "20.25", "refund")
        figures = (await yidan.reports.make("tea")).figures
        async with yidan.database.read() as session:
            live = await session.scalar(select(func.sum(Order.total)).where(Order.status.in_(LIVE)))
            lines = select(func.sum(OrderLine.quantity)).join(Order).where(Order.status.in_(LIVE))
            quantity = await session.scalar(lines)
            members = await session.scalar(select(func.count()).where(Member.group_id == "tea"))
            missing = await session.scalar(select(func.count()).where(Ticket.group_id == "tea"))
        assert figures.money.ordered == live == sum(one.amount for one in figures.sold)
        assert sum(one.quantity for one in figures.sold) == quantity
        assert (figures.money.received, figures.money.refunded) == (Decimal("298.50"), Decimal("20.25"))
        assert figures.money.owing == live - Decimal("298.50")
        assert sum(figures.orders.values()) == 30 and figures.members == members == figures.active
        assert sum(map(sum, figures.heat)) == figures.questions == 30
        assert sum(figures.tickets.values()) == missing == figures.open_tickets

    async def test_a_week_holds_what_happened_in_it_in_the_groups_zone(self, yidan) -> None:
        await fill(yidan, people(2), orders=4)
        assert (await yidan.reports.make("tea", "2026-W21")).figures.questions == 4
        assert (await yidan.reports.make("tea", "2026-W20")).figures.quiet
        with pytest.raises(UsageError):
            await yidan.reports.make("tea", "2026-W60")

    async def test_questions_without_an_answer_are_listed_by_how_many_asked(self, yidan) -> None:
        await fill(yidan, people(2), orders=8)
        async with yidan.database.write() as session:
            tickets = list(await session.scalars(select(Ticket).order_by(Ticket.id)))
            for ticket, others in zip(tickets, ([], ["小李", "老赵"]), strict=True):
                ticket.reason, ticket.question = "missing_knowledge", f"能寄新疆吗{ticket.id}"
                ticket.context = {"also_asked_by": others}
        report = await yidan.reports.make("tea")
        assert [asked for _, asked in report.unanswered] == [3, 1] and report.figures.unanswered == 2


class TestWeeklyRound:
    async def test_it_is_told_on_monday_at_nine_and_once(self, yidan) -> None:
        await fill(yidan, people(2), orders=4)
        monday = datetime(2026, 5, 25, 8, 59, tzinfo=ZONE)
        assert await yidan.reports.round(monday) == 0
        assert await yidan.reports.round(monday + timedelta(minutes=1)) == 1
        assert await yidan.reports.round(monday + timedelta(days=2)) == 0
        assert await count(yidan.database, Outbox, Outbox.text.contains("周报"), Outbox.private) == 1
        assert await count(yidan.database, Report, Report.period == "2026-W21") == 1

    async def test_a_week_in_which_nothing_happened_is_not_told(self, yidan) -> None:
        assert await yidan.reports.round(datetime(2026, 5, 25, 12, 0, tzinfo=UTC)) == 0

    async def test_the_close_is_told_with_its_report(self, yidan) -> None:
        persons = people(2)
        await fill(yidan, persons, orders=4)
        await yidan.closing.close("tea")
        await yidan.closing.finish("tea")
        assert await count(yidan.database, Report, Report.period == "close") == 1
        async with yidan.database.read() as session:
            stored = await session.scalar(select(Report.figures))
        assert not any(trace in str(stored) for person in persons for trace in person.traces)


class TestPage:
    @pytest.mark.parametrize(("group", "word"), [("tea", "卖得最好"), ("cookies", "Best sellers")])
    async def test_it_needs_nothing_from_outside_and_escapes_what_people_wrote(self, yidan, group, word) -> None:
        await fill(yidan, people(3), orders=8, group=group)
        async with yidan.database.write() as session:
            for ticket in await session.scalars(select(Ticket)):
                ticket.reason, ticket.question = "missing_knowledge", "<script>alert(1)</script>"
        page = (await yidan.reports.make(group)).page()
        assert word in page and "<svg" in page and "<script" not in page
        assert not re.search(r"(?:src|href)=|url\(|@import", page)
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)

    async def test_an_empty_group_has_a_page_too(self, yidan) -> None:
        report = await yidan.reports.make("tea")
        assert "<svg" not in report.page() and report.to_json()["share_alone"] is None


def test_pictures_hold_what_they_show() -> None:
    assert "A&amp;B" in bars([("A&B", 3.0, "3")], title="x")
    heat = heat_map([[0] * 23 + [9]] + [[0] * 24] * 6, days=list("一二三四五六日"), title="x")
    assert heat.count("<rect") == 168 and "一 23:00 — 9" in heat


def test_weeks_start_on_monday_and_end_with_the_year() -> None:
    week = week_of("2026-W53", ZONE)
    assert isinstance(week, Period) and week.start == datetime(2026, 12, 28, tzinfo=ZONE)
    assert last_week(datetime(2027, 1, 4, 9, 0, tzinfo=ZONE), ZONE).name == "2026-W53"


async def test_the_api_gives_figures_and_page(yidan) -> None:
    import httpx

    from assistant.web.app import create_app, running

    async with running(yidan, background=False) as server:
        token = await server.access.create_seller("老王茶铺")
        other = await server.access.create_seller("Xiaoman")
        transport = httpx.ASGITransport(app=create_app(server))
        async with httpx.AsyncClient(transport=transport, base_url="http://yidan.test") as client:
            mine = {"Authorization": f"Bearer {token}"}
            figures = await client.get("/api/groups/tea/report?week=2026-W21", headers=mine)
            page = await client.get("/api/groups/tea/report.html", headers=mine)
            theirs = await client.get("/api/groups/tea/report", headers={"Authorization": f"Bearer {other}"})
    assert figures.json()["period"] == "2026-W21" and page.headers["content-type"].startswith("text/html")
    assert theirs.status_code == 404
