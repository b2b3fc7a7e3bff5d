"""Members' endpoints: join, write, read along, see one's own orders."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, Response

from assistant.accounts.permissions import Deed
from assistant.channels.feed import TYPING_SECONDS
from assistant.delivery.access import Caller
from assistant.delivery.feed import Cursor, FeedItem, Reader, feed_end, find_image, last_notice, read_back, read_feed
from assistant.delivery.images import media_type
from assistant.errors import YidanError
from assistant.groups.toml import settings_from_json
from assistant.web.api.posting import post
from assistant.web.api.views import about_out, feed_item, feed_line, outcome_json, own_order_out
from assistant.web.auth import (
    Credentials,
    GroupId,
    Participant,
    known_caller,
    limit,
    needs,
    require_deed,
    require_reach,
)
from assistant.web.errors import ApiError
from assistant.web.schemas import AboutOut, FeedOut, JoinIn, JoinOut, MessageIn, OrderOut, OutcomeOut
from assistant.web.state import Server, server_of

router = APIRouter(prefix="/api/groups/{group_id}", tags=["members"])

PATIENCE_SECONDS = 10.0
"""A live reader looks by itself this often, for news that another process brought."""

ALIVE_SECONDS = 25.0
"""A live reader hears something at least this often, so that a dead line is noticed at both ends."""

LOOK_SECONDS = 5.0
"""Who was removed reads on no longer than this."""

_TYPING = '{"typing":true}'

LIVE_FRAME = 4096
"""Most bytes that a live reader may say at once: a token or a sign that they write. The server takes more, as the
console's fields need it."""

REFUSED, TOO_BIG = 1008, 1009
"""Close codes of a live line: who may not read (on), and whose message is too big (RFC 6455, section 7.4.1)."""

FIRST_MESSAGE_SECONDS = 10.0
"""How long a live reader may take to say who it is."""


@router.post("/join", status_code=201)
@needs(Deed.TALK)
async def join(request: Request, group_id: GroupId, newcomer: JoinIn, credentials: Credentials) -> JoinOut:
    """Join a group with its join token (in the demo: without one) and get a member token."""
    server = server_of(request)
    if credentials is None and not server.open_join:
        raise ApiError(401, "joining needs the group's join token: 'Authorization: Bearer yd_...'")
    caller = await known_caller(server, credentials.credentials) if credentials is not None else None
    if caller is None or caller.kind != "seller":
        limit(request, server.limits.join)
    if caller is not None:
        require_deed(request, caller)
        if caller.kind == "seller":
            await server.directory.group(group_id, caller.seller_id)
        elif caller.group_id != group_id:
            raise ApiError(404, f"no group '{group_id}'")
        elif caller.kind != "join":
            raise ApiError(409, "you are in this group already")
    joined = await server.directory.join(group_id, newcomer.nickname, newcomer.answer, newcomer.known_by)
    settings = joined.group.settings
    return JoinOut(
        member_id=joined.member_id,
        nickname=joined.nickname,
        token=joined.token,
        group=group_id,
        name=joined.group.name,
        purpose=settings.get("purpose") or "",
        rules=list(settings.get("rules") or ()),
    )


@router.post("/messages", response_model=OutcomeOut)
@needs(Deed.TALK)
async def post_message(request: Request, group_id: GroupId, message: MessageIn, caller: Participant) -> JSONResponse:
    """Write into the group and get what the assistant does about it.

    Sending the same ``id`` again returns the first answer. With a seller's token the message is the seller's
    (never answered), or that of ``member`` where the body names one.
    """
    receipt = await post(server_of(request), caller, group_id, message)
    return JSONResponse(outcome_json(receipt))


