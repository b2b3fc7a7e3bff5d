"""Unanswered questions: one line for one meaning, however it is worded; answered once, open again when it has to be."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from delivery.kit import NOW, open_store
from sqlalchemy import delete, select

from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.errors import NotFound
from assistant.models import Mark, Member, Message, OpenQuestion, Turn
from assistant.questions.grouping import bare
from assistant.questions.service import QuestionService

HANDED = ("handoff", "missing_knowledge")


class Kit:
    def __init__(self, yidan: Yidan, clock: FixedClock, questions: QuestionService) -> None:
        self.yidan, self.clock, self.questions = yidan, clock, questions
        self._number = 0

    async def ask(self, text: str, *, by: str = "阿梅", group: str = "tea", came=HANDED, role: str = "member") -> int:
        self._number += 1
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        async with self.yidan.database.write() as session:
            member = await session.scalar(select(Member).where(Member.group_id == group, Member.nickname == by))
            if member is None:
                member = Member(group_id=group, channel="api", external_id=by, nickname=by, role=role, joined_at=NOW)
                session.add(member)
                await session.flush()
            now = self.clock.now()
            message = Message(
                group_id=group,
                member_id=member.id,
                channel="api",
                external_id=str(self._number),
                text=text,
                sent_at=now,
            )
            session.add(message)
            await session.flush()
            action, reason = came
            turn = Turn(
                message_id=message.id,
                group_id=group,
                member_id=member.id,
                at=now,
                action=action,
                responder="rules",
                intent="",
                reason=reason,
                text="",
                memory={},
                outcome={"sources": []},
            )
            session.add(turn)
            await session.flush()
            return turn.id


@pytest.fixture
async def kit(tmp_path: Path) -> AsyncIterator[Kit]:
    from assistant.retrieval.index import default_embedder

    clock = FixedClock(NOW)
    yidan = await open_store(tmp_path, clock=clock)
    yield Kit(yidan, clock, QuestionService(yidan.database, clock, default_embedder()))
    await yidan.close()


async def test_one_meaning_is_one_line_and_the_most_asked_comes_first(kit: Kit) -> None:
    for by, text in (
        ("阿梅", "可以刻字吗"),
        ("小李", "能不能刻字"),
        ("小张", "@茶小二 可以刻字吗？"),
        ("小张", "有停车位吗"),
        ("阿强", "能在上面刻名字吗"),
    ):
        await kit.ask(text, by=by)
    first, second = await kit.questions.list("tea")
    assert (first.count, first.members, first.text) == (4, 4, "可以刻字吗")
    assert set(first.phrasings) == {"可以刻字吗", "能不能刻字", "能在上面刻名字吗"}
    assert (second.count, second.text) == (1, "有停车位吗")


async def test_only_what_the_records_did_not_answer_counts(kit: Kit) -> None:
    await kit.ask("我要找人工", came=("handoff", "customer_request"))
    await kit.ask("多少钱", came=("answer", "found in the records"))
    await kit.ask("哈哈", came=("silent", "a reaction"))
    await kit.ask("可以刻字吗", by="老王", role="seller")
    await kit.ask("Can it be engraved?", group="cookies")
    assert await kit.questions.list("tea") == []
    [other] = await kit.questions.list("cookies")
    assert other.text == "Can it be engraved?"


async def test_a_silence_that_was_marked_bad_is_an_unanswered_question(kit: Kit) -> None:
    turn = await kit.ask("可以刻字吗", came=("silent", "nobody needs an answer"))
    async with kit.yidan.database.write() as session:
        session.add(Mark(group_id="tea", turn_id=turn, good=False, at=NOW, by="老王"))
    [question] = await kit.questions.list("tea")
    assert question.text == "可以刻字吗"


async def test_new_askings_join_without_embedding_the_old_ones_again(kit: Kit, monkeypatch) -> None:
    await kit.ask("可以刻字吗")
    await kit.questions.list("tea")
    embedded: list[str] = []
    queries = kit.questions._embedder.queries
    monkeypatch.setattr(kit.questions._embedder, "queries", lambda texts: embedded.extend(texts) or queries(texts))
    await kit.ask("能不能刻字", by="小李")
    [question] = await kit.questions.list("tea")
    assert (question.count, embedded) == (2, ["能不能刻字"])
    await kit.questions.list("tea")
    assert embedded == ["能不能刻字"]


async def test_answered_it_is_gone_and_comes_back_when_the_entry_goes_or_it_is_asked_again(kit: Kit) -> None:
    await kit.ask("可以刻字吗")
    [question] = await kit.questions.list("tea")
    await kit.questions.decide("tea", question.id, "answered", by="老王", entry_key="engrave")
    assert await kit.questions.list("tea", entries={"engrave"}) == []
    [answered] = await kit.questions.list("tea", state="answered", entries={"engrave"})
    assert answered.entry_key == "engrave"
    assert len(await kit.questions.list("tea", entries=set())) == 1
    await kit.ask("能刻字吗", by="小李")
    [again] = await kit.questions.list("tea", entries={"engrave"})
    assert (again.count, again.since, again.entry_key) == (2, 1, "engrave")


async def test_dismissed_it_stays_away_until_it_is_opened_again(kit: Kit) -> None:
    await kit.ask("可以刻字吗")
    [question] = await kit.questions.list("tea")
    await kit.questions.decide("tea", question.id, "dismissed", by="老王")
    await kit.ask("能刻字吗", by="小李")
    assert await kit.questions.list("tea") == []
    [dismissed] = await kit.questions.list("tea", state="dismissed")
    assert dismissed.count == 2
    await kit.questions.decide("tea", question.id, "open", by="老王")
    assert len(await kit.questions.list("tea")) == 1


async def test_another_groups_question_does_not_exist_here(kit: Kit) -> None:
    await kit.ask("Can it be engraved?", group="cookies")
    [question] = await kit.questions.list("cookies")
    with pytest.raises(NotFound):
        await kit.questions.decide("tea", question.id, "dismissed", by="老王")
    with pytest.raises(NotFound):
        await kit.questions.get("tea", question.id)


async def test_what_was_asked_by_erased_members_goes_with_them(kit: Kit) -> None:
    await kit.ask("可以刻字吗")
    await kit.questions.list("tea")
    async with kit.yidan.database.write() as session:
        await session.execute(delete(Turn))
    assert await kit.questions.list("tea") == []
    await kit.ask("有停车位吗", by="小李")
    await kit.questions.list("tea")
    async with kit.yidan.database.read() as session:
        assert list(await session.scalars(select(OpenQuestion.text))) == ["有停车位吗"]


async def test_two_readers_at_once_count_nothing_twice(kit: Kit) -> None:
    import asyncio

    for number in range(6):
        await kit.ask("可以刻字吗", by=f"m{number}")
    other = QuestionService(kit.yidan.database, kit.clock, kit.questions._embedder)
    await asyncio.gather(kit.questions.gather("tea"), other.gather("tea"), kit.questions.gather("tea"))
    [question] = await kit.questions.list("tea")
    assert question.count == 6


async def test_a_thousand_askings_are_listed_in_a_moment(kit: Kit) -> None:
    texts = ["可以刻字吗", "有停车位吗", "能开发票吗", "支持自提吗", "有没有样品"]
    for number in range(250):
        await kit.ask(texts[number % 5], by=f"m{number % 20}")
    await kit.questions.gather("tea")
    started = time.perf_counter()
    found = await kit.questions.list("tea")
    assert time.perf_counter() - started < 0.5
    assert sum(question.count for question in found) == 250


def test_the_called_name_is_no_part_of_a_question() -> None:
    assert bare("@茶小二 @老王  可以刻字吗") == "可以刻字吗"
    assert bare("@茶小二") == "@茶小二"
