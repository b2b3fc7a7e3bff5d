"""Runs the app: one process, one port, a graceful end."""

import socket
from collections.abc import Callable

import uvicorn

from assistant.delivery.bootstrap import Yidan
from assistant.errors import UsageError
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.demo import demo_tokens, load_samples
from assistant.web.state import Server

GRACE_SECONDS = 15
"""How long turns in work may take to end when the server is told to stop."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        UsageError: the address cannot be had; the message says why and what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            raise UsageError(f"port {port} needs more rights; choose one above 1023 with --port") from error
        if isinstance(error, socket.gaierror):
            raise UsageError(f"'{host}' is no address of this machine") from error
        raise UsageError(
            f"{host}:{port} is taken or not ours; stop what runs there or choose another with --port"
        ) from error
    listener.listen(512)
    return listener


def run(settings: Settings, listener: socket.socket, *, demo: bool, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; turns in work end first."""

    async def open_yidan() -> Yidan:
        return await Yidan.open(settings)

    async def ready(server: Server) -> None:
        group_ids = await load_samples(server.yidan) if demo else []
        tokens = await demo_tokens(server, group_ids) if demo else {}
        await _warm_up(server)
        host, port = listener.getsockname()[:2]
        _announce(f"http://{'localhost' if host in ('0.0.0.0', '::') else host}:{port}", tokens, say)

    app = create_app(open_yidan, open_join=demo, ready=ready)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        # A message is 4,000 characters at most; nobody needs to send more over a socket.
        ws_max_size=64 * 1024,
    )
    uvicorn.Server(config).run(sockets=[listener])


async def _warm_up(server: Server) -> None:
    """Load the embedder and the groups' indexes, so that the first member does not wait for them."""
    import asyncio

    await asyncio.to_thread(server.yidan.embedder.queries, ["你好"])
    async with server.yidan.database.read() as session:
        for group in await server.directory.groups():
            await server.yidan.library.view(session, group.id)


def _announce(base: str, tokens: dict[str, str], say: Callable[[str], None]) -> None:
    say(f"Yidan is ready: {base}")
    say(f"  API reference   {base}/docs")
    if not tokens:
        say("  Tokens          yidan token create")
        return
    say(f"  Owner's token   {tokens['owner']}")
    joins = {name.removeprefix("join:"): token for name, token in tokens.items() if name.startswith("join:")}
    for group_id, token in joins.items():
        say(f"  Join {group_id:<10} {token}")
    first = next(iter(joins), "tea")
    say("Try it:")
    say(
        f"  curl {base}/api/groups/{first}/messages -H 'Authorization: Bearer {tokens['owner']}'"
        " -H 'Content-Type: application/json'"
        """ -d '{"text": "how much is it? 多少钱", "member": {"id": "may", "nickname": "May"}}'"""
    )
    say("Stop with Ctrl+C.")
