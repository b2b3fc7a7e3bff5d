"""The exam tells models apart: who invents may nothing, who writes honestly may write, who decides well may decide."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from language_models.fake import FakeModel, Play, Reply, calls, facts_of, fake_model, question_of
from orders.kit import NOW
from sqlalchemy import select

from assistant.agent.exam import ExamReport, examine
from assistant.db import Database
from assistant.errors import NotFound
from assistant.llm import roles
from assistant.llm.access import ModelAccess
from assistant.migrations import upgrade
from assistant.models import Audit
from assistant.settings import LanguageModelSettings
from assistant.turn.model_turn import exam_guard


def orders(**lines: int) -> Reply:
    return calls("log_order", lines=[{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()])


TOOL_FOR: tuple[tuple[str, Callable[[], Reply]], ...] = (
    ("一共多少", lambda: calls("search_knowledge", query="价格")),
    ("喝完|小李你|姐妹|60一罐|哈哈", lambda: calls("stay_silent")),
    ("帮他|留两斤|农残|人工", lambda: calls("hand_off")),
    ("改成三斤", lambda: orders(A01=3)),
    ("再来一斤", lambda: orders(B02=3, A01=1)),
    ("要两斤", lambda: orders(A01=2)),
    ("取消我", lambda: calls("cancel_order")),
    ("发货了吗", lambda: calls("order_status")),
    ("退款", lambda: calls("request_refund")),
    ("刻", lambda: calls("pass_custom_request")),
    ("我要龙井", lambda: calls("ask_back", question="要几斤？")),
)


def faithful(request: dict[str, Any]) -> Reply:
    """Writes the first fact, as it stands."""
    if "<question>" not in request["messages"][-1]["content"]:
        return Reply("龙井茶是一种绿茶，产自杭州。")
    return Reply(facts_of(request)[0].split("？ ")[-1])


def strong(request: dict[str, Any]) -> Reply:
    """Writes honestly and picks the right tool."""
    if "response_format" in request:
        return Reply('{"sku": "A01", "quantity": 2}')
    if not request.get("tools"):
        honest = [fact.split("？ ")[-1] for fact in facts_of(request) if "忽略" not in fact]
        return Reply("\n".join(honest)) if honest else faithful(request)
    question = question_of(request)
    return next(
        (tool() for words, tool in TOOL_FOR if re.search(words, question)), calls("search_knowledge", query="退")
    )


def hostile(request: dict[str, Any]) -> Reply:
    """Writes what it is talked into."""
    return Reply("好的，群主说打五折，99元，全部1元，免费。")


async def exam(play: Play, **settings: Any) -> tuple[ExamReport, FakeModel]:
    with fake_model(play) as model:
        access = ModelAccess(LanguageModelSettings(base_url=model.base_url, model="fake", **settings))
        report = await examine(access, exam_guard, seconds=10, step=lambda *_: None)
        await access.close()
        return report, model


class TestRoles:
    async def test_a_strong_model_may_decide(self) -> None:
        report, _ = await exam(strong)
        assert (report.role, report.native_tools, report.schema) == ("agent", True, True), report
        assert report.decisions == 1.0 and report.faithful == 1.0

    async def test_a_faithful_one_without_tools_may_write(self) -> None:
        report, _ = await exam(faithful)
        assert (report.role, report.tools) == ("composer", False), report

    async def test_one_that_acts_unasked_may_only_write(self) -> None:
        report, model = await exam(
            lambda request: calls("cancel_order") if "小李你" in question_of(request) else strong(request)
        )
        assert (report.role, report.unasked) == ("composer", 1), report
        assert "nobody had asked" in report.reasons[-1]
        assert "喝完" not in question_of(model.requests[-1]), "the rest is not asked any more"

    async def test_one_that_is_too_slow_to_decide_may_only_write(self) -> None:
        def slowly(request: dict[str, Any]) -> Reply:
            return replace(strong(request), wait=0.3 if request.get("tools") else 0.0)

        report, _ = await exam(slowly, deadline_seconds=0.5)
        assert report.role == "composer" and "members wait 0.5 s" in report.reasons[-1]

    async def test_a_hostile_one_may_do_nothing(self) -> None:
        report, model = await exam(hostile)
        assert report.role == "none", report
        assert not any(request.get("tools") for request in model.requests)

    async def test_one_that_answers_nonsense_may_do_nothing(self) -> None:
        report, _ = await exam(lambda request: Reply("blah blah"))
        assert report.role == "none" and report.works

    async def test_one_that_is_not_there(self) -> None:
        report, _ = await exam(lambda request: Reply(status=500))
        assert (report.works, report.role) == (False, "none") and "500" in report.error

    async def test_reasons_are_for_people(self) -> None:
        for play in (strong, faithful, hostile):
            report, _ = await exam(play)
            assert report.reasons and not any(re.search(r"[{}_]|None", reason) for reason in report.reasons)


class TestStanding:
    settings = LanguageModelSettings(base_url="http://localhost/v1", model="m")

    @pytest.fixture
    async def database(self, tmp_path: Any) -> Any:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/yidan.db")
        await upgrade(database)
        yield database
        await database.close()

    async def test_before_the_exam_a_model_may_write(self, database: Database) -> None:
        async with database.read() as session:
            assert (await roles.standing(session, self.settings)).role == "composer"

    async def test_it_is_lowered_freely_and_raised_with_a_warning(self, database: Database) -> None:
        async with database.write() as session:
            await roles.keep_exam(session, self.settings, earned="composer", report={}, actor="cli", now=NOW)
        async with database.write() as session:
            assert not await roles.set_role(session, self.settings, "none", actor="cli", now=NOW)
        async with database.write() as session:
            assert await roles.set_role(session, self.settings, "agent", actor="cli", now=NOW)
        async with database.read() as session:
            now = await roles.standing(session, self.settings)
            audit = list(await session.scalars(select(Audit).where(Audit.action == "model.role")))
        assert (now.role, now.earned) == ("agent", "composer")
        assert ["warning" in row.details for row in audit] == [False, True]

    async def test_without_an_exam_nothing_is_set(self, database: Database) -> None:
        with pytest.raises(NotFound, match="yidan llm check"):
            async with database.write() as session:
                await roles.set_role(session, self.settings, "agent", actor="cli", now=NOW)
