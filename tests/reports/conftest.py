import pytest
from delivery.kit import open_store


@pytest.fixture
async def yidan(tmp_path):
    opened = await open_store(tmp_path)
    yield opened
    await opened.close()
