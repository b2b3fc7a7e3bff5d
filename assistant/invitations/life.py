"""How long an invitation lives, and when the seller has to hear about it: pure rules over the clock."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from assistant.models import Invitation

State = Literal["spare", "current", "replaced", "expired", "revoked"]

LIFE_DAYS = 7
"""As long as the platform lets a group's own QR code live."""

LONGEST_DAYS = 60
REMIND_BEFORE = timedelta(days=3)

ADMITS: frozenset[str] = frozenset({"current", "replaced"})
"""States in which an invitation lets people in as long as it lives: an older poster may still hang somewhere."""


def new_invitation(group_id: str, now: datetime, *, state: State, days: int = LIFE_DAYS, link: str = "") -> Invitation:
    """Return an invitation with a code nobody can guess.

    The life of a spare begins when it is put to use; a platform's own code (``link``) lives from now on.
    """
    begins = state == "current" or bool(link)
    return Invitation(
        group_id=group_id,
        code=secrets.token_urlsafe(9),
        link=link,
        state=state,
        days=days,
        issued_at=now,
        expires_at=now + timedelta(days=days) if begins else None,
    )


def put_to_use(spare: Invitation, now: datetime) -> None:
    """Make a spare the group's current invitation."""
    spare.state = "current"
    if spare.expires_at is None:
        spare.expires_at = now + timedelta(days=spare.days)


def dead(invitation: Invitation, now: datetime) -> bool:
    """Return whether its life is over."""
    return invitation.expires_at is not None and invitation.expires_at <= now


def admits(invitation: Invitation, now: datetime) -> bool:
    """Return whether it lets people in."""
    return invitation.state in ADMITS and not dead(invitation, now)


def reminder_due(invitation: Invitation, now: datetime) -> bool:
    """Return whether the seller should hear now that it will die: three days before, or half-way of a short life."""
    if invitation.state != "current" or invitation.reminded_at is not None or invitation.expires_at is None:
        return False
    ahead = min(REMIND_BEFORE, timedelta(days=invitation.days) / 2)
    return now >= invitation.expires_at - ahead


def usable_spare(invitations: Sequence[Invitation], now: datetime) -> Invitation | None:
    """Return the oldest spare that still lives."""
    spares = [one for one in invitations if one.state == "spare" and not dead(one, now)]
    return min(spares, key=lambda one: one.id) if spares else None
