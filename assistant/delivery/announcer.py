"""What the seller does with announcements: plan, look at, hold back, send at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.broadcasts.due import KINDS, Kind
from assistant.broadcasts.repository import AnnouncementRepository
from assistant.broadcasts.schedule import EXAMPLES, BeforeClose, Once, Schedule, parse_schedule
from assistant.broadcasts.templates import TAKES_TEXT, Wording
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.announcing import plan_of, send_due, text_of, wording_of
from assistant.errors import Conflict, NotFound, UsageError
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.knowledge.files import Sheet
from assistant.knowledge.records import EntryRecord
from assistant.knowledge.service import checked_entry, require_group, store_knowledge
from assistant.models import Announcement, Audit, Group
from assistant.replies.catalogue import replies_for

NOW = "now"
IMPORTANT_REPEATS = 2
LONGEST_TEXT = 2000
MOST_REPEATS = 10


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """What the seller wants told. ``when`` is a schedule or ``now``; ``repeats`` None leaves it to ``important``."""

    kind: Kind = "text"
    text: str = ""
    when: str = NOW
    label: str = ""
    important: bool = False
    repeats: int | None = None
    repeat_minutes: int = 240
    quiet: bool = True
    rumour: str = ""
    """The rumour that a statement answers, as members put it: whoever asks gets the statement's words."""
    asked_as: tuple[str, ...] = ()
    """Other ways in which members put it."""


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement as the seller sees it; ``next_at`` is when it comes next, after the quiet hours."""

    id: int
    kind: str
    text: str
    label: str
    schedule: str
    important: bool
    repeats: int
    repeat_minutes: int
    quiet: bool
    state: str
    next_at: datetime | None
    created_by: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be said and when; ``text`` is empty where there would be nothing to say."""

    text: str
    at: datetime | None
    put_off: bool
    """Whether quiet hours put it off."""


@dataclass(frozen=True, slots=True)
class SendingView:
    """What became of one occurrence."""

    announcement_id: int
    kind: str
    due_at: datetime
    at: datetime
    state: str


