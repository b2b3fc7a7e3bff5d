"""One configured model: call it, count what it costs, and leave it alone while it is down."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.llm.breaker import Breaker
from assistant.llm.deadline import within
from assistant.llm.faults import ENDPOINT_FAULTS, ModelFault, vendor_errors
from assistant.llm.local import LocalModel
from assistant.llm.tokens import OVERHEAD, Usage, count_tokens
from assistant.settings import LanguageModelSettings

if TYPE_CHECKING:
    import httpx
    from langchain_openai import ChatOpenAI

AT_ONCE = 0.5
"""A call that fails in so many seconds is worth another try."""

Line = tuple[Literal["system", "user", "assistant"], str]
"""Who says it, and what."""

Watch = Callable[[str], bool]
"""Sees the text so far while it is written; returns False to stop."""


@dataclass(frozen=True, slots=True)
class Written:
    """A completion. ``stopped`` is True where the watcher ended it."""

    text: str
    usage: Usage
    seconds: float
    first_seconds: float
    """Until the first piece of text."""
    stopped: bool = False


class ModelAccess:
    """The way to the configured model. Made once a process; safe to use from many tasks of one loop."""

    def __init__(self, settings: LanguageModelSettings) -> None:
        self.settings = settings
        self.breaker = Breaker(settings.breaker_failures, settings.breaker_seconds)
        self._local = LocalModel(settings.gguf, threads=settings.threads) if settings.gguf else None
        self._chats: dict[tuple[str, int], ChatOpenAI] = {}
        self._client: httpx.AsyncClient | None = None
        self._preparing: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.settings.name

    async def prepare(self) -> None:
        """Load the client library and start the local model where there is one; later calls are quick.

        Raises:
            Unavailable: the local model cannot be served; the message says why.
        """
        # Who gives up waiting must not undo what the next one needs as well.
        if self._preparing is None or (self._preparing.done() and not self._ready()):
            self._preparing = asyncio.create_task(self._prepare())
        await asyncio.shield(self._preparing)

    def _ready(self) -> bool:
        task = self._preparing
        fine = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return fine and (self._local is None or self._local.running)

    async def _prepare(self) -> None:
        if self._local is not None:
            await self._local.start()
        await asyncio.to_thread(_load_client)
        # The first one loads a good deal more; a member should not wait for it.
        await asyncio.to_thread(self._built, self.settings.model or self.name, self.settings.max_tokens)

    async def close(self) -> None:
        """Stop the local model and let go of the connections."""
        self._chats.clear()
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)
            self._preparing = None
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
        if self._local is not None:
            await self._local.stop()

    async def chat(self, model: str = "", *, max_tokens: int | None = None) -> "ChatOpenAI":
        """Return LangChain's chat model for the endpoint; without retries of its own."""
        await self.prepare()
        key = (model or self.settings.model or self.name, max_tokens or self.settings.max_tokens)
        if key not in self._chats:
            self._chats[key] = await asyncio.to_thread(self._built, *key)
        return self._chats[key]

    def _built(self, model: str, max_tokens: int) -> "ChatOpenAI":
        """Return a new chat model; building one takes a second when it is the first."""
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        s = self.settings
        return ChatOpenAI(
            model=model,
            base_url=self._local.base_url if self._local is not None else s.base_url,
            api_key=SecretStr(s.api_key.get_secret_value() or "none"),
            max_tokens=max_tokens,
            temperature=s.temperature,
            max_retries=0,
            stream_usage=True,
            http_async_client=self._http(),
            use_responses_api=False,
        )

    def _http(self) -> "httpx.AsyncClient":
        """Return the connections, ours alone: a pool shared over event loops breaks with the first that closes."""
        import httpx

        if self._client is None:
            s = self.settings
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(s.deadline_seconds, connect=s.connect_seconds))
        return self._client

    def may_call(self) -> None:
        """Raise ModelFault while the endpoint is left alone."""
        rest = self.breaker.rest
        if rest > 0:
            raise ModelFault("resting", f"the model failed several times; it is left alone for {rest:.0f} s")

    def note(self, fault: ModelFault | None) -> None:
        """Tell the breaker how a call went."""
        if fault is None:
            self.breaker.succeeded()
        elif fault.kind in ENDPOINT_FAULTS:
            self.breaker.failed(fault.retry_after)

    async def write(
        self,
        lines: Sequence[Line],
        *,
        seconds: float,
        max_tokens: int | None = None,
        schema: dict[str, Any] | None = None,
        watch: Watch | None = None,
    ) -> Written:
        """Return the model's completion, streamed, within ``seconds``.

        ``schema`` is a JSON schema for servers that can hold their output to one; others ignore it.

        Raises:
            ModelFault: whatever went wrong, by its kind.
        """
        self.may_call()
        started = time.monotonic()
        try:
            try:
                written = await self._within(seconds, lines, max_tokens, schema=schema, watch=watch)
            except ModelFault as fault:
                left = seconds - (time.monotonic() - started)
                if fault.kind != "refused" or left < seconds - AT_ONCE:
                    raise
                # A kept connection that the endpoint has closed meanwhile fails like an address that is not there.
                written = await self._within(left, lines, max_tokens, schema=schema, watch=watch)
        except ModelFault as fault:
            self.note(fault)
            raise
        self.note(None)
        if not written.text.strip():
            raise ModelFault("empty", "the model wrote nothing")
        return written

    async def _within(self, seconds: float, lines: Sequence[Line], max_tokens: int | None, **options: Any) -> Written:
        with vendor_errors():
            return await within(seconds, self._streamed(lines, max_tokens, **options))

    async def _streamed(
        self,
        lines: Sequence[Line],
        max_tokens: int | None,
        *,
        schema: dict[str, Any] | None,
        watch: Watch | None,
    ) -> Written:
        return await _read(await self.chat(max_tokens=max_tokens), lines, schema=schema, watch=watch)


async def _read(
    chat: "ChatOpenAI", lines: Sequence[Line], *, schema: dict[str, Any] | None, watch: Watch | None
) -> Written:
    started = time.perf_counter()
    first = 0.0
    text, finished, stopped = "", False, False
    usage = Usage()
    options: dict[str, Any] = {}
    if schema is not None:
        options["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    stream = chat.astream(list(lines), **options)
    async for chunk in stream:
        piece = str(chunk.text)
        if piece and not first:
            first = time.perf_counter() - started
        text += piece
        finished = finished or bool(chunk.response_metadata.get("finish_reason"))
        if chunk.usage_metadata:
            usage = Usage(1, chunk.usage_metadata["input_tokens"], chunk.usage_metadata["output_tokens"])
        if watch is not None and piece and not watch(text):
            stopped = True
            break
    if not usage.calls:
        prompt = sum(count_tokens(said) + OVERHEAD for _, said in lines)
        usage = Usage(1, prompt, count_tokens(text))
    if not finished and not stopped:
        raise ModelFault("cut", "the model's answer broke off")
    return Written(text, usage, time.perf_counter() - started, first, stopped)


def _load_client() -> None:
    # Whoever is asked by a member must not send that to a tracing service because of a stray variable.
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    import langchain_openai  # noqa: F401

    count_tokens("")
