"""Signing in: a plain form, with a limit on tries and one answer to every wrong guess."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.service import LANGUAGES, NewAccount
from assistant.errors import Conflict, NotAllowed, UsageError
from assistant.web.console import plain
from assistant.web.console.told import told
from assistant.web.console.words import Words
from assistant.web.errors import ApiError
from assistant.web.session import (
    FIRST,
    HOME,
    SIGN_IN,
    START,
    forget,
    is_own_machine,
    keep,
    person_of,
    safe_next,
    same_site,
    token_of,
)
from assistant.web.state import server_of

router = APIRouter(prefix="/console", include_in_schema=False)

Field = Annotated[str, Form(max_length=400)]


@router.get("")
async def bare() -> RedirectResponse:
    """Lead to the first page."""
    return RedirectResponse(HOME)


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = HOME) -> Response:
    """Show the form; who is signed in goes on, and where nobody can sign in the first account is made."""
    server = server_of(request)
    if await person_of(server, request) is not None:
        return RedirectResponse(safe_next(next), status_code=303)
    if not await server.accounts.any():
        return RedirectResponse(FIRST, status_code=303)
    response = _form(request, next)
    if token_of(request):
        forget(response)
    return response


@router.post("/sign-in")
async def sign_in(
    request: Request, login: Field = "", password: Field = "", secret: Field = "", next: Field = HOME
) -> Response:
    """Sign somebody in and lead on."""
    server = server_of(request)
    if not same_site(request) or not plain.proves(request, secret):
        return _form(request, next, login=login, says="stale", status=403)
    address = request.client.host if request.client else ""
    wait = max(server.limits.sign_in.take(f"{login.casefold()}@{address}"), server.limits.address.take(address))
    if wait:
        response = _form(request, next, login=login, says="wait", seconds=wait, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    try:
        token = await server.sessions.sign_in(login, password)
    except NotAllowed:
        return _form(request, next, login=login, says="wrong", status=403)
    server.limits.sign_in.forgive(f"{login.casefold()}@{address}")
    person = await server.sessions.person(token)
    chosen = request.cookies.get(plain.LANGUAGE_COOKIE)
    if person is not None and chosen in LANGUAGES and chosen != person.language:
        await server.accounts.set_language(person.account_id, chosen)
    done = RedirectResponse(safe_next(next), status_code=303)
    done.delete_cookie(plain.LANGUAGE_COOKIE, path="/console/")
    keep(done, server, token)
    return done


@router.get("/first")
async def first_page(request: Request) -> Response:
    """Show the form for the first account; there is none of it once somebody can sign in."""
    if await server_of(request).accounts.any():
        return RedirectResponse(SIGN_IN, status_code=303)
    return _first_form(request)


@router.post("/first")
async def first_account(
    request: Request, login: Field = "", password: Field = "", secret: Field = "", code: Field = ""
) -> Response:
    """Make the first account and sign its owner in. From another machine that needs the setup code."""
    server, language = server_of(request), plain.language_of(request)
    w = Words("first", language)
    if not same_site(request) or not plain.proves(request, secret):
        return _first_form(request, w("stale"), login=login, status=403)
    wait = server.limits.address.take(request.client.host if request.client else "")
    if wait:
        return _first_form(request, w("wait", seconds=wait), login=login, status=429)
    if not is_own_machine(request) and not secrets.compare_digest(code.strip().encode(), server.setup_code.encode()):
        return _first_form(request, w("wrong_code"), login=login, status=403)
    try:
        await server.accounts.create(NewAccount(login, password, language=language), by="setup", first=True)
    except (UsageError, Conflict) as error:
        return _first_form(request, told(error, language), login=login, status=422)
    done = RedirectResponse(START, status_code=303)
    keep(done, server, await server.sessions.sign_in(login, password))
    return done


@router.get("/files/{name}")
async def file(request: Request, name: str) -> Response:
    """Return the console's style or script."""
    if name not in plain.TYPES:
        raise ApiError(404, "there is no such file")
    content, tag = plain.asset(name)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "public, max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=plain.TYPES[name], headers=headers)


def _form(
    request: Request, next: str, *, login: str = "", says: str = "", seconds: int = 0, status: int = 200
) -> HTMLResponse:
    server = server_of(request)
    w = Words("sign_in", plain.language_of(request))
    message = w(says, seconds=seconds) if says else ""
    return plain.show(
        request,
        "sign_in.html.j2",
        "sign_in",
        status=status,
        next=safe_next(next),
        login=login,
        message=message,
        demo=server.demo_account if is_own_machine(request) else None,
    )


def _first_form(request: Request, message: str = "", *, login: str = "", status: int = 200) -> HTMLResponse:
    return plain.show(
        request,
        "first.html.j2",
        "first",
        status=status,
        login=login,
        message=message,
        asks_code=not is_own_machine(request),
    )
