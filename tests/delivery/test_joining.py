"""Coming into a group by an invitation, from both sides of the door."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assistant.delivery.access import Access
from assistant.delivery.announcing import send_due
from assistant.delivery.feed import Reader, read_feed
from assistant.delivery.invitations import keep_invitations
from assistant.delivery.joining import Joining
from assistant.delivery.welcome import welcome_newcomers
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.settings import JoinSettings
from assistant.groups.toml import settings_from_json, settings_to_json
from assistant.invitations.newcomers import Newcomer
from assistant.models import Group, Member, Outbox
from delivery.kit import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def joining(yidan) -> Joining:
    return Joining(yidan.database, yidan.clock, Access(yidan.database, yidan.clock))


async def set_up(yidan, group="tea", **join) -> str:
    """Let the group ask for a keyword and an answer; return its invitation's code."""
    values = {"keyword": "报名", "question": "从哪里知道的？"} | join
    async with yidan.database.write() as session:
        row = await session.get(Group, group)
        settings = settings_from_json(row.settings)
        row.settings = settings_to_json(settings.model_copy(update={"join": JoinSettings(**values)}))
    return (await yidan.invitations.current(group, by="老王")).code


async def notices(yidan) -> list[str]:
    """What the seller was told."""
    async with yidan.database.read() as session:
        query = select(Outbox.text).where(Outbox.private.is_(True), Outbox.member_id.is_(None)).order_by(Outbox.id)
        return list(await session.scalars(query))


async def said_to_all(yidan) -> list[str]:
    async with yidan.database.read() as session:
        query = select(Outbox.text).where(Outbox.private.is_(False), Outbox.member_id.is_(None)).order_by(Outbox.id)
        return list(await session.scalars(query))


