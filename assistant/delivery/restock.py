"""Tells members who wanted a product that was gone when it can be had again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import after_quiet
from assistant.broadcasts.repository import AnnouncementRepository
from assistant.db import Database
from assistant.groups.state import Life, describe_state
from assistant.groups.toml import settings_from_json
from assistant.knowledge.repository import load_knowledge
from assistant.models import Group, Member
from assistant.notices import tell_member
from assistant.orders.repository import OrderRepository
from assistant.replies.catalogue import replies_for


async def tell_of_stock(database: Database, now: datetime) -> int:
    """Tell each waiting member once, in private, that their product is back; return how many were told.

    No more members are told than there are units, those who asked first first; at night and in groups that take no
    orders nobody is.
    """
    async with database.read() as session:
        groups = sorted(await AnnouncementRepository(session).waiting())
    told = 0
    for group_id in groups:
        async with database.write() as session:
            told += await _tell(session, await session.get_one(Group, group_id, with_for_update=True), now)
    return told


async def _tell(session: AsyncSession, group: Group, now: datetime) -> int:
    settings = settings_from_json(group.settings)
    quiet = settings.announcements.quiet_window
    if quiet is not None and after_quiet(now, quiet, settings.zone) > now:
        return 0
    repository = AnnouncementRepository(session)
    waiting = (await repository.waiting(group.id)).get(group.id, [])
    ledger = await OrderRepository(session).ledger(group.id, group.ledger_revision)
    if describe_state(Life(settings, group.closed_at), now, ledger.order_count).state != "open":
        return 0
    products = {product.sku: product for product in (await load_knowledge(session, group.id)).products}
    left = {sku: ledger.available(product) for sku, product in products.items()}
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    done = []
    for wait in waiting:
        units = left.get(wait.sku, 0)
        if units == 0:
            continue
        product = products[wait.sku]
        text = replies.render("announce.back_in_stock", product=product, left=ledger.available(product))
        tell_member(session, await session.get_one(Member, wait.member_id), text, now)
        done.append(wait.id)
        left[wait.sku] = None if units is None else units - 1
    await repository.told(done)
    return len(done)
