"""The server's app: the parts behind the routes, the routes, and what runs beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from assistant import __version__
from assistant.accounts.service import AccountService
from assistant.accounts.sessions import Sessions
from assistant.channels.base import REPLIES_IN_RESPONSE, Channel
from assistant.channels.feed import Broadcast, FeedChannel
from assistant.delivery.access import Access
from assistant.delivery.assist import Assist
from assistant.delivery.assist_names import NameDesk
from assistant.delivery.assist_sheet import AssistDrafts
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.directory import Directory
from assistant.delivery.dossier import Dossiers
from assistant.delivery.joining import Joining
from assistant.delivery.live import LiveFeed
from assistant.delivery.outbox import Outbox
from assistant.delivery.signpost import Signpost
from assistant.delivery.suggestions import Suggestions
from assistant.delivery.talk import Talk
from assistant.delivery.waiting import Waiting
from assistant.delivery.workflows import Workflows
from assistant.desk.pauses import PauseDesk
from assistant.desk.service import TicketDesk
from assistant.orders.service import OrderService
from assistant.publishing.comparing import Compare, in_thread
from assistant.runs.exam import ExamDesk
from assistant.runs.service import RunService
from assistant.web import errors, pages, room
from assistant.web.api import (
    announcements,
    answers,
    assist,
    cases,
    conduct,
    desk,
    drafts,
    endings,
    entries,
    joining,
    knowledge,
    members,
    orders,
    payments,
    polls,
    questions,
    regulars,
    remembered,
    reports,
    runs,
    sellers,
    suggestions,
    surveys,
    talk,
)
from assistant.web.guards import Guards
from assistant.web.openai_api import routes as openai_routes
from assistant.web.pages import survey
from assistant.web.schemas import ErrorOut
from assistant.web.state import Server

DESCRIPTION = (
    "Write into a group and see what the assistant does; read the feed; work on tickets, orders and knowledge."
    " Sellers' tokens come from `yidan token create`, members' from joining a group."
)


def create_app(server: Server) -> FastAPI:
    """Return the app over a server's parts; starting and ending them is the caller's matter."""
    app = FastAPI(
        title="Yidan",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        # Its own page gives it, as FastAPI would put it together in the event loop, and everybody would wait.
        openapi_url=None,
        responses={
            status: {"model": ErrorOut, "description": what}
            for status, what in (
                (400, "The request is off (under /v1)"),
                (401, "No valid token"),
                (403, "Not allowed"),
                (404, "Not found"),
                (409, "The state does not allow it"),
                (413, "Too large"),
                (422, "The request is off"),
                (503, "Not just now"),
            )
        },
    )
    app.state.server = server
    for router in (
        members.router,
        sellers.router,
        payments.router,
        orders.router,
        entries.router,
        drafts.router,
        knowledge.router,
        questions.router,
        runs.router,
        cases.router,
        suggestions.router,
        announcements.router,
        conduct.router,
        desk.router,
        assist.router,
        talk.router,
        answers.router,
        endings.router,
        polls.router,
        surveys.router,
        regulars.router,
        remembered.router,
        reports.router,
        openai_routes.router,
        pages.router,
        survey.router,
        room.router,
        joining.router,
    ):
        app.include_router(router)
    errors.install(app)
    app.add_middleware(Guards)
    return app


@asynccontextmanager
async def running(
    yidan: Yidan, *, background: bool = True, open_join: bool = False, compare: Compare = in_thread
) -> AsyncIterator[Server]:
    """Yield the parts behind the routes, with their background work running; turns in work end at the end.

    ``background`` runs deliveries and schedules too; ``open_join`` lets people join without a token (demo).
    ``compare`` is how publications run their suites.
    ``yidan`` is closed at the end.
    """
    server = _assemble(yidan, background=background, open_join=open_join, compare=compare)
    yidan.inbox.on_recorded(server.show)
    try:
        if server.workflows is not None:
            await server.workflows.start()
            yidan.inbox.on_handled(yidan.proofs.nudge)
            yidan.proofs.on_read(server.announce)
        yield server
    finally:
        await server.exam.stop()
        await yidan.inbox.drain()
        if server.workflows is not None:
            await server.workflows.stop()
        await yidan.close()


def _assemble(yidan: Yidan, *, background: bool, open_join: bool, compare: Compare) -> Server:
    broadcast, live = Broadcast(), LiveFeed(yidan.database)
    feed: Channel = FeedChannel(broadcast)
    channels = {name: feed for name in REPLIES_IN_RESPONSE}
    outbox = Outbox(yidan.database, yidan.clock, yidan.settings, channels=channels)
    outbox.on_sent(live.mark)
    outbox.on_sent(broadcast.notify)
    access = Access(yidan.database, yidan.clock)
    tickets = TicketDesk(yidan.database, yidan.clock, yidan.settings)
    spoken = Talk(yidan.database, yidan.clock, yidan.settings)
    return Server(
        yidan=yidan,
        access=access,
        accounts=AccountService(yidan.database, yidan.clock),
        sessions=Sessions(yidan.database, yidan.clock),
        directory=Directory(yidan.database, yidan.clock, access),
        joining=Joining(yidan.database, yidan.clock, access),
        signpost=Signpost(yidan.database, yidan.clock, yidan.library),
        desk=tickets,
        pauses=PauseDesk(yidan.database, yidan.clock),
        waiting=Waiting(yidan.database),
        talk=spoken,
        dossiers=Dossiers(
            yidan.database,
            yidan.clock,
            yidan.library,
            desk=tickets,
            talk=spoken,
            suggestions=Suggestions(yidan.database, yidan.library, tickets, yidan.model),
        ),
        assist=Assist(yidan.database, yidan.clock, yidan.library, yidan.inbox),
        names=NameDesk(yidan.database, yidan.clock, yidan.inbox),
        drafts=AssistDrafts(yidan.database, yidan.clock),
        orders=OrderService(yidan.database, yidan.clock),
        broadcast=broadcast,
        live=live,
        runs=RunService(yidan),
        exam=ExamDesk(yidan),
        workflows=Workflows(yidan, outbox) if background else None,
        open_join=open_join,
        compare=compare,
    )
