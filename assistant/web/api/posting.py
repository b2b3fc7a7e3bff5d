"""From a posted message to the inbox: who speaks, under which id, with which picture."""

import base64
import binascii
import hashlib
import uuid

from assistant.channels.base import IncomingMessage
from assistant.delivery.access import Caller
from assistant.delivery.directory import CHANNEL
from assistant.delivery.feed import quoted_line
from assistant.delivery.images import IMAGE_LIMIT, image_type
from assistant.delivery.inbox import Receipt
from assistant.errors import UsageError
from assistant.web.errors import ApiError
from assistant.web.schemas import MessageIn
from assistant.web.state import Server


def decode_image(text: str) -> bytes:
    """Return the picture of base64 text or a ``data:`` URI.

    Raises:
        UsageError: it is no base64, or no picture that we know.
        ApiError: 413 where it is too large.
    """
    if text.startswith("data:"):
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise UsageError("image: a data: URI must be base64")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UsageError("image: this is no base64") from error
    if len(data) > IMAGE_LIMIT:
        raise ApiError(413, f"a picture may have at most {IMAGE_LIMIT // (1024 * 1024)} MB")
    image_type(data)
    return data


def external_id(group_id: str, member: int | str, client_id: str | None) -> str:
    """Return the stored id of a message, at most 200 characters; a made one without ``client_id``.

    Ids live apart in each group and for each writer: nobody reads another's answer by guessing one.
    """
    full = f"{group_id}/{member}/{client_id or uuid.uuid4().hex}"
    if len(full) <= 200:
        return full
    return f"{group_id}/{hashlib.sha256(full.encode()).hexdigest()}"


async def post(server: Server, caller: Caller, group_id: str, message: MessageIn) -> Receipt:
    """Hand the message in as the caller's (or, from a seller's token, as the named member's)."""
    channel, member, nickname, role = speaker(caller, message)
    image = decode_image(message.image) if message.image else None
    quoted, quoted_reply, quotes_assistant = None, None, False
    if message.quotes:
        quoted, quoted_reply, quotes_assistant = await quoted_line(server.yidan.database, group_id, message.quotes)
    # Not after the turn: by then the next line may be under way.
    server.broadcast.written(group_id, nickname)
    receipt = await server.yidan.inbox.receive(
        IncomingMessage(
            group_id=group_id,
            channel=channel,
            external_id=external_id(group_id, caller.member_id or member, message.id),
            member_external_id=member,
            nickname=nickname,
            text=message.text,
            sent_at=server.yidan.clock.now(),
            image=image,
            role="seller" if role == "seller" else "helper" if role == "helper" else "member",
            # Who quotes the assistant speaks to it.
            mentions_assistant=message.mentions_assistant or quotes_assistant,
            quoted_message_id=quoted,
            quoted_reply_id=quoted_reply,
        )
    )
    server.announce(group_id)
    return receipt


def speaker(caller: Caller, message: MessageIn) -> tuple[str, str, str, str]:
    """Return channel, external id, nickname and role of who speaks.

    Raises:
        ApiError: 403 where a member speaks for another.
    """
    if caller.kind == "member":
        if message.member is not None:
            raise ApiError(403, "only a seller's token may hand in messages of other members")
        return caller.member_channel, caller.member_external_id, caller.nickname, caller.role
    if message.member is not None:
        return CHANNEL, f"for:{message.member.id}", message.member.nickname, "member"
    name = caller.seller_name or caller.label or "seller"
    return CHANNEL, f"seller:{caller.seller_id or 0}", name, "seller"
