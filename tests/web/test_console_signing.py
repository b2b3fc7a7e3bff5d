"""Signing in to the console over HTTP: forms with secrets, limits, one answer to wrong guesses, safe ways on."""

import re

import pytest

from assistant.accounts.service import NewAccount
from assistant.web.console import signing
from assistant.web.session import COOKIE, safe_next

WORD = "a long enough word"


@pytest.fixture
async def door(api):
    """The API with the console's plain pages; wang can sign in."""
    api.app.include_router(signing.router)
    await api.server.accounts.create(NewAccount("wang", WORD), by="test")
    return api


async def form(door, path: str = "/console/sign-in", **headers) -> str:
    """Open a form and return its secret."""
    page = await door.client.get(path, headers=headers)
    assert page.status_code == 200, page.headers
    return re.search(r'name="secret" value="([^"]+)"', page.text)[1]


async def sign_in(door, password: str = WORD, login: str = "wang", **more):
    secret = more.pop("secret", None) or await form(door)
    return await door.client.post(
        "/console/sign-in", data={"login": login, "password": password, "secret": secret}, **more
    )


async def test_who_signs_in_gets_a_cookie_that_no_script_and_no_other_site_has(door):
    answer = await sign_in(door)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert (await door.call("GET", "/api/groups")).status_code == 200


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong wrong"), ("nobody", WORD)])
async def test_wrong_guesses_are_answered_alike(door, login, password):
    answer = await sign_in(door, password, login)
    assert answer.status_code == 403 and "用户名或密码不对" in answer.text
    assert COOKIE not in answer.cookies


async def test_after_five_wrong_guesses_even_the_right_word_waits(door):
    for _ in range(5):
        assert (await sign_in(door, "wrong wrong")).status_code == 403
    answer = await sign_in(door)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0 and "秒后再试" in answer.text
    assert COOKIE not in answer.cookies


async def test_a_form_of_another_site_signs_nobody_in(door):
    secret = await form(door)
    for more in ({"secret": "made-up"}, {"secret": secret, "headers": {"Sec-Fetch-Site": "cross-site"}}):
        answer = await sign_in(door, **more)
        assert answer.status_code == 403 and COOKIE not in answer.cookies


async def test_the_page_speaks_what_the_browser_asks_for_and_says_what_was_typed_as_text(door):
    english = await door.client.get("/console/sign-in", headers={"Accept-Language": "en-GB,en"})
    assert 'lang="en"' in english.text and "Sign in to the seller" in english.text
    answer = await sign_in(door, "x", login='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text and "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("target", "on"),
    [
        ("/console/orders?group=tea", "/console/orders?group=tea"),
        ("https://evil.example/console/", "/console/"),
        ("//evil.example/console/", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/\\evil.example", "/console/"),
        ("/api/groups", "/console/"),
        ("/console/\r\nSet-Cookie: a=b", "/console/"),
    ],
)
def test_it_leads_on_only_within_the_console(target, on):
    assert safe_next(target) == on


class TestFirstAccount:
    @pytest.fixture
    async def fresh(self, api):
        api.app.include_router(signing.router)
        return api

    async def make(self, fresh, code: str = ""):
        secret = await form(fresh, "/console/first")
        data = {"login": "wang", "password": WORD, "secret": secret, "code": code}
        return await fresh.client.post("/console/first", data=data)

    async def test_from_elsewhere_it_needs_the_code(self, fresh):
        assert (await self.make(fresh)).status_code == 403
        assert not await fresh.server.accounts.any()
        answer = await self.make(fresh, fresh.server.setup_code)
        assert answer.status_code == 303 and answer.headers["location"] == "/console/start"
        assert [one.role for one in await fresh.server.accounts.list()] == ["owner"]

    async def test_once_somebody_can_sign_in_there_is_no_first_one(self, door):
        assert (await door.client.get("/console/first")).headers["location"] == "/console/sign-in"
        page = await door.client.get("/console/sign-in")
        secret = re.search(r'name="secret" value="([^"]+)"', page.text)[1]
        data = {"login": "mallory", "password": WORD, "secret": secret, "code": door.server.setup_code}
        assert (await door.client.post("/console/first", data=data)).status_code == 422
        assert [one.login for one in await door.server.accounts.list()] == ["wang"]
