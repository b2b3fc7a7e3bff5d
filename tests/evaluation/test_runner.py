"""Suites made in memory, in groups that are handed in; what a case is given, and what is held out of it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.evaluation.case import Case, Persona
from assistant.evaluation.compare import compare_results
from assistant.evaluation.engine import Engine, job_of
from assistant.evaluation.personas import ModelMember
from assistant.evaluation.results import CaseResult
from assistant.evaluation.runner import run_suite, run_suites
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.llm.access import Written
from assistant.llm.tokens import Usage
from assistant.turn.outcome import Outcome

NOW = datetime.fromisoformat("2026-05-20T10:00:00+08:00")


def group(*, answer: str = "在西湖边。") -> GroupFolder:
    settings = GroupSettings(id="stall", name="小摊", seller="老王", assistant_name="小二")
    entry = EntryRecord("where", "你们在哪里？", ("地址是哪儿", "店开在什么位置"), answer, "delivery")
    product = ProductRecord("A01", "龙井", price=Decimal("198.00"), unit="斤", stock=5, per_member_limit=3)
    return GroupFolder(settings, Knowledge((entry,), (product,)))


def case(id: str, text: str = "A01 1斤", **fields: Any) -> Case:
    expect = {"action": fields.pop("action", "order"), "contains_all": fields.pop("says", [])}
    return Case.model_validate({"id": id, "turns": [{"from": "小李", "text": text, "expect": expect}], **fields})


def suite(*cases: Case) -> Suite:
    return Suite(name="made", now=NOW, cases=cases)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def played(engine: Engine, *cases: Case) -> list[CaseResult]:
    home = engine.prepare(job_of(suite(*cases), group())).result()
    return [engine.run(home, number).result() for number in range(len(cases))]


class TestGroupsThatAreHandedIn:
    def test_the_same_cases_before_and_after_an_edit(self) -> None:
        cases = suite(case("where", "你们在哪里？", action="answer", says=["西湖"]))
        before, after = (run_suite(cases, group=group(answer=said)) for said in ("在西湖边。", "不告诉你。"))
        comparison = compare_results([before], [after])
        assert [change.id for change in comparison.broken] == ["where"]
        assert "西湖" in comparison.broken[0].why
        assert (before.group, before.language) == ("小摊", "zh-CN")

    def test_a_suite_without_a_group_says_so(self) -> None:
        with pytest.raises(UsageError, match="needs a group"):
            run_suite(suite(case("a")))

    async def test_inside_a_running_loop(self) -> None:
        result = await asyncio.to_thread(run_suite, suite(case("a")), group=group())
        assert result.passed == 1


class TestWhatACaseIsGiven:
    ORDER = {"member": "大刘", "items": [{"sku": "A01", "quantity": 3}]}  # noqa: RUF012

    def test_given_orders_take_stock_and_are_in_the_end_state(self, engine: Engine) -> None:
        given = {"orders": [self.ORDER]}
        lines = [{"member": "小李", "items": [{"sku": "A01", "quantity": 2}]}, self.ORDER]
        full, past = played(
            engine,
            case("full", "A01 2斤", given=given, final={"orders": lines}),
            case("past", "A01 3斤", action=["clarify", "answer"], given=given, final={"orders": [self.ORDER]}),
        )
        assert full.passed, full.why
        assert past.passed, past.why

    def test_two_cases_with_other_orders_do_not_share_a_ledger(self, engine: Engine) -> None:
        other = {"member": "大刘", "items": [{"sku": "A01", "quantity": 1}]}
        results = played(
            engine,
            case("past", "A01 3斤", action=["clarify", "answer"], given={"orders": [self.ORDER]}),
            case("fits", "A01 3斤", given={"orders": [other]}),
            case("alone", "A01 3斤", final={"orders": [{"member": "小李", "items": [{"sku": "A01", "quantity": 3}]}]}),
        )
        assert [result.why for result in results] == ["", "", ""]

    def test_given_warnings_count(self, engine: Engine) -> None:
        (result,) = played(engine, case("warned", given={"strikes": {"小李": 2}}, final={"strikes": {"小李": 2}}))
        assert result.passed, result.why

    def test_an_unknown_product_fails_the_case(self, engine: Engine) -> None:
        wrong = {"orders": [{"member": "大刘", "items": [{"sku": "Z9", "quantity": 1}]}]}
        (result,) = played(engine, case("wrong", given=wrong))
        assert "no product Z9" in result.why


class TestHoldingOut:
    def test_a_similar_question_is_unknown_in_its_case_alone(self, engine: Engine) -> None:
        text = "店开在什么位置"
        known, held, again = played(
            engine,
            case("known", text, action="answer"),
            case("held", text, action="answer", held_out={"where": [text]}),
            case("again", text, action="answer"),
        )
        sources = [result.turns[0].outcome.sources[0].score for result in (known, again)]  # type: ignore[union-attr]
        assert sources == [0.99, 0.99]
        outcome = held.turns[0].outcome
        assert outcome is not None
        assert not outcome.sources or outcome.sources[0].score < 0.99


class TestSimulatedMembers:
    def talk(self, **fields: Any) -> Case:
        return Case.model_validate({"id": "talk", **fields})

    def test_a_member_answers_what_is_asked_until_the_order_is_there(self, engine: Engine) -> None:
        member = {
            "from": "小李",
            "goal": "买两斤龙井",
            "says": ["来两斤"],
            "facts": {"product": "龙井", "quantity": "两斤"},
            "wants": "order",
        }
        final = {"orders": [{"member": "小李", "items": [{"sku": "A01", "quantity": 2}]}], "tickets": []}
        (result,) = played(engine, self.talk(members=[member], final=final))
        assert result.passed, (result.why, [(t.text, t.outcome and t.outcome.text) for t in result.turns])

    def test_who_does_not_get_what_they_want_fails_the_case(self, engine: Engine) -> None:
        member = {"from": "小李", "goal": "退款", "says": ["你好"], "wants": "refund", "patience": 2}
        (result,) = played(engine, self.talk(members=[member]))
        assert "小李 wanted refund" in result.why

    def test_members_take_turns(self, engine: Engine) -> None:
        members = [{"from": name, "goal": "聊天", "says": [f"{name}来了", f"{name}走了"]} for name in ("小李", "大刘")]
        (result,) = played(engine, self.talk(members=members))
        assert [turn.sender for turn in result.turns] == ["小李", "大刘", "小李", "大刘"]
        assert len({turn.at for turn in result.turns}) == 4


class Echo:
    """A language model that writes what it was given to write."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.heard = list(lines), list[str]()

    async def write(self, lines: list[tuple[str, str]], **_: object) -> Written:
        self.heard.append(lines[-1][1])
        return Written(self.lines.pop(0), Usage(), 0.0, 0.0)


