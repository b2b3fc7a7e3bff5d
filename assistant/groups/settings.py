"""What ``group.toml`` says: the settings of one group."""

import re
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from assistant.knowledge.fields import parse_moment

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-4]):([0-5]\d)")


def _decimal_text(value: Any) -> Any:
    if value is None or isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise ValueError(f'must be decimal text in quotation marks, like "2000.00", not {value}')
    try:
        return Decimal(value.strip())
    except InvalidOperation:
        raise ValueError(f"'{value}' is not a number") from None


DecimalText = Annotated[Decimal, BeforeValidator(_decimal_text)]
Line = Annotated[str, Field(max_length=500)]


class _Section(BaseModel):
    # What we don't know stays: it comes out again when the group is exported.
    model_config = ConfigDict(extra="allow", frozen=True)

    @property
    def unknown(self) -> dict[str, Any]:
        """The keys that mean nothing to us."""
        return dict(self.model_extra or {})


class JoinSettings(_Section):
    """What a newcomer must give."""

    keyword: Line = ""
    question: Line = ""
    approval: Literal["none", "odd", "all"] = "odd"
    """Who waits for the seller's word: nobody, those with something odd about them, or all."""


class PaymentSettings(_Section):
    """How members pay. Amounts are in ``currency``."""

    methods: tuple[Line, ...] = ()
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    order_limit: DecimalText | None = None
    """One order may not exceed it."""
    deposit_ratio: DecimalText | None = None
    """The share of the total that is due now; the rest after delivery."""
    pay_within_minutes: Annotated[int, Field(ge=1)] | None = None
    """Unpaid orders expire after it and give the stock back."""
    payees: tuple[Line, ...] = ()
    """Names that the seller's money arrives under, as payment screens show them; a proof to another is pointed out."""
    off: tuple[Line, ...] = ()
    """Those of ``methods`` that cannot be used just now."""

    remind_minutes_before: Annotated[int, Field(ge=1)] | None = None
    """So long before it expires an order's member is reminded; unset is a quarter of the time, at most an hour."""

    @property
    def usable(self) -> tuple[str, ...]:
        """The methods that can be used just now; all of them where all are switched off."""
        return tuple(method for method in self.methods if method not in self.off) or self.methods

    @field_validator("order_limit")
    @classmethod
    def _positive(cls, value: Decimal | None) -> Decimal | None:
        if value is not None and not (value.is_finite() and value > 0):
            raise ValueError(f"must be more than 0, not {value}")
        return value

    @field_validator("deposit_ratio")
    @classmethod
    def _share(cls, value: Decimal | None) -> Decimal | None:
        if value is not None and not (value.is_finite() and 0 < value <= 1):
            raise ValueError(f"must be more than 0 and at most 1, not {value}")
        return value


class RefundSettings(_Section):
    """The refund terms."""

    window_days: Annotated[int, Field(ge=0)] = 0
    condition: Line = ""


class DeliverySettings(_Section):
    """How orders reach their members."""

    days: Annotated[int, Field(ge=0)] | None = None
    """How many days a parcel usually takes; told on shipping, and when it is over the member is asked."""


class RegularsSettings(_Section):
    """What members who come back, and those who come first, get."""

    remember: bool = True
    """Whether the seller remembers what members usually take, across their groups."""
    newcomer_offer: Line = ""
    """What is told to somebody who orders for the first time, in the seller's words."""
    fast_lane_orders: Annotated[int, Field(ge=1)] | None = None
    """From so many purchases on a member's tickets come first."""


class SurveySettings(_Section):
    """The anonymous survey after an order is done."""

    ask: bool = True
    """Whether members are asked, once each."""
    after_hours: Annotated[int, Field(ge=0, le=14 * 24)] = 24
    """How long after they got it."""
    show_from: Annotated[int, Field(ge=3)] = 5
    """So many answers are shown together at a time; fewer could be laid at somebody's door."""


class ModerationSettings(_Section):
    """How order is kept."""

    strikes: Annotated[int, Field(ge=1)] = 3
    """Warnings before removal."""
    allow_links: bool = False
    at_limit: Literal["tell", "ticket", "remove"] = "tell"
    """What happens at the last strike: the seller is told, gets a ticket, or the member is removed at once."""
    flood_messages: Annotated[int, Field(ge=2)] | None = None
    """More messages of one member in a minute are a flood; unset counts only the same words again and again."""


