"""Runs the app: one process, one port, a graceful end."""

import asyncio
import logging
import socket
from collections.abc import Callable

import uvicorn

from assistant.delivery.bootstrap import Yidan
from assistant.errors import UsageError, YidanError
from assistant.runs.comparing import apart
from assistant.settings import Settings
from assistant.web.app import create_app, running
from assistant.web.demo import demo_account, demo_tokens, load_samples
from assistant.web.state import Server

log = logging.getLogger(__name__)

GRACE_SECONDS = 15
"""How long turns in work may take to end when the server is told to stop."""

PATIENCE_SECONDS = 1.0
"""How long the start waits for the groups' indexes."""


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


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes the event loop: uvloop's where it is installed, which halves the time of a plain turn."""
    return uvicorn.Config("", loop="auto").get_loop_factory()


async def serve(settings: Settings, listener: socket.socket, *, demo: bool, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; turns in work end first."""
    yidan = await Yidan.open(settings)
    async with running(yidan, open_join=demo, compare=apart) as server:
        group_ids = await load_samples(yidan) if demo else []
        tokens = await demo_tokens(server, group_ids) if demo else {}
        server.demo_account.update(await demo_account(server) if demo else {})
        fresh = not await server.accounts.any()
        warming = await _warm_up(server)
        app = create_app(server)
        # Loaded here and nowhere else: commands and tests that need no console start without it.
        from assistant.web.console.mount import mount

        mount(app, server)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=GRACE_SECONDS,
            # The console's largest field takes 100,000 characters, up to four bytes each, and JSON around them.
            ws_max_size=2**20,
            # News are short; compressing them for each reader anew costs more than it saves.
            ws_per_message_deflate=False,
        )
        host, port = listener.getsockname()[:2]
        shown = "localhost" if host in ("0.0.0.0", "::") else host
        _announce(f"http://{shown}:{port}", server, tokens, fresh=fresh, say=say)
        await uvicorn.Server(config).serve(sockets=[listener])
        warming.cancel()


async def _warm_up(server: Server) -> "asyncio.Task[None]":
    """Load the embedder, and the groups' indexes as far as they were built before.

    An index that must be built first goes on in the background, so that the server is up in seconds; a member of
    that group waits for it once.
    """
    await asyncio.to_thread(server.yidan.embedder.queries, ["你好"])
    warming = asyncio.create_task(_load(server))
    await asyncio.wait({warming}, timeout=PATIENCE_SECONDS)
    return warming


async def _load(server: Server) -> None:
    await asyncio.gather(_load_indexes(server), _load_model(server))


async def _load_model(server: Server) -> None:
    try:
        await server.yidan.pipeline.warm_up()
    except YidanError as error:
        log.warning("the language model is not ready: %s", error)


async def _load_indexes(server: Server) -> None:
    for group in await server.directory.groups():
        try:
            async with server.yidan.database.read() as session:
                await server.yidan.library.view(session, group.id)
        except YidanError as error:
            log.warning("the index of group '%s' is not ready: %s", group.id, error)


def _announce(base: str, server: Server, tokens: dict[str, str], *, fresh: bool, say: Callable[[str], None]) -> None:
    say(f"Yidan is ready: {base}")
    account = server.demo_account
    say(f"  Console         {base}/console" + (f"   {account['login']} / {account['password']}" if account else ""))
    if fresh:
        say(f"  Set it up       {base}/console/start   (from another device with the code {server.setup_code})")
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
