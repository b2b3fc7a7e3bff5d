"""The model's exam in the background of a server: one at a time, its result kept, its reasons told in Chinese too."""

import asyncio
import re
from dataclasses import replace

import pytest
from agent.test_exam import faithful, hostile, strong
from delivery.kit import open_store
from language_models.fake import Reply, fake_model
from sqlalchemy import select

from assistant.errors import Conflict, UsageError
from assistant.llm.access import ModelAccess
from assistant.llm.roles import set_role, standing
from assistant.models import Audit
from assistant.runs.exam import ExamDesk, ExamState
from assistant.settings import LanguageModelSettings
from assistant.web.console.told import told_line
from assistant.web.console.views.settings import exam_share


@pytest.fixture
async def yidan(tmp_path):
    opened = await open_store(tmp_path)
    yield opened
    await opened.close()


def with_model(yidan, model):
    return replace(yidan, model=ModelAccess(LanguageModelSettings(base_url=model.base_url, model="fake")))


async def ended(desk: ExamDesk) -> ExamState:
    async with asyncio.timeout(60):
        while desk.state.running:
            await asyncio.sleep(0.02)
    return desk.state


async def now_of(yidan):
    async with yidan.database.read() as session:
        return await standing(session, yidan.model.settings)


async def test_its_result_is_kept_with_who_asked_for_it(yidan) -> None:
    with fake_model(strong) as model:
        yidan = with_model(yidan, model)
        desk, seen = ExamDesk(yidan), set()
        desk.start(by="lan")
        with pytest.raises(Conflict):
            desk.start(by="lan")
        while desk.state.running:
            seen.add((desk.state.stage, desk.state.of))
            await asyncio.sleep(0.005)
    now = await now_of(yidan)
    assert (desk.state, now.role, now.earned) == (ExamState(), "agent", "agent")
    assert {stage for stage, _ in seen} >= {"faithfulness", "decisions"} and now.report["reasons"]
    async with yidan.database.read() as session:
        [audit] = await session.scalars(select(Audit).where(Audit.action == "model.exam"))
    assert (audit.actor, audit.details) == ("lan", {"earned": "agent"})


async def test_one_that_does_not_work_any_more_keeps_what_it_had_and_says_why(yidan) -> None:
    plays = [faithful]
    with fake_model(lambda request: plays[-1](request)) as model:
        yidan = with_model(yidan, model)
        desk = ExamDesk(yidan)
        desk.start(by="lan")
        await ended(desk)
        async with yidan.database.write() as session:
            await set_role(session, yidan.model.settings, "none", actor="lan", now=yidan.clock.now())
        plays.append(lambda request: Reply(status=500))
        desk.start(by="lan")
        state = await ended(desk)
    assert told_line(state.error, "zh-CN") == "模型那边报错（500）", state.error
    now = await now_of(yidan)
    assert (now.role, now.earned) == ("none", "composer")


async def test_a_server_that_stops_keeps_nothing_of_it(yidan) -> None:
    with fake_model(lambda request: Reply("hi", wait=5)) as model:
        yidan = with_model(yidan, model)
        desk = ExamDesk(yidan)
        desk.start(by="lan")
        await asyncio.sleep(0.05)
        await desk.stop()
    assert not desk.state.running and (await now_of(yidan)).at is None


async def test_without_a_model_there_is_nothing_to_examine(yidan) -> None:
    with pytest.raises(UsageError):
        ExamDesk(yidan).start(by="lan")


@pytest.mark.parametrize("play", [strong, faithful, hostile, lambda request: Reply("blah blah")])
async def test_why_it_earned_what_it_did_is_told_in_chinese(yidan, play) -> None:
    with fake_model(play) as model:
        yidan = with_model(yidan, model)
        desk = ExamDesk(yidan)
        desk.start(by="lan")
        await ended(desk)
    for reason in (await now_of(yidan)).report["reasons"]:
        assert not re.search("[A-Za-z]", told_line(reason, "zh-CN")), reason
        assert told_line(reason, "en") == reason


def test_the_bar_only_grows() -> None:
    steps = [("hello", 1, 1), ("faithfulness", 1, 12), ("faithfulness", 12, 12), ("decisions", 1, 14)]
    shares = [exam_share(*step) for step in [*steps, ("decisions", 14, 14)]]
    assert shares == sorted(shares) and 0 < shares[0] < shares[-1] < 1
