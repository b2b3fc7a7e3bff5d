"""Sellers' endpoints for what needs a human: the list, a ticket's context, pauses, typing, knowledge from answers."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from assistant.accounts.permissions import Deed
from assistant.delivery.waiting import Kind, State
from assistant.errors import NotAllowed
from assistant.publishing.learning import Lesson, learn
from assistant.web.api.sellers import ticket_out
from assistant.web.auth import AsSeller, OfGroup, needs
from assistant.web.errors import ApiError
from assistant.web.schemas import TicketOut
from assistant.web.schemas_desk import (
    DossierOut,
    EndedOut,
    LearntOut,
    LessonIn,
    PauseOut,
    TypingOut,
    WaitingOut,
)

router = APIRouter(prefix="/api", tags=["desk"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/waiting")
@needs(Deed.MEMBERS)
async def list_waiting(
    access: AsSeller,
    group: Annotated[str | None, Query(max_length=40, description="Only this group.")] = None,
    kind: Annotated[list[Kind] | None, Query(max_length=5)] = None,
    state: Annotated[list[State] | None, Query(max_length=3, description="Without: open and claimed.")] = None,
) -> list[WaitingOut]:
    """Return what waits in the seller's groups, tickets and requests to join, the longest wait first."""
    server, seller_id = access.server, access.caller.seller_id
    if group is not None:
        groups = [(await server.directory.group(group, seller_id)).id]
    else:
        groups = [row.id for row in await server.directory.groups(seller_id)]
    found = await server.waiting.list(groups, states=state or ("open", "claimed"), kinds=kind or ())
    return [WaitingOut.model_validate(item) for item in found]


@router.post("/tickets/{ticket_id}/hand-back")
@needs(Deed.TALK)
async def hand_back(access: AsSeller, ticket_id: RowId) -> TicketOut:
    """Let the assistant talk with the member again; an unanswered ticket is open for anybody, an answered resolved."""
    caller = access.caller
    view = await access.server.desk.hand_back(ticket_id, seller_id=caller.seller_id, actor=caller.actor)
    access.server.announce(view.group_id)
    return ticket_out(view)


@router.get("/groups/{group_id}/tickets/{ticket_id}/context")
@needs(Deed.MEMBERS)
async def ticket_context(access: OfGroup, ticket_id: RowId) -> DossierOut:
    """Return a ticket with what was said, tried, ordered and answered before, and replies to choose from."""
    assert access.group is not None
    found = await access.server.dossiers.of(ticket_id, seller_id=access.caller.seller_id)
    if found.ticket.group_id != access.group.id:
        raise ApiError(404, f"no ticket {ticket_id}")
    return DossierOut.model_validate(asdict(found) | {"summary": list(found.summary.lines)})


@router.post("/groups/{group_id}/tickets/{ticket_id}/knowledge")
@needs(Deed.TALK)
async def keep_as_knowledge(access: OfGroup, ticket_id: RowId, lesson: LessonIn) -> LearntOut:
    """Make an answered ticket an entry and a case of the group's suite; with ``publish`` the next member gets it."""
    assert access.group is not None
    server, group_id = access.server, access.group.id
    if lesson.publish and not access.may(Deed.PUBLISH):
        raise NotAllowed("your role may draft knowledge, but not make it live; leave out publish")
    wanted = Lesson(lesson.question, lesson.answer, tuple(lesson.similar_questions), lesson.category)
    by, live = access.caller.actor, lesson.publish
    with server.one_publication(group_id):
        learnt = await learn(server.yidan, group_id, ticket_id, wanted, by=by, live=live, compare=server.compare)
    return LearntOut(
        entry=learnt.entry.key,
        case=learnt.case,
        live=learnt.live,
        answers=learnt.answers,
        broken=list(learnt.broken),
    )


@router.get("/groups/{group_id}/pauses")
@needs(Deed.MEMBERS)
async def list_pauses(access: OfGroup) -> list[PauseOut]:
    """Return with whom a human talks, so that the assistant keeps out, and until when."""
    assert access.group is not None
    return [PauseOut.model_validate(pause) for pause in await access.server.pauses.list(access.group.id)]


@router.delete("/groups/{group_id}/pauses/{member_id}")
@needs(Deed.TALK)
async def end_pause(access: OfGroup, member_id: RowId) -> EndedOut:
    """Let the assistant talk with the member again."""
    assert access.group is not None
    ended = await access.server.pauses.end(access.group.id, member_id, by=access.caller.actor)
    access.server.announce(access.group.id)
    return EndedOut(ended=ended)


@router.put("/groups/{group_id}/members/{member_id}/typing")
@needs(Deed.TALK)
async def say_typing(access: OfGroup, member_id: RowId) -> TypingOut:
    """Keep the assistant out while you write to the member; say it again every few seconds while you go on."""
    assert access.group is not None
    until = await access.server.pauses.typing(access.group.id, member_id, by=access.caller.actor)
    return TypingOut(until=until)


@router.delete("/groups/{group_id}/members/{member_id}/typing", status_code=204)
@needs(Deed.TALK)
async def stop_typing(access: OfGroup, member_id: RowId) -> Response:
    """Say that you write no more; the assistant goes on at once, with what the member wrote meanwhile too."""
    assert access.group is not None
    await access.server.pauses.stopped_typing(access.group.id, member_id, by=access.caller.actor)
    access.server.announce(access.group.id)
    return Response(status_code=204)
