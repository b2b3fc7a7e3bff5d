"""Does what a turn of a suite says about opening a group: notice, invitations, the door, announcements."""

from datetime import datetime, tzinfo

from assistant.delivery.access import Access
from assistant.delivery.announcer import NewAnnouncement
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.joining import Joining
from assistant.delivery.posters import poster_of
from assistant.evaluation.case import Deed
from assistant.groups.notice import notice_draft
from assistant.invitations.newcomers import Newcomer
from assistant.replies.catalogue import when_text
from assistant.turn.outcome import Action, Outcome

_HEARD: dict[str, Action] = {"joined": "answer", "asking": "clarify", "refused": "clarify", "pending": "handoff"}
_REASON = "the group is opened"


async def open_up(yidan: Yidan, group_id: str, deed: Deed, *, by: str) -> Outcome | None:
    """Do it and return what is read or heard; None where the deed is of another kind, or is read in what is told."""
    settings = (await yidan.groups.show(group_id)).settings
    joining = Joining(yidan.database, yidan.clock, Access(yidan.database, yidan.clock))
    if deed.notice:
        return Outcome("answer", notice_draft(settings, yidan.clock.now()), reason=_REASON)
    if deed.invite:
        issued = await yidan.invitations.issue(group_id, by=by, days=deed.invite)
        return Outcome("answer", _until(issued.expires_at, settings.zone), reason=_REASON)
    if deed.poster:
        drawn = poster_of(settings, await yidan.invitations.current(group_id, by=by), "https://group.example")
        return Outcome("answer", "\n".join([*drawn.texts(), *drawn.dates]), reason=_REASON)
    if deed.ask_in is not None:
        # The poster that the newcomer holds, whatever became of it meanwhile.
        held = (await yidan.invitations.of_group(group_id))[0]
        given = Newcomer(by, deed.ask_in.keyword, deed.ask_in.answer)
        heard = await joining.receive(held.code, given)
        return Outcome(_HEARD[heard.state], heard.text, reason=heard.state)
    for request_id in (*deed.approve, *deed.turn_away):
        if deed.approve:
            decided = await joining.approve(group_id, request_id, by=by)
        else:
            decided = await joining.refuse(group_id, request_id, by=by, note=deed.note)
        heard = await joining.standing_of(group_id, decided.id)
        return Outcome("answer", heard.text, reason=heard.state)
    if deed.usual:
        planned = await yidan.announcer.add_usual(group_id, by=by)
        return Outcome("answer", "\n".join(one.kind for one in planned) or "-", reason=_REASON)
    if deed.announce is not None:
        await yidan.announcer.add(group_id, NewAnnouncement(**deed.announce.model_dump()), by=by)
    return None


def _until(moment: datetime | None, zone: tzinfo) -> str:
    return "" if moment is None else when_text(moment, "zh-CN", zone)
