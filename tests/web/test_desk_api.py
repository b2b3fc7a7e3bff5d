"""What waits for the seller over the API: the list, a ticket's context, pauses, the talk, knowledge from answers."""

from typing import ClassVar

import pytest
from delivery.kit import NOW, count, incoming

from assistant.delivery.assist_sheet import AssistLine, Sheet
from assistant.delivery.feed import OrderCard
from assistant.models import Audit, Draft, Outbox
from assistant.publishing.suites import keep_suite, kept_suites
from assistant.retrieval.embedder import HashEmbedder
from assistant.web.schemas_desk import SheetOut

TEA = "/api/groups/tea"
SUITE = """suite: prices
group: ignored
now: 2026-05-20T10:00:00+08:00
cases:
  - id: by-keyword
    turns:
      - {from: 小李, text: 价格, expect: {action: answer, contains_all: ["198"]}}
"""


async def ticket_of(api, text="I want a human, 能刻字吗", nickname="阿梅") -> dict:
    await api.say(await api.join(nickname), text)
    return (await api.call("GET", f"{TEA}/tickets", api.owner)).json()[-1]


async def read(api, path, token=None) -> dict | list:
    answer = await api.call("GET", path, token or api.tea_seller)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestWaiting:
    async def test_the_longest_wait_comes_first_and_what_is_done_goes(self, api) -> None:
        first, second = await ticket_of(api), await ticket_of(api, "human!", "小李")
        assert [(one["id"], one["kind"], one["member"]) for one in await read(api, "/api/waiting")] == [
            (first["id"], "handoff", "阿梅"),
            (second["id"], "handoff", "小李"),
        ]
        await api.call("POST", f"/api/tickets/{first['id']}/resolve", api.tea_seller)
        assert [one["id"] for one in await read(api, "/api/waiting")] == [second["id"]]
        assert [one["id"] for one in await read(api, "/api/waiting?state=resolved")] == [first["id"]]
        assert await read(api, "/api/waiting?kind=refund&kind=join") == []

    async def test_other_sellers_groups_are_not_in_it(self, api) -> None:
        await api.say(await api.join("Bob", "cookies"), "human", "cookies")
        assert await read(api, "/api/waiting") == []
        assert len(await read(api, "/api/waiting", api.owner)) == 1
        assert (await api.call("GET", "/api/waiting?group=cookies", api.tea_seller)).status_code == 404


class TestContext:
    async def test_it_has_the_talk_the_history_and_a_reply_to_choose(self, api) -> None:
        token = await api.join("阿梅")
        await api.say(token, "A01一斤")
        await api.say(token, "多少钱, human?")
        ticket = (await read(api, f"{TEA}/tickets"))[-1]
        found = await read(api, f"{TEA}/tickets/{ticket['id']}/context")
        assert [line["item"]["text"] for line in found["talk"]][-2:] == ["多少钱, human?", "the seller will answer"]
        assert [order["items"] for order in found["orders"]] == [["A01 龙井 × 1 斤"]]
        assert found["history"] == {"purchases": 0, "last_at": None, "usual": [], "earlier": []}
        assert len(found["summary"]) == 3
        assert found["replies"][-1]["source"] == "" and found["replies"][-1]["text"]
        assert found["pause"] is None

    async def test_an_entry_that_answers_it_is_offered_first(self, api) -> None:
        server = api.server
        ticket = await ticket_of(api, "human")
        async with server.yidan.database.write() as session:
            from assistant.models import Ticket

            (await session.get(Ticket, ticket["id"])).question = "多少钱"
        found = await read(api, f"{TEA}/tickets/{ticket['id']}/context")
        assert found["replies"][0] | {"probability": 0} == {
            "source": "price",
            "title": "多少钱",
            "text": "龙井198元/斤",
            "probability": 0,
        }

    async def test_another_sellers_ticket_has_none(self, api) -> None:
        await api.say(await api.join("Bob", "cookies"), "human", "cookies")
        [ticket] = await read(api, "/api/groups/cookies/tickets", api.owner)
        for path in (f"{TEA}/tickets/{ticket['id']}/context", f"/api/groups/cookies/tickets/{ticket['id']}/context"):
            assert (await api.call("GET", path, api.tea_seller)).status_code == 404
        assert (await api.call("GET", f"{TEA}/tickets/{ticket['id']}/context", api.owner)).status_code == 404


