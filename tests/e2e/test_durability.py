"""The short form of ``kill_server.py``."""

import pytest

from e2e.kill_server import run


@pytest.mark.e2e
async def test_kills_lose_nothing_and_double_nothing(tmp_path):
    report = await run(tmp_path, messages=60, kills=4, seed=7)
    assert report["problems"] == []
    assert report["kills"] == 4
    assert report["actions"].get("order", 0) > 5
