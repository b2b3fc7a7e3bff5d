"""Thirty simulated days of announcements, invitations and words about orders, with the process killed again and again.

    python tests/e2e/kill_clock.py --days 30 --kills 20 --seed 1

One parent forks a child that opens the store, starts the durable background work and moves the clock on, three hours
at a time; at random moments the parent kills it with SIGKILL and forks the next. What the members and the seller can
read at the end is compared with what the plan says: each once, none twice, none before its time.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.clock import FixedClock
from assistant.delivery import rounds
from assistant.delivery.announcer import NewAnnouncement
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.feed import Cursor, Reader, read_feed
from assistant.models import Member, Order, OrderEvent, OrderLine, Outbox, Sending
from assistant.retrieval.embedder import HashEmbedder
from assistant.settings import Settings
from assistant.web.app import running

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
STEP = timedelta(hours=3)
GROUPS = (("tea", "Asia/Shanghai", "zh-CN"), ("cakes", "America/Chicago", "en"))
DUTY_NAMES = frozenset(
    (
        *("announcements", "invitations", "welcomes", "remind-unpaid", "expire-orders", "part-paid"),
        *("ask-receipts", "surveys"),
    )
)
DUTIES = [duty for duty in rounds.ROUNDS if duty.name in DUTY_NAMES]
ROUNDS = [duty.name for duty in DUTIES]

GROUP_TOML = """
id = "{id}"
name = "{id}"
language = "{language}"
timezone = "{zone}"
seller = "Wang {id}"
opens_at = 2026-02-28T00:00:00Z
closes_at = {closes_at:%Y-%m-%dT%H:%M:%SZ}
[payment]
methods = ["Zelle"]
pay_within_minutes = 600
remind_minutes_before = 240
"""
EVERY = timedelta(days=3)
"""So often four orders come: one that nobody pays, one paid in part, one that should have arrived, one received."""

ABOUT_ORDERS = {
    "unpaid": ("还没有付款", "is not paid yet"),
    "expired": ("超时未付款", "was not paid in time"),
    "rest soon": ("商量怎么处理", "will sort it out with you."),
    "rest late": ("不会丢", "is safe"),
    "arrived": ("收到了吗", "should have arrived"),
    "survey": ("不记名", "It is anonymous"),
}
"""What members are told about their orders, by words of both languages."""
CATALOG = """sku,name,aliases,price,unit,stock,per_member_limit,preorder,description
A01,Longjing,,12.00,box,900,,,
"""
PLAN = (
    NewAnnouncement(kind="todays_list", when="daily 09:00"),
    NewAnnouncement(text="weekly", when="weekly mon,thu 20:30"),
    NewAnnouncement(text="nightly", when="cron 30 23 * * *"),
    NewAnnouncement(text="important", when="at 2026-03-10T10:00+00:00", important=True, quiet=False),
    NewAnnouncement(kind="closing_soon", when="before_close 1d"),
)


@dataclass
class Report:
    """What was found at the end."""

    kills: int = 0
    children: int = 0
    seconds: float = 0.0
    told: int = 0
    reminders: int = 0
    problems: list[str] = field(default_factory=list)


def settings_of(home: Path) -> Settings:
    """Return the settings of the store, free of what the environment says."""
    return Settings(home=home, deliver_per_minute=1000)


async def prepare(home: Path, days: int) -> None:
    """Make the groups, their announcements and their invitations at the start of the simulated time."""
    clock = FixedClock(START)
    async with await Yidan.open(settings_of(home), clock, HashEmbedder()) as yidan:
        for group_id, zone, language in GROUPS:
            folder = home / "folders" / group_id
            folder.mkdir(parents=True)
            closes_at = START + timedelta(days=days + 5)
            text = GROUP_TOML.format(id=group_id, zone=zone, language=language, closes_at=closes_at)
            (folder / "group.toml").write_text(text, "utf-8")
            (folder / "catalog.csv").write_text(CATALOG, "utf-8")
            await yidan.groups.load(folder)
            for new in PLAN:
                await yidan.announcer.add(group_id, new, by="test")
            await yidan.invitations.issue(group_id, by="test")
            async with yidan.database.write() as session:
                for number in range(rounds_of(days)):
                    await put_orders(session, group_id, number)


def rounds_of(days: int) -> int:
    """Return how many of each kind of order fall due well within the days."""
    return max(0, (timedelta(days=days - 2)) // EVERY)


async def put_orders(session: AsyncSession, group_id: str, number: int) -> None:
    """Put an unpaid order, one paid in part, one on its way and one that arrived, each of a member of its own."""
    at = START + number * EVERY + timedelta(hours=13)
    states: dict[str, dict[str, Any]] = {
        "pending_payment": {"pay_by": at},
        "payment_claimed": {"pay_by": at, "paid": Decimal(5)},
        "shipped": {"shipped_at": START, "arrives_by": at, "paid": Decimal(12)},
        "completed": {"received_at": at, "paid": Decimal(12)},
    }
    for place, (status, more) in enumerate(states.items(), start=1):
        name = f"{status} {number}"
        member = Member(group_id=group_id, channel="api", external_id=name, nickname=name, joined_at=START)
        session.add(member)
        await session.flush()
        line = OrderLine(position=0, sku="A01", name="Longjing", unit="box", price=Decimal(12), quantity=1)
        event = OrderEvent(at=START, actor=name, from_status="", to_status=status, note="", lines=[])
        values = {"created_at": START, "updated_at": START, "currency": "CNY", "total": Decimal(12), **more}
        order = Order(
            group_id=group_id,
            member_id=member.id,
            number=4 * number + place,
            status=status,
            lines=[line],
            events=[event],
            **values,
        )
        session.add(order)
        await session.flush()


async def live(home: Path, days: int) -> None:
    """Go on from where the last child was killed, three hours a step, each day's first as workflows."""
    marker = home / "clock"
    end = START + timedelta(days=days)
    moment = datetime.fromisoformat(marker.read_text()) if marker.exists() else START
    yidan = await Yidan.open(settings_of(home), FixedClock(moment), HashEmbedder())
    async with running(yidan) as server:
        assert server.workflows is not None
        while moment <= end:
            yidan.clock.set(moment)  # type: ignore[attr-defined]
            # Once a day by the durable workflows, else the same duties without their cost.
            if moment.hour < 3:
                for name in ROUNDS:
                    await server.workflows.go_round(name)
            else:
                for duty in DUTIES:
                    await duty.run(yidan, moment)
            server.workflows.nudge()
            moment += STEP
            marker.with_suffix(".new").write_text(moment.isoformat())
            marker.with_suffix(".new").replace(marker)
        while await _pending(yidan):
            server.workflows.nudge()
            await asyncio.sleep(0.05)
    (home / "done").touch()


