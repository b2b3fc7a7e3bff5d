"""Puts the console into the server's app. Only ``yidan serve`` loads this, and NiceGUI with it."""

import os
import secrets
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.state import Server

PREFIX = "/console"

RECONNECT_SECONDS = 30.0
"""How long a page outlives its connection: a phone that was put away for a moment finds it as it was."""


def mount(app: FastAPI, server: Server) -> None:
    """Add the console's routes to the app. NiceGUI exists once in a process, so this is called once."""
    # NiceGUI would look for its storage in the working directory; nothing is kept there.
    os.environ.setdefault("NICEGUI_STORAGE_PATH", str((server.yidan.settings.home / "console").resolve()))
    from nicegui import app as console
    from nicegui import ui

    from assistant.web.console import plain, shell, signing
    from assistant.web.console.registry import load_pages

    app.include_router(signing.router)
    console.state.server = server
    console.add_middleware(Nonces)
    console.add_exception_handler(404, plain.lost)
    pages = load_pages()
    for page in pages:
        shell.register(page)
    if all(page.path != "/" for page in pages):
        shell.lead_on("/", pages)
    ui.run_with(
        app,
        title="Yidan",
        mount_path=PREFIX,
        dark=None,
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )


class Nonces:
    """Marks the scripts of a page as ours and forbids all others: what gets into a page as text cannot run.

    Vue compiles its templates in the browser, which needs ``unsafe-eval``; Quasar sets styles on elements.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the page that comes back gets its policy."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce, held = secrets.token_urlsafe(16), _Held()

        async def careful_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy(nonce)
                if headers.get("content-type", "").startswith("text/html"):
                    held.start = message
                    return
            elif held.start is not None:
                held.body += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = held.body.replace(b"<script", b'<script nonce="%s"' % nonce.encode())
                MutableHeaders(scope=held.start)["Content-Length"] = str(len(body))
                await send(held.start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, careful_send)


class _Held:
    """A page that waits for its end."""

    def __init__(self) -> None:
        self.start: Any = None
        self.body = b""


def policy(nonce: str) -> str:
    """Return the content security policy of a console page."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' data: blob:;"
        " manifest-src 'self'; worker-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
