"""Suggestions for sellers, with a model and without; whatever it invents is left out."""

import json
from typing import Any

from language_models.fake import Play, Reply, fake_model, says

from assistant.agent.suggest import DraftEntry, draft_entry, summarise
from assistant.delivery.suggestions import _holds
from assistant.llm.access import ModelAccess
from assistant.settings import LanguageModelSettings

QUESTION, ANSWER = "@小二 老板你好，罐子上能刻字吗", "可以，每个加10元，多等3天。"
GOOD = {"question": "罐子上可以刻字吗？", "similar_questions": ["能不能刻名字", "支持定制刻字吗"], "answer": ANSWER}
PLAIN = ("阿梅：能刻字吗", "没有订单。", "回答成员。")


async def draft(play: Play | None) -> DraftEntry:
    values: dict[str, Any] = {"language": "zh-CN", "holds": _holds, "seconds": 10}
    if play is None:
        return await draft_entry(QUESTION, ANSWER, access=None, **values)
    with fake_model(play) as model:
        access = ModelAccess(LanguageModelSettings(base_url=model.base_url, model="fake"))
        made = await draft_entry(QUESTION, ANSWER, access=access, **values)
        await access.close()
        return made


class TestEntry:
    async def test_without_a_model_the_rules_make_one(self) -> None:
        made = await draft(None)
        assert (made.by, made.answer) == ("rules", ANSWER)
        assert made.question == "罐子上能刻字吗？"
        assert made.similar_questions

    async def test_a_model_words_the_questions(self) -> None:
        made = await draft(says(json.dumps(GOOD)))
        assert (made.by, made.question, made.answer) == ("model", "罐子上可以刻字吗？", ANSWER)
        assert {"能不能刻名字", "支持定制刻字吗"} <= set(made.similar_questions)

    async def test_the_answer_stays_the_sellers(self) -> None:
        made = await draft(says(json.dumps({**GOOD, "answer": "可以，免费，每个加1元，多等1天哦。"})))
        assert (made.by, made.answer) == ("model", ANSWER)

    async def test_nonsense_and_faults_give_the_rules_draft(self) -> None:
        for play in (says("blah"), says("{}"), says("", status=500), says('{"question": 5}')):
            assert (await draft(play)).by == "rules"


async def test_a_summary_that_invents_is_left_out() -> None:
    async def summary(text: str) -> Any:
        with fake_model(lambda request: Reply(text)) as model:
            access = ModelAccess(LanguageModelSettings(base_url=model.base_url, model="fake"))
            made = await summarise(PLAIN, ["能刻字吗"], [], language="zh-CN", access=access, holds=_holds, seconds=10)
            await access.close()
            return made

    good = await summary("1. 阿梅想刻字\n2. 没有订单\n3. 请回答能不能刻")
    assert (good.by, good.lines[0]) == ("model", "阿梅想刻字")
    assert (await summary("阿梅想刻字\n已付88元\n请发货")).lines == PLAIN
    assert (await summary("只有一行")).by == "rules"