@router.get("/messages")
@needs(Deed.MEMBERS)
async def read_messages(
    request: Request,
    group_id: GroupId,
    caller: Participant,
    after: Annotated[str, Query(max_length=2000, description="`next` of an earlier answer.")] = "",
    before: Annotated[str | None, Query(max_length=2000, description="`earlier` of an earlier answer.")] = None,
    latest: Annotated[int, Query(ge=0, le=100, description="Read the last so many lines instead.")] = 0,
) -> FeedOut:
    """Read the group's feed: everybody's messages, the replies to all, and the private ones meant for you.

    With ``latest`` it reads backwards: the last lines there are, or the last ones before ``before``.
    """
    server = server_of(request)
    reader = Reader(group_id, caller.member_id)
    if latest:
        # The end is taken first: what comes in meanwhile is seen twice rather than never.
        end = await feed_end(server.yidan.database, reader)
        start = Cursor.parse(before) if before is not None else None
        items, earlier = await read_back(server.yidan.database, reader, start, latest)
        back = str(earlier) if earlier else None
        return FeedOut(items=[feed_item(item) for item in items], next=str(end), earlier=back)
    items, following = await read_feed(server.yidan.database, reader, Cursor.parse(after))
    return FeedOut(items=[feed_item(item) for item in items], next=str(following))


@router.get(
    "/messages/{message_id}/image",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}, "description": "The picture"}},
)
@needs(Deed.MEMBERS)
async def read_image(
    request: Request,
    group_id: GroupId,
    message_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    caller: Participant,
) -> Response:
    """Return the picture of a message: to the member who sent it, and to the seller. It may show a payment."""
    server = server_of(request)
    name = await find_image(server.yidan.database, Reader(group_id, caller.member_id), message_id)
    path = server.yidan.settings.home / "images" / name
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError as gone:
        raise ApiError(404, "this picture is no longer kept") from gone
    return Response(content, media_type=media_type(name), headers={"Content-Disposition": "inline"})


@router.get("/about")
@needs(Deed.READ)
async def about(request: Request, group_id: GroupId, caller: Participant) -> AboutOut:
    """Return what the group is about, and who you are in it."""
    server = server_of(request)
    group = await server.directory.group(group_id)
    counts = await server.directory.counts(group_id)
    closed = group.closed(server.yidan.clock.now())
    notice = await last_notice(server.yidan.database, group_id)
    return about_out(group, caller, members=counts.members, closed=closed, notice=notice)


@router.get("/orders/mine")
@needs(Deed.MEMBERS)
async def my_orders(request: Request, group_id: GroupId, caller: Participant) -> list[OrderOut]:
    """Return the member's own orders, oldest first."""
    if caller.member_id is None:
        raise ApiError(403, "this needs a member's token")
    directory = server_of(request).directory
    settings = settings_from_json((await directory.group(group_id)).settings)
    orders = await directory.orders_of(caller.member_id)
    return [own_order_out(order, caller.nickname, settings) for order in orders]


@router.websocket("/live")
@needs(Deed.MEMBERS)
async def live(websocket: WebSocket, group_id: str, after: str | None = None) -> None:
    """Push new lines of the feed as ``{"items": [...], "next": "...", "typing": ["阿梅"]}``.

    ``typing`` names the others who are writing right now. A reader who writes says ``{"typing": true}``.

    The token comes as ``Authorization`` header, as subprotocol (``bearer``, then the token) or as the first
    message ``{"token": "yd_..."}``. No message may be larger than 4 kB (close code 1009). Without ``after`` it
    starts with what is new from now on.
    """
    server = server_of(websocket)
    protocols = websocket.scope.get("subprotocols", [])
    await websocket.accept(subprotocol="bearer" if protocols[:1] == ["bearer"] else None)

    async def who() -> Caller:
        caller = await known_caller(server, token, group_id)
        require_deed(websocket, caller)
        require_reach(caller, group_id)
        return caller

    try:
        token = await _token(websocket, protocols)
        caller = await who()
        reader = Reader(group_id, caller.member_id)
        cursor = Cursor.parse(after) if after is not None else await feed_end(server.yidan.database, reader)
    except YidanError as error:
        await _hang_up(websocket, error)
        return
    except (WebSocketDisconnect, TimeoutError):
        return
    listening = Listening(caller.nickname)
    reading = [
        asyncio.create_task(_hear(websocket, server, group_id, listening)),
        asyncio.create_task(_keep_asking(who, listening)),
        asyncio.create_task(_push(websocket, server, reader, cursor, listening=listening)),
    ]
    try:
        done, _ = await asyncio.wait(reading, return_when="FIRST_COMPLETED")
        done.pop().result()
    except WebSocketDisconnect:
        return
    except YidanError as error:
        await _hang_up(websocket, error)
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _hang_up(websocket: WebSocket, error: YidanError) -> None:
    too_big = isinstance(error, ApiError) and error.status == 413
    await websocket.close(code=TOO_BIG if too_big else REFUSED, reason=str(error)[:120])


