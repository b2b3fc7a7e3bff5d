"""Does what a turn of a suite says that the seller, or the clock, does."""

from collections.abc import Callable

from sqlalchemy import func, select

from assistant.delivery.bootstrap import Yidan
from assistant.delivery.rounds import ROUNDS
from assistant.errors import YidanError
from assistant.evaluation.case import Deed
from assistant.evaluation.openings import open_up
from assistant.evaluation.upkeep import look_after, tend
from assistant.models import Outbox
from assistant.orders.commands import Cancel, Command, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.money import NewPayment
from assistant.orders.service import OrderService
from assistant.orders.sweep import promote_waiting
from assistant.turn.outcome import Outcome

_COMMANDS: dict[str, Callable[[int, Deed], Command]] = {
    "confirm": lambda n, d: NewPayment(n, d.amount, d.kind, reference=d.reference, note=d.note),
    "reject": lambda n, d: RejectClaim(n, d.note),
    "ship": lambda n, d: Ship(n, d.parcel, d.days, d.note),
    "complete": lambda n, d: Complete(n, d.note),
    "cancel": lambda n, d: Cancel(n, d.note),
    "refund": lambda n, d: Refund(n, d.amount, d.reference, d.returned, d.note),
    "refuse_refund": lambda n, d: RefuseRefund(n, d.note),
}


async def carry_out(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> Outcome:
    """Do it. The outcome's text is what members are told because of it; a refused deed is a ``clarify``."""
    before = await _last_notice(yidan)
    try:
        for look in (open_up, look_after):
            if (read := await look(yidan, group_id, deed, by=by)) is not None:
                return read
        problems = await _done(yidan, group_id, deed, by=by)
    except YidanError as error:
        problems = [str(error)]
    if problems:
        return Outcome("clarify", "\n".join(problems), reason="the deed was refused")
    async with yidan.database.read() as session:
        told = await session.scalars(select(Outbox.text).where(Outbox.id > before).order_by(Outbox.id))
        return Outcome("silent" if deed.wait else "order", "\n\n".join(told), reason="a deed of the seller")


async def _done(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> list[str]:
    now = yidan.clock.now()
    if deed.announce is not None or await tend(yidan, group_id, deed, by=by):
        return []
    if deed.wait:
        for duty in ROUNDS:
            await duty.run(yidan, now)
        return []
    if deed.close:
        await yidan.groups.close(group_id, by=by)
        return []
    if deed.restock:
        await yidan.knowledge.restock(group_id, deed.restock, deed.units, by=by)
        await promote_waiting(yidan.database, now, group_id)
        return []
    commands = [make(n, deed) for name, make in _COMMANDS.items() for n in getattr(deed, name)]
    done = await OrderService(yidan.database, yidan.clock).do_all(group_id, commands, by=by)
    return [one.error for one in done if one.error]


async def _last_notice(yidan: Yidan) -> int:
    async with yidan.database.read() as session:
        return await session.scalar(select(func.max(Outbox.id))) or 0
