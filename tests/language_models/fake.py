"""An OpenAI-compatible server over real HTTP, on loopback, that plays whatever a model or its endpoint may do.

A *play* is a function from the request's JSON to what happens; it is called for each completion.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What the server answers: a text, tool calls, an error status, or something that is none of it."""

    text: str = ""
    calls: Sequence[tuple[str, dict[str, Any]]] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    wait: float = 0.0
    """Seconds before anything is sent."""
    between: float = 0.0
    """Seconds between two pieces of the stream."""
    cut_after: int | None = None
    """The connection breaks off after so many pieces."""
    usage: bool = True


Play = Callable[[dict[str, Any]], Reply]


def says(text: str, **more: Any) -> Play:
    """Always this text."""
    return lambda request: Reply(text, **more)


def calls(name: str, **args: Any) -> Reply:
    """One native tool call."""
    return Reply(calls=[(name, args)])


def in_turn(*replies: Reply) -> Play:
    """One reply after the other; the last one for good."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def asked(request: dict[str, Any]) -> str:
    """Return what the last user message says."""
    return next(m["content"] for m in reversed(request["messages"]) if m["role"] == "user")


def question_of(request: dict[str, Any]) -> str:
    """Return the member's words in a request."""
    users = [m["content"] for m in request["messages"] if m["role"] == "user"]
    return users[0].split("<question>")[-1].split("</question>")[0]


def facts_of(request: dict[str, Any]) -> list[str]:
    """Return the numbered facts of a request, without their numbers."""
    users = [m["content"] for m in request["messages"] if m["role"] == "user"]
    return [line.split("] ", 1)[1] for line in users[0].splitlines() if line.startswith("[") and "] " in line]


def tool_results(request: dict[str, Any]) -> list[str]:
    """Return what the tools have returned so far."""
    return [m["content"] for m in request["messages"] if m["role"] == "tool"]


def tool_names(request: dict[str, Any]) -> set[str]:
    """Return the tools that the request offers."""
    return {tool["function"]["name"] for tool in request.get("tools", ())}


class FakeModel:
    """The server. ``play`` may be changed at any time; ``requests`` is what came in."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.requests: list[dict[str, Any]] = []
        self._ending = threading.Event()
        handler = type("Handler", (_Handler,), {"model": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """The address for clients."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        self._ending.wait(seconds)

    def close(self) -> None:
        """Stop serving; who still hangs is let go."""
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def fake_model(play: Play) -> Iterator[FakeModel]:
    """A running server."""
    model = FakeModel(play)
    try:
        yield model
    finally:
        model.close()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    model: FakeModel
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.model.requests.append(request)
        reply = self.model.play(request)
        self.model.pause(reply.wait)
        try:
            if reply.raw is not None or reply.status != 200:
                self._plain(reply)
            elif request.get("stream"):
                self._stream(reply, request)
            else:
                self._whole(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _plain(self, reply: Reply) -> None:
        body = reply.raw if reply.raw is not None else b'{"error": {"message": "no", "type": "x"}}'
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _whole(self, reply: Reply) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text}
        if reply.calls:
            message["tool_calls"] = _tool_calls(reply.calls)
        body = {
            **_head("chat.completion"),
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if reply.calls else "stop"}],
        }
        if reply.usage:
            body["usage"] = _usage(reply)
        self._plain(Reply(raw=json.dumps(body).encode()))

    def _stream(self, reply: Reply, request: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": reply.text[at : at + 4]} for at in range(0, len(reply.text), 4)]
        if reply.calls:
            named = [{"index": at, **call} for at, call in enumerate(_tool_calls(reply.calls))]
            deltas.append({"tool_calls": named})
        for number, delta in enumerate(deltas):
            if reply.cut_after is not None and number > reply.cut_after:
                return
            self._event([{"index": 0, "delta": delta, "finish_reason": None}])
            self.model.pause(reply.between)
        self._event([{"index": 0, "delta": {}, "finish_reason": "tool_calls" if reply.calls else "stop"}])
        if reply.usage and (request.get("stream_options") or {}).get("include_usage"):
            self._event([], usage=_usage(reply))
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> None:
        data = {**_head("chat.completion.chunk"), "choices": choices, **more}
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()


def _head(kind: str) -> dict[str, Any]:
    return {"id": "c1", "object": kind, "created": int(time.time()), "model": "fake"}


def _tool_calls(wanted: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {"id": f"call{at}-{name}", "type": "function", "function": {"name": name, "arguments": json.dumps(args)}}
        for at, (name, args) in enumerate(wanted)
    ]


def _usage(reply: Reply) -> dict[str, int]:
    written = max(1, len(reply.text) // 2)
    return {"prompt_tokens": 200, "completion_tokens": written, "total_tokens": 200 + written}