async def _token(websocket: WebSocket, protocols: list[str]) -> str | None:
    scheme, _, token = websocket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    if len(protocols) > 1 and protocols[0] == "bearer":
        return protocols[1]
    heard = await asyncio.wait_for(websocket.receive(), FIRST_MESSAGE_SECONDS)
    if heard["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(heard.get("code") or 1005)
    _check_size(heard)
    try:
        first = json.loads(heard.get("text") or "")
    except ValueError:
        return None  # no JSON, or bytes instead of text
    token_text = first.get("token") if isinstance(first, dict) else None
    return token_text if isinstance(token_text, str) else None


@dataclass
class Listening:
    """A live reader's name, which may change while they read."""

    nickname: str


async def _hear(websocket: WebSocket, server: Server, group_id: str, listening: Listening) -> None:
    """Note when a member writes, until they hang up; all else that is said is ignored. Raises ApiError where they
    say too much at once."""
    while (heard := await websocket.receive())["type"] != "websocket.disconnect":
        _check_size(heard)
        if listening.nickname and (heard.get("text") or "")[:40].replace(" ", "") == _TYPING:
            server.broadcast.typing(group_id, listening.nickname)


def _check_size(heard: MutableMapping[str, Any]) -> None:
    """Pass a message of a size that a live reader has cause to send. Raises ApiError (413)."""
    said = heard.get("bytes") or (heard.get("text") or "").encode()
    if len(said) > LIVE_FRAME:
        raise ApiError(413, f"a message may have at most {LIVE_FRAME} bytes")


async def _keep_asking(who: Callable[[], Awaitable[Caller]], listening: Listening) -> None:
    """Ask again and again who reads. Raises ApiError once they may not any more.

    Apart from the news, and each reader in their own time: a message must not wait until all readers were asked.
    """
    await asyncio.sleep(LOOK_SECONDS * random.random())
    while True:
        listening.nickname = (await who()).nickname
        await asyncio.sleep(LOOK_SECONDS)


async def _push(websocket: WebSocket, server: Server, reader: Reader, cursor: Cursor, *, listening: Listening) -> None:
    """Send what is new until the reader hangs up."""
    with server.broadcast.subscribe(reader.group_id) as news:
        await websocket.send_text(_live_json([], cursor, []))
        told: list[str] = []
        spoke_at = time.monotonic()
        while True:
            news.clear()
            items, cursor = await server.live.read(reader, cursor)
            writing = [name for name in server.broadcast.writers(reader.group_id) if name != listening.nickname]
            if items or writing != told or time.monotonic() - spoke_at > ALIVE_SECONDS:
                await websocket.send_text(_live_json(items, cursor, writing))
                told, spoke_at = writing, time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(TYPING_SECONDS if told else PATIENCE_SECONDS):
                    await news.wait()


def _live_json(items: list[FeedItem], cursor: Cursor, typing: list[str]) -> str:
    """Return one message to a live reader; the lines are JSON already."""
    lines = ",".join(feed_line(item) for item in items)
    names = json.dumps(typing, ensure_ascii=False)
    return f'{{"items":[{lines}],"next":"{cursor}","typing":{names}}}'
