"""A question tried out: what would be said, and by what chance; nothing of it stays."""

from dataclasses import replace

from sqlalchemy import func, select

from assistant.groups.library import GroupView
from assistant.knowledge.catalogue import Catalogue
from assistant.models import Base


async def view(shop, group: str = "tea") -> GroupView:
    async with shop.yidan.database.read() as session:
        return await shop.yidan.library.view(session, group)


async def rows(shop) -> dict[str, int]:
    async with shop.yidan.database.read() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }


async def test_it_says_what_a_member_would_be_told_and_writes_nothing(shop) -> None:
    before = await rows(shop)
    tried = await shop.yidan.pipeline.rehearse(await view(shop), "什么时候能发货呀")
    assert tried.outcome.action == "answer" and tried.outcome.sources[0].id == "ship-when"
    assert tried.hits[0].id == "ship-when" and tried.hits[0].probability > 0.5
    assert tried.wants is not None and tried.wants > 0.5
    ordered = await shop.yidan.pipeline.rehearse(await view(shop), "A02来两斤")
    assert ordered.outcome.action == "order" and ordered.wants is None
    wished = await shop.yidan.pipeline.rehearse(await view(shop), "茶叶罐上可以刻我的名字吗", to_assistant=True)
    assert wished.outcome.action == "custom_request"
    assert await rows(shop) == before
    assert (await shop.say("什么时候能发货呀")).text == tried.outcome.text


async def test_chatter_stays_silent_and_tells_how_near_it_came(shop) -> None:
    tried = await shop.yidan.pipeline.rehearse(await view(shop), "今天天气真好，出去玩吗")
    assert tried.outcome.action == "silent" and tried.hits
    assert tried.wants is None or tried.wants < 0.5


async def test_a_draft_is_tried_without_members_getting_it(shop) -> None:
    live = await view(shop)
    entries = tuple(
        replace(entry, answer="明早第一车发。") if entry.key == "ship-when" else entry
        for entry in live.knowledge.entries
    )
    knowledge = replace(live.knowledge, entries=entries)
    index = await shop.yidan.library.prepare(live.settings, knowledge)
    drafted = replace(live, knowledge=knowledge, catalogue=Catalogue(knowledge.products), index=index)
    tried = await shop.yidan.pipeline.rehearse(drafted, "什么时候发货")
    assert tried.outcome.text == "明早第一车发。"
    assert "明早" not in (await shop.say("什么时候发货")).text


async def test_what_others_were_just_told_does_not_show(shop) -> None:
    said = await shop.say("什么时候发货", "阿梅")
    tried = await shop.yidan.pipeline.rehearse(await view(shop), "什么时候发货")
    assert tried.outcome.text == said.text and "阿梅" not in tried.outcome.text
