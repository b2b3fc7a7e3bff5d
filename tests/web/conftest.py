from dataclasses import dataclass
from functools import cache

import httpx
import pytest
from delivery.kit import open_store
from fastapi import FastAPI

from assistant.web.app import create_app, running
from assistant.web.state import Server


@dataclass
class Api:
    """The app in this process, with a token of each kind."""

    server: Server
    client: httpx.AsyncClient
    owner: str
    tea_seller: str
    tea_join: str
    app: object

    async def call(self, method: str, path: str, token: str | None = None, **more) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.client.request(method, path, headers=headers | more.pop("headers", {}), **more)

    async def join(self, nickname: str = "阿梅", group: str = "tea") -> str:
        """Return the token of a new member."""
        joined = await self.call("POST", f"/api/groups/{group}/join", self.owner, json={"nickname": nickname})
        assert joined.status_code == 201, joined.text
        return joined.json()["token"]

    async def say(self, token: str, text: str, group: str = "tea", **more) -> dict:
        """Write a message and return its outcome."""
        answer = await self.call("POST", f"/api/groups/{group}/messages", token, json={"text": text, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()


@cache
def one_app() -> FastAPI:
    """The app of all tests in turn, as putting two hundred routes together takes longer than most of them."""
    return create_app(None)


@pytest.fixture
async def api(tmp_path):
    yidan = await open_store(tmp_path)
    async with running(yidan, background=False) as server:
        app = one_app()
        app.state.server, routes = server, list(app.router.routes)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://yidan.test") as client:
            yield Api(
                server=server,
                client=client,
                owner=await server.access.create_seller(label="owner"),
                tea_seller=await server.access.create_seller("老王茶铺", label="老王"),
                tea_join=await server.access.create_join("tea"),
                app=app,
            )
        # Some tests add routes of their own.
        app.router.routes[:] = routes
