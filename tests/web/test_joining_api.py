"""The door over the API: invitations, the newcomer's way in, requests, posters, announcements."""

import pytest
from delivery.kit import NOW

from assistant.delivery.welcome import welcome_newcomers

TEA = "/api/groups/tea"


async def code_of(api) -> str:
    issued = await api.call("POST", f"{TEA}/invitations", api.tea_seller, json={})
    assert issued.status_code == 201, issued.text
    return issued.json()["code"]


async def test_from_the_poster_to_the_first_question(api) -> None:
    code = await code_of(api)
    door = (await api.call("GET", f"/api/invitations/{code}")).json()
    assert (door["group_id"], door["open"], door["rules"]) == ("tea", True, ["Only this deal"])
    heard = (await api.call("POST", f"/api/invitations/{code}/join", json={"nickname": "阿梅"})).json()
    assert heard["state"] == "joined" and "欢迎加入春茶团购" in heard["text"]
    assert (await api.say(heard["token"], "多少钱"))["action"] == "answer"
    standing = (await api.call("GET", "/api/joining", heard["token"])).json()
    assert standing["state"] == "joined" and standing["token"] == ""
    (member,) = (await api.call("GET", f"{TEA}/members", api.tea_seller)).json()
    assert member["nickname"] == "阿梅"
    await welcome_newcomers(api.server.yidan.database, NOW)


async def test_a_request_that_waits_opens_nothing_until_the_seller_agrees(api) -> None:
    code = await code_of(api)
    newcomer = {"nickname": "官方客服", "answer": "加微信 abc12345 兼职日结"}
    heard = (await api.call("POST", f"/api/invitations/{code}/join", json=newcomer)).json()
    assert heard["state"] == "pending"
    shut = await api.call("POST", f"{TEA}/messages", heard["token"], json={"text": "hi"})
    assert shut.status_code == 403 and "waits" in shut.text
    (request,) = (await api.call("GET", f"{TEA}/requests?state=pending", api.tea_seller)).json()
    assert "poses_as_seller" in request["flags"]
    agreed = await api.call("POST", f"{TEA}/requests/{request['id']}/approve", api.tea_seller)
    assert agreed.json()["state"] == "joined"
    again = await api.call("POST", f"{TEA}/requests/{request['id']}/refuse", api.tea_seller, json={"note": "x"})
    assert again.status_code == 409
    assert (await api.say(heard["token"], "多少钱"))["action"] == "answer"


async def test_the_sellers_side_is_the_groups_sellers_alone(api) -> None:
    code = await code_of(api)
    other = await api.server.access.create_seller("Xiaoman")
    for method, path in (
        ("GET", "invitations"),
        ("POST", "invitations"),
        ("GET", "requests"),
        ("GET", "members"),
        ("GET", "notice"),
        ("GET", "poster.svg"),
        ("GET", "announcements"),
        ("POST", "announcements"),
    ):
        for token, status in ((other, 404), (None, 401), (api.tea_join, 403)):
            body = {"json": {"text": "x"}} if method == "POST" else {}
            answer = await api.call(method, f"{TEA}/{path}", token, **body)
            assert answer.status_code == status, (method, path, status)
    assert (await api.call("POST", "/api/groups/cookies/requests/1/approve", other)).status_code == 404
    assert (await api.call("GET", f"/api/invitations/{code}x")).status_code == 404


async def test_notice_and_poster(api) -> None:
    notice = (await api.call("GET", f"{TEA}/notice", api.tea_seller)).json()
    assert "春茶团购" in notice["text"]
    svg = await api.call("GET", f"{TEA}/poster.svg", api.tea_seller)
    assert svg.headers["content-type"].startswith("image/svg+xml") and "春茶团购" in svg.text
    page = await api.call("GET", f"{TEA}/poster.html", api.tea_seller)
    assert page.text.startswith("<!doctype html>")
    assert (await api.call("GET", f"{TEA}/poster.gif", api.tea_seller)).status_code == 422


async def test_announcing(api) -> None:
    planned = await api.call(
        "POST", f"{TEA}/announcements", api.tea_seller, json={"kind": "todays_list", "when": "daily 09:00"}
    )
    assert planned.status_code == 201 and planned.json()["schedule"] == "daily 09:00"
    number = planned.json()["id"]
    seen = (await api.call("GET", f"{TEA}/announcements/{number}/preview", api.tea_seller)).json()
    assert seen["text"].startswith("【今日清单】") and not seen["put_off"]
    told = await api.call("POST", f"{TEA}/announcements", api.tea_seller, json={"text": "今晚停电"})
    assert told.json()["state"] == "done"
    (sent,) = (await api.call("GET", f"{TEA}/announcements/log", api.tea_seller)).json()
    assert (sent["state"], sent["kind"]) == ("sent", "text")
    for move, state in (("pause", "paused"), ("resume", "active"), ("cancel", "cancelled")):
        moved = await api.call("POST", f"{TEA}/announcements/{number}/{move}", api.tea_seller)
        assert moved.json()["state"] == state
    assert len((await api.call("GET", f"{TEA}/announcements", api.tea_seller)).json()) == 1
    usual = await api.call("POST", f"{TEA}/announcements/usual", api.tea_seller)
    assert [one["kind"] for one in usual.json()] == ["todays_list", "days_summary", "closing_soon"]


@pytest.mark.parametrize(
    "body", [{}, {"text": "x", "when": "cron * * * * *"}, {"text": "x", "kind": "song"}, {"text": "x", "repeats": 99}]
)
async def test_an_announcement_that_makes_no_sense(api, body) -> None:
    assert (await api.call("POST", f"{TEA}/announcements", api.tea_seller, json=body)).status_code == 422


async def test_directions_lead_to_open_groups_of_this_seller_only(api) -> None:
    code = await code_of(api)
    answer = await api.call("POST", f"/api/invitations/{code}/directions", json={"text": "想买龙井"})
    assert answer.json()["state"] == "sent"
    assert [way["group_id"] for way in answer.json()["ways"]] == ["tea"]
