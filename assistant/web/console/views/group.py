"""A group's settings as a form: what stands in its fields, and what a filled-in form changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from zoneinfo import ZoneInfo

from assistant.groups.settings import GroupSettings

Kind = Literal["line", "text", "lines", "list", "whole", "money", "percent", "moment", "choice", "yes"]

LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Field:
    """A setting in the form. ``path`` is its key in ``group.toml``, with its section before a dot."""

    path: str
    kind: Kind
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The key of its words."""
        return self.path.replace(".", "_")


SECTIONS: dict[str, tuple[Field, ...]] = {
    "basics": (
        Field("name", "line"),
        Field("purpose", "text"),
        Field("rules", "lines"),
        Field("assistant_name", "line"),
        Field("business_hours", "line"),
        Field("member_limit", "whole"),
        Field("language", "choice", LANGUAGES),
        Field("timezone", "line"),
    ),
    "dates": (
        Field("opens_at", "moment"),
        Field("closes_at", "moment"),
        Field("close_after_orders", "whole"),
        Field("close_counts", "choice", ("placed", "paid")),
        Field("next_opens_at", "moment"),
        Field("erase_after_days", "whole"),
    ),
    "join": (
        Field("join.keyword", "line"),
        Field("join.question", "line"),
        Field("join.approval", "choice", ("none", "odd", "all")),
    ),
    "payment": (
        Field("payment.methods", "list"),
        Field("payment.payees", "list"),
        Field("payment.currency", "line"),
        Field("payment.order_limit", "money"),
        Field("payment.deposit_ratio", "percent"),
        Field("payment.pay_within_minutes", "whole"),
        Field("payment.remind_minutes_before", "whole"),
    ),
    "after": (
        Field("delivery.days", "whole"),
        Field("refund.window_days", "whole"),
        Field("refund.condition", "line"),
        Field("survey.ask", "yes"),
        Field("survey.after_hours", "whole"),
    ),
    "order": (
        Field("moderation.strikes", "whole"),
        Field("moderation.at_limit", "choice", ("tell", "ticket", "remove")),
        Field("moderation.allow_links", "yes"),
        Field("moderation.flood_messages", "whole"),
        Field("announcements.quiet_hours", "line"),
    ),
    "regulars": (
        Field("regulars.remember", "yes"),
        Field("regulars.newcomer_offer", "line"),
        Field("regulars.fast_lane_orders", "whole"),
    ),
}
"""The form, section by section."""

FIELDS = {field.path: field for fields in SECTIONS.values() for field in fields}

_REQUIRED = frozenset({"name", "timezone", "payment.currency"})
_MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filled-in form comes to: the changes as ``group.toml`` has them, and which fields are off and why."""

    changes: dict[str, Any]
    problems: dict[str, str]
    """By path: the key of the words that say what is wrong."""


def form_of(settings: GroupSettings) -> dict[str, str | bool]:
    """Return what stands in each field, by path."""
    return {path: _shown(field, _value(settings, path), settings.zone) for path, field in FIELDS.items()}


def filled(settings: GroupSettings, form: Mapping[str, str | bool]) -> Filled:
    """Return what the form changes in the settings; what stands there as before is no change."""
    before = form_of(settings)
    changes: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for path, given in form.items():
        if (given.strip() if isinstance(given, str) else given) == before[path]:
            continue
        try:
            value = _read(FIELDS[path], given, path, settings.zone)
        except ValueError as error:
            problems[path] = str(error)
            continue
        section, _, key = path.rpartition(".")
        if section:
            changes.setdefault(section, {})[key] = value
        else:
            changes[key] = value
    return Filled(changes, problems)


def _value(settings: GroupSettings, path: str) -> Any:
    section, _, key = path.rpartition(".")
    part = getattr(settings, section) if section else settings
    return None if part is None else getattr(part, key)


def _shown(field: Field, value: Any, zone: ZoneInfo) -> str | bool:
    if field.kind == "yes":
        return bool(value)
    if value is None:
        # A section that is not there yet: its choice starts with what it would be.
        return "odd" if field.path == "join.approval" else ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime(_MOMENT)
    if field.kind == "percent":
        return f"{(Decimal(value) * 100).normalize():f}"
    if field.kind in ("lines", "list"):
        return "\n".join(value)
    return str(value)


def _read(field: Field, given: str | bool, path: str, zone: ZoneInfo) -> Any:
    """Return the value for ``group.toml``; None takes the key out. Raises ValueError with the key of the reason."""
    if isinstance(given, bool):
        return given
    text = given.strip()
    if field.kind in ("lines", "list"):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if not text:
        if path in _REQUIRED:
            raise ValueError("required")
        return "" if field.kind in ("line", "text") else None
    if field.kind == "whole":
        if not text.isdecimal():
            raise ValueError("whole")
        return int(text)
    if field.kind in ("money", "percent"):
        return _decimal(text, field.kind)
    return _moment(text, zone) if field.kind == "moment" else text


def _decimal(text: str, kind: str) -> str:
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise ValueError("number") from None
    if not number.is_finite() or number <= 0:
        raise ValueError("number")
    if kind == "percent":
        if number > 100:
            raise ValueError("percent")
        number /= 100
    return f"{number:f}"


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.strptime(text.replace("T", " ")[:16], _MOMENT).replace(tzinfo=zone)
    except ValueError:
        raise ValueError("moment") from None


# ---- announcements


@dataclass(frozen=True, slots=True)
class When:
    """When an announcement comes, as the form has it."""

    mode: str
    """now, at, daily, weekly, cron or before_close"""
    moment: str = ""
    clock: str = "09:00"
    days: tuple[str, ...] = ()
    lead: str = "2h"
    cron: str = ""

    def schedule(self) -> str:
        """Return the line that the announcer understands; what is missing in it, it says itself."""
        match self.mode:
            case "at":
                return f"at {self.moment.replace('T', ' ')}"
            case "daily":
                return f"daily {self.clock}"
            case "weekly":
                return f"weekly {','.join(self.days)} {self.clock}"
            case "cron":
                return f"cron {self.cron}"
            case "before_close":
                return f"before_close {self.lead}"
        return "now"


def stars_line(stars: tuple[int, ...]) -> list[tuple[int, int, float]]:
    """Return stars, how many gave so many, and their share of the most, the best first."""
    most = max(stars, default=0) or 1
    return [(number, count, count / most) for number, count in reversed(list(enumerate(stars, 1)))]


_ERASED = ("members", "messages", "outbox", "orders", "payments", "payment_claims", "tickets", "pictures", "archives")
"""What a protocol names; the rest of what was erased is told as one number."""


def erased(protocol: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how much of what was erased, most telling first; ``other`` is the number of all other records."""
    counts = {**protocol.get("rows", {}), **protocol.get("files", {})}
    named = [(kind, counts[kind]) for kind in _ERASED if counts.get(kind)]
    other = sum(count for kind, count in counts.items() if kind not in _ERASED)
    return [*named, ("other", other)] if other else named