def _window(text: str) -> tuple[time, time] | None:
    """Return from and until of ``HH:MM-HH:MM``, or None for other text."""
    match = _HOURS.fullmatch(text)
    if match is None:
        return None
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in match.groups())
    end = time.max if end_hour == 24 else time(end_hour, end_minute)
    return time(start_hour, start_minute), end


def _hours_text(value: str) -> str:
    text = value.strip().replace("：", ":")
    if text and not _HOURS.fullmatch(text):
        raise ValueError(f"'{value}' must look like 09:00-21:00")
    return text


class AnnouncementSettings(_Section):
    """How the group is told things by the clock."""

    quiet_hours: str = "22:00-08:00"
    """Announcements that fall into it wait for its end, ``HH:MM-HH:MM`` in the group's zone; empty means never."""

    @cached_property
    def quiet_window(self) -> tuple[time, time] | None:
        """The quiet hours, from and until; None where there are none."""
        return _window(self.quiet_hours)

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        return _hours_text(value)


class GroupSettings(_Section):
    """What ``group.toml`` says. ``opens_at`` and ``closes_at`` are aware times; orders are refused outside."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,40}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    language: Literal["zh-CN", "en"] = "zh-CN"
    timezone: str = "Asia/Shanghai"
    seller: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: str = ""
    rules: tuple[str, ...] = ()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    close_after_orders: Annotated[int, Field(ge=1)] | None = None
    """It closes by itself at this many orders."""
    close_counts: Literal["placed", "paid"] = "placed"
    """Which orders ``close_after_orders`` counts: all that are live, or only those that were paid."""
    next_opens_at: datetime | None = None
    """When the next group opens; whoever orders too late is told."""
    erase_after_days: Annotated[int, Field(ge=0)] = 30
    """How long after the end personal data are kept."""
    moved_to: str = ""
    """The spare group that the members were moved to."""
    member_limit: Annotated[int, Field(ge=1)] | None = None
    assistant_name: Line = ""
    """How members address the assistant."""
    business_hours: str = ""
    """When a human answers, ``HH:MM-HH:MM`` in the group's zone; empty means always."""
    talkative: Annotated[float, Field(ge=0, le=1)] | None = None
    """From quiet (0) over 0.5 to talkative (1): how sure the assistant must be that somebody asked it."""
    join: JoinSettings | None = None
    payment: PaymentSettings = PaymentSettings()
    delivery: DeliverySettings = DeliverySettings()
    refund: RefundSettings | None = None
    moderation: ModerationSettings = ModerationSettings()
    regulars: RegularsSettings = RegularsSettings()
    survey: SurveySettings = SurveySettings()
    announcements: AnnouncementSettings = AnnouncementSettings()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The group's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def business_window(self) -> tuple[time, time] | None:
        """When a human answers, from and until, in the group's zone; None means always."""
        return _window(self.business_hours)

    @field_validator("language", mode="before")
    @classmethod
    def _language(cls, value: Any) -> Any:
        text = str(value).replace("_", "-").casefold()
        if text.split("-")[0] == "en":
            return "en"
        return "zh-CN" if text in ("zh", "zh-cn", "zh-hans", "zh-hans-cn") else value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"'{value}' is not a time zone; write it like Asia/Shanghai") from None
        return value

    @field_validator("business_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        return _hours_text(value)

    @field_validator("opens_at", "closes_at", "next_opens_at", mode="before")
    @classmethod
    def _moment(cls, value: Any, info: ValidationInfo) -> Any:
        """A time without an offset is in the group's zone; a date alone is its first moment or last second."""
        if value is None or (isinstance(value, datetime) and value.tzinfo):
            return value
        zone = ZoneInfo(info.data.get("timezone", "UTC"))
        return parse_moment(str(value), zone, end_of_day=info.field_name == "closes_at")

    @model_validator(mode="after")
    def _order_of_times(self) -> "GroupSettings":
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValueError("closes_at is not after opens_at")
        return self