async def _pending(yidan: Yidan) -> int:
    async with yidan.database.read() as session:
        return len((await session.scalars(select(Outbox.id).where(Outbox.status == "pending"))).all())


def child(home: Path, days: int) -> int:
    """Fork a process that lives in the simulated time; return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        asyncio.run(live(home, days))
        code = 0
    except BaseException as error:  # a child must never return into the parent's code
        (home / "error").write_text(repr(error))
    finally:
        os._exit(code)


def run(home: Path, *, days: int, kills: int, seed: int) -> Report:
    """Live through the days with so many kills and return what was found."""
    rng, report, started = random.Random(seed), Report(), time.monotonic()
    asyncio.run(prepare(home, days))
    steps = days * timedelta(days=1) // STEP
    # Spread over the simulated time, each at a random step and a random moment within it.
    at_steps = sorted(rng.randint(1, steps - 2) for _ in range(kills))
    for step in [*at_steps, None]:
        pid = child(home, days)
        report.children += 1
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                if os.waitstatus_to_exitcode(status) != 0:
                    report.problems.append(f"a process ended: {(home / 'error').read_text()}")
                break
            if step is not None and _passed(home) >= step:
                time.sleep(rng.random() * 0.03)
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                report.kills += 1
                break
            time.sleep(0.002)
        if report.problems:
            break
    if not (home / "done").exists():
        report.problems.append("the simulated time did not come to its end")
    asyncio.run(compare(home, days, report))
    report.seconds = round(time.monotonic() - started, 1)
    return report


def _passed(home: Path) -> int:
    try:
        return round((datetime.fromisoformat((home / "clock").read_text()) - START) / STEP)
    except (OSError, ValueError):
        return 0


async def compare(home: Path, days: int, report: Report) -> None:
    """Compare what members and sellers can read with what the plan says, worked out here day by day."""
    async with await Yidan.open(settings_of(home), FixedClock(START + timedelta(days=days)), HashEmbedder()) as yidan:
        for group_id, zone, _ in GROUPS:
            wanted = expected(zone, days)
            sellers, _ = await everything(yidan, Reader(group_id, None))
            public = [item.text for item in sellers if not item.private]
            private = [item.text for item in sellers if item.private and not item.addressees]
            about_orders = [item.text for item in sellers if item.private and item.addressees]
            report.told += len(public)
            report.reminders += len(private) + len(about_orders)
            for name, words in ABOUT_ORDERS.items():
                found = [text for text in about_orders if any(word in text for word in words)]
                if len(found) != rounds_of(days) or len(set(found)) != len(found):
                    report.problems.append(f"{group_id}: {name} left {len(found)} times, not {rounds_of(days)}")
            if len(about_orders) != len(ABOUT_ORDERS) * rounds_of(days):
                report.problems.append(f"{group_id}: {len(about_orders)} words about orders in all")
            seen = Counter(_sort_of(text) for text in public)
            for name, count in wanted.items():
                if seen[name] != count:
                    report.problems.append(f"{group_id}: {name} left {seen[name]} times, not {count}")
            for name in seen - wanted:
                report.problems.append(f"{group_id}: {name} was not planned")
            parts = [text for text in private if any(word in text for word in ("只收到", "came in for"))]
            if len(parts) != rounds_of(days) or len(set(parts)) != len(parts):
                report.problems.append(f"{group_id}: the seller heard {len(parts)} times of a late rest")
            private = [text for text in private if text not in parts]
            # Day 4 the seller hears that the invitation dies, day 7 that the spare follows, and so on each week.
            told = Counter(private)
            # Each of these texts names another day.
            report.problems += [f"{group_id}: told {n} times: {text}" for text, n in told.items() if n > 1]
            reminders = sum(1 for week in range(days // 7 + 1) if 7 * week + 4 <= days)
            followed = days // 7
            if len(private) != reminders + followed:
                report.problems.append(f"{group_id}: {len(private)} notices, not {reminders} + {followed}")
        async with yidan.database.read() as session:
            keys = (await session.execute(select(Sending.announcement_id, Sending.occurrence))).all()
            if len(keys) != len(set(keys)):
                report.problems.append("an occurrence was noted twice")
            sent = (await session.scalars(select(Sending).where(Sending.state == "sent"))).all()
            if len({one.outbox_id for one in sent}) != len(sent) or any(one.outbox_id is None for one in sent):
                report.problems.append("a sending without a message of its own")
            if any(one.at < one.due_at for one in sent):
                report.problems.append("sent before its time")
            late = [one for one in sent if one.at - one.due_at > STEP]
            if late:
                report.problems.append(f"{len(late)} left more than one step late")


async def everything(yidan: Yidan, reader: Reader) -> tuple[list[Any], Cursor]:
    """Return the whole feed, page by page."""
    items, cursor = [], Cursor()
    while True:
        page, following = await read_feed(yidan.database, reader, cursor)
        if following == cursor:
            return items, cursor
        items, cursor = items + page, following


def _sort_of(text: str) -> str:
    for sign, name in (("weekly", "weekly"), ("nightly", "nightly"), ("important", "important")):
        if sign in text:
            return name
    if "Longjing" in text:
        return "todays_list" if text.startswith(("【今日清单】", "[Today's list]")) else "closing_soon"
    return "invitation" if text.startswith(("【入群码更新】", "[New invitation]")) else text


def expected(zone: str, days: int) -> Counter[str]:
    """Return how often each announcement must have left: a plain walk over all hours, no schedule code of ours."""
    from zoneinfo import ZoneInfo

    counts: Counter[str] = Counter()
    end = START + timedelta(days=days)
    minute, moment = timedelta(minutes=30), START.replace(minute=0)
    while (moment := moment + minute) <= end:
        local = moment.astimezone(ZoneInfo(zone))
        clock = f"{local:%H:%M}"
        if moment <= START:
            continue
        counts["todays_list"] += clock == "09:00"
        counts["weekly"] += clock == "20:30" and local.weekday() in (0, 3)
    # Planned for 23:30, told at 08:00: in the quiet hours nobody is woken.
    moment = START.replace(minute=0)
    while (moment := moment + minute) <= end:
        local = moment.astimezone(ZoneInfo(zone))
        planned_after_start = local.replace(hour=23, minute=30) - timedelta(days=1) > START.astimezone(ZoneInfo(zone))
        counts["nightly"] += f"{local:%H:%M}" == "08:00" and planned_after_start
    counts["important"] = 3
    counts["invitation"] = days // 7
    return +counts


def main() -> None:
    """Run it and print the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yidan-clock-") as folder:
        report = run(Path(folder), days=options.days, kills=options.kills, seed=options.seed)
    print(json.dumps(report.__dict__, ensure_ascii=False, indent=2))
    sys.exit(bool(report.problems))


if __name__ == "__main__":
    main()
