"""Sellers mark what was done with messages; the group learns from the marks."""

import pytest
from delivery.kit import incoming, open_store

from assistant.errors import NotFound, UsageError
from assistant.evaluation.group_gate import adapt_group, preview
from assistant.marks.service import MarkService
from assistant.models import Audit, Group, Mark


@pytest.fixture
async def yidan(tmp_path):
    yidan = await open_store(tmp_path)
    yield yidan
    await yidan.close()


async def write(yidan, *texts: str) -> list[int]:
    """Let a member write and return the messages' numbers."""
    return [(await yidan.inbox.receive(incoming(text, f"x{n}{text}"))).message_id for n, text in enumerate(texts)]


class TestMarks:
    async def test_a_mark_is_kept_changed_and_taken_back(self, yidan):
        marks = MarkService(yidan.database, yidan.clock)
        (message,) = await write(yidan, "龙井多少钱")
        assert (await marks.mark("tea", message, good=True, by="老王")).good is True
        assert (await marks.mark("tea", message, good=False, by="老王")).good is False
        assert [turn.good for turn in await marks.turns("tea")] == [False]
        await marks.unmark("tea", message, by="老王")
        assert [turn.good for turn in await marks.turns("tea")] == [None]
        async with yidan.database.read() as session:
            assert (await session.scalar(Mark.__table__.select())) is None
            actions = (await session.scalars(Audit.__table__.select().with_only_columns(Audit.action))).all()
        assert actions[-3:] == ["answer.mark", "answer.mark", "answer.unmark"]

    async def test_the_list_is_narrowed(self, yidan):
        marks = MarkService(yidan.database, yidan.clock)
        asked, _ = await write(yidan, "多少钱呀", "今天天气不错")
        await marks.mark("tea", asked, good=True, by="x")
        assert len(await marks.turns("tea")) == 2
        assert [turn.text for turn in await marks.turns("tea", silent=False)] == ["多少钱呀"]
        assert [turn.text for turn in await marks.turns("tea", marked=False)] == ["今天天气不错"]

    async def test_another_groups_message_is_not_there(self, yidan):
        (message,) = await write(yidan, "龙井多少钱")
        with pytest.raises(NotFound):
            await MarkService(yidan.database, yidan.clock).mark("cookies", message, good=True, by="x")


class TestLearning:
    async def test_unwanted_replies_make_the_group_quieter(self, yidan):
        marks = MarkService(yidan.database, yidan.clock)
        texts = [f"你们家龙井{word}多少钱?" for word in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
        for message in await write(yidan, *texts):
            await marks.mark("tea", message, good=False, by="老王")
        adapted = await adapt_group(yidan, "tea", by="老王")
        assert adapted.marks == 20 and adapted.offset < 0
        async with yidan.database.read() as session:
            assert (await session.get_one(Group, "tea")).gate_offset == adapted.offset
        shown = await preview(yidan, "tea")
        assert shown["gate_offset"] == adapted.offset
        assert shown["marks"] == shown["n"] == 20
        assert [row["talkative"] for row in shown["settings"]] == [0.0, 0.25, 0.5, 0.75, 1.0]
        silent = [row["silent"] for row in shown["settings"]]
        assert silent == sorted(silent, reverse=True)

    async def test_too_few_marks_change_nothing(self, yidan):
        (message,) = await write(yidan, "龙井多少钱")
        await MarkService(yidan.database, yidan.clock).mark("tea", message, good=True, by="x")
        with pytest.raises(UsageError, match="20 marks"):
            await adapt_group(yidan, "tea", by="x")
