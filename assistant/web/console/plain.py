"""The plain pages around the console (signing in, the first account): forms that work without a script."""

import hashlib
import hmac
import secrets
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from assistant.web.console.words import Words
from assistant.web.session import FORM_COOKIE, is_public_https, person_of
from assistant.web.state import server_of

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)

LANGUAGE_COOKIE = "yidan_language"
"""The language that somebody chose before they signed in."""

TYPES = {"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8"}


@cache
def asset(name: str) -> tuple[bytes, str]:
    """Return a file of the console and the tag of its content."""
    content = (files("assistant.web.console") / "files" / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


def asset_url(name: str) -> str:
    """Return the address of a file; a new content has a new address, so it may be kept for good."""
    return f"/console/files/{name}?v={asset(name)[1]}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("assistant.web.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_url
    return environment


def language_of(request: Request) -> str:
    """Return the language of somebody who is not signed in: what they chose here, else what their browser says."""
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh-CN", "en"):
        return chosen
    wanted = request.headers.get("accept-language", "").lower()
    first = [part.split(";")[0].strip() for part in wanted.split(",")]
    spoken = next((one for one in first if one.startswith(("zh", "en"))), "zh")
    return "en" if spoken.startswith("en") else "zh-CN"


def show(request: Request, template: str, words: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page with a form that carries its secret."""
    language = language_of(request)
    secret = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    values |= {"secret": secret, "path": request.url.path, "switch": True}
    page = _templates().get_template(template).render(w=Words(words, language), language=language, **values)
    response = HTMLResponse(page, status_code=status, headers={"Content-Security-Policy": POLICY})
    secure = is_public_https(server_of(request))
    response.set_cookie(FORM_COOKIE, secret, path="/console/", secure=secure, httponly=True, samesite="strict")
    if request.query_params.get("language"):
        response.set_cookie(LANGUAGE_COOKIE, language, path="/console/", secure=secure, samesite="strict")
    return response


async def lost(request: Request, error: Exception) -> Response:
    """Return what stands at an address of the console that has no page: a way on, in the reader's language.

    Whoever asks for something else than a page (a program, a script of the page) gets the bare answer.
    """
    assert isinstance(error, HTTPException)
    found_no_route = request.scope.get("endpoint") in (None, request.app)
    if not found_no_route or "text/html" not in request.headers.get("accept", ""):
        return await http_exception_handler(request, error)
    person = await person_of(server_of(request), request)
    language = person.language if person is not None else language_of(request)
    page = _templates().get_template("lost.html.j2").render(w=Words("lost", language), language=language, switch=False)
    return HTMLResponse(page, status_code=error.status_code, headers={"Content-Security-Policy": POLICY})


def proves(request: Request, secret: str) -> bool:
    """Tell whether a form was filled in on a page of ours in the same browser."""
    kept = request.cookies.get(FORM_COOKIE, "")
    return bool(kept) and hmac.compare_digest(kept.encode(), secret.encode())