class TestMembersPlayedByAModel:
    async def test_it_writes_line_by_line_until_it_has_what_it_wants(self) -> None:
        persona = Persona.model_validate(
            {"from": "小李", "goal": "买茶", "says": ["在吗"], "facts": {"quantity": "两斤"}}
        )
        model = Echo("来点龙井", "两斤", "DONE")
        member = ModelMember(persona, model, seller="老王", language="zh-CN")  # type: ignore[arg-type]
        first = await member.line(None)
        second = await member.line(Outcome("clarify", text="要几斤？"))
        assert (first and first.text, second and second.text) == ("来点龙井", "两斤")
        assert await member.line(Outcome("order", text="已登记")) is None
        assert model.heard == ["(begin)", "(要几斤？)", "(已登记)"]

    def test_without_a_model_there_is_nobody_to_play(self) -> None:
        talk = Case.model_validate({"id": "t", "members": [{"from": "x", "goal": "y", "says": ["z"]}]})
        with pytest.raises(UsageError, match="language model is needed"):
            run_suites([(suite(talk), group())], jobs=1, played_by_model=True)


def test_images_lie_beside_the_suite(tmp_path: Path) -> None:
    turn = Case.model_validate({"id": "a", "turns": [{"from": "x", "image": "p.png"}]}).turns[0]
    assert Suite(name="s", path=tmp_path / "s.yaml", now=NOW, cases=()).image_path(turn) == tmp_path / "p.png"
