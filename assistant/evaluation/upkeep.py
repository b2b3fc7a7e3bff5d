"""Does what a turn of a suite says about a running group: its desk, voices, reports, ways to pay, and its end."""

from assistant.closing.reopening import NewDates
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.claims import ClaimDesk
from assistant.delivery.methods import MethodDesk
from assistant.delivery.signpost import Signpost
from assistant.delivery.surveys import SurveyDesk
from assistant.desk.service import TicketDesk
from assistant.evaluation.case import Deed
from assistant.knowledge.records import EntryRecord
from assistant.models import Group
from assistant.moderation.service import ConductDesk
from assistant.orders.service import OrderService
from assistant.polls.service import PollDesk
from assistant.turn.outcome import Outcome

_READ = "the seller reads"


async def look_after(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> Outcome | None:
    """Return what is read or heard where the deed is a look at something; None where it is of another kind."""
    text = await _read(yidan, group_id, deed)
    if text is not None:
        return Outcome("answer", text, reason=_READ)
    if deed.wish:
        async with yidan.database.read() as session:
            seller_id = (await session.get_one(Group, group_id)).seller_id
        directions = await Signpost(yidan.database, yidan.clock, yidan.library).directions(seller_id, deed.wish)
        return Outcome("answer" if directions.state == "sent" else "clarify", directions.text, reason=directions.state)
    return None


async def _read(yidan: Yidan, group_id: str, deed: Deed) -> str | None:
    database, clock = yidan.database, yidan.clock
    if deed.tickets:
        rows = await TicketDesk(database, clock, yidan.settings).list(group_id)
        return "\n".join(f"{n}. {row.member} {row.kind} {row.question}" for n, row in enumerate(rows, start=1))
    if deed.claims:
        claims = await ClaimDesk(database, clock, OrderService(database, clock)).list(group_id)
        return "\n".join(f"{n}. {one.member} {one.status}" for n, one in enumerate(claims, start=1))
    if deed.survey:
        results = await SurveyDesk(database, clock).results(group_id)
        counts = f"asked {results.asked}, answered {results.answered}, shown {results.shown}, average {results.average}"
        return "\n".join([counts, *results.texts])
    if deed.report:
        made = await yidan.reports.make(group_id)
        return "\n".join([made.message(), *(question for question, _ in made.unanswered)])
    return None


async def tend(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> bool:
    """Do it where the deed changes something of a running group or its end; return whether it was one of these."""
    database, clock = yidan.database, yidan.clock
    if method := deed.method_off or deed.method_on:
        await MethodDesk(database, clock).switch(group_id, method, on=bool(deed.method_on), by=by)
    elif deed.answer or deed.learn:
        await _answer(yidan, group_id, deed, by=by)
    elif deed.lift:
        for strike_id in deed.lift:
            await ConductDesk(database, clock).lift(group_id, strike_id, by=by)
    elif deed.poll is not None:
        asked = deed.poll
        await PollDesk(database, clock).open(
            group_id,
            asked.question,
            list(asked.options),
            hours=asked.hours,
            tell_group_result=asked.tell_group,
            by=by,
        )
    elif deed.close_poll:
        await PollDesk(database, clock).close(group_id, deed.close_poll, by=by)
    else:
        return await _end(yidan, group_id, deed, by=by)
    return True


async def _answer(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> None:
    desk = TicketDesk(yidan.database, yidan.clock, yidan.settings)
    for ticket_id in (*deed.answer, *deed.learn):
        view = await desk.answer(ticket_id, deed.note, seller_id=None, actor=by)
        if deed.learn:
            entry = EntryRecord(f"from-ticket-{ticket_id}", view.question, answer=deed.note)
            await yidan.knowledge.add_entry(group_id, entry, by=by)


async def _end(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> bool:
    if deed.reopen:
        opens = deed.note or None
        await yidan.closing.reopen(group_id, deed.reopen, name="", dates=NewDates(opens, None), by=by)
    elif deed.move_to:
        await yidan.closing.move(group_id, deed.move_to, by=by)
    elif deed.erase:
        await yidan.closing.erase(group_id, by=by)
    else:
        return False
    return True
