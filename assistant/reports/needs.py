"""What needs the seller now, most urgent first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

NeedKind = Literal[
    "claim",
    "part_paid",
    "refund",
    "complaint",
    "handoff",
    "custom_request",
    "join",
    "expiring",
    "to_ship",
    "stock_out",
    "closing",
]
"""In the order of urgency: money that somebody waits to hear about, then people who wait, then what is merely due."""

RANK: dict[str, int] = {kind: at for at, kind in enumerate(get_args(NeedKind))}

EXPIRING_WITHIN = timedelta(hours=1)
CLOSING_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do."""

    kind: NeedKind
    group_id: str
    at: datetime
    """Since when it waits; for what is still to come (expiring, closing) when it comes."""
    member: str = ""
    number: int | None = None
    """The order's number."""
    row: int | None = None
    """The ticket's, claim's or request's id."""
    what: str = ""
    """The question, the product or the group, in its own words."""
    count: int = 1
    """How many orders, or members waiting, it is about."""
    amount: Decimal | None = None
    currency: str = ""
    doubtful: bool = False
    """A proof with something to look at."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "kind": self.kind,
            "group": self.group_id,
            "at": self.at.isoformat(),
            "member": self.member,
            "order": self.number,
            "id": self.row,
            "what": self.what,
            "count": self.count,
            "amount": None if self.amount is None else f"{self.amount:.2f}",
            "doubtful": self.doubtful,
        }


def by_urgency(needs: Iterable[Need]) -> list[Need]:
    """Return the needs most urgent first: by kind, then who waits longest or what comes next."""
    return sorted(needs, key=lambda need: (RANK[need.kind], need.at, need.group_id, need.number or 0))
