"""What members may do, and what they never see."""

import base64

import pytest
from delivery.kit import PNG

from assistant.models import Message

MESSAGES = "/api/groups/tea/messages"
JSON = {"Content-Type": "application/json"}


class TestJoin:
    async def test_a_join_token_lets_in(self, api):
        joined = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": " 阿梅 "})
        assert joined.status_code == 201
        assert joined.json()["nickname"] == "阿梅"
        assert joined.json()["rules"] == ["Only this deal"]

    async def test_without_a_token_only_in_the_demo(self, api):
        assert (await api.call("POST", "/api/groups/tea/join", json={"nickname": "阿梅"})).status_code == 401

    async def test_a_join_token_opens_its_own_group_only(self, api):
        other = await api.call("POST", "/api/groups/cookies/join", api.tea_join, json={"nickname": "阿梅"})
        assert other.status_code == 404

    async def test_a_full_group_takes_nobody(self, api):
        for name in "abc":
            await api.join(name)
        late = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": "d"})
        assert late.status_code == 409

    @pytest.mark.parametrize("name", ["老王茶铺", "Chaxiaoer", "", "a\nb", "x\u0000", "\ud800", "a" * 61])
    async def test_nobody_goes_by_an_unfit_name(self, api, name):
        body = b'{"nickname": "\\ud800"}' if name == "\ud800" else None
        more = (
            {"content": body, "headers": {"Content-Type": "application/json"}} if body else {"json": {"nickname": name}}
        )
        assert (await api.call("POST", "/api/groups/tea/join", api.tea_join, **more)).status_code == 422

    async def test_a_name_is_given_once(self, api):
        await api.join("阿梅")
        again = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": "阿梅"})
        assert again.status_code == 409
        assert "阿梅" in again.json()["error"]["message"]

    async def test_a_closed_group_takes_nobody(self, api):
        await api.call("POST", "/api/groups/tea/close", api.owner)
        late = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": "阿梅"})
        assert late.status_code == 409


