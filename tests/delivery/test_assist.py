"""Pasted lines go the way of all messages; replies wait for the seller's tap; nothing is taken twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.channels.base import ASSIST
from assistant.clock import FixedClock
from assistant.delivery.announcer import NewAnnouncement
from assistant.delivery.assist import Assist, Excerpt
from assistant.delivery.assist_names import NameDesk
from assistant.delivery.assist_sheet import AssistDrafts
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.feed import Reader, feed_end
from assistant.delivery.outbox import Outbox
from assistant.errors import NotFound, UsageError
from assistant.models import Audit, Member, Message, Order, OrderLine, Strike
from assistant.models import Outbox as OutboxRow
from assistant.retrieval.embedder import HashEmbedder
from assistant.settings import Settings
from delivery.kit import NOW, count, incoming, write_groups


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
async def yidan(tmp_path, clock):
    opened = await Yidan.open(Settings(home=tmp_path), clock=clock, embedder=HashEmbedder())
    for path in write_groups(tmp_path / "folders"):
        await opened.groups.load(path)
    yield opened
    await opened.close()


@pytest.fixture
def drafts(yidan):
    return AssistDrafts(yidan.database, yidan.clock)


@pytest.fixture
def paste(yidan):
    assist = Assist(yidan.database, yidan.clock, yidan.library, yidan.inbox)

    async def take(text: str, **more):
        return await assist.take("tea", Excerpt(text, **more))

    return take


def made(taken) -> list[tuple[str, str, str]]:
    return [(line.author, line.action, line.draft.text if line.draft else "") for line in taken.lines]


async def bought(yidan) -> dict[str, int]:
    query = (
        select(Member.nickname, OrderLine.quantity)
        .join(Order, Order.member_id == Member.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
    )
    async with yidan.database.read() as session:
        return {name: quantity for name, quantity in await session.execute(query)}


class TestTaking:
    async def test_each_line_gets_its_draft_or_none_with_the_reason(self, paste) -> None:
        taken = await paste("小李: 价格\n阿梅: A01两斤\n老王茶铺: 大家好")
        assert made(taken)[0] == ("小李", "answer", "@小李 龙井198元/斤")
        assert made(taken)[1][:2] == ("阿梅", "order") and "396" in made(taken)[1][2]
        assert made(taken)[2] == ("老王茶铺", "silent", "")
        assert taken.lines[2].reason == "the seller speaks"
        assert [card.number for card in taken.lines[1].orders] == [1]

    async def test_pasting_it_again_takes_nothing_twice(self, yidan, paste) -> None:
        await paste("小李: 价格\n阿梅: A01两斤")
        again = await paste("小李: 价格\n阿梅: A01两斤")
        assert (again.lines, again.known) == ((), 2)
        more = await paste("阿梅: A01两斤\n小王: A01一斤")
        assert [line.author for line in more.lines] == ["小王"]
        assert await bought(yidan) == {"阿梅": 2, "小王": 1}
        assert await count(yidan.database, Message) == 3

    async def test_the_same_words_said_later_are_taken(self, yidan, paste) -> None:
        await paste("阿梅: A01一斤\n小李: 好")
        await paste("阿梅: A01一斤\n小李: 好\n阿梅: 再来一斤A01")
        assert await bought(yidan) == {"阿梅": 2}

    async def test_a_line_pasted_without_its_time_is_known_with_it(self, yidan, paste) -> None:
        await paste("阿梅: A01一斤")
        assert (await paste("阿梅 09:58\nA01一斤")).known == 1
        assert await bought(yidan) == {"阿梅": 1}

    async def test_a_question_asked_by_two_is_answered_once(self, paste) -> None:
        taken = await paste("小李: 价格\n阿梅: 价格")
        assert [line.draft is not None for line in taken.lines] == [True, False]
        assert taken.lines[1].shared
        assert taken.lines[0].draft.text == "@小李 @阿梅 龙井198元/斤"

    async def test_a_sign_up_list_is_one_message_and_logs_each_row(self, yidan, paste) -> None:
        await paste("阿梅: #接龙\n1. 小李 A01 两斤\n2. 阿梅 A01 一斤")
        assert await bought(yidan) == {"小李": 2, "阿梅": 1}

    async def test_a_long_excerpt_without_times_is_no_flood(self, yidan, paste) -> None:
        await paste("\n".join(f"阿梅: 第{number}句话" for number in range(20)))
        assert await count(yidan.database, Strike) == 0
        assert await count(yidan.database, Message) == 20

    async def test_pictures_and_nameless_lines_are_told(self, paste) -> None:
        taken = await paste("这句没有名字\n小李: [图片]\n小李: 价格")
        assert (taken.pictures, taken.nameless, len(taken.lines)) == (1, ("这句没有名字",), 1)

    async def test_without_any_name_it_asks_who_wrote(self, paste) -> None:
        with pytest.raises(UsageError, match="who wrote"):
            await paste("价格")
        assert made(await paste("价格", author="小李")) == [("小李", "answer", "@小李 龙井198元/斤")]

    @pytest.mark.parametrize("text", ["", "  \n ", "-----"])
    async def test_nothing_to_read(self, paste, text) -> None:
        with pytest.raises(UsageError, match="nothing to read"):
            await paste(text)

    async def test_another_group_knows_nothing_of_it(self, yidan, paste) -> None:
        await paste("小李: A01两斤")
        assist = Assist(yidan.database, yidan.clock, yidan.library, yidan.inbox)
        assert len((await assist.take("cookies", Excerpt("小李: A01两斤"))).lines) == 1
        with pytest.raises(NotFound):
            await assist.take("nothing", Excerpt("小李: 价格"))


class TestSellersSide:
    @pytest.mark.parametrize("name", ["老王茶铺", "老王", "我"])
    async def test_the_sellers_names_are_known(self, paste, name) -> None:
        assert (await paste(f"{name}: 价格")).lines[0].role == "seller"

    async def test_a_name_that_was_given_once_is_remembered(self, paste) -> None:
        assert (await paste("兰兰: 价格", ours=("兰兰",))).lines[0].role == "seller"
        assert (await paste("兰兰: 明天发货")).lines[0].action == "silent"

    async def test_our_own_draft_in_the_chat_is_an_echo_and_no_human(self, yidan, paste, drafts) -> None:
        await paste("小李: 价格")
        taken = await paste("小李: 价格\n老王茶铺: @小李 龙井198元/斤\n小李: A01一斤")
        assert (taken.echoes, taken.known) == (1, 1)
        assert [(line.author, line.action) for line in taken.lines] == [("小李", "order")]
        sheet = await drafts.sheet("tea")
        assert [line.draft.state for line in sheet.lines] == ["sent", "waiting"]

    async def test_the_sellers_own_words_keep_the_assistant_out(self, paste, clock) -> None:
        taken = await paste("小李: 价格\n老王茶铺: 小李，龙井198\n小李: 价格")
        assert [line.action for line in taken.lines] == ["answer", "silent", "silent"]
        assert taken.lines[0].answered and not taken.lines[1].answered
        clock.set(NOW + timedelta(minutes=11))
        assert [line.action for line in (await paste("小李: 多少钱")).lines] == ["answer"]


class TestDrafts:
    async def test_nothing_leaves_by_itself(self, yidan, paste) -> None:
        await paste("小李: 价格")
        outbox = Outbox(yidan.database, yidan.clock, yidan.settings, channels={})
        assert await outbox.pending() == []
        assert (await feed_end(yidan.database, Reader("tea", None))).waiting == ()

    async def test_what_was_sent_is_sent_in_the_words_it_was_sent_in(self, yidan, paste, drafts) -> None:
        draft = (await paste("小李: 价格")).lines[0].draft
        await drafts.sent("tea", draft.id, by="lan", text="亲，198")
        [line] = (await drafts.sheet("tea")).lines
        assert (line.draft.state, line.draft.text) == ("sent", "@小李 亲，198")
        assert await count(yidan.database, Audit, Audit.action == "assist.edit") == 1
        assert (await paste("老王: @小李 亲，198")).echoes == 1

    async def test_a_draft_sent_as_it_is_counts_as_no_change(self, yidan, paste, drafts) -> None:
        draft = (await paste("小李: 价格")).lines[0].draft
        await drafts.sent("tea", draft.id, by="lan", text=draft.text)
        assert await count(yidan.database, Audit, Audit.action == "assist.edit") == 0
        assert (await drafts.sheet("tea")).lines[0].draft.text == draft.text

    async def test_the_same_question_within_the_minute_is_not_answered_again(self, paste) -> None:
        await paste("小李: 价格")
        assert (await paste("小李: 价格\n小李: 价格")).lines[0].reason == "answered a moment ago"
        taken = await paste("阿梅: 价格")
        assert (taken.lines[0].draft, taken.lines[0].shared) == (None, True)

    async def test_a_draft_that_was_taken_back_answers_nobody(self, paste, drafts) -> None:
        draft = (await paste("小李: 价格")).lines[0].draft
        await drafts.not_sent("tea", draft.id, by="lan")
        assert (await drafts.sheet("tea")).lines[0].draft.state == "not_sent"
        assert (await paste("阿梅: 价格")).lines[0].draft.text == "@阿梅 龙井198元/斤"
        await drafts.sent("tea", draft.id, by="lan")
        assert (await drafts.sheet("tea")).lines[0].draft.state == "sent"

    async def test_another_groups_draft_is_out_of_reach(self, paste, drafts) -> None:
        draft = (await paste("小李: 价格")).lines[0].draft
        for deed in (drafts.sent, drafts.not_sent):
            with pytest.raises(NotFound):
                await deed("cookies", draft.id, by="eve")

    async def test_what_time_or_the_seller_caused_waits_as_well(self, yidan, paste, drafts) -> None:
        await paste("小李: A01两斤")
        from assistant.orders.service import OrderService

        await OrderService(yidan.database, yidan.clock).move("tea", 1, "paid", actor="lan")
        [notice] = (await drafts.sheet("tea")).notices
        assert notice.private and notice.addressees == ("小李",)
        async with yidan.database.read() as session:
            channels = set(await session.scalars(select(OutboxRow.channel)))
        assert channels == {ASSIST}

    async def test_an_announcement_is_a_draft_where_nobody_else_may_be_told(self, yidan, paste, drafts) -> None:
        await paste("小李: 价格")
        await yidan.announcer.add("tea", NewAnnouncement(text="今晚八点截单"), by="lan")
        assert [notice.text for notice in (await drafts.sheet("tea")).notices] == ["【通知】今晚八点截单"]


async def test_an_answer_that_was_given_elsewhere_is_no_answer_here(yidan, paste) -> None:
    await yidan.inbox.receive(incoming("价格"))
    assert (await paste("小李: 价格")).lines[0].draft is not None


class TestNames:
    @pytest.fixture
    def names(self, yidan):
        return NameDesk(yidan.database, yidan.clock, yidan.inbox)

    async def sheet(self, drafts) -> list[tuple[str, str, str, str]]:
        lines = (await drafts.sheet("tea")).lines
        return [(line.author, line.role, line.action, line.draft.text if line.draft else "") for line in lines]

    async def test_a_member_taken_for_the_seller_gets_a_draft_and_is_remembered(
        self, paste, drafts, names, yidan
    ) -> None:
        await paste("老王: 价格")
        assert await self.sheet(drafts) == [("老王", "seller", "silent", "")]
        done = await names.set_side("tea", "老王", ours=False, by="lan")
        assert (done.redone, done.kept) == (1, 0)
        [(_, role, action, text)] = await self.sheet(drafts)
        assert (role, action) == ("member", "answer") and "龙井198元/斤" in text
        again = await paste("老王: A01一斤")
        assert [line.role for line in again.lines] == ["member"]
        async with yidan.database.read() as session:
            audit = await session.scalar(select(Audit).where(Audit.action == "assist.name"))
        assert (audit.actor, audit.subject, audit.details) == ("lan", "老王", {"to": "member"})

    async def test_what_was_drafted_for_the_seller_themselves_goes_away(self, paste, drafts, names) -> None:
        await paste("掌柜: 价格")
        assert [action for _, _, action, _ in await self.sheet(drafts)] == ["answer"]
        await names.set_side("tea", "掌柜", ours=True, by="lan")
        assert await self.sheet(drafts) == [("掌柜", "seller", "silent", "")]
        assert [line.role for line in (await paste("掌柜: 大家稍等")).lines] == ["seller"]

    async def test_a_draft_that_answers_somebody_else_as_well_stays(self, paste, drafts, names) -> None:
        await paste("掌柜: 价格\n阿梅: 价格")
        done = await names.set_side("tea", "掌柜", ours=True, by="lan")
        assert (done.redone, done.kept) == (0, 1)
        assert "阿梅" in (await self.sheet(drafts))[0][3]

    async def test_what_was_sent_or_ordered_stays_and_is_counted(self, paste, drafts, names, yidan) -> None:
        await paste("掌柜: 价格\n掌柜: A01一斤")
        [price, _] = (await drafts.sheet("tea")).lines
        await drafts.sent("tea", price.draft.id, by="lan")
        done = await names.set_side("tea", "掌柜", ours=True, by="lan")
        assert (done.redone, done.kept) == (0, 2)
        assert await bought(yidan) == {"掌柜": 1}

    async def test_saying_it_twice_changes_nothing(self, paste, names, yidan) -> None:
        await paste("老王: 价格")
        await names.set_side("tea", "老王", ours=False, by="lan")
        assert (await names.set_side("tea", "老王", ours=False, by="lan")).redone == 0
        assert await count(yidan.database, Audit, Audit.action == "assist.name") == 1

    async def test_only_names_of_this_groups_excerpts_can_be_set_right(self, paste, names) -> None:
        await paste("老王: 价格")
        for group, name in (("cookies", "老王"), ("tea", "谁也不是")):
            with pytest.raises(NotFound):
                await names.set_side(group, name, ours=False, by="lan")
