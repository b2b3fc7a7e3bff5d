"""The session cookie: read from requests, written by signing in."""

from urllib.parse import urlsplit

from fastapi import Request, WebSocket
from starlette.responses import Response

from assistant.accounts.sessions import LIFETIME, Person
from assistant.web.state import Server

COOKIE = "yidan_session"
FORM_COOKIE = "yidan_form"
"""Holds what a form of somebody who is not signed in must repeat."""

_LOOPBACK = ("127.0.0.1", "::1")

HOME = "/console/"
SIGN_IN = "/console/sign-in"
FIRST = "/console/first"
"""Where the first account is made."""
START = "/console/start"
"""Where a new group is opened."""


def token_of(connection: Request | WebSocket) -> str:
    """Return the session's token that came along, or nothing."""
    return connection.cookies.get(COOKIE, "")


async def person_of(server: Server, connection: Request | WebSocket) -> Person | None:
    """Return who is signed in."""
    return await server.sessions.person(token_of(connection))


def keep(response: Response, server: Server, token: str) -> None:
    """Give the browser the session's token: no script reads it, no other site sends it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=is_public_https(server),
        httponly=True,
        samesite="strict",
    )


def forget(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(COOKIE, path="/")


def is_public_https(server: Server) -> bool:
    """Tell whether browsers reach this server by https."""
    return server.yidan.settings.public_url.startswith("https://")


def safe_next(target: str) -> str:
    """Return an address of the console to go on to: ``target`` where it is one, else the first page."""
    parts = urlsplit(target)
    plain = not parts.scheme and not parts.netloc and "\\" not in target and target.isprintable()
    return target if plain and parts.path.startswith(HOME) and "//" not in parts.path else HOME


def same_site(request: Request) -> bool:
    """Tell whether a request came from a page of this server, as far as the browser says; old ones say nothing."""
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def is_own_machine(request: Request) -> bool:
    """Tell whether somebody sits at the server itself, with no proxy and no foreign name in between."""
    address = request.client.host if request.client else ""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    between = any(request.headers.get(name) for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"))
    return address in _LOOPBACK and host in (*_LOOPBACK, "localhost") and not between