class TestNewcomer:
    async def test_is_asked_step_by_step_and_is_in(self, yidan, joining) -> None:
        code = await set_up(yidan)
        greeting = await joining.greeting(code)
        assert greeting.open and greeting.text == "您好！想进群请先发“报名”。"
        asked = await joining.receive(code, Newcomer("阿梅"))
        assert (asked.state, asked.needs) == ("asking", "keyword")
        asked = await joining.receive(code, Newcomer("阿梅", "报名"))
        assert (asked.state, asked.needs) == ("asking", "answer") and "从哪里知道的？" in asked.text
        joined = await joining.receive(code, Newcomer("阿梅", "报名", "朋友介绍"))
        assert joined.state == "joined" and joined.text.startswith("@阿梅 欢迎加入春茶团购！\n群规：Only this deal。")
        assert "· 多少钱" in joined.text
        caller = await Access(yidan.database, yidan.clock).look_up(joined.token)
        assert caller is not None and (caller.kind, caller.nickname) == ("member", "阿梅")
        async with yidan.database.read() as session:
            assert (await session.get(Member, joined.member_id)).source == "朋友介绍"

    async def test_an_odd_one_waits_and_the_token_opens_once_the_seller_agrees(self, yidan, joining) -> None:
        code = await set_up(yidan)
        waits = await joining.receive(code, Newcomer("官方客服", "报名", "看 www.spam.com"))
        assert waits.state == "pending" and waits.token
        access = Access(yidan.database, yidan.clock)
        assert (await access.look_up(waits.token)).kind == "applicant"
        (request,) = await joining.requests("tea", "pending")
        assert set(request.flags) == {"link", "poses_as_seller"}
        assert await notices(yidan) == ["有新人申请入群，等您同意。"]
        await joining.approve("tea", request.id, by="老王")
        caller = await access.look_up(waits.token)
        assert caller.kind == "member"
        assert (await joining.standing(caller.token_id)).state == "joined"
        with pytest.raises(Conflict):
            await joining.refuse("tea", request.id, by="老王")

    async def test_everybody_waits_where_the_seller_wants_it_so(self, yidan, joining) -> None:
        code = await set_up(yidan, approval="all")
        waiting = [await joining.receive(code, Newcomer(name, "报名", "朋友")) for name in ("阿梅", "小李")]
        assert [one.state for one in waiting] == ["pending", "pending"]
        assert len(await notices(yidan)) == 1
        first, second = await joining.requests("tea")
        await joining.refuse("tea", second.id, by="老王", note="这次只做老客。")
        access = Access(yidan.database, yidan.clock)
        told = await joining.standing((await access.look_up(waiting[1].token)).token_id)
        assert told.state == "refused" and told.text.endswith("这次只做老客。")
        assert first.state == "pending"

    async def test_nobody_waits_where_the_seller_wants_it_so(self, yidan, joining) -> None:
        code = await set_up(yidan, approval="none")
        assert (await joining.receive(code, Newcomer("官方客服", "报名", "。"))).state == "joined"

    async def test_a_name_that_is_taken_or_the_sellers_is_asked_for_again(self, yidan, joining) -> None:
        code = await set_up(yidan)
        await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))
        for name in ("阿梅", "老王茶铺", "Chaxiaoer"):
            again = await joining.receive(code, Newcomer(name, "报名", "朋友"))
            assert (again.state, again.needs) == ("asking", "nickname")

    async def test_many_at_once_never_pass_the_limit(self, yidan, joining) -> None:
        code = await set_up(yidan)
        people = [Newcomer(f"成员{number}", "报名", "朋友") for number in range(8)]
        heard = await asyncio.gather(*(joining.receive(code, one) for one in people))
        assert sorted(one.state for one in heard) == ["joined"] * 3 + ["refused"] * 5
        assert "3人已满" in next(one.text for one in heard if one.state == "refused")

    async def test_the_full_group_also_binds_the_seller(self, yidan, joining) -> None:
        code = await set_up(yidan, approval="all")
        for number in range(4):
            await joining.receive(code, Newcomer(f"成员{number}", "报名", "朋友"))
        for request in (await joining.requests("tea"))[:3]:
            await joining.approve("tea", request.id, by="老王")
        with pytest.raises(Conflict, match="full"):
            await joining.approve("tea", 4, by="老王")

    async def test_an_expired_or_revoked_invitation_is_refused_kindly(self, yidan, joining) -> None:
        code = await set_up(yidan)
        yidan.clock.set(NOW + 1.5 * DAY)
        (current, _) = await yidan.invitations.of_group("tea")
        await yidan.invitations.revoke("tea", current.id, by="老王")
        heard = await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))
        assert heard.state == "refused" and "随时欢迎" in heard.text
        assert not (await joining.greeting(code)).open

    async def test_after_the_close_nobody_comes_in(self, yidan, joining) -> None:
        code = await set_up(yidan)
        await yidan.groups.close("tea")
        assert "截单" in (await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))).text
        with pytest.raises(Conflict):
            await yidan.invitations.issue("tea", by="老王")

    async def test_an_unknown_code_and_an_unused_spare_lead_nowhere(self, yidan, joining) -> None:
        await set_up(yidan)
        spare = next(one for one in await yidan.invitations.of_group("tea") if one.state == "spare")
        for code in ("nothing-like-it", spare.code):
            with pytest.raises(NotFound):
                await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))


