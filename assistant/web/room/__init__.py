"""The members' room: one light page over the public API. The page itself knows nothing; its script asks with the
member's token, so that nobody sees a group from its address alone."""

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.web.auth import GroupId
from assistant.web.errors import ApiError

router = APIRouter(include_in_schema=False)

MODULES = ("room", "words", "kit", "door", "state", "lines", "orders", "writing", "live")
"""The page's script, module by module; the first one imports the others."""

LANGUAGES = ("zh", "en")
"""The page's own words; only one of them is loaded where the device and the group agree."""

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FILES = ("room.css", *(f"{module}.js" for module in MODULES), *(f"words.{one}.js" for one in LANGUAGES))

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:;"
    " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

_COMMENT_OR_INDENT = re.compile(r"^[ \t]+|^//.*\n", re.MULTILINE)
_SPACE_IN_STYLES = re.compile(r"\s*([{};])\s*")


@cache
def _content(name: str) -> bytes:
    """Return a file of the page without what only its authors need."""
    text = (files("assistant.web.room") / name).read_text(encoding="utf-8")
    text = _COMMENT_OR_INDENT.sub("", text)
    return (_SPACE_IN_STYLES.sub(r"\1", text) if name.endswith(".css") else text).encode()


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_page().encode() if name == "room.html" else _content(name), 9, mtime=0)


@cache
def _tag() -> str:
    """Return the tag of all files together: a new page asks for new files, which import each other by name."""
    return hashlib.sha256(b"".join(_content(name) for name in _FILES)).hexdigest()[:12]


@cache
def _page() -> str:
    """Return the page; its files are asked for under their tag, all at once."""
    page = _content("room.html").decode()
    loads = [f'<link rel="modulepreload" href="/room-files/{name}">' for name in _FILES[2 : len(MODULES) + 1]]
    page = page.replace("<!-- modules -->", "\n".join(loads))
    return page.replace("/room-files/", f"/room-files/{_tag()}/")


def _served(request: Request, content: bytes, packed: bytes, media_type: str, headers: dict[str, str]) -> Response:
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(content, media_type=media_type, headers=headers)


def _shown(request: Request) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept-Encoding"}
    return _served(request, _page().encode(), _packed("room.html"), "text/html; charset=utf-8", headers)


@router.get("/room/{group_id}", response_class=HTMLResponse)
async def room(request: Request, group_id: GroupId) -> Response:
    """Show the chat of a group, to those who have joined it on this device."""
    return _shown(request)


@router.get("/join/{token}", response_class=HTMLResponse)
async def join(request: Request, token: str) -> Response:
    """Show the way into a group; this is what an invitation's QR code holds."""
    return _shown(request)


@router.get("/room-files/{tag}/{name}")
async def asset(request: Request, tag: str, name: str) -> Response:
    """Return the page's style or a module; they may be kept for good, as a new one has a new address."""
    if name not in _FILES:
        raise ApiError(404, "there is no such file")
    headers = {"ETag": f'"{_tag()}"', **_FOR_GOOD}
    if request.headers.get("if-none-match") == f'"{_tag()}"':
        return Response(status_code=304, headers=headers)
    return _served(request, _content(name), _packed(name), _TYPES[name.rpartition(".")[2]], headers)
