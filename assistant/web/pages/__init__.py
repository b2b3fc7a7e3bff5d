"""The few pages for people: what runs here, is it well, and the API's reference. Nothing is fetched from elsewhere."""

import asyncio
import json
import threading
from functools import cache
from typing import Any

import segno
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from assistant import __version__
from assistant.web.pages.reference import operations
from assistant.web.state import server_of

router = APIRouter(include_in_schema=False)


@cache
def templates() -> Environment:
    """Return the environment of the pages' templates."""
    return Environment(
        loader=PackageLoader("assistant.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Say what runs here. Groups are listed only in the open demo: elsewhere they are their sellers' matter."""
    server = server_of(request)
    groups = await server.directory.groups() if server.open_join else []
    now = server.yidan.clock.now()
    page = templates().get_template("home.html.j2")
    base = (server.yidan.settings.public_url or str(request.base_url)).rstrip("/")
    listed = []
    for group in groups:
        closed = group.closed(now)
        code = "" if closed else (await server.yidan.invitations.current(group.id, by="demo")).code
        qr = segno.make(f"{base}/join/{code}", micro=False).svg_inline(scale=4, border=2) if code else ""
        listed.append(
            {
                "id": group.id,
                "name": group.name,
                "purpose": group.settings.get("purpose", ""),
                "closed": closed,
                "language": group.language,
                "door": f"/join/{code}" if code else "",
                "qr": Markup(qr),
            }
        )
    zh = request.headers.get("accept-language", "").strip().casefold().startswith("zh")
    return HTMLResponse(page.render(version=__version__, groups=listed, base=base, demo=server.open_join, zh=zh))


@router.get("/docs")
async def reference(request: Request) -> HTMLResponse:
    """Show the API's reference, made from the same description as ``/openapi.json``."""
    description = await asyncio.to_thread(_described, request.app)
    page = templates().get_template("reference.html.j2")
    base = str(request.base_url).rstrip("/")
    return HTMLResponse(page.render(title=description["info"], sections=operations(description, base), base=base))


@router.get("/openapi.json")
async def description(request: Request) -> Response:
    """Return the machine-readable form of the API."""
    return Response(await asyncio.to_thread(_encoded, request.app), media_type="application/json")


_BUILDING = threading.Lock()


def _described(app: FastAPI) -> dict[str, Any]:
    """Return what the app says of itself. Putting that together takes seconds of work: call it in a thread; two at
    once share it."""
    with _BUILDING:
        return app.openapi()


@cache
def _encoded(app: FastAPI) -> bytes:
    return json.dumps(_described(app), ensure_ascii=False, separators=(",", ":")).encode()


@router.get("/healthz")
async def health(request: Request) -> JSONResponse:
    """Tell whether the server and its store answer."""
    try:
        async with server_of(request).yidan.database.read() as session:
            await session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable", "version": __version__}, status_code=503)
    return JSONResponse({"status": "ok", "version": __version__})
