"""Members made helpers, removed and let back in by the seller."""

import pytest
from delivery.kit import open_store
from sqlalchemy import select

from assistant.errors import Conflict, NotFound
from assistant.models import Audit, Member
from assistant.moderation.members import MemberDesk


@pytest.fixture
async def yidan(tmp_path):
    async with await open_store(tmp_path) as yidan:
        yield yidan


async def member(yidan, role: str = "member") -> int:
    async with yidan.database.write() as session:
        row = Member(
            group_id="tea",
            channel="api",
            external_id=f"x-{role}",
            nickname="阿梅",
            role=role,
            joined_at=yidan.clock.now(),
            source="",
        )
        session.add(row)
        await session.flush()
        return row.id


async def found(yidan, member_id: int) -> Member:
    async with yidan.database.read() as session:
        return await session.get_one(Member, member_id)


async def test_a_member_is_made_a_helper_and_back_each_noted_once(yidan):
    desk, mei = MemberDesk(yidan.database, yidan.clock), await member(yidan)
    await desk.set_role("tea", mei, "helper", by="ann")
    await desk.set_role("tea", mei, "helper", by="ann")
    assert (await found(yidan, mei)).role == "helper"
    await desk.set_role("tea", mei, "member", by="ann")
    async with yidan.database.read() as session:
        noted = list(await session.scalars(select(Audit).where(Audit.action == "member.role")))
    assert [one.details["role"] for one in noted] == ["helper", "member"]


async def test_who_is_removed_may_be_let_back_in(yidan):
    desk, mei = MemberDesk(yidan.database, yidan.clock), await member(yidan)
    await desk.remove("tea", mei, by="ann")
    assert (await found(yidan, mei)).removed_at is not None
    with pytest.raises(Conflict):
        await desk.remove("tea", mei, by="ann")
    await desk.readmit("tea", mei, by="ann")
    assert (await found(yidan, mei)).removed_at is None


async def test_the_seller_and_other_groups_members_are_out_of_reach(yidan):
    desk = MemberDesk(yidan.database, yidan.clock)
    with pytest.raises(Conflict):
        await desk.remove("tea", await member(yidan, "seller"), by="ann")
    with pytest.raises(NotFound):
        await desk.remove("cookies", await member(yidan), by="ann")
