"""What the routes work with: made once by the app, found through the request."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request, WebSocket

from assistant.channels.feed import Broadcast
from assistant.delivery.access import Access
from assistant.delivery.bootstrap import Yidan
from assistant.delivery.directory import Directory
from assistant.delivery.joining import Joining
from assistant.delivery.live import LiveFeed
from assistant.delivery.signpost import Signpost
from assistant.delivery.workflows import Workflows
from assistant.desk.service import TicketDesk
from assistant.orders.service import OrderService


@dataclass(frozen=True, slots=True)
class Server:
    """The parts behind the routes. ``workflows`` is None where nothing is delivered (some tests)."""

    yidan: Yidan
    access: Access
    directory: Directory
    joining: Joining
    signpost: Signpost
    desk: TicketDesk
    orders: OrderService
    broadcast: Broadcast
    live: LiveFeed
    workflows: Workflows | None
    open_join: bool
    """True in the demo: anybody may join a group without a join token."""
    languages: dict[str, str] = field(default_factory=dict)
    """Languages of groups that errors were told in."""
    publishing: set[str] = field(default_factory=set)
    """Groups whose draft is being tested: one at a time."""

    def announce(self, group_id: str) -> None:
        """Wake the group's readers and the deliveries."""
        self.live.mark(group_id)
        self.broadcast.notify(group_id)
        if self.workflows is not None:
            self.workflows.nudge()


def server_of(connection: Request | WebSocket) -> Server:
    """Return the server's parts."""
    return cast(Server, connection.app.state.server)
