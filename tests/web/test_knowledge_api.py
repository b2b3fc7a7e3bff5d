"""Catalogue drafts, trials, imports, history, copies, open questions and runs over the API."""

from datetime import timedelta

import pytest
from delivery.kit import NOW
from runs.test_service import Played, report

from assistant.knowledge.records import EntryRecord
from assistant.models import Member, Message, Turn

TEA = "/api/groups/tea"


async def ask(api, text: str, *, by: str = "阿梅") -> None:
    """A question that was handed over because the records did not answer it."""
    async with api.server.yidan.database.write() as session:
        member = Member(group_id="tea", channel="x", external_id=f"{by}{text}", nickname=by, joined_at=NOW)
        session.add(member)
        await session.flush()
        values = {"group_id": "tea", "member_id": member.id}
        message = Message(channel="x", external_id=f"{by}{text}", text=text, sent_at=NOW, **values)
        session.add(message)
        await session.flush()
        told = {"action": "handoff", "reason": "missing_knowledge", "responder": "rules", "intent": "", "text": ""}
        at = NOW - timedelta(hours=1)
        session.add(Turn(message_id=message.id, at=at, memory={}, outcome={"sources": []}, **told, **values))


async def test_a_product_is_drafted_published_and_its_history_told(api) -> None:
    body = {"name": "龙井", "price": "188.00", "unit": "斤", "stock": 10}
    drafted = await api.call("PUT", f"{TEA}/draft/products/A01", api.tea_seller, json=body)
    assert drafted.status_code == 200 and drafted.json()["price"] == "188.00", drafted.text
    [live] = (await api.call("GET", f"{TEA}/products", api.tea_seller)).json()
    assert live["price"] == "198.00"
    yidan = api.server.yidan
    await yidan.drafts.publish("tea", await yidan.drafts.state("tea"), by="老王", details={})
    [newest, _] = (await api.call("GET", f"{TEA}/history?id=sku:a01", api.tea_seller)).json()
    [change] = newest["changes"]
    assert (change["before"]["price"], change["after"]["price"], newest["by"]) == ("198.00", "188.00", "老王")
    back = await api.call("POST", f"{TEA}/history/1/restore", api.tea_seller, json={})
    assert [one["id"] for one in back.json()["changes"]] == ["sku:A01"]
    assert (await api.call("POST", f"{TEA}/history/77/restore", api.tea_seller, json={})).status_code == 404
    assert (await api.call("DELETE", f"{TEA}/draft/products/a01", api.tea_seller)).status_code == 204
    assert (await api.call("DELETE", f"{TEA}/draft/products/zz", api.tea_seller)).status_code == 404


async def test_an_import_is_looked_at_and_then_taken_into_the_draft(api) -> None:
    content = "id,question,answer\nprice,多少钱,龙井188元/斤\nnew,包邮吗,包邮\n"
    files = {"file": ("faq.csv", content.encode(), "text/csv")}
    seen = (await api.call("POST", f"{TEA}/draft/import?dry_run=true", api.tea_seller, files=files)).json()
    assert [(one["what"], one["id"]) for one in seen["changes"]] == [("changed", "price"), ("added", "new")]
    assert not seen["taken_in"] and not (await api.server.yidan.drafts.state("tea")).changes
    taken = (await api.call("POST", f"{TEA}/draft/import", api.tea_seller, files=files)).json()
    assert taken["taken_in"] and len((await api.server.yidan.drafts.state("tea")).changes) == 2
    bad = {"file": ("faq.csv", b"id,question,answer\na,,x\n", "text/csv")}
    told = (await api.call("POST", f"{TEA}/draft/import", api.tea_seller, files=bad)).json()
    assert not told["taken_in"] and "line 2" in told["problems"][0]


@pytest.mark.parametrize("name", ["entries.csv", "entries.xlsx", "entries.md", "products.csv", "products.xlsx"])
async def test_what_is_exported_imports_again_to_the_same(api, name: str) -> None:
    data = await api.call("GET", f"{TEA}/export/{name}", api.tea_seller)
    assert data.status_code == 200 and name in data.headers["content-disposition"]
    files = {"file": (name, data.content, data.headers["content-type"])}
    told = (await api.call("POST", f"{TEA}/draft/import?dry_run=true", api.tea_seller, files=files)).json()
    assert told["changes"] == [] and told["unchanged"] == 1, told


