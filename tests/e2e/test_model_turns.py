"""A server that is killed while the model thinks finishes the turn after its restart, once."""

import asyncio
import sqlite3
import time
from pathlib import Path

import httpx
import pytest
from language_models.fake import fake_model, says

from e2e.serverkit import ServerProcess, write_group, yidan

QUESTION = "鲜橙和蜜柚哪个便宜，可以退吗"
WRITTEN = "鲜橙（12元/斤）比蜜柚（20元/个）便宜8元。"


@pytest.mark.e2e
@pytest.mark.slow
async def test_killed_in_mid_call_the_turn_ends_once(tmp_path: Path) -> None:
    with fake_model(says(WRITTEN, wait=60)) as model:
        yidan(tmp_path, "group", "load", str(write_group(tmp_path / "folder" / "endless")))
        token = yidan(tmp_path, "token", "create")
        settings = {
            "YIDAN_LLM__BASE_URL": model.base_url,
            "YIDAN_LLM__MODEL": "fake",
            "YIDAN_LLM__DEADLINE_SECONDS": "50",
        }
        server = ServerProcess(tmp_path, **settings)
        body = {"id": "m-1", "text": QUESTION, "member": {"id": "may", "nickname": "May"}}
        url = f"{server.base}/api/groups/endless/messages"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            await asyncio.to_thread(server.start)
            async with httpx.AsyncClient(headers=headers, timeout=60) as client:
                first = asyncio.create_task(client.post(url, json=body))
                await _until(lambda: bool(model.requests), 60)
                server.kill()
                with pytest.raises(httpx.HTTPError):
                    await first
                model.play = says(WRITTEN)
                await asyncio.to_thread(server.start)
                await _until(lambda: _turns(tmp_path) == 1, 60)
                again = (await client.post(url, json=body)).json()
        finally:
            server.stop()
    assert (again["responder"], again["created"]) == ("model", False)
    assert again["text"].startswith(WRITTEN)
    assert _turns(tmp_path) == 1
    assert len(model.requests) == 2, "asked once before the end and once after it"


def _turns(home: Path) -> int:
    store = sqlite3.connect(home / "yidan.db")
    try:
        return int(store.execute("SELECT count(*) FROM turns").fetchone()[0])
    finally:
        store.close()


async def _until(there: object, seconds: float) -> None:
    assert callable(there)
    ends = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.05)
