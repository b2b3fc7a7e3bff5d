"""Completions and their chunks in OpenAI's shape."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from assistant.delivery.inbox import Receipt
from assistant.errors import YidanError
from assistant.web.api.views import outcome_json

ALIVE_SECONDS = 2.0
"""How often a waiting client is told that the connection lives."""

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+|\n+)|[^。！？!?\n]+")


def count_tokens(text: str) -> int:
    """Return about how many tokens a text has: one a Chinese character, one each four of other characters."""
    wide = sum(1 for char in text if ord(char) >= 0x2E80)
    return wide + (len(text) - wide + 3) // 4


def usage_of(asked: str, receipt: Receipt) -> dict[str, int]:
    """Return the usage: an estimate from the texts, since most answers need no model at all."""
    prompt, completion = count_tokens(asked), count_tokens(receipt.outcome.text)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def completion(model: str, asked: str, receipt: Receipt) -> dict[str, Any]:
    """Return the whole completion. Silence is empty content; ``yidan`` carries the outcome."""
    return {
        **_head(model, receipt, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": receipt.outcome.text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": usage_of(asked, receipt),
        "yidan": outcome_json(receipt),
    }


def chunks(model: str, asked: str, receipt: Receipt, *, include_usage: bool) -> Iterator[str]:
    """Yield the server-sent events of the completion, sentence by sentence of the reply, ending with ``[DONE]``.

    The reply is whole, checked and stored before its first sentence leaves.
    """
    head = _head(model, receipt, "chat.completion.chunk")
    usage = {"usage": None} if include_usage else {}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **usage, **more})

    yield chunk({"role": "assistant", "content": ""})
    for sentence in sentences(receipt.outcome.text):
        yield chunk({"content": sentence})
    yield chunk({}, "stop", yidan=outcome_json(receipt))
    if include_usage:
        yield _event({**head, "choices": [], "usage": usage_of(asked, receipt)})
    yield "data: [DONE]\n\n"


def sentences(text: str) -> list[str]:
    """Return a text's sentences and lines; put together they are the text."""
    return [part for part in _SENTENCE.findall(text) if part]


async def patient_chunks(
    receiving: "asyncio.Future[Receipt]", completed: Callable[[Receipt], Iterator[str]]
) -> AsyncIterator[str]:
    """Yield comments, which keep the connection alive, until the reply is there, then ``completed`` of it.

    An error after the beginning is told as an event, as the protocol has it.
    """
    while not receiving.done():
        yield ": thinking\n\n"
        await asyncio.wait({receiving}, timeout=ALIVE_SECONDS)
    try:
        receipt = receiving.result()
    except YidanError as error:
        yield _event({"error": {"message": str(error), "type": "server_error", "code": None}})
        yield "data: [DONE]\n\n"
        return
    for event in completed(receipt):
        yield event


def _head(model: str, receipt: Receipt, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{receipt.message_id}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": None,
    }


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