class TestWelcome:
    async def test_those_who_came_together_are_welcomed_together_once(self, yidan, joining) -> None:
        code = await set_up(yidan)
        for name in ("阿梅", "小李"):
            await joining.receive(code, Newcomer(name, "报名", "朋友"))
        assert await asyncio.gather(*(welcome_newcomers(yidan.database, NOW) for _ in range(3))) in (
            [2, 0, 0],
            [0, 2, 0],
            [0, 0, 2],
        )
        (said,) = await said_to_all(yidan)
        assert said.startswith("@阿梅 @小李 欢迎加入春茶团购！")

    async def test_at_night_they_wait_for_the_morning(self, yidan, joining) -> None:
        code = await set_up(yidan)
        yidan.clock.set(night := NOW + 14 * HOUR)
        await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))
        assert await welcome_newcomers(yidan.database, night) == 0
        assert await welcome_newcomers(yidan.database, NOW + 22 * HOUR) == 1

    async def test_what_was_really_asked_comes_first(self, yidan, joining) -> None:
        from assistant.delivery.welcome import asked_most
        from assistant.knowledge.records import EntryRecord, Knowledge
        from assistant.models import Message, Turn

        code = await set_up(yidan)
        joined = await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))
        entries = [EntryRecord(key, f"{key}?", category=key) for key in ("price", "refund", "ordering", "delivery")]
        entries.append(EntryRecord("late", "late?", valid_until=NOW - DAY))
        async with yidan.database.write() as session:
            for number, key in enumerate(["delivery", "late", "late", "late"]):
                message = Message(
                    group_id="tea",
                    member_id=joined.member_id,
                    channel="api",
                    external_id=str(number),
                    text="?",
                    sent_at=NOW,
                )
                session.add(message)
                await session.flush()
                session.add(
                    Turn(
                        message_id=message.id,
                        group_id="tea",
                        member_id=joined.member_id,
                        at=NOW,
                        action="answer",
                        responder="faq",
                        intent="",
                        reason="",
                        text="!",
                        memory={"sources": [key]},
                        outcome={},
                    )
                )
        async with yidan.database.read() as session:
            found = await asked_most(session, "tea", Knowledge(tuple(entries)), NOW)
        assert [entry.key for entry in found] == ["delivery", "price", "ordering"]


class TestInvitationsByTheClock:
    async def extend(self, yidan) -> None:
        async with yidan.database.write() as session:
            row = await session.get(Group, "tea")
            settings = settings_from_json(row.settings)
            row.settings = settings_to_json(settings.model_copy(update={"closes_at": NOW + 60 * DAY}))

    async def test_the_seller_hears_once_and_the_spare_follows(self, yidan, joining) -> None:
        await self.extend(yidan)
        code = await set_up(yidan)
        for hours in range(24 * 8):
            moment = NOW + hours * HOUR
            yidan.clock.set(moment)
            await asyncio.gather(*(keep_invitations(yidan.database, moment) for _ in range(2)))
            await send_due(yidan.database, moment)
        first, second = await notices(yidan)
        assert first.startswith("入群二维码5月27日10:00到期。到期后自动换用备用码")
        assert second.startswith("入群二维码已经到期，备用码已启用，有效到6月3日10:00")
        assert [text for text in await said_to_all(yidan) if "入群" in text] == [
            "【入群码更新】入群二维码已经更新，新码有效到6月3日10:00。邀请朋友请用新的。"
        ]
        states = [one.state for one in await yidan.invitations.of_group("tea")]
        assert states == ["expired", "current", "spare"]
        assert (await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))).state == "refused"

    async def test_a_closed_group_hears_nothing(self, yidan) -> None:
        await yidan.invitations.issue("tea", by="老王")
        await keep_invitations(yidan.database, NOW + 5 * DAY)
        await keep_invitations(yidan.database, NOW + 8 * DAY)
        assert await notices(yidan) == []

    async def test_the_seller_reads_notices_and_members_do_not(self, yidan, joining) -> None:
        code = await set_up(yidan, approval="all")
        await joining.receive(code, Newcomer("阿梅", "报名", "朋友"))
        async with yidan.database.write() as session:
            for row in await session.scalars(select(Outbox)):
                row.status = "sent"
        sellers, _ = await read_feed(yidan.database, Reader("tea", None))
        members, _ = await read_feed(yidan.database, Reader("tea", 1))
        assert [item.text for item in sellers] == ["有新人申请入群，等您同意。"] and members == []

    async def test_a_new_one_leaves_the_old_poster_good(self, yidan, joining) -> None:
        old = await set_up(yidan)
        new = await yidan.invitations.issue("tea", by="老王")
        assert new.code != old
        assert (await joining.receive(old, Newcomer("阿梅", "报名", "朋友"))).state == "joined"
        assert (await yidan.invitations.current("tea", by="老王")).code == new.code
        async with yidan.database.read() as session:
            assert await session.scalar(select(func.count()).select_from(Member)) == 1

    async def test_what_makes_no_sense_is_refused(self, yidan) -> None:
        with pytest.raises(UsageError):
            await yidan.invitations.issue("tea", by="老王", days=0)
        with pytest.raises(UsageError):
            await yidan.invitations.issue("tea", by="老王", link="file:///etc/passwd")
