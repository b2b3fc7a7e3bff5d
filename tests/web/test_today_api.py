"""The day, one order with all that belongs to it, and the reports that were told."""

import pytest
from sqlalchemy import select

from assistant.models import Order, PaymentClaim, Report
from web.test_payments_api import a_claim


async def test_the_day_counts_what_was_said_and_what_waits(api):
    mei = await api.join()
    await api.say(mei, "龙井多少钱")
    await api.say(mei, "human please")
    await api.say(mei, "A01")
    day = (await api.call("GET", "/api/groups/tea/today", api.tea_seller)).json()
    assert (day["today"]["answered"], day["today"]["handed_over"], day["today"]["orders"]) == (2, 1, 1)
    assert day["today"]["ordered"] == day["standing"]["expected"] == {"CNY": "198.00"}
    assert [(need["kind"], need["what"]) for need in day["needs"]] == [("handoff", "human please")]


async def test_an_order_comes_with_its_proofs_and_what_can_be_done(api):
    mei, claim_id = await a_claim(api)
    await api.say(mei, "A01")
    async with api.server.yidan.database.write() as session:
        order = (await session.scalars(select(Order))).one()
        order.status = "payment_claimed"
        (await session.get_one(PaymentClaim, claim_id)).order_id = order.id
    shown = (await api.call("GET", f"/api/groups/tea/orders/{order.number}", api.tea_seller)).json()
    assert (shown["member"], shown["due"], shown["choices"]) == ("阿梅", "198.00", ["confirm", "reject", "cancel"])
    assert [claim["id"] for claim in shown["claims"]] == [claim_id]


async def test_the_reports_that_were_told_are_listed(api):
    now = api.server.yidan.clock.now()
    async with api.server.yidan.database.write() as session:
        for period in ("2026-W19", "2026-W20"):
            session.add(Report(group_id="tea", period=period, made_at=now, figures={}))
            await session.flush()
    told = (await api.call("GET", "/api/groups/tea/reports", api.tea_seller)).json()
    assert [one["period"] for one in told] == ["2026-W20", "2026-W19"]


@pytest.mark.parametrize("path", ["today", "reports", "orders/1"])
async def test_only_the_groups_seller_is_told(api, path):
    mei = await api.join()
    await api.say(mei, "A01")
    for token, status in ((mei, 403), (api.tea_join, 403), (None, 401)):
        assert (await api.call("GET", f"/api/groups/tea/{path}", token)).status_code == status
    assert (await api.call("GET", f"/api/groups/cookies/{path}", api.tea_seller)).status_code == 404


async def test_an_evaluators_token_shows_no_money_and_nobody(api):
    mei = await api.join()
    await api.say(mei, "human please")
    await api.say(mei, "A01")
    token = await api.server.access.create_seller("老王茶铺", label="eva", role="evaluator")
    for path in ("today", "report", "report.html"):
        shown = await api.call("GET", f"/api/groups/tea/{path}", token)
        assert shown.status_code == 200
        assert not any(told in shown.text for told in ("198", "阿梅", "human please")), path
    assert (await api.call("GET", "/api/groups/tea/orders/1", token)).status_code == 403
