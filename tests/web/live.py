"""The app on a real port, in a thread of its own."""

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from delivery.kit import open_store

from assistant.web.app import create_app, running
from assistant.web.serving import bind


@dataclass
class Live:
    """Where it listens, and its tokens."""

    base: str
    owner: str
    tea_seller: str
    app: object
    loop: asyncio.AbstractEventLoop


class LiveServer:
    """Starts in ``__enter__``, ends in ``__exit__``."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._live: Live | None = None
        self._server: uvicorn.Server | None = None

    def __enter__(self) -> Live:
        """Return where it listens."""
        self._thread.start()
        assert self._ready.wait(30)
        assert self._live is not None
        return self._live

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(20)

    async def _serve(self) -> None:
        listener = bind("127.0.0.1", 0)
        async with running(await open_store(self._home), background=False) as server:
            app = create_app(server)
            self._live = Live(
                base=f"http://127.0.0.1:{listener.getsockname()[1]}",
                owner=await server.access.create_seller(label="owner"),
                tea_seller=await server.access.create_seller("老王茶铺", label="老王"),
                app=app,
                loop=asyncio.get_running_loop(),
            )
            self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
            self._ready.set()
            await self._server.serve(sockets=[listener])
        listener.close()
