"""Whether a group takes orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from assistant.groups.settings import GroupSettings

State = Literal["not_open", "open", "closed"]
Reason = Literal["", "before_opening", "closing_time", "order_count", "by_hand", "moved"]


class HasLife(Protocol):
    """What a group's state is told from."""

    @property
    def settings(self) -> GroupSettings:
        """The group's settings."""
        ...

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed for good, if it was."""
        ...


@dataclass(frozen=True)
class Life:
    """A group's settings with its closing: what its state is told from where nothing else is at hand."""

    settings: GroupSettings
    closed_at: datetime | None


@dataclass(frozen=True)
class GroupState:
    """``state`` and why; ``since`` is when it closed (or opens, before the opening), where a time tells it."""

    state: State
    reason: Reason = ""
    since: datetime | None = None


def group_state(view: HasLife, now: datetime, order_count: int) -> State:
    """Return whether orders are taken at ``now`` (aware), with ``order_count`` orders that count so far."""
    return describe_state(view, now, order_count).state


def describe_state(view: HasLife, now: datetime, order_count: int) -> GroupState:
    """Return the state with its reason: closed by hand, at its closing time, or at its last order."""
    settings = view.settings
    if view.closed_at is not None and view.closed_at <= now:
        full = settings.close_after_orders is not None and order_count >= settings.close_after_orders
        reason: Reason = "moved" if settings.moved_to else "order_count" if full else "by_hand"
        return GroupState("closed", reason, view.closed_at)
    if settings.closes_at is not None and now > settings.closes_at:
        return GroupState("closed", "closing_time", settings.closes_at)
    if settings.close_after_orders is not None and order_count >= settings.close_after_orders:
        return GroupState("closed", "order_count")
    if settings.opens_at is not None and now < settings.opens_at:
        return GroupState("not_open", "before_opening", settings.opens_at)
    return GroupState("open")
