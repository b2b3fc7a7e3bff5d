"""From a ticket that was answered to knowledge, in one step: the entry, and the case that shows it is known."""

from dataclasses import dataclass

from assistant.delivery.bootstrap import Yidan
from assistant.evaluation.capture import offer_of_ticket
from assistant.knowledge.records import EntryRecord
from assistant.knowledge.service import checked_entry
from assistant.publishing.comparing import Compare, in_thread
from assistant.publishing.service import Wish, publish_entry
from assistant.publishing.suites import keep_case


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the seller wants known, as they looked it over."""

    question: str
    answer: str
    similar_questions: tuple[str, ...] = ()
    category: str = "other"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What became of it. ``live`` is False where it is a draft: so wished, or because of the ``broken`` cases."""

    entry: EntryRecord
    case: str
    live: bool
    answers: bool | None
    """Whether the member's own words now get this answer; None where that was not tried."""
    broken: tuple[str, ...] = ()


async def learn(
    yidan: Yidan,
    group_id: str,
    ticket_id: int,
    lesson: Lesson,
    *,
    by: str,
    live: bool,
    compare: Compare = in_thread,
) -> Learnt:
    """Keep an answered ticket as an entry and as a case of the group's suite; make it live at once, or draft it.

    It stays a draft where the suites say that it would break other answers. A second time it takes the place of the
    first.

    Raises:
        NotFound: the group has no such ticket, or it has no answer yet.
        UsageError: the entry cannot be stored as it is.
        BadFile: the group's suite cannot be read.
    """
    offer = await offer_of_ticket(yidan, group_id, ticket_id)
    entry = checked_entry(
        EntryRecord(
            key=offer.entry.key,
            question=lesson.question,
            similar_questions=lesson.similar_questions,
            answer=lesson.answer,
            category=lesson.category,
        )
    )
    suite = keep_case(yidan.settings.home, offer.captured)
    case = offer.captured.case.id
    if not live:
        await yidan.drafts.save_entry(group_id, entry, by=by)
        return Learnt(entry, case, live=False, answers=None)
    came = await publish_entry(yidan, group_id, entry, Wish(by=by, compare=compare))
    tried = came.trial.comparison
    answers = None
    if tried is not None:
        ours = [change for change in tried.fixed if (change.suite, change.id) == (suite.name, case)]
        answers = bool(ours)
    if came.version is None:
        await yidan.drafts.save_entry(group_id, entry, by=by)
    broken = tuple(change.id for change in tried.broken) if tried is not None else ()
    return Learnt(entry, case, live=came.version is not None, answers=answers, broken=broken)