class TestWrite:
    async def test_a_message_comes_back_with_its_outcome(self, api):
        outcome = await api.say(await api.join(), "龙井多少钱")
        assert outcome["action"] == "answer"
        assert outcome["created"] is True
        assert set(outcome) >= {"text", "reason", "responder", "sources", "orders", "tickets", "timings_ms"}

    async def test_the_same_id_gets_the_first_answer(self, api):
        token = await api.join()
        first = await api.say(token, "龙井多少钱", id="c1")
        again = await api.say(token, "哈哈", id="c1")
        assert again == first | {"created": False}

    async def test_ids_of_two_members_do_not_meet(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        mine = await api.say(mei, "secret", id="c1")
        theirs = await api.say(li, "哈哈", id="c1")
        assert theirs["message_id"] != mine["message_id"]
        assert theirs["action"] == "silent"

    async def test_a_member_token_opens_no_other_group(self, api):
        token = await api.join()
        answer = await api.call("POST", "/api/groups/cookies/messages", token, json={"text": "hi"})
        assert answer.status_code == 404

    async def test_a_join_token_cannot_write(self, api):
        assert (await api.call("POST", MESSAGES, api.tea_join, json={"text": "hi"})).status_code == 403

    async def test_a_member_cannot_write_for_another(self, api):
        body = {"text": "hi", "member": {"id": "x", "nickname": "老李"}}
        assert (await api.call("POST", MESSAGES, await api.join(), json=body)).status_code == 403

    async def test_a_sellers_message_is_not_answered(self, api):
        assert (await api.say(api.tea_seller, "龙井多少钱"))["action"] == "silent"

    async def test_a_trusted_key_hands_in_members_messages(self, api):
        member = {"id": "wx-1", "nickname": "老李"}
        assert (await api.say(api.tea_seller, "龙井多少钱", member=member))["action"] == "answer"

    @pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
    async def test_a_picture_is_taken(self, api, prefix):
        await api.say(await api.join(), "paid", image=prefix + base64.b64encode(PNG).decode())
        assert len(list((api.server.yidan.settings.home / "images").iterdir())) == 1

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"text": "  "},
            {"text": "x" * 4001},
            {"text": "a\u0000b"},
            {"text": "x", "id": "with space"},
            {"text": "x", "image": "no base64!"},
            {"text": "x", "image": base64.b64encode(b"<svg>").decode()},
            {"text": "x", "image": "data:image/png,plain"},
            {"text": 5},
        ],
    )
    async def test_what_is_off_is_told_in_one_line(self, api, body):
        answer = await api.call("POST", MESSAGES, await api.join(), json=body)
        assert answer.status_code == 422
        assert set(answer.json()) == {"error"}
        assert "\n" not in answer.json()["error"]["message"]

    async def test_a_broken_turn_is_told_in_the_groups_language(self, api):
        answer = await api.call("POST", MESSAGES, await api.join(), json={"text": "boom"})
        assert answer.status_code == 503
        assert answer.json()["error"]["message"].startswith("消息已经收到")

    async def test_too_much_at_once_is_refused(self, api):
        answer = await api.call(
            "POST",
            MESSAGES,
            await api.join(),
            content=b"x" * (15 * 1024 * 1024),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too_large"


class TestFeed:
    async def test_everybody_sees_messages_and_open_replies(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "龙井多少钱")
        feed = (await api.call("GET", MESSAGES, li)).json()
        assert [(item["kind"], item["author"]) for item in feed["items"]] == [
            ("message", "阿梅"),
            ("reply", "assistant"),
        ]
        assert feed["items"][1]["answers"] == feed["items"][0]["id"]

    async def test_private_replies_go_to_their_member_only(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "secret")
        texts = {
            who: [item["text"] for item in (await api.call("GET", MESSAGES, token)).json()["items"]]
            for who, token in (("mei", mei), ("li", li), ("seller", api.tea_seller))
        }
        assert texts == {"mei": ["secret", "only for you"], "li": ["secret"], "seller": ["secret", "only for you"]}

    async def test_reading_goes_on_where_it_ended(self, api):
        mei = await api.join()
        await api.say(mei, "龙井多少钱")
        first = (await api.call("GET", MESSAGES, mei)).json()
        await api.say(mei, "哈哈")
        second = (await api.call("GET", MESSAGES, mei, params={"after": first["next"]})).json()
        assert [item["text"] for item in second["items"]] == ["哈哈"]
        third = (await api.call("GET", MESSAGES, mei, params={"after": second["next"]})).json()
        assert third["items"] == []

    @pytest.mark.parametrize("after", ["x", "1.2", "1.2.x", "-1.0.", "99999999999999.0.", "1.0.²"])
    async def test_a_made_up_cursor_is_refused(self, api, after):
        answer = await api.call("GET", MESSAGES, await api.join(), params={"after": after})
        assert answer.status_code == 422

    async def test_the_last_lines_come_first_and_earlier_ones_on_demand(self, api):
        mei = await api.join()
        for number in range(5):
            await api.say(mei, f"哈哈{number}")
        last = (await api.call("GET", MESSAGES, mei, params={"latest": 2})).json()
        assert [item["text"] for item in last["items"]] == ["哈哈3", "哈哈4"]
        before = (await api.call("GET", MESSAGES, mei, params={"latest": 9, "before": last["earlier"]})).json()
        assert [item["text"] for item in before["items"]] == ["哈哈0", "哈哈1", "哈哈2"]
        assert before["earlier"] is None
        await api.say(mei, "哈哈5")
        news = (await api.call("GET", MESSAGES, mei, params={"after": last["next"]})).json()
        assert [item["text"] for item in news["items"]] == ["哈哈5"]

    async def test_only_the_writer_finds_their_own_id_and_orders_again(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "龙井多少钱", id="c-1")
        ids = {
            who: [item["client_id"] for item in (await api.call("GET", MESSAGES, token)).json()["items"]]
            for who, token in (("mei", mei), ("li", li))
        }
        assert ids == {"mei": ["c-1", None], "li": [None, None]}

    async def test_a_picture_is_for_its_sender_and_the_seller(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        picture = base64.b64encode(PNG).decode()
        number = (await api.say(mei, "", image=picture))["message_id"]
        path = f"{MESSAGES}/{number}/image"
        shown = await api.call("GET", path, mei)
        assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PNG, "image/png")
        assert (await api.call("GET", path, api.tea_seller)).content == PNG
        assert (await api.call("GET", path, li)).status_code == 404
        assert (await api.call("GET", path)).status_code == 401
        assert (await api.call("GET", f"/api/groups/cookies/messages/{number}/image", api.owner)).status_code == 404
        assert (await api.call("GET", f"{MESSAGES}/{number + 1}/image", mei)).status_code == 404

    async def test_what_the_group_is_about_is_for_its_members(self, api):
        mei = await api.join("阿梅")
        about = (await api.call("GET", "/api/groups/tea/about", mei)).json()
        assert (about["name"], about["nickname"], about["role"], about["members"]) == ("春茶团购", "阿梅", "member", 1)
        assert about["closed"] is False
        assert (await api.call("GET", "/api/groups/cookies/about", mei)).status_code == 404
        assert (await api.call("GET", "/api/groups/tea/about")).status_code == 401

    async def test_own_orders_only(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "A01 1斤")
        mine = (await api.call("GET", "/api/groups/tea/orders/mine", mei)).json()
        assert [(order["total"], order["lines"][0]["quantity"]) for order in mine] == [("198.00", 1)]
        assert (await api.call("GET", "/api/groups/tea/orders/mine", li)).json() == []

    async def test_a_removed_member_is_told_so(self, api):
        token = await api.join()
        async with api.server.yidan.database.write() as session:
            from sqlalchemy import update

            from assistant.models import Member

            await session.execute(update(Member).values(removed_at=api.server.yidan.clock.now()))
        assert (await api.call("GET", MESSAGES, token)).status_code == 403


class TestQuotes:
    async def test_a_quoted_line_comes_with_the_message_for_every_reader(self, api):
        mei, li = await api.join("阿梅"), await api.join("老李")
        await api.say(mei, "龙井多少钱")
        first = (await api.call("GET", MESSAGES, li)).json()["items"]
        await api.say(li, "哈哈", quotes=first[0]["id"])
        items = (await api.call("GET", MESSAGES, mei)).json()["items"]
        quoted = next(item["quote"] for item in items if item["text"] == "哈哈")
        assert (quoted["id"], quoted["author"], quoted["text"]) == (first[0]["id"], "阿梅", "龙井多少钱")

    async def test_who_quotes_the_assistant_speaks_to_it(self, api):
        mei = await api.join("阿梅")
        await api.say(mei, "龙井多少钱")
        reply = (await api.call("GET", MESSAGES, mei)).json()["items"][-1]
        posted = await api.say(mei, "哈哈", quotes=reply["id"])
        async with api.server.yidan.database.read() as session:
            message = await session.get_one(Message, posted["message_id"])
        assert message.mentions_assistant and message.quoted_reply_id == int(reply["id"][1:])

    async def test_what_only_its_member_sees_cannot_be_quoted_nor_what_another_group_said(self, api):
        mei, away = await api.join("阿梅"), await api.join("阿静", "cookies")
        await api.say(mei, "secret")
        private = next(item for item in (await api.call("GET", MESSAGES, mei)).json()["items"] if item["private"])
        await api.say(away, "别的群里说的", "cookies")
        foreign = (await api.call("GET", "/api/groups/cookies/messages", away)).json()["items"][0]
        for line in (private["id"], foreign["id"], "m999999"):
            answer = await api.call("POST", MESSAGES, mei, json={"text": "hi", "quotes": line})
            assert answer.status_code == 422, line
