"""The survey by link and over the API; a newcomer whom the seller knows from another group."""

import re
from datetime import timedelta

from delivery.kit import NOW
from sqlalchemy import select

from assistant.delivery.surveys import SurveyDesk
from assistant.models import Member, Order, Outbox, SurveyAnswer

TEA = "/api/groups/tea"


async def asked(api, names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Let members get an order and be asked; return their tokens and the codes of their links."""
    tokens = {name: await api.join(name) for name in names}
    for token in tokens.values():
        assert (await api.say(token, "A01一斤"))["action"] == "order"
    yidan = api.server.yidan
    async with yidan.database.write() as session:
        for order in await session.scalars(select(Order)):
            order.status, order.received_at = "completed", NOW
    yidan.clock.set(NOW + timedelta(hours=24))
    assert await SurveyDesk(yidan.database, yidan.clock, "https://shop.example").ask_due(yidan.clock.now()) == len(
        names
    )
    async with yidan.database.read() as session:
        rows = list(await session.scalars(select(Outbox).where(Outbox.text.contains("/survey/"))))
    return tokens, {row.addressees[0]: re.search(r"/survey/([\w-]+)", row.text)[1] for row in rows}


async def test_a_link_shows_one_form_and_takes_one_answer(api) -> None:
    _, codes = await asked(api, ("阿梅",))
    page = await api.call("GET", f"/survey/{codes['阿梅']}")
    assert page.status_code == 200 and page.text.count('type="radio"') == 5 and "script" not in page.text
    sent = await api.call("POST", f"/survey/{codes['阿梅']}", data={"stars": "4", "text": "<b>好</b>"})
    assert "谢谢" in sent.text and "<form" not in sent.text
    again = await api.call("POST", f"/survey/{codes['阿梅']}", data={"stars": "1"})
    assert again.status_code == 200 and "谢谢" in again.text
    async with api.server.yidan.database.read() as session:
        assert [row.stars for row in await session.scalars(select(SurveyAnswer))] == [4]
    for code in ("nosuchcode12", "x"):
        lost = await api.call("GET", f"/survey/{code}")
        assert lost.status_code in (404, 422)


async def test_members_answer_by_token_and_the_seller_sees_them_together(api) -> None:
    tokens, codes = await asked(api, ("阿梅", "小李"))
    shut = await api.call("GET", f"{TEA}/survey", await api.join("新人"))
    assert shut.json() is None
    question = (await api.call("GET", f"{TEA}/survey", tokens["阿梅"])).json()
    assert question["state"] == "open" and "5" in question["text"]
    given = await api.call("POST", f"{TEA}/survey", tokens["阿梅"], json={"stars": 5, "text": "好茶"})
    assert given.json()["state"] == "answered"
    twice = await api.call("POST", f"{TEA}/survey", tokens["阿梅"], json={"stars": 1})
    assert twice.status_code == 409
    by_link = await api.call("POST", f"/api/surveys/{codes['小李']}", json={"stars": 3})
    assert by_link.json()["state"] == "answered"
    off = await api.call("POST", f"/api/surveys/{codes['小李']}", json={"stars": 6})
    assert off.status_code == 422
    results = (await api.call("GET", f"{TEA}/survey/results", api.tea_seller)).json()
    assert (results["asked"], results["answered"], results["shown"], results["texts"]) == (2, 2, 0, [])
    assert (await api.call("GET", f"{TEA}/survey/results", tokens["阿梅"])).status_code == 403


class TestKnownAgain:
    async def test_by_their_own_token_in_a_group_of_the_same_seller_alone(self, api) -> None:
        tea = await api.join("阿梅")
        yidan = api.server.yidan
        dates = {"opens_at": "2026-06-01T09:00:00+08:00", "closes_at": "2026-06-03T20:00:00+08:00"}
        copy = {"id": "tea-two", "name": "第二期", **dates}
        assert (await api.call("POST", f"{TEA}/reopen", api.owner, json=copy)).status_code == 201
        joined = await api.call(
            "POST", "/api/groups/tea-two/join", api.owner, json={"nickname": "梅子", "known_by": tea}
        )
        elsewhere = await api.call(
            "POST", "/api/groups/cookies/join", api.owner, json={"nickname": "May", "known_by": tea}
        )
        stranger = await api.call("POST", "/api/groups/tea-two/join", api.owner, json={"nickname": "阿梅"})
        assert {one.status_code for one in (joined, elsewhere, stranger)} == {201}
        async with yidan.database.read() as session:
            members = {m.nickname + m.group_id: m.external_id for m in await session.scalars(select(Member))}
        assert members["梅子tea-two"] == members["阿梅tea"]
        assert members["Maycookies"] != members["阿梅tea"] != members["阿梅tea-two"]

    async def test_who_asked_to_be_forgotten_is_nobody_again(self, api) -> None:
        tea = await api.join("阿梅")
        known = (await api.call("GET", f"{TEA}/remembered", tea)).json()
        assert (known["purchases"], known["opted_out"]) == (0, False)
        gone = (await api.call("PUT", f"{TEA}/remembered", tea, json={"remember": False})).json()
        assert gone["opted_out"] is True
        code = (await api.call("POST", f"{TEA}/invitations", api.tea_seller, json={})).json()["code"]
        again = await api.call("POST", f"/api/invitations/{code}/join", json={"nickname": "梅子", "known_by": tea})
        assert again.json()["state"] == "joined"
        async with api.server.yidan.database.read() as session:
            ids = {m.external_id for m in await session.scalars(select(Member).where(Member.role == "member"))}
        assert len(ids) == 2
        assert (await api.call("PUT", f"{TEA}/remembered", api.tea_seller, json={"remember": True})).status_code == 403
