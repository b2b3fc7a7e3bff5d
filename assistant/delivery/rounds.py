"""Rounds: what the server looks after by the clock, however often it is stopped in between.

A round asks the store what is due *now* and does it in one write, so that a round that ran twice, late or not
at all leaves nothing undone and nothing doubled. To add one, write ``async def (yidan, now) -> int`` and name it here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from assistant.delivery.announcing import send_due
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.invitations import keep_invitations
from assistant.delivery.restock import tell_of_stock
from assistant.delivery.surveys import SurveyDesk
from assistant.delivery.welcome import welcome_newcomers
from assistant.orders.sweep import ask_receipts, expire_due, hand_over_part_paid, promote_waiting, remind_unpaid
from assistant.polls.service import PollDesk

EVERY_MINUTE = "* * * * *"
HOURLY = "17 * * * *"


@dataclass(frozen=True)
class Round:
    """One recurring duty: ``run`` returns how many things it did."""

    name: str
    cron: str
    run: Callable[[Yidan, datetime], Awaitable[int]]


async def _expire_orders(yidan: Yidan, now: datetime) -> int:
    return await expire_due(yidan.database, now)


async def _send_announcements(yidan: Yidan, now: datetime) -> int:
    return await send_due(yidan.database, now)


async def _close_groups(yidan: Yidan, now: datetime) -> int:
    return await yidan.closing.round(now)


async def _close_polls(yidan: Yidan, now: datetime) -> int:
    return await PollDesk(yidan.database, yidan.clock).round(now)


async def _report_weeks(yidan: Yidan, now: datetime) -> int:
    return await yidan.reports.round(now)


async def _erase(yidan: Yidan, now: datetime) -> int:
    return await yidan.closing.erase_due(now)


async def _read_proofs(yidan: Yidan, now: datetime) -> int:
    # What came in was read at once; this takes up what a crash or a reader's trouble left.
    return await yidan.proofs.read_waiting()


async def _promote_waiting(yidan: Yidan, now: datetime) -> int:
    return await promote_waiting(yidan.database, now)


async def _hand_over_part_paid(yidan: Yidan, now: datetime) -> int:
    return await hand_over_part_paid(yidan.database, now)


async def _remind_unpaid(yidan: Yidan, now: datetime) -> int:
    return await remind_unpaid(yidan.database, now)


async def _ask_receipts(yidan: Yidan, now: datetime) -> int:
    return await ask_receipts(yidan.database, now)


async def _keep_invitations(yidan: Yidan, now: datetime) -> int:
    return await keep_invitations(yidan.database, now)


async def _welcome_newcomers(yidan: Yidan, now: datetime) -> int:
    return await welcome_newcomers(yidan.database, now)


async def _tell_of_stock(yidan: Yidan, now: datetime) -> int:
    return await tell_of_stock(yidan.database, now)


async def _ask_surveys(yidan: Yidan, now: datetime) -> int:
    return await SurveyDesk(yidan.database, yidan.clock, yidan.settings.public_url).ask_due(now)


ROUNDS = (
    Round("expire-orders", EVERY_MINUTE, _expire_orders),
    Round("announcements", EVERY_MINUTE, _send_announcements),
    Round("close-groups", EVERY_MINUTE, _close_groups),
    Round("polls", EVERY_MINUTE, _close_polls),
    Round("weekly-reports", HOURLY, _report_weeks),
    Round("erase", HOURLY, _erase),
    Round("read-proofs", EVERY_MINUTE, _read_proofs),
    Round("promote-waiting", EVERY_MINUTE, _promote_waiting),
    Round("part-paid", EVERY_MINUTE, _hand_over_part_paid),
    Round("remind-unpaid", EVERY_MINUTE, _remind_unpaid),
    Round("ask-receipts", EVERY_MINUTE, _ask_receipts),
    Round("surveys", EVERY_MINUTE, _ask_surveys),
    Round("invitations", EVERY_MINUTE, _keep_invitations),
    Round("welcomes", EVERY_MINUTE, _welcome_newcomers),
    Round("back-in-stock", EVERY_MINUTE, _tell_of_stock),
)
"""The rounds of every server, by name (a name stays the same for good: the durable schedule is kept under it)."""
