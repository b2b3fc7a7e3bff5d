"""What the routes work with: made once by the app, found through the request."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request, WebSocket

from assistant.accounts.service import AccountService
from assistant.accounts.sessions import Sessions
from assistant.channels.feed import Broadcast
from assistant.delivery.access import Access
from assistant.delivery.assist import Assist
from assistant.delivery.assist_names import NameDesk
from assistant.delivery.assist_sheet import AssistDrafts
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.directory import Directory
from assistant.delivery.dossier import Dossiers
from assistant.delivery.joining import Joining
from assistant.delivery.live import LiveFeed
from assistant.delivery.signpost import Signpost
from assistant.delivery.talk import Talk
from assistant.delivery.waiting import Waiting
from assistant.delivery.workflows import Workflows
from assistant.desk.pauses import PauseDesk
from assistant.desk.service import TicketDesk
from assistant.errors import Conflict
from assistant.orders.service import OrderService
from assistant.publishing.comparing import Compare, in_thread
from assistant.runs.exam import ExamDesk
from assistant.runs.service import RunService
from assistant.web.limits import RateLimit


@dataclass(frozen=True, slots=True)
class Limits:
    """How often strangers may try things."""

    sign_in: RateLimit = field(default_factory=lambda: RateLimit(5, 300))
    """Passwords of one account from one address."""
    address: RateLimit = field(default_factory=lambda: RateLimit(30, 300))
    """Passwords from one address, whomever they are for."""
    join: RateLimit = field(default_factory=lambda: RateLimit(60, 60))
    """Newcomers from one address; a shop's whole queue may sit behind one."""


@dataclass(frozen=True, slots=True)
class Server:
    """The parts behind the routes. ``workflows`` is None where nothing is delivered (some tests)."""

    yidan: Yidan
    access: Access
    accounts: AccountService
    sessions: Sessions
    directory: Directory
    joining: Joining
    signpost: Signpost
    desk: TicketDesk
    pauses: PauseDesk
    waiting: Waiting
    talk: Talk
    dossiers: Dossiers
    assist: Assist
    names: NameDesk
    drafts: AssistDrafts
    orders: OrderService
    broadcast: Broadcast
    live: LiveFeed
    runs: RunService
    exam: ExamDesk
    workflows: Workflows | None
    open_join: bool
    """True in the demo: anybody may join a group without a join token."""
    limits: Limits = field(default_factory=Limits)
    demo_account: dict[str, str] = field(default_factory=dict)
    """Login name and password of the demo's owner, shown at the door; empty elsewhere."""
    setup_code: str = field(default_factory=lambda: secrets.token_hex(4))
    """What makes the first account from another machine; told where the server was started."""
    languages: dict[str, str] = field(default_factory=dict)
    """Languages of groups that errors were told in."""
    compare: Compare = in_thread
    """How a publication runs its suites."""
    publishing: set[str] = field(default_factory=set)
    """Groups whose draft is being tested: one at a time."""

    @contextmanager
    def one_publication(self, group_id: str) -> Iterator[None]:
        """Hold the place of the group's one publication. Raises Conflict while another one is tested."""
        if group_id in self.publishing:
            raise Conflict(f"a draft of group '{group_id}' is being tested just now")
        self.publishing.add(group_id)
        try:
            yield
        finally:
            self.publishing.discard(group_id)

    def show(self, group_id: str) -> None:
        """Wake the group's readers."""
        self.live.mark(group_id)
        self.broadcast.notify(group_id)

    def announce(self, group_id: str) -> None:
        """Wake the group's readers and the deliveries."""
        self.show(group_id)
        if self.workflows is not None:
            self.workflows.nudge()


def server_of(connection: Request | WebSocket) -> Server:
    """Return the server's parts."""
    return cast(Server, connection.app.state.server)
