"""The members' room: one light page over the public API. The page itself knows nothing; its script asks with the
member's token, so that nobody sees a group from its address alone."""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.web.auth import GroupId
from assistant.web.errors import ApiError

router = APIRouter(include_in_schema=False)

_TYPES = {"room.css": "text/css; charset=utf-8", "room.js": "text/javascript; charset=utf-8"}

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:;"
    " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _asset(name: str) -> tuple[bytes, str]:
    """Return a file of the page and the tag of its content."""
    content = (files("assistant.web.room") / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


@cache
def _page() -> str:
    """Return the page; its files are asked for under the tags of their content."""
    page = (files("assistant.web.room") / "room.html").read_text(encoding="utf-8")
    for name in _TYPES:
        page = page.replace(f"/room-files/{name}", f"/room-files/{name}?v={_asset(name)[1]}")
    return page


def _shown() -> HTMLResponse:
    return HTMLResponse(_page(), headers={"Content-Security-Policy": _POLICY})


@router.get("/room/{group_id}")
async def room(group_id: GroupId) -> HTMLResponse:
    """Show the chat of a group, to those who have joined it on this device."""
    return _shown()


@router.get("/join/{token}")
async def join(token: str) -> HTMLResponse:
    """Show the way into a group; this is what an invitation's QR code holds."""
    return _shown()


@router.get("/room-files/{name}")
async def asset(request: Request, name: str) -> Response:
    """Return the page's style or script; they may be kept for good, as a new one has a new address."""
    if name not in _TYPES:
        raise ApiError(404, "there is no such file")
    content, tag = _asset(name)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "public, max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[name], headers=headers)
