"""What orders need to know of their group: its terms, and how to speak to its members."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from assistant.models import Group
from assistant.orders.ledger import Terms
from assistant.replies.catalogue import Replies, replies_for

ARRIVES_AT = time(18)
"""A parcel should be there by the evening of its day."""

_REMIND_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Deal:
    """A group's terms as orders see them. The defaults are those of a ``group.toml`` that says nothing."""

    group_id: str
    seller: str = ""
    language: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    methods: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)
    remind_minutes: int | None = None
    """So long before an unpaid order expires its member is reminded; None where nothing expires."""
    delivery_days: int | None = None
    """How many days a parcel usually takes."""

    @property
    def replies(self) -> Replies:
        """The catalogue of replies in the group's language, zone and currency."""
        return replies_for(self.language, self.timezone, self.terms.currency)

    def pay_by(self, now: datetime) -> datetime | None:
        """Return until when an order that waits for payment from now on must be paid."""
        minutes = self.terms.pay_within_minutes
        return now + timedelta(minutes=minutes) if minutes else None

    def arrives_by(self, now: datetime, days: int | None) -> datetime | None:
        """Return when a parcel sent now should be there; None where nobody says how long it takes."""
        days = self.delivery_days if days is None else days
        if days is None:
            return None
        local = now.astimezone(ZoneInfo(self.timezone))
        return datetime.combine(local.date() + timedelta(days=days), ARRIVES_AT, local.tzinfo)


_PLAIN = Deal("")


def deal_of(group: Group) -> Deal:
    """Return the deal of a group's row."""
    settings = group.settings
    payment: dict[str, Any] = settings.get("payment", {})
    within = payment.get("pay_within_minutes")
    remind = payment.get("remind_minutes_before", min(within // 4, _REMIND_AT_MOST) if within else None)
    return Deal(
        group_id=group.id,
        seller=settings.get("seller", _PLAIN.seller),
        language=settings.get("language", _PLAIN.language),
        timezone=settings.get("timezone", _PLAIN.timezone),
        methods=tuple(one for one in payment.get("methods", ()) if one not in payment.get("off", ())),
        terms=Terms(
            order_limit=_amount(payment.get("order_limit")),
            deposit_ratio=_amount(payment.get("deposit_ratio")),
            pay_within_minutes=within,
            currency=payment.get("currency", _PLAIN.terms.currency),
        ),
        remind_minutes=remind if within else None,
        delivery_days=settings.get("delivery", {}).get("days"),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
