"""An address of the console that has no page: told in the reader's language, with a way on, and with its status."""

import pytest
from fastapi import FastAPI, HTTPException

from assistant.accounts.service import NewAccount
from assistant.web.console import plain
from assistant.web.session import COOKIE

WORD = "a long enough word"
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def console(api):
    """The API with an app below ``/console``, as the console stands there."""
    below = FastAPI()
    below.state.server = api.server
    below.add_exception_handler(404, plain.lost)

    @below.get("/_files/{name}")
    async def file(name: str) -> None:
        raise HTTPException(404, f"no file {name}")

    api.app.mount("/console", below)
    return api


@pytest.mark.parametrize(
    ("spoken", "told", "way"),
    [("zh-CN,zh;q=0.9", "没有这一页", "回今日首页"), ("en-GB,en", "There is no such page", "Back to Today")],
)
async def test_a_stranger_is_told_in_their_browsers_language(console, spoken, told, way):
    answer = await console.client.get("/console/nowhere", headers=HTML | {"accept-language": spoken})
    assert answer.status_code == 404
    assert told in answer.text and f'href="/console/">{way}</a>' in answer.text
    assert "script" not in answer.text


async def test_who_is_signed_in_is_told_in_their_own_language(console):
    await console.server.accounts.create(NewAccount("lan", WORD, language="en"), by="test")
    console.client.cookies.set(COOKIE, await console.server.sessions.sign_in("lan", WORD))
    answer = await console.client.get("/console/orders/old?x=1", headers=HTML | {"accept-language": "zh-CN"})
    assert answer.status_code == 404 and "There is no such page" in answer.text


async def test_what_is_no_page_is_answered_briefly(console):
    program = await console.client.get("/console/nowhere", headers={"accept": "*/*"})
    missing_file = await console.client.get("/console/_files/a.js", headers=HTML)
    assert [one.status_code for one in (program, missing_file)] == [404, 404]
    assert [one.json() for one in (program, missing_file)] == [{"detail": "Not Found"}, {"detail": "no file a.js"}]
