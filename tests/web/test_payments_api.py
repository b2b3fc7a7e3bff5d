"""Claims, bills and ways to pay over the API; a proof's picture is its member's and the seller's."""

import pytest
from payments.bills_kit import wechat_csv, wechat_line
from sqlalchemy import select
from turn.kit import PNG

from assistant.delivery.claims import ClaimDesk
from assistant.errors import Conflict, NotFound
from assistant.models import Member, Message, Order, PaymentClaim


async def a_claim(api, nickname: str = "阿梅") -> tuple[str, int]:
    """Return the token of a member who filed a proof without an order, and the claim's id."""
    token = await api.join(nickname)
    yidan = api.server.yidan
    now = yidan.clock.now()
    images = yidan.settings.home / "images"
    images.mkdir(exist_ok=True)
    (images / "proof.png").write_bytes(PNG)
    async with yidan.database.write() as session:
        member = await session.scalar(select(Member).where(Member.nickname == nickname))
        message = Message(
            group_id="tea", member_id=member.id, channel="api", external_id=f"p-{nickname}", text="", sent_at=now
        )
        session.add(message)
        await session.flush()
        claim = PaymentClaim(
            group_id="tea", member_id=member.id, message_id=message.id, image="proof.png", text="付了", at=now
        )
        session.add(claim)
        await session.flush()
        return token, claim.id


async def test_a_picture_is_its_members_and_the_sellers(api):
    token, claim_id = await a_claim(api)
    stranger = await api.join("小李")
    path = f"/api/groups/tea/claims/{claim_id}/image"
    for who, status in ((token, 200), (api.tea_seller, 200), (api.owner, 200), (stranger, 404), (None, 401)):
        assert (await api.call("GET", path, who)).status_code == status
    assert (await api.call("GET", path.replace("tea", "cookies"), api.tea_seller)).status_code == 404
    shown = await api.call("GET", path, token)
    assert (shown.headers["content-type"], shown.content) == ("image/png", PNG)


async def test_claims_are_the_sellers_to_list_and_answer(api):
    token, claim_id = await a_claim(api)
    assert (await api.call("GET", "/api/groups/tea/claims", token)).status_code == 403
    (claim,) = (await api.call("GET", "/api/groups/tea/claims?status=claimed", api.tea_seller)).json()
    assert (claim["id"], claim["waiting"], claim["has_image"], claim["read"]) == (claim_id, True, True, None)
    done = await api.call("POST", "/api/groups/tea/claims/confirm", api.tea_seller, json={"claims": [claim_id, 999]})
    assert ["belongs to no order" in done.json()[0]["error"], done.json()[1]["error"][:16]] == [
        True,
        "no payment claim",
    ]
    done = await api.call("POST", "/api/groups/tea/claims/reject", api.tea_seller, json={"claims": [claim_id]})
    assert done.json() == [{"claim": claim_id, "order": None, "status": None, "error": None}]


async def test_a_bill_is_taken_in_once_and_a_bad_one_not_at_all(api):
    good = wechat_csv([wechat_line("1" * 28, "5.00")])
    for new in (1, 0):
        answer = await api.call("POST", "/api/groups/tea/bills", api.tea_seller, files={"file": ("bill.csv", good)})
        assert (answer.json()["new"], answer.json()["app"], len(answer.json()["lines_left"])) == (new, "wechat", 1)
    bad = await api.call("POST", "/api/groups/tea/bills", api.tea_seller, files={"file": ("bill.csv", b"no bill")})
    assert bad.status_code == 422 and "WeChat" in bad.json()["error"]["message"]
    assert (await api.call("POST", "/api/groups/tea/bills/confirm", api.tea_seller)).json() == []


@pytest.mark.parametrize(("body", "status"), [({"method": "现金", "usable": False}, 404), ({"method": ""}, 422)])
async def test_an_unknown_way_to_pay(api, body, status):
    answer = await api.call("POST", "/api/groups/tea/payment-methods", api.tea_seller, json=body)
    assert answer.status_code == status


class TestAttach:
    """A claim that no order was known for is put to one."""

    async def test_the_order_then_waits_for_the_sellers_word(self, api):
        token, claim_id = await a_claim(api)
        await api.say(token, "A01")
        desk = ClaimDesk(api.server.yidan.database, api.server.yidan.clock, api.server.orders)
        await desk.attach("tea", claim_id, 1, by="老王")
        (claim,) = await desk.list("tea")
        assert (claim.order, claim.status) == (1, "claimed")
        order = await api.server.orders.show("tea", 1)
        assert (order.status, order.events[-1].actor) == ("payment_claimed", "老王")
        with pytest.raises(Conflict, match="dealt with already"):
            await desk.attach("tea", claim_id, 1, by="老王")

    async def test_what_was_read_is_held_against_the_order_once_more(self, api):
        token, claim_id = await a_claim(api)
        await api.say(token, "A01")
        async with api.server.yidan.database.write() as session:
            claim = await session.get_one(PaymentClaim, claim_id)
            claim.reading, claim.warnings = {"readable": True, "amount": "198.00"}, [{"kind": "no_order"}]
            claim.read_at = api.server.yidan.clock.now()
        desk = ClaimDesk(api.server.yidan.database, api.server.yidan.clock, api.server.orders)
        await desk.attach("tea", claim_id, 1, by="老王")
        assert (await desk.get("tea", claim_id)).waiting

    async def test_another_groups_claim_or_order_does_not_exist(self, api):
        _, claim_id = await a_claim(api)
        desk = ClaimDesk(api.server.yidan.database, api.server.yidan.clock, api.server.orders)
        with pytest.raises(NotFound, match="no order 1"):
            await desk.attach("tea", claim_id, 1, by="老王")
        with pytest.raises(NotFound, match="no payment claim"):
            await desk.attach("cookies", claim_id, 1, by="老王")

    async def test_an_order_that_takes_no_money_takes_no_claim(self, api):
        token, claim_id = await a_claim(api)
        await api.say(token, "A01")
        async with api.server.yidan.database.write() as session:
            (await session.scalars(select(Order))).one().status = "cancelled"
        desk = ClaimDesk(api.server.yidan.database, api.server.yidan.clock, api.server.orders)
        with pytest.raises(Conflict, match="no payment is expected"):
            await desk.attach("tea", claim_id, 1, by="老王")
