"""A publication: the suite is run before and after, and a draft that breaks cases stays one."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from delivery.kit import NOW, open_store
from sqlalchemy import select

from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import BadFile, Conflict, NotFound, UsageError
from assistant.knowledge.records import EntryRecord
from assistant.models import Audit
from assistant.publishing.service import NAME, Wish, publish
from assistant.publishing.suites import drop_suite, keep_suite, kept_suites
from assistant.publishing.wire import publication_json
from assistant.retrieval.embedder import HashEmbedder

SUITE = """suite: prices
group: ignored
now: 2026-05-20T10:00:00+08:00
cases:
  - id: by-keyword
    turns:
      - from: 小李
        text: 价格
        expect: {action: answer, contains_all: ["198"]}
  - id: chatter
    turns:
      - from: 小李
        text: 今天天气真好
        expect: {action: silent}
"""


@pytest.fixture
async def yidan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yidan]:
    # The suite's benches are to be as light as the store.
    monkeypatch.setattr("assistant.evaluation.engine.default_embedder", lambda _: HashEmbedder(384))
    yidan = await open_store(tmp_path / "home", clock=FixedClock(NOW))
    yield yidan
    await yidan.close()


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(SUITE, encoding="utf-8")
    return path


async def _draft(yidan: Yidan, **changes: object) -> None:
    entry = (await yidan.drafts.state("tea")).drafted.entry("price")
    assert entry
    await yidan.drafts.save_entry("tea", replace(entry, **changes), by="laowang")


async def _answer(yidan: Yidan) -> str:
    entry = (await yidan.knowledge.knowledge("tea")).entry("price")
    return entry.answer if entry else ""


async def _audit(yidan: Yidan) -> dict:
    async with yidan.database.read() as session:
        [told] = list(await session.scalars(select(Audit).where(Audit.action == "publish_draft")))
    return told.details


async def test_a_draft_that_breaks_a_case_stays_a_draft(yidan: Yidan, suite: Path) -> None:
    await _draft(yidan, answer="龙井价格面议")
    came = await publish(yidan, "tea", Wish(by="laowang", suites=(suite,)))
    assert (came.version, came.refusals) == (None, ("broken",))
    assert await _answer(yidan) == "龙井198元/斤"
    told = publication_json(came)
    assert json.dumps(told) and not told["published"]
    [broken] = told["broken"]
    assert broken["id"] == "by-keyword"
    assert (broken["turns"][0]["before"], broken["turns"][0]["after"]) == ("龙井198元/斤", "龙井价格面议")


async def test_force_publishes_it_and_is_on_record(yidan: Yidan, suite: Path) -> None:
    await _draft(yidan, answer="龙井价格面议")
    came = await publish(yidan, "tea", Wish(by="laowang", suites=(suite,), force=True))
    assert came.version and came.refusals == ("broken",)
    assert await _answer(yidan) == "龙井价格面议"
    details = await _audit(yidan)
    assert details["forced"] == ["broken"] and details["broken"] == ["by-keyword"]
    assert (details["passed_before"], details["passed_after"]) == (2, 1)


async def test_a_harmless_draft_is_published_with_the_kept_suite(yidan: Yidan, suite: Path) -> None:
    keep_suite(yidan.settings.home, await yidan.groups.folder("tea"), suite)
    await _draft(yidan, answer="龙井198元/斤，两斤起发货。")
    came = await publish(yidan, "tea", Wish(by="laowang"))
    assert came.version and not came.refusals and came.trial.suites == ("prices",)
    assert "forced" not in await _audit(yidan)
    with pytest.raises(Conflict, match="no draft"):
        await publish(yidan, "tea", Wish(by="laowang"))


async def test_a_dry_run_writes_nothing(yidan: Yidan, suite: Path) -> None:
    await _draft(yidan, answer="龙井198元/斤，包邮。")
    came = await publish(yidan, "tea", Wish(by="x", suites=(suite,), dry_run=True))
    assert came.version is None and not came.refusals
    assert (await yidan.drafts.state("tea")).changes


async def test_without_a_suite_what_both_states_promise_is_tried(yidan: Yidan) -> None:
    await _draft(yidan, answer="龙井198元/斤，包邮。")
    came = await publish(yidan, "tea", Wish(by="x", dry_run=True))
    assert came.trial.suites == (NAME,) and came.trial.generated
    assert came.trial.comparison and came.trial.comparison.common > 10
    assert not came.refusals


async def test_new_findings_are_told_and_refused_only_when_strict(yidan: Yidan, suite: Path) -> None:
    await _draft(yidan, answer="龙井178元/斤，不是198。")
    came = await publish(yidan, "tea", Wish(by="x", suites=(suite,), strict=True))
    assert [finding.rule for finding in came.trial.fresh] == ["price.catalogue"]
    assert (came.version, came.refusals) == (None, ("errors",))
    assert (await publish(yidan, "tea", Wish(by="x", suites=(suite,)))).version
    assert (await _audit(yidan))["findings"] == [{"rule": "price.catalogue", "places": ["price", "sku:A01"]}]


async def test_what_changes_while_it_is_tested_is_not_published(yidan: Yidan, suite: Path) -> None:
    await _draft(yidan, answer="龙井198元/斤，包邮。")
    slow = yidan.drafts.publish

    async def meanwhile(*arguments: object, **more: object) -> int:
        await yidan.drafts.save_entry("tea", EntryRecord("new", "有网吗？", answer="没有"), by="mei")
        return await slow(*arguments, **more)  # type: ignore[arg-type]

    object.__setattr__(yidan.drafts, "publish", meanwhile)
    with pytest.raises(Conflict, match="meanwhile"):
        await publish(yidan, "tea", Wish(by="x", suites=(suite,)))
    assert await _answer(yidan) == "龙井198元/斤"


async def test_a_stale_draft_is_refused_before_anything_is_tested(yidan: Yidan) -> None:
    await _draft(yidan, answer="龙井198元/斤，包邮。")
    entry = (await yidan.knowledge.knowledge("tea")).entry("price")
    assert entry
    await yidan.knowledge.update_entry("tea", replace(entry, answer="龙井199元/斤"), by="mei")
    with pytest.raises(Conflict, match="price changed since"):
        await publish(yidan, "tea", Wish(by="x"))


class TestKeptSuites:
    async def test_kept_listed_and_dropped(self, yidan: Yidan, suite: Path) -> None:
        home, folder = yidan.settings.home, await yidan.groups.folder("tea")
        assert kept_suites(home, "tea") == []
        keep_suite(home, folder, suite)
        keep_suite(home, folder, suite)
        assert [path.name for path in kept_suites(home, "tea")] == ["prices.yaml"]
        assert kept_suites(home, "cookies") == []
        drop_suite(home, "tea", "prices")
        with pytest.raises(NotFound, match="no suite 'prices'"):
            drop_suite(home, "tea", "prices")

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (lambda text: "not: a suite", BadFile),
            (lambda text: text.replace("text: 价格", "image: ../other.png"), (BadFile, UsageError)),
        ],
    )
    async def test_what_cannot_be_run_is_not_kept(
        self, yidan: Yidan, suite: Path, change: Callable[[str], str], error: type[Exception]
    ) -> None:
        (suite.parent.parent / "other.png").write_bytes(b"")
        suite.write_text(change(SUITE), encoding="utf-8")
        with pytest.raises(error):
            keep_suite(yidan.settings.home, await yidan.groups.folder("tea"), suite)
        assert kept_suites(yidan.settings.home, "tea") == []