class TestPauses:
    async def test_they_show_and_end(self, api) -> None:
        ticket = await ticket_of(api)
        await api.call("POST", f"/api/tickets/{ticket['id']}/claim", api.tea_seller)
        [pause] = await read(api, f"{TEA}/pauses")
        assert (pause["member"], pause["by"]) == ("阿梅", "老王")
        ended = await api.call("DELETE", f"{TEA}/pauses/{pause['member_id']}", api.tea_seller)
        assert ended.json() == {"ended": True}
        assert await read(api, f"{TEA}/pauses") == []

    async def test_typing_shows_until_it_is_given_up(self, api) -> None:
        ticket = await ticket_of(api)
        path = f"{TEA}/members/{ticket['member_id']}/typing"
        assert (await api.call("PUT", path, api.tea_seller)).status_code == 200
        [pause] = await read(api, f"{TEA}/pauses")
        assert (pause["typing_by"], pause["until"]) == ("老王", None)
        assert (await api.call("DELETE", path, api.tea_seller)).status_code == 204
        assert await read(api, f"{TEA}/pauses") == []

    @pytest.mark.parametrize(
        ("method", "path"), [("PUT", "members/{}/typing"), ("DELETE", "members/{}/typing"), ("DELETE", "pauses/{}")]
    )
    async def test_another_groups_member_is_out_of_reach(self, api, method, path) -> None:
        await api.say(await api.join("Bob", "cookies"), "human", "cookies")
        [ticket] = await read(api, "/api/groups/cookies/tickets", api.owner)
        member = ticket["member_id"]
        assert (await api.call(method, f"{TEA}/{path.format(member)}", api.tea_seller)).status_code == 404
        theirs = f"/api/groups/cookies/{path.format(member)}"
        assert (await api.call(method, theirs, api.tea_seller)).status_code == 404

    async def test_handing_back_opens_the_ticket_again(self, api) -> None:
        ticket = await ticket_of(api)
        await api.call("POST", f"/api/tickets/{ticket['id']}/claim", api.tea_seller)
        back = await api.call("POST", f"/api/tickets/{ticket['id']}/hand-back", api.tea_seller)
        assert (back.json()["status"], await read(api, f"{TEA}/pauses")) == ("open", [])


class TestTalk:
    async def test_each_line_says_what_was_done_and_why(self, api) -> None:
        said = await api.say(await api.join("阿梅"), "多少钱")
        lines = (await read(api, f"{TEA}/talk"))["lines"]
        assert [(line["item"]["kind"], line["deed"]["action"]) for line in lines] == [
            ("message", "answer"),
            ("reply", "answer"),
        ]
        why = await read(api, f"{TEA}/talk/{said['message_id']}/why")
        assert why["good"] is None
        await api.call("PUT", f"{TEA}/answers/{said['message_id']}/mark", api.tea_seller, json={"good": False})
        assert (await read(api, f"{TEA}/talk/{said['message_id']}/why"))["good"] is False

    async def test_it_reads_back_to_the_beginning(self, api) -> None:
        token = await api.join("阿梅")
        for number in range(45):
            await api.server.yidan.inbox.receive(incoming(f"line {number}", str(number), member="li"))
        await api.say(token, "the last")
        newest = await read(api, f"{TEA}/talk")
        older = await read(api, f"{TEA}/talk?before={newest['earlier']}")
        assert [len(newest["lines"]), len(older["lines"]), older["earlier"]] == [40, 6, None]

    async def test_an_answer_to_a_line_reaches_its_member_and_keeps_the_assistant_out(self, api) -> None:
        said = await api.say(await api.join("阿梅"), "随便聊聊")
        answer = {"text": "在的", "to": said["message_id"], "private": True}
        assert (await api.call("POST", f"{TEA}/talk", api.tea_seller, json=answer)).status_code == 204
        rows = Outbox.author == "seller", Outbox.private.is_(True), Outbox.addressees == ["阿梅"]
        assert await count(api.server.yidan.database, Outbox, *rows) == 1
        assert [pause["member"] for pause in await read(api, f"{TEA}/pauses")] == ["阿梅"]
        assert await count(api.server.yidan.database, Audit, Audit.action == "talk.say") == 1

    async def test_words_to_all_pause_nobody_but_who_is_named(self, api) -> None:
        await api.say(await api.join("阿梅"), "随便聊聊")
        await api.say(await api.join("小李"), "随便聊聊")
        await api.call("POST", f"{TEA}/talk", api.tea_seller, json={"text": "今晚八点截单，小李别忘了"})
        assert [pause["member"] for pause in await read(api, f"{TEA}/pauses")] == ["小李"]

    async def test_another_groups_message_cannot_be_answered(self, api) -> None:
        said = await api.say(await api.join("Bob", "cookies"), "hello", "cookies")
        body = {"text": "hi", "to": said["message_id"]}
        assert (await api.call("POST", f"{TEA}/talk", api.tea_seller, json=body)).status_code == 404
        assert (await api.call("GET", f"{TEA}/talk/{said['message_id']}/why", api.tea_seller)).status_code == 404