class Announcer:
    """The announcements of a store. Raises NotFound for a group or an announcement that is not there."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, group_id: str, new: NewAnnouncement, *, by: str) -> AnnouncementView:
        """Plan an announcement; one for ``now`` goes out at once.

        Raises:
            UsageError: it says nothing, or its time makes no sense.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            group = await require_group(session, group_id, lock=bool(new.rumour))
            row = _checked(new, group, now, by)
            session.add(row)
            await session.flush()
            if new.rumour:
                await _answer_rumour(session, group, row, new, by=by, now=now)
            session.add(_audit(row, "announcement.add", by, now))
        if new.when == NOW:
            await send_due(self._database, now, [row.id])
        return await self.show(group_id, row.id)

    async def add_usual(self, group_id: str, *, by: str) -> list[AnnouncementView]:
        """Plan what most groups tell every day, where it is not planned yet; return what is new."""
        async with self._database.read() as session:
            settings = settings_from_json((await require_group(session, group_id)).settings)
            planned = {(row.kind, row.schedule) for row in await AnnouncementRepository(session).of_group(group_id)}
        usual: list[tuple[Kind, str]] = [("todays_list", "daily 09:00"), ("days_summary", "daily 20:00")]
        if settings.closes_at is not None and settings.closes_at - timedelta(hours=2) > self._clock.now():
            usual.append(("closing_soon", "before_close 2h"))
        missing = [(kind, when) for kind, when in usual if (kind, when) not in planned]
        return [await self.add(group_id, NewAnnouncement(kind=kind, when=when), by=by) for kind, when in missing]

    async def planned(self, group_id: str) -> list[AnnouncementView]:
        """Return a group's announcements, oldest first."""
        async with self._database.read() as session:
            settings = settings_from_json((await require_group(session, group_id)).settings)
            rows = await AnnouncementRepository(session).of_group(group_id)
        return [_view(row, settings, self._clock.now()) for row in rows]

    async def show(self, group_id: str, announcement_id: int) -> AnnouncementView:
        """Return one announcement."""
        async with self._database.read() as session:
            row, group = await _found(session, group_id, announcement_id)
            return _view(row, settings_from_json(group.settings), self._clock.now())

    async def preview(self, group_id: str, announcement_id: int) -> Preview:
        """Return what a planned announcement would say as things are now, and when it comes next."""
        now = self._clock.now()
        async with self._database.read() as session:
            row, group = await _found(session, group_id, announcement_id)
            coming = plan_of(row, settings_from_json(group.settings)).next(now) if row.state == "active" else None
            day = coming.planned if coming else now
            text = await text_of(session, wording_of(row), group, now, day=day)
        put_off = coming is not None and coming.due > coming.planned + coming.repetition * timedelta(
            minutes=row.repeat_minutes
        )
        return Preview(text, coming.due if coming else None, put_off)

    async def preview_new(self, group_id: str, new: NewAnnouncement) -> Preview:
        """Return what a new announcement would say now, without planning it. Raises UsageError."""
        now = self._clock.now()
        async with self._database.read() as session:
            group = await require_group(session, group_id)
            row = _checked(new, group, now, "")
            coming = plan_of(row, settings_from_json(group.settings)).next(row.looked_until)
            text = await text_of(session, _wording(new), group, now, day=coming.planned if coming else now)
        due = coming.due if coming else None
        return Preview(text, due, coming is not None and coming.due != coming.planned)

    async def pause(self, group_id: str, announcement_id: int, *, by: str) -> AnnouncementView:
        """Hold an announcement back until it is resumed. Raises Conflict where it is not active."""
        return await self._move(group_id, announcement_id, "active", "paused", by)

    async def resume(self, group_id: str, announcement_id: int, *, by: str) -> AnnouncementView:
        """Let a paused announcement come again; what fell into the pause stays unsaid."""
        return await self._move(group_id, announcement_id, "paused", "active", by)

    async def cancel(self, group_id: str, announcement_id: int, *, by: str) -> AnnouncementView:
        """Take an announcement off the plan for good. Raises Conflict where it is over already."""
        now = self._clock.now()
        async with self._database.write() as session:
            row, group = await _found(session, group_id, announcement_id, lock=True)
            if row.state in ("done", "cancelled"):
                raise Conflict(f"announcement {announcement_id} is {row.state} already")
            row.state = "cancelled"
            session.add(_audit(row, "announcement.cancel", by, now))
            return _view(row, settings_from_json(group.settings), now)

    async def log(self, group_id: str, limit: int = 50) -> list[SendingView]:
        """Return what became of the group's announcements, newest first."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            rows = await AnnouncementRepository(session).sendings(group_id, limit)
        return [SendingView(a.id, a.kind, s.due_at, s.at, s.state) for s, a in rows]

    async def _move(self, group_id: str, announcement_id: int, old: str, new: str, by: str) -> AnnouncementView:
        now = self._clock.now()
        async with self._database.write() as session:
            row, group = await _found(session, group_id, announcement_id, lock=True)
            if row.state != old:
                raise Conflict(f"announcement {announcement_id} is {row.state}, not {old}")
            row.state = new
            row.looked_until = max(row.looked_until, now)
            session.add(_audit(row, f"announcement.{new}", by, now))
            return _view(row, settings_from_json(group.settings), now)


async def _found(
    session: AsyncSession, group_id: str, announcement_id: int, *, lock: bool = False
) -> tuple[Announcement, Group]:
    group = await require_group(session, group_id)
    row = await AnnouncementRepository(session).get(group_id, announcement_id, lock=lock)
    if row is None:
        raise NotFound(f"no announcement {announcement_id} in group '{group_id}'")
    return row, group


def _checked(new: NewAnnouncement, group: Group, now: datetime, by: str) -> Announcement:
    settings = settings_from_json(group.settings)
    if new.kind not in KINDS:
        raise UsageError(f"'{new.kind}' is no kind of announcement; there are: {', '.join(KINDS)}")
    if new.kind in TAKES_TEXT and not new.text.strip():
        raise UsageError("an announcement needs its words")
    if (new.rumour or new.asked_as) and (new.kind != "statement" or not new.rumour.strip()):
        raise UsageError("a rumour, and other ways to put it, go with a statement")
    if len(new.text) > LONGEST_TEXT:
        raise UsageError(f"an announcement may have at most {LONGEST_TEXT} characters")
    repeats = new.repeats if new.repeats is not None else (IMPORTANT_REPEATS if new.important else 0)
    if not 0 <= repeats <= MOST_REPEATS or (repeats and new.repeat_minutes < 30):
        raise UsageError(f"it can be repeated up to {MOST_REPEATS} times, at least 30 minutes apart")
    schedule = _schedule(new.when, settings, now)
    return Announcement(
        group_id=group.id,
        kind=new.kind,
        text=new.text.strip(),
        label=new.label.strip(" 【】[]"),
        schedule=str(schedule),
        important=new.important,
        repeats=repeats,
        repeat_minutes=new.repeat_minutes,
        # Who says "now" means now, also at night.
        quiet=new.quiet and new.when != NOW,
        state="active",
        looked_until=now - timedelta(minutes=1) if new.when == NOW else now,
        created_at=now,
        created_by=by,
    )


async def _answer_rumour(
    session: AsyncSession, group: Group, row: Announcement, new: NewAnnouncement, *, by: str, now: datetime
) -> None:
    """Keep a statement as the answer to the rumour, in the same write: who asks from then on gets its words."""
    settings = settings_from_json(group.settings)
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    schedule = parse_schedule(row.schedule, settings.zone)
    entry = checked_entry(
        EntryRecord(
            key=f"statement-{row.id}",
            question=new.rumour,
            similar_questions=new.asked_as,
            answer=replies.render("announce.label_statement", text=row.text),
            category="group",
            valid_from=schedule.at if isinstance(schedule, Once) and new.when != NOW else None,
        )
    )
    version = group.knowledge_version + 1
    sheet = Sheet("entries", entries=(entry,))
    await store_knowledge(session, group, sheet, replace_all=False, version=version, at=now, by=by)
    group.knowledge_version = version


def _schedule(when: str, settings: GroupSettings, now: datetime) -> Schedule:
    if not when.strip():
        raise UsageError(f"an announcement needs its time; write now, or for example {EXAMPLES}")
    schedule = Once(now.astimezone(settings.zone)) if when == NOW else parse_schedule(when, settings.zone)
    if isinstance(schedule, Once) and when != NOW and schedule.at <= now:
        raise UsageError(f"{schedule.at:%Y-%m-%d %H:%M} is over already")
    if isinstance(schedule, BeforeClose):
        if settings.closes_at is None:
            raise UsageError("this group has no closing time (closes_at) to count back from")
        if settings.closes_at - schedule.lead <= now:
            raise UsageError("that moment before the closing time is over already")
    return schedule


def _wording(new: NewAnnouncement) -> Wording:
    return Wording(new.kind, new.text, new.label.strip(" 【】[]"), new.important)


def _view(row: Announcement, settings: GroupSettings, now: datetime) -> AnnouncementView:
    coming = plan_of(row, settings).next(now) if row.state == "active" else None
    return AnnouncementView(
        id=row.id,
        kind=row.kind,
        text=row.text,
        label=row.label,
        schedule=row.schedule,
        important=row.important,
        repeats=row.repeats,
        repeat_minutes=row.repeat_minutes,
        quiet=row.quiet,
        state=row.state,
        next_at=coming.due if coming else None,
        created_by=row.created_by,
    )


def _audit(row: Announcement, action: str, by: str, now: datetime) -> Audit:
    details = {"kind": row.kind, "schedule": row.schedule, "text": row.text}
    return Audit(
        at=now, actor=by, action=action, group_id=row.group_id, subject=f"announcement {row.id}", details=details
    )
