"""Roles over the API: each seller's route is a deed, and each caller does only what their role allows."""

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute

from assistant.accounts.permissions import ROLES, Deed, may
from assistant.accounts.service import NewAccount
from assistant.web import auth
from assistant.web.session import COOKIE

WORD = "a long enough word"


def routes(app):
    found = []

    def walk(routes):
        for route in routes:
            if isinstance(route, (APIRoute, APIWebSocketRoute)):
                found.append(route)
            elif inner := getattr(route, "original_router", None) or getattr(route, "router", None):
                walk(inner.routes)

    walk(app.routes)
    return found


def asks_who_calls(dependant) -> bool:
    """Tell whether a route's dependencies look at the caller."""
    lookers = (auth.seller, auth.sellers_group, auth.participant, auth.any_caller)
    return dependant.call in lookers or any(asks_who_calls(one) for one in dependant.dependencies)


def test_every_route_that_a_seller_may_call_says_which_deed_it_is(api):
    asking = [route for route in routes(api.app) if asks_who_calls(route.dependant)]
    assert len(asking) > 80
    silent = [route.path for route in asking if auth.deed_of(route.endpoint) is None]
    assert silent == []


async def token(api, role: str, seller: str = "老王茶铺") -> str:
    return await api.server.access.create_seller(seller, label=role, role=role)


@pytest.mark.parametrize(
    ("method", "path", "deed"),
    [
        ("GET", "/api/groups/tea", Deed.READ),
        ("GET", "/api/groups/tea/members", Deed.MEMBERS),
        ("GET", "/api/groups/tea/messages", Deed.MEMBERS),
        ("GET", "/api/groups/tea/orders", Deed.MEMBERS),
        ("GET", "/api/groups/tea/answers", Deed.EVALUATE),
        ("GET", "/api/groups/tea/unanswered", Deed.MEMBERS),
        ("GET", "/api/groups/tea/bills", Deed.MONEY),
        ("GET", "/api/groups/tea/archive", Deed.ERASE),
        ("POST", "/api/groups/tea/answers/learn", Deed.MODEL),
        ("POST", "/api/groups/tea/close", Deed.GROUP),
    ],
)
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_what_it_is_for_and_nothing_else(api, role, method, path, deed):
    answer = await api.call(method, path, await token(api, role))
    assert (answer.status_code == 403) is not may(role, deed), answer.text


async def test_an_evaluator_neither_answers_nor_publishes(api):
    evaluator = await token(api, "evaluator")
    said = await api.call("POST", "/api/groups/tea/messages", evaluator, json={"text": "hello"})
    entry = {"question": "q", "answer": "a", "category": "other"}
    made = await api.call("PUT", "/api/groups/tea/entries/price", evaluator, json=entry)
    drafted = await api.call("PUT", "/api/groups/tea/draft/entries/new", evaluator, json=entry)
    published = await api.call("POST", "/api/groups/tea/publish", evaluator, json={})
    assert [one.status_code for one in (said, made, drafted, published)] == [403, 403, 200, 403]


async def test_an_evaluator_marks_answers_without_seeing_whose_they_are(api):
    evaluator, helper = await token(api, "evaluator"), await token(api, "helper")
    said = await api.say(await api.join("阿梅"), "我是阿梅，电话13987654321，龙井多少钱")
    path = "/api/groups/tea/answers"
    [seen] = (await api.call("GET", f"{path}?silent=true", helper)).json()
    assert seen["member"] == "阿梅" and "13987654321" in seen["text"]
    [hidden] = (await api.call("GET", f"{path}?silent=true", evaluator)).json()
    marked = await api.call("PUT", f"{path}/{said['message_id']}/mark", evaluator, json={"good": True})
    for answer in (hidden, marked.json()):
        assert answer["message_id"] == said["message_id"] and "龙井多少钱" in answer["text"]
        assert "阿梅" not in str(answer) and "13987654321" not in str(answer)


async def test_a_helper_of_one_seller_finds_no_group_of_another(api):
    helper = await token(api, "helper")
    assert (await api.call("GET", "/api/groups/cookies/orders", helper)).status_code == 404
    assert [one["id"] for one in (await api.call("GET", "/api/groups", helper)).json()] == ["tea"]


async def signed_in(api, role: str = "owner", seller: str = "老王茶铺") -> str:
    await api.server.accounts.create(NewAccount(role, WORD, role), by="test", seller=seller)
    return await api.server.sessions.sign_in(role, WORD)


class TestSignedInBrowsers:
    async def test_reading_needs_only_the_cookie(self, api):
        api.client.cookies.set(COOKIE, await signed_in(api))
        assert (await api.call("GET", "/api/groups/tea/orders")).status_code == 200
        assert (await api.call("GET", "/api/groups/cookies/orders")).status_code == 404

    async def test_what_changes_something_needs_the_sessions_secret(self, api):
        session = await signed_in(api)
        api.client.cookies.set(COOKIE, session)
        bare = await api.call("POST", "/api/groups/tea/messages", json={"text": "大家好"})
        forged = await api.call(
            "POST", "/api/groups/tea/messages", json={"text": "大家好"}, headers={auth.CSRF_HEADER: "made-up"}
        )
        assert (bare.status_code, forged.status_code) == (403, 403)
        secret = (await api.server.sessions.person(session)).csrf
        said = await api.call(
            "POST", "/api/groups/tea/messages", json={"text": "大家好"}, headers={auth.CSRF_HEADER: secret}
        )
        assert said.status_code == 200

    async def test_a_session_of_somebody_demoted_is_over(self, api):
        session = await signed_in(api)
        await api.server.accounts.create(NewAccount("second", WORD), by="test", seller="老王茶铺")
        api.client.cookies.set(COOKIE, session)
        await api.server.accounts.set_role("owner", "helper", by="test")
        assert (await api.call("GET", "/api/groups/tea/orders")).status_code == 401

    async def test_a_tampered_cookie_opens_nothing(self, api):
        session = await signed_in(api)
        api.client.cookies.set(COOKIE, session[:-2] + ("aa" if not session.endswith("aa") else "bb"))
        assert (await api.call("GET", "/api/groups")).status_code == 401

    async def test_a_token_goes_before_the_cookie(self, api):
        api.client.cookies.set(COOKIE, await signed_in(api))
        member = await api.join()
        assert (await api.call("GET", "/api/groups/tea/tickets", member)).status_code == 403


async def test_joining_too_often_is_answered_with_a_wait(api):
    for number in range(60):
        answer = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": f"n{number}"})
        assert answer.status_code in (201, 409)
    while answer.status_code != 429:  # the bucket fills while it is emptied
        answer = await api.call("POST", "/api/groups/tea/join", api.tea_join, json={"nickname": "again"})
    assert int(answer.headers["Retry-After"]) >= 1
    chinese = await api.call(
        "POST", "/api/groups/tea/join", api.tea_join, json={"nickname": "x"}, headers={"Accept-Language": "zh-CN"}
    )
    assert "稍等" in chinese.json()["error"]["message"]
