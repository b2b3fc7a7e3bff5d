"""Evaluators judge what the assistant does; they learn nothing about whom it does it for, and touch nobody."""

import re

import pytest
from sqlalchemy import select

from assistant.accounts.permissions import may
from assistant.models import OpenQuestion, SurveyAnswer, Ticket, Turn
from assistant.web.auth import deed_of
from web.test_knowledge_api import ask
from web.test_roles import routes, token

TEA = "/api/groups/tea"
NAME, PHONE, HOME = "金丝雀小美", "13987654321", "梧桐里一路8号"
WORDS = "请问彩虹糖什么时候来"

JUDGED = ("/answers", "/turns/{turn_id}/case", "/tickets/{ticket_id}/offer")
"""Where words are what is judged: they stand there without personal data."""

CHANGES = {
    # Drafts, which members do not see.
    ("PUT", "/draft/entries/{key}"),
    ("DELETE", "/draft/entries/{key}"),
    ("PUT", "/draft/products/{sku}"),
    ("DELETE", "/draft/products/{sku}"),
    ("DELETE", "/draft"),
    ("POST", "/draft/import"),
    ("POST", "/history/{version}/restore"),
    ("POST", "/draft/copy"),
    # Trials, which store nothing.
    ("POST", "/try"),
    ("POST", "/suggestions/entry"),
    ("POST", "/announcements/preview"),
    # Suites and marks.
    ("POST", "/runs"),
    ("POST", "/runs/{run_id}/stop"),
    ("PUT", "/answers/{message_id}/mark"),
    ("DELETE", "/answers/{message_id}/mark"),
}


def open_to_evaluators(app) -> list[tuple[str, str]]:
    """Return method and path of each route that the role opens."""
    found = []
    for route in routes(app):
        deed = deed_of(route.endpoint)
        if deed is not None and may("evaluator", deed):
            found += [(method, route.path) for method in sorted(getattr(route, "methods", ()))]
    return found


def test_what_they_may_change_is_named(api) -> None:
    opened = {(method, path.removeprefix("/api/groups/{group_id}")) for method, path in open_to_evaluators(api.app)}
    assert {one for one in opened if one[0] != "GET"} == CHANGES


@pytest.fixture
async def known(api) -> dict[str, str]:
    """A member has left name, telephone, address and words wherever they can; return the ids to look them up by."""
    member = await api.join(NAME)
    await api.say(member, f"A01一斤，{NAME}，电话{PHONE}，寄到{HOME}")
    await api.say(member, f"human 我是{NAME}，电话{PHONE}，{WORDS}")
    await ask(api, WORDS, by=NAME)
    assert len((await api.call("GET", f"{TEA}/unanswered", api.tea_seller)).json()) == 1
    async with api.server.yidan.database.write() as session:
        answer = {"group_id": "tea", "stars": 5, "text": WORDS, "released": True}
        session.add_all(SurveyAnswer(id=str(number), **answer) for number in range(9))
        ticket = await session.scalar(select(Ticket))
        turn = await session.scalar(select(Turn.id).where(Turn.message_id == ticket.message_id))
        question = await session.scalar(select(OpenQuestion.id))
    sent = await api.call("POST", f"/api/tickets/{ticket.id}/answer", api.tea_seller, json={"text": "下周二到"})
    assert sent.status_code == 200, sent.text
    news = {"kind": "text", "text": "今晚八点截单", "when": "now"}
    await api.call("POST", f"{TEA}/announcements", api.tea_seller, json=news)
    return {
        "group_id": "tea",
        "key": "price",
        "sku": "A01",
        "form": "svg",
        "announcement_id": "1",
        "turn_id": str(turn),
        "ticket_id": str(ticket.id),
        "run_id": "1",
        "what": "entries",
        "format": "csv",
        "question_id": str(question),
    }


async def test_no_route_of_theirs_tells_who_wrote_or_what_was_asked(api, known) -> None:
    evaluator, read = await token(api, "evaluator"), []
    for method, path in open_to_evaluators(api.app):
        if method != "GET":
            continue
        filled = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: known.get(name[1], "1"), path)
        answer = await api.call("GET", filled + ("?silent=true" if path.endswith("/answers") else ""), evaluator)
        read += [path] if answer.status_code == 200 else []
        for word in (NAME, PHONE, HOME, *(() if path.endswith(JUDGED) else (WORDS,))):
            assert word not in answer.text, f"{path} tells {word}"
    assert len(read) > 25, read
    assert all(any(path.endswith(end) for path in read) for end in JUDGED)


async def test_what_members_asked_can_neither_be_read_off_nor_settled_by_a_guessed_id(api, known) -> None:
    evaluator, path = await token(api, "evaluator"), f"{TEA}/unanswered/{known['question_id']}"
    answered = await api.call("POST", f"{path}/answer", evaluator, json={"answer": "下周二到"})
    joined = await api.call("POST", f"{path}/answer", evaluator, json={"entry": "price"})
    dismissed = await api.call("POST", f"{path}/decide", evaluator, json={"state": "dismissed"})
    assert [one.status_code for one in (answered, joined, dismissed)] == [403, 403, 403]
    assert (await api.server.yidan.drafts.state("tea")).changes == ()
    [still] = (await api.call("GET", f"{TEA}/unanswered", await token(api, "helper"))).json()
    assert (still["text"], still["state"]) == (WORDS, "open")


async def test_they_see_the_surveys_stars_without_its_words(api, known) -> None:
    path = f"{TEA}/survey/results"
    shown = (await api.call("GET", path, await token(api, "helper"))).json()
    assert shown["shown"] and WORDS in shown["texts"]
    hidden = (await api.call("GET", path, await token(api, "evaluator"))).json()
    assert hidden == shown | {"texts": []}
