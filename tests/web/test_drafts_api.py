"""Drafts over the API: sellers write, check and publish them; nobody else does."""

import pytest

from assistant.retrieval.embedder import HashEmbedder

ENTRY = {"question": "多少钱", "answer": "龙井198元/斤，包邮。", "category": "price", "keywords": ["价格"]}


@pytest.fixture(autouse=True)
def light_benches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.evaluation.engine.default_embedder", lambda _: HashEmbedder(384))


async def test_a_draft_from_the_first_word_to_the_members(api) -> None:
    written = await api.call("PUT", "/api/groups/tea/draft/entries/price", api.tea_seller, json=ENTRY)
    assert written.status_code == 200, written.text
    shown = (await api.call("GET", "/api/groups/tea/entries/price", api.tea_seller)).json()
    assert shown["answer"] == "龙井198元/斤"
    [change] = (await api.call("GET", "/api/groups/tea/draft", api.tea_seller)).json()["changes"]
    assert (change["id"], change["what"], change["after"]["answer"]) == ("price", "changed", ENTRY["answer"])
    check = (await api.call("GET", "/api/groups/tea/check", api.tea_seller)).json()
    assert check["draft"] and check["errors"] == 0
    tried = await api.call("POST", "/api/groups/tea/publish", api.tea_seller, json={"dry_run": True})
    assert tried.status_code == 200, tried.text
    assert tried.json()["published"] is False and tried.json()["cases"] > 10
    done = (await api.call("POST", "/api/groups/tea/publish", api.tea_seller, json={})).json()
    assert done["published"] and done["generated"] and done["broken"] == []
    shown = (await api.call("GET", "/api/groups/tea/entries/price", api.tea_seller)).json()
    assert shown["answer"] == ENTRY["answer"]
    again = await api.call("POST", "/api/groups/tea/publish", api.tea_seller, json={})
    assert again.status_code == 409 and "no draft" in again.json()["error"]["message"]


async def test_a_wrong_price_is_told_before_anybody_hears_it(api) -> None:
    await api.call(
        "PUT", "/api/groups/tea/draft/entries/price", api.tea_seller, json=ENTRY | {"answer": "龙井168元/斤"}
    )
    check = (await api.call("GET", "/api/groups/tea/check", api.tea_seller)).json()
    [finding] = check["findings"]
    assert (finding["rule"], finding["places"]) == ("price.catalogue", ["price", "sku:A01"])
    assert "198" in finding["message"]["en"] and finding["suggestion"]["zh-CN"]
    assert (await api.call("GET", "/api/groups/tea/check?published=true", api.tea_seller)).json()["findings"] == []
    strict = (await api.call("POST", "/api/groups/tea/publish", api.tea_seller, json={"strict": True})).json()
    assert strict["refusals"] == ["errors"] and not strict["published"]


async def test_drafted_removals_and_discarding(api) -> None:
    gone = await api.call("DELETE", "/api/groups/tea/draft/entries/price", api.tea_seller)
    assert gone.status_code == 204
    assert (await api.call("DELETE", "/api/groups/tea/draft/entries/nosuch", api.tea_seller)).status_code == 404
    await api.call("PUT", "/api/groups/tea/draft/entries/wifi", api.tea_seller, json=ENTRY | {"question": "有网吗"})
    dropped = await api.call("DELETE", "/api/groups/tea/draft?id=wifi", api.tea_seller)
    assert dropped.json() == {"discarded": ["wifi"]}
    assert (await api.call("DELETE", "/api/groups/tea/draft", api.tea_seller)).json() == {"discarded": ["price"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "draft"),
        ("PUT", "draft/entries/price"),
        ("DELETE", "draft/entries/price"),
        ("DELETE", "draft"),
        ("GET", "check"),
        ("POST", "publish"),
    ],
)
async def test_only_the_groups_seller(api, method: str, path: str) -> None:
    member = await api.join()
    body = {"json": ENTRY if "entries" in path else {}} if method in ("PUT", "POST") else {}
    assert (await api.call(method, f"/api/groups/tea/{path}", **body)).status_code == 401
    assert (await api.call(method, f"/api/groups/tea/{path}", member, **body)).status_code == 403
    assert (await api.call(method, f"/api/groups/cookies/{path}", api.tea_seller, **body)).status_code == 404
