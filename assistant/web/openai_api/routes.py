"""``/v1``: what any OpenAI client can talk to. Protocol: the published OpenAPI of chat completions."""

import asyncio
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.accounts.permissions import Deed
from assistant.channels.base import IncomingMessage
from assistant.delivery.access import Caller
from assistant.delivery.directory import GroupRow
from assistant.delivery.inbox import Receipt
from assistant.errors import NotFound, UsageError
from assistant.web.api.posting import decode_image, external_id
from assistant.web.auth import AnyCaller, needs
from assistant.web.errors import ApiError
from assistant.web.openai_api.schemas import ChatRequest, last_user_line
from assistant.web.openai_api.wire import chunks, completion, patient_chunks
from assistant.web.schemas import clean_line
from assistant.web.state import Server, server_of

router = APIRouter(prefix="/v1", tags=["openai"])

CHANNEL = "openai"

STREAM_AFTER_SECONDS = 1.0
"""A stream begins at the latest now, with signs of life, where the reply takes longer."""

OptionalHeader = Annotated[str | None, Header(max_length=200)]


@router.get("/models")
@needs(Deed.READ)
async def list_models(request: Request, caller: AnyCaller) -> dict[str, Any]:
    """List the groups that the key may talk to, as models."""
    groups = await _groups(server_of(request), caller)
    return {"object": "list", "data": [_model(group) for group in groups]}


@router.get("/models/{model}")
@needs(Deed.READ)
async def show_model(request: Request, model: str, caller: AnyCaller) -> dict[str, Any]:
    """Show one group as a model."""
    return _model(await _group(server_of(request), caller, model))


@router.post("/chat/completions")
@needs(Deed.TALK)
async def chat(
    request: Request,
    body: ChatRequest,
    caller: AnyCaller,
    x_yidan_member: OptionalHeader = None,
    x_yidan_message_id: OptionalHeader = None,
    idempotency_key: OptionalHeader = None,
) -> Response:
    """Write the last user message into the group that ``model`` names; the assistant's reply is the completion.

    Who writes is told by ``user`` or the header ``X-Yidan-Member``, believed only with a seller's token; with
    a member token it is that member. A repeated ``Idempotency-Key`` returns the first answer.
    """
    server = server_of(request)
    group = await _group(server, caller, body.model)
    request.state.group_id = group.id
    text, image = last_user_line(body.messages)
    member = unquote(x_yidan_member) if x_yidan_member else body.user
    message_id = idempotency_key or x_yidan_message_id
    receiving = asyncio.ensure_future(
        _receive(server, caller, group, message_id, text=text, image=image, member=member)
    )
    if not body.stream:
        return JSONResponse(completion(group.id, text, await receiving))
    include_usage = bool(body.stream_options and body.stream_options.include_usage)
    # What is wrong with the request still gets its status; only a turn that thinks begins to stream before its end.
    done, _ = await asyncio.wait({receiving}, timeout=STREAM_AFTER_SECONDS)
    if done:
        receiving.result()
    events = patient_chunks(receiving, lambda receipt: chunks(group.id, text, receipt, include_usage=include_usage))
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def _receive(
    server: Server,
    caller: Caller,
    group: GroupRow,
    message_id: str | None,
    *,
    text: str,
    image: str | None,
    member: str | None,
) -> Receipt:
    channel, member_id, nickname = _speaker(caller, member)
    receipt = await server.yidan.inbox.receive(
        IncomingMessage(
            group_id=group.id,
            channel=channel,
            external_id=external_id(group.id, caller.member_id or member_id, message_id),
            member_external_id=member_id,
            nickname=nickname,
            text=text,
            sent_at=server.yidan.clock.now(),
            image=decode_image(image) if image else None,
            role="member" if caller.role == "member" else "helper",
        )
    )
    server.announce(group.id)
    return receipt


def _speaker(caller: Caller, member: str | None) -> tuple[str, str, str]:
    """Return channel, external id and nickname; a key that names nobody has one member of its own."""
    if caller.kind == "member":
        return caller.member_channel, caller.member_external_id, caller.nickname
    if not member or not member.strip():
        return CHANNEL, f"key:{caller.token_id}", caller.label or "guest"
    try:
        return CHANNEL, clean_line(member)[:100], clean_line(member)[:60]
    except ValueError as error:
        raise UsageError(f"user: {error}") from error


async def _groups(server: Server, caller: Caller) -> list[GroupRow]:
    if caller.kind == "seller":
        return await server.directory.groups(caller.seller_id)
    if caller.kind == "member" and caller.group_id:
        return [await server.directory.group(caller.group_id)]
    raise ApiError(403, "a join token only joins; this needs a member's or a seller's token")


async def _group(server: Server, caller: Caller, model: str) -> GroupRow:
    if caller.kind == "join":
        raise ApiError(403, "a join token only joins; this needs a member's or a seller's token")
    try:
        if caller.kind == "member" and caller.group_id != model:
            raise NotFound(model)
        return await server.directory.group(model, caller.seller_id)
    except NotFound as error:
        message = f"the model '{model}' does not exist; GET /v1/models lists the groups"
        raise ApiError(404, message, "model_not_found") from error


def _model(group: GroupRow) -> dict[str, Any]:
    return {
        "id": group.id,
        "object": "model",
        "created": int(group.created_at.timestamp()),
        "owned_by": str(group.settings.get("seller", "yidan")),
    }
