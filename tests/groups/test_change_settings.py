"""Settings changed key by key."""

import pytest
from sqlalchemy import select

from assistant.errors import BadFile, UsageError
from assistant.models import Audit, Group

from .conftest import PAY, Shop, folder


async def stored(shop: Shop) -> Group:
    async with shop.database.read() as session:
        group = await session.scalar(select(Group))
        assert group is not None
        return group


async def test_only_the_named_keys_change_and_the_version_goes_up(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    before = await stored(shop)
    info = await shop.groups.change(before.id, {"purpose": "new", "payment": {"methods": ["Cash"]}}, by="ann")
    assert (info.settings.purpose, info.settings.payment.methods) == ("new", ("Cash",))
    after = await stored(shop)
    assert after.knowledge_version == before.knowledge_version + 1
    assert {k: v for k, v in after.settings.items() if k not in ("purpose", "payment")} == {
        k: v for k, v in before.settings.items() if k not in ("purpose", "payment")
    }
    async with shop.database.read() as session:
        noted = await session.scalar(select(Audit).where(Audit.action == "change_settings"))
    assert noted is not None and noted.actor == "ann"
    assert set(noted.details["changed"]) == {"purpose", "payment.methods"}


async def test_none_takes_a_key_out(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    group_id = (await stored(shop)).id
    await shop.groups.change(group_id, {"member_limit": 20, "payment": {"order_limit": "50"}})
    info = await shop.groups.change(group_id, {"member_limit": None, "payment": {"order_limit": None}})
    assert (info.settings.member_limit, info.settings.payment.order_limit) == (None, None)


async def test_what_changes_nothing_leaves_no_trace(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    before = await stored(shop)
    await shop.groups.change(before.id, {"name": before.name})
    assert (await stored(shop)).knowledge_version == before.knowledge_version


@pytest.mark.parametrize("changes", [{"member_limit": 0}, {"timezone": "Nowhere"}, {"payment": {"currency": "yuan"}}])
async def test_what_cannot_be_is_named_and_nothing_is_written(shop: Shop, changes: dict[str, object]) -> None:
    await shop.groups.load(folder(PAY))
    before = await stored(shop)
    with pytest.raises(BadFile) as refused:
        await shop.groups.change(before.id, changes)
    assert len(refused.value.problems) == 1
    assert (await stored(shop)).settings == before.settings


async def test_id_and_seller_stay(shop: Shop) -> None:
    await shop.groups.load(folder(PAY))
    with pytest.raises(UsageError, match="seller"):
        await shop.groups.change((await stored(shop)).id, {"seller": "somebody else"})