async def test_only_between_groups_of_one_seller_can_be_copied(api) -> None:
    body = {"source": "cookies"}
    assert (await api.call("POST", f"{TEA}/draft/copy", api.tea_seller, json=body)).status_code == 404
    assert (await api.call("POST", f"{TEA}/draft/copy", api.owner, json=body)).status_code == 422
    await api.server.yidan.knowledge.add_entry("tea", EntryRecord("a", "自己的", answer="x"), by="x")
    same = await api.call("POST", f"{TEA}/draft/copy", api.tea_seller, json={"source": "tea"})
    assert same.json()["changes"] == []


async def test_unanswered_questions_become_a_draft_with_the_askers_words(api) -> None:
    for by, text in (("阿梅", "能刻字吗"), ("小李", "能刻字吗？"), ("小张", "有停车位吗")):
        await ask(api, text, by=by)
    first, second = (await api.call("GET", f"{TEA}/unanswered", api.tea_seller)).json()
    assert (first["count"], first["members"], second["count"]) == (2, 2, 1)
    path = f"{TEA}/unanswered/{first['id']}/answer"
    assert (await api.call("POST", path, api.tea_seller, json={})).status_code == 422
    entry = (await api.call("POST", path, api.tea_seller, json={"answer": "可以，加10元。"})).json()
    assert entry["answer"] == "可以，加10元。"
    [change] = (await api.server.yidan.drafts.state("tea")).changes
    assert change.key == entry["id"]
    path = f"{TEA}/unanswered/{second['id']}/decide"
    assert (await api.call("POST", path, api.tea_seller, json={"state": "dismissed"})).status_code == 204
    assert (await api.call("GET", f"{TEA}/unanswered", api.tea_seller)).json() == []
    [dismissed] = (await api.call("GET", f"{TEA}/unanswered?state=dismissed", api.tea_seller)).json()
    assert dismissed["text"] == "有停车位吗"
    join = {"entry": "price"}
    path = f"{TEA}/unanswered/{second['id']}/answer"
    entry = (await api.call("POST", path, api.tea_seller, json=join)).json()
    assert entry["similar_questions"] == ["有停车位吗"]


async def test_runs_are_started_watched_read_and_compared(api) -> None:
    play = Played()
    play.reports = [report(a=True, b=True) | {"language": "en"}, report(a=True, b=False) | {"language": "en"}]
    api.server.runs._play = play
    [smoke] = (await api.call("GET", f"{TEA}/suites", api.tea_seller)).json()
    assert (smoke["name"], smoke["kind"]) == ("smoke", "smoke")
    for _ in range(2):
        started = await api.call("POST", f"{TEA}/runs", api.tea_seller, json={"suites": ["smoke"]})
        assert started.status_code == 202 and started.json()["status"] in ("waiting", "running")
        await api.server.runs.wait()
    second, first = (await api.call("GET", f"{TEA}/runs", api.tea_seller)).json()
    assert (first["passed"], second["passed"], second["cases"]) == (2, 1, 2)
    query = f"before={first['id']}&after={second['id']}"
    told = (await api.call("GET", f"{TEA}/runs/compare?{query}", api.tea_seller)).json()
    assert [one["id"] for one in told["broken"]] == ["b"] and told["p_value"] == 1.0
    page = await api.call("GET", f"{TEA}/runs/compare.html?{query}&language=zh-CN", api.tea_seller)
    assert page.headers["content-type"].startswith("text/html")
    data = (await api.call("GET", f"{TEA}/runs/{first['id']}/report", api.tea_seller)).json()
    assert data["suite"] == "prices"
    ended = await api.call("POST", f"{TEA}/runs/{first['id']}/stop", api.tea_seller)
    assert ended.status_code == 409
    assert (await api.call("GET", f"/api/groups/cookies/runs/{first['id']}", api.owner)).status_code == 404


PATHS = [
    ("PUT", "/draft/products/A01"),
    ("POST", "/try"),
    ("POST", "/draft/import"),
    ("GET", "/history"),
    ("POST", "/history/1/restore"),
    ("GET", "/unanswered"),
    ("POST", "/unanswered/1/answer"),
    ("GET", "/suites"),
    ("POST", "/runs"),
    ("GET", "/export/entries.csv"),
    ("GET", "/knowledge/figures"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_members_and_other_sellers_get_nothing(api, method: str, path: str) -> None:
    member = await api.join()
    assert (await api.call(method, TEA + path, member)).status_code == 403
    assert (await api.call(method, f"/api/groups/cookies{path}", api.tea_seller)).status_code == 404
    assert (await api.call(method, TEA + path)).status_code == 401
