"""What of a chat completion request matters here; all other parameters are taken and ignored."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.errors import UsageError
from assistant.web.schemas import TEXT_LIMIT, clean


class Loose(BaseModel):
    """A part of the request; what we do not know is ignored."""

    model_config = ConfigDict(extra="ignore")


class ChatMessage(Loose):
    """One message of the conversation; only the last one of the user is read, the history is ours."""

    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(Loose):
    """How to stream."""

    include_usage: bool | None = False


class ChatRequest(Loose):
    """A chat completion request."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": "tea", "user": "阿梅", "messages": [{"role": "user", "content": "龙井多少钱"}]}]
        },
    )

    model: Annotated[str, Field(max_length=200)]
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    user: Annotated[str, Field(max_length=100), AfterValidator(clean)] | None = None


def last_user_line(messages: list[ChatMessage]) -> tuple[str, str | None]:
    """Return the text of the last user message, and its picture (a ``data:`` URI) where it has one.

    Raises:
        UsageError: there is no user message, it is too long, or its picture is no data: URI.
    """
    last = next((message for message in reversed(messages) if message.role == "user"), None)
    if last is None:
        raise UsageError("messages: there is no message with the role 'user'")
    texts, image = [], None
    parts = [{"type": "text", "text": last.content}] if isinstance(last.content, str) else last.content or []
    for part in parts:
        kind = part.get("type")
        if kind in ("text", "input_text") and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind == "image_url":
            image = _data_uri(part.get("image_url"))
    text = _checked("\n".join(texts))
    if not text.strip() and image is None:
        raise UsageError("messages: the last user message is empty")
    return text, image


def _data_uri(value: Any) -> str:
    url = value.get("url") if isinstance(value, dict) else value
    if not isinstance(url, str) or not url.startswith("data:"):
        raise UsageError("messages: a picture must be sent as a data: URI; addresses are not fetched")
    return url


def _checked(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise UsageError(f"messages: a message may have at most {TEXT_LIMIT} characters")
    try:
        return clean(text)
    except ValueError as error:
        raise UsageError(f"messages: {error}") from error