class TestKnowledge:
    LESSON: ClassVar = {"question": "能刻字吗？", "similar_questions": ["可以刻名字吗"], "answer": "可以，每个加10元"}

    @pytest.fixture(autouse=True)
    def light(self, monkeypatch) -> None:
        monkeypatch.setattr("assistant.evaluation.engine.default_embedder", lambda _: HashEmbedder(384))

    async def answered(self, api) -> str:
        ticket = await ticket_of(api, "能刻字吗, human")
        await api.call("POST", f"/api/tickets/{ticket['id']}/answer", api.tea_seller, json={"text": "可以，每个加10元"})
        return f"{TEA}/tickets/{ticket['id']}/knowledge"

    async def test_one_step_makes_an_entry_and_a_case(self, api) -> None:
        path = await self.answered(api)
        learnt = await api.call("POST", path, api.tea_seller, json=self.LESSON | {"publish": True})
        assert learnt.status_code == 200, learnt.text
        assert (learnt.json()["live"], learnt.json()["broken"]) == (True, [])
        entry = await read(api, f"{TEA}/entries/{learnt.json()['entry']}")
        assert (entry["answer"], entry["similar_questions"]) == ("可以，每个加10元", ["可以刻名字吗"])
        [suite] = kept_suites(api.server.yidan.settings.home, "tea")
        assert learnt.json()["case"] in suite.read_text("utf-8")
        assert "阿梅" not in suite.read_text("utf-8")

    async def test_a_draft_is_seen_by_nobody_yet(self, api) -> None:
        learnt = (await api.call("POST", await self.answered(api), api.tea_seller, json=self.LESSON)).json()
        assert not learnt["live"]
        assert (await api.call("GET", f"{TEA}/entries/{learnt['entry']}", api.tea_seller)).status_code == 404
        assert await count(api.server.yidan.database, Draft) == 1

    async def test_publishing_it_leaves_other_drafts_alone(self, api) -> None:
        other = {"question": "有包装吗", "answer": "有"}
        await api.call("PUT", f"{TEA}/draft/entries/wrap", api.tea_seller, json=other)
        path = await self.answered(api)
        await api.call("POST", path, api.tea_seller, json=self.LESSON)
        assert (await api.call("POST", path, api.tea_seller, json=self.LESSON | {"publish": True})).json()["live"]
        [left] = (await read(api, f"{TEA}/draft"))["changes"]
        assert left["id"] == "wrap"

    async def test_what_breaks_other_answers_stays_a_draft(self, api, tmp_path) -> None:
        path = await self.answered(api)
        (tmp_path / "prices.yaml").write_text(SUITE, "utf-8")
        keep_suite(
            api.server.yidan.settings.home, await api.server.yidan.groups.folder("tea"), tmp_path / "prices.yaml"
        )
        greedy = {"question": "价格", "similar_questions": ["多少钱"], "answer": "可以", "publish": True}
        learnt = (await api.call("POST", path, api.tea_seller, json=greedy)).json()
        assert (learnt["live"], bool(learnt["broken"])) == (False, True)
        assert await count(api.server.yidan.database, Draft) == 1

    async def test_an_unanswered_ticket_cannot_be_kept(self, api) -> None:
        ticket = await ticket_of(api)
        answer = await api.call("POST", f"{TEA}/tickets/{ticket['id']}/knowledge", api.tea_seller, json=self.LESSON)
        assert answer.status_code == 404


class TestAssist:
    async def test_lines_become_drafts_that_are_sent_or_taken_back(self, api) -> None:
        body = {"text": "小李: 多少钱\n阿梅: [图片]"}
        taken = (await api.call("POST", f"{TEA}/assist", api.tea_seller, json=body)).json()
        assert (len(taken["lines"]), taken["pictures"]) == (1, 1)
        assert (await api.call("POST", f"{TEA}/assist", api.tea_seller, json=body)).json()["known"] == 1
        draft = taken["lines"][0]["draft"]
        assert draft["text"].startswith("@小李 龙井198元/斤")
        for deed, state in (("not-sent", "not_sent"), ("sent", "sent")):
            path = f"{TEA}/assist/drafts/{draft['id']}/{deed}"
            assert (await api.call("POST", path, api.tea_seller, json={})).status_code == 204
            [line] = (await read(api, f"{TEA}/assist"))["lines"]
            assert line["draft"]["state"] == state

    async def test_an_order_among_the_lines_is_told(self) -> None:
        order = OrderCard(1, "pending_payment", "396.00")
        line = AssistLine(7, "阿梅", "member", "A01两斤", NOW, "order", "logged", None, False, False, (order,))
        [shown] = SheetOut.model_validate(Sheet((line,), ())).model_dump()["lines"]
        assert shown["orders"] == [{"number": 1, "status": "pending_payment", "total": "396.00"}]

    async def test_another_sellers_drafts_are_out_of_reach(self, api) -> None:
        body = {"text": "Bob: how much?"}
        taken = (await api.call("POST", "/api/groups/cookies/assist", api.owner, json=body)).json()
        draft = taken["lines"][0]["draft"]["id"]
        for path in (f"{TEA}/assist/drafts/{draft}/sent", f"/api/groups/cookies/assist/drafts/{draft}/sent"):
            assert (await api.call("POST", path, api.tea_seller, json={})).status_code == 404
        assert (await api.call("POST", "/api/groups/cookies/assist", api.tea_seller, json=body)).status_code == 404
