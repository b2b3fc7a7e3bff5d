"""A group's poster from its settings and its invitation."""

from assistant.delivery.invitations import InvitationView
from assistant.errors import UsageError
from assistant.groups.notice import dated_name
from assistant.groups.settings import GroupSettings
from assistant.invitations.poster import Poster
from assistant.replies.catalogue import replies_for


def join_address(base_url: str, code: str) -> str:
    """Return where an invitation leads.

    Raises:
        UsageError: nobody said at which address members reach the server.
    """
    if not base_url:
        raise UsageError(
            "the QR code needs an address: set YIDAN_PUBLIC_URL to where members reach this server,"
            " or issue the invitation with the platform's own code (yidan group invite G --link https://...)"
        )
    return f"{base_url.rstrip('/')}/join/{code}"


def poster_of(settings: GroupSettings, invitation: InvitationView, base_url: str) -> Poster:
    """Return what stands on the poster of an invitation. Raises UsageError without an address for its QR code."""
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    join = settings.join
    issued = replies.render("poster.issued", issued_at=invitation.issued_at)
    dates = [issued]
    if invitation.expires_at is not None:
        dates.append(replies.render("poster.until", expires_at=invitation.expires_at))
    return Poster(
        title=dated_name(settings, replies, invitation.issued_at),
        purpose=settings.purpose,
        address=invitation.link or join_address(base_url, invitation.code),
        steps=(
            replies.render("poster.scan"),
            replies.render("poster.name", keyword=join.keyword if join else ""),
            replies.render("poster.question", question=join.question if join else ""),
        ),
        dates=dates,
        watermark=f"{settings.seller} {issued}",
        language=settings.language,
    )
