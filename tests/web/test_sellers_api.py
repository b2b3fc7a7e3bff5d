"""What sellers may do, each with their own groups only."""

import asyncio
import threading

import pytest
from delivery.kit import count

from assistant.channels.base import REPLIES_IN_RESPONSE
from assistant.channels.feed import FeedChannel
from assistant.delivery.outbox import Outbox
from assistant.models import Audit, Pause


async def deliver(api) -> None:
    """Send what is pending, as the background work does."""
    yidan = api.server.yidan
    channels = {name: FeedChannel(api.server.broadcast) for name in REPLIES_IN_RESPONSE}
    outbox = Outbox(yidan.database, yidan.clock, yidan.settings, channels=channels)
    for row in await outbox.pending():
        await outbox.attempt(row)


class TestReach:
    async def test_an_owner_sees_all_groups_a_seller_their_own(self, api):
        names = {}
        for who in ("owner", "tea_seller"):
            groups = (await api.call("GET", "/api/groups", getattr(api, who))).json()
            names[who] = [group["id"] for group in groups]
        assert names == {"owner": ["cookies", "tea"], "tea_seller": ["tea"]}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("GET", "/tickets"),
            ("GET", "/orders"),
            ("GET", "/entries"),
            ("GET", "/messages"),
            ("POST", "/close"),
            ("DELETE", "/entries/price"),
        ],
    )
    async def test_another_sellers_group_does_not_exist(self, api, method, path):
        theirs = await api.call(method, f"/api/groups/cookies{path}", api.tea_seller)
        nobodys = await api.call(method, f"/api/groups/nothing{path}", api.tea_seller)
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text.replace("cookies", "nothing") == nobodys.text

    async def test_another_sellers_ticket_does_not_exist(self, api):
        await api.say(await api.join("Bob", "cookies"), "human", "cookies")
        answer = await api.call("POST", "/api/tickets/1/answer", api.tea_seller, json={"text": "hello"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("path", ["", "/tickets", "/orders", "/entries"])
    async def test_members_are_no_sellers(self, api, path):
        assert (await api.call("GET", f"/api/groups/tea{path}", await api.join())).status_code == 403

    async def test_a_revoked_token_opens_nothing(self, api):
        tokens = await api.server.access.list()
        for token in tokens:
            await api.server.access.revoke(token.id)
        assert (await api.call("GET", "/api/groups", api.owner)).status_code == 401

    async def test_an_expired_token_opens_nothing(self, api):
        from datetime import timedelta

        token = await api.server.access.create_seller(days=1)
        clock = api.server.yidan.clock
        clock.set(clock.now() + timedelta(days=1))
        assert (await api.call("GET", "/api/groups", token)).status_code == 401


class TestTickets:
    async def test_the_answer_comes_back_to_the_member(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "human")
        ticket = (await api.call("GET", "/api/groups/tea/tickets?status=open", api.tea_seller)).json()[0]
        assert (ticket["member"], ticket["question"]) == ("阿梅", "human")
        answered = await api.call(
            "POST", f"/api/tickets/{ticket['id']}/answer", api.tea_seller, json={"text": "可以寄上海"}
        )
        assert answered.json()["status"] == "resolved"
        before = (await api.call("GET", "/api/groups/tea/messages", mei)).json()
        assert "可以寄上海" not in [item["text"] for item in before["items"]]
        await deliver(api)
        after = (await api.call("GET", "/api/groups/tea/messages", mei, params={"after": before["next"]})).json()
        assert [(item["author"], item["text"]) for item in after["items"]] == [("seller", "可以寄上海")]
        assert await count(api.server.yidan.database, Pause) == 1
        assert await count(api.server.yidan.database, Audit, Audit.action == "ticket.answer") == 1
        assert (await api.call("GET", "/api/groups/tea/messages", li)).status_code == 200

    async def test_claim_answer_in_parts_and_resolve(self, api):
        await api.say(await api.join(), "human")
        claimed = await api.call("POST", "/api/tickets/1/claim", api.tea_seller)
        assert (claimed.json()["status"], claimed.json()["claimed_by"]) == ("claimed", "老王")
        assert (await api.call("POST", "/api/tickets/1/claim", api.owner)).status_code == 409
        part = await api.call("POST", "/api/tickets/1/answer", api.tea_seller, json={"text": "等等", "resolve": False})
        assert part.json()["status"] == "claimed"
        assert (await api.call("POST", "/api/tickets/1/resolve", api.tea_seller)).json()["status"] == "resolved"
        late = await api.call("POST", "/api/tickets/1/answer", api.tea_seller, json={"text": "还在吗"})
        assert late.status_code == 409

    async def test_an_answer_needs_words(self, api):
        await api.say(await api.join(), "human")
        assert (await api.call("POST", "/api/tickets/1/answer", api.owner, json={"text": " "})).status_code == 422


class TestOrders:
    async def test_an_order_moves_and_its_member_is_told(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "A01 1斤")
        moved = await api.call(
            "POST", "/api/groups/tea/orders/1/status", api.tea_seller, json={"status": "paid", "note": "收到了"}
        )
        assert moved.status_code == 200, moved.text
        assert (moved.json()["status"], moved.json()["events"][-1]["actor"]) == ("paid", "老王")
        await deliver(api)
        told = {
            who: [item["text"] for item in (await api.call("GET", "/api/groups/tea/messages", token)).json()["items"]]
            for who, token in (("mei", mei), ("li", li))
        }
        assert told["mei"][-1] == "1号单已收款198元，已付清，等待发货。\n收到了"
        assert len(told["li"]) == len(told["mei"]) - 1

    async def test_an_illegal_move_is_refused(self, api):
        await api.say(await api.join(), "A01 1斤")
        path = "/api/groups/tea/orders/1/status"
        assert (await api.call("POST", path, api.owner, json={"status": "refunded"})).status_code == 409
        assert (await api.call("POST", path, api.owner, json={"status": "eaten"})).status_code == 422
        assert (
            await api.call("POST", "/api/groups/tea/orders/9/status", api.owner, json={"status": "paid"})
        ).status_code == 404


class TestEntries:
    async def test_create_change_remove(self, api):
        path = "/api/groups/tea/entries"
        body = {"id": "ship", "question": "能寄外地吗", "answer": "全国可寄", "category": "delivery"}
        assert (await api.call("POST", path, api.tea_seller, json=body)).status_code == 201
        assert (await api.call("POST", path, api.tea_seller, json=body)).status_code == 409
        changed = await api.call("PUT", f"{path}/ship", api.tea_seller, json=body | {"answer": "只寄上海"})
        assert changed.json()["answer"] == "只寄上海"
        assert [e["id"] for e in (await api.call("GET", path, api.tea_seller)).json()] == ["price", "ship"]
        assert (await api.call("DELETE", f"{path}/ship", api.tea_seller)).status_code == 204
        assert (await api.call("GET", f"{path}/ship", api.tea_seller)).status_code == 404

    async def test_what_is_wrong_is_told(self, api):
        body = {"id": "x", "question": "", "answer": "", "valid_from": "2026-05-20T10:00:00"}
        answer = await api.call("POST", "/api/groups/tea/entries", api.owner, json=body)
        assert answer.status_code == 422


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/openapi.json"])
    async def test_pages_need_nothing_from_elsewhere(self, api, path):
        page = await api.call("GET", path)
        assert page.status_code == 200
        assert "src=" not in page.text
        assert "https://" not in page.text
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_the_home_page_names_no_groups_outside_the_demo(self, api):
        assert "春茶团购" not in (await api.call("GET", "/")).text

    async def test_the_reference_shows_every_operation(self, api):
        page = (await api.call("GET", "/docs")).text
        for path in api.app.openapi()["paths"]:
            assert path in page

    async def test_putting_the_description_together_keeps_nobody_waiting(self, api, monkeypatch):
        built, where = api.app.openapi, []
        monkeypatch.setattr(api.app, "openapi", lambda: where.append(threading.current_thread()) or built())
        answers = await asyncio.gather(*(api.call("GET", "/openapi.json") for _ in range(3)))
        assert len({answer.text for answer in answers}) == 1
        assert answers[0].json()["info"]["title"] == "Yidan" and answers[0].json() == built()
        assert threading.main_thread() not in where

    async def test_an_unknown_address_has_the_same_shape(self, api):
        answer = await api.call("GET", "/nowhere")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


class TestFromLifeToTest:
    async def test_an_answered_hand_off_offers_the_entry_and_the_case(self, api):
        member = await api.join("阿梅")
        await api.say(member, "human 打13987654321")
        tickets = (await api.call("GET", "/api/groups/tea/tickets", api.tea_seller)).json()
        offer = f"/api/groups/tea/tickets/{tickets[0]['id']}/offer"
        assert (await api.call("GET", offer, api.tea_seller)).status_code == 404
        await api.call("POST", f"/api/tickets/{tickets[0]['id']}/answer", api.tea_seller, json={"text": "可以寄上海"})
        offered = (await api.call("GET", offer, api.tea_seller)).json()
        assert offered["entry"]["answer"] == "可以寄上海"
        assert f"sources_any: [{offered['entry']['id']}]" in offered["case"]["yaml"]
        assert not {"阿梅", "13987654321"} & set(offered["case"]["yaml"].split())
        assert "13987654321" not in offered["case"]["yaml"] + offered["entry"]["question"]

    async def test_a_turn_is_a_case_for_its_own_seller_only(self, api):
        member = await api.join("阿梅")
        await api.say(member, "human")
        found = await api.call("GET", "/api/groups/tea/turns/1/case", api.tea_seller)
        assert "action: [handoff]" in found.json()["yaml"]
        assert (await api.call("GET", "/api/groups/cookies/turns/1/case", api.owner)).status_code == 404
        assert (await api.call("GET", "/api/groups/cookies/turns/1/case", api.tea_seller)).status_code == 404
