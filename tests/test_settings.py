"""Settings come from the environment, are read once, and say which of them makes no sense."""

from pathlib import Path

import pytest

from assistant.errors import BadSettings
from assistant.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"YIDAN_{name.upper()}", raising=False)


def test_the_defaults_are_the_embedded_product() -> None:
    settings = load_settings()
    assert settings.home == Path("./data")
    assert settings.database() == "sqlite+aiosqlite:///data/yidan.db"
    assert (settings.chroma_url, settings.embedding_url) == ("", "")


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDAN_HOME", "/srv/yidan")
    monkeypatch.setenv("YIDAN_TALKATIVE", "0.2")
    settings = load_settings()
    assert settings.database() == "sqlite+aiosqlite:////srv/yidan/yidan.db"
    assert settings.talkative == 0.2


def test_what_the_caller_says_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDAN_HOME", "/srv/yidan")
    assert load_settings(home=Path("/elsewhere")).home == Path("/elsewhere")


def test_another_database_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIDAN_DATABASE_URL", "postgresql+asyncpg://db/yidan")
    assert load_settings().database() == "postgresql+asyncpg://db/yidan"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YIDAN_TALKATIVE", "2"),
        ("YIDAN_TALKATIVE", "much"),
        ("YIDAN_DELIVER_PER_MINUTE", "0"),
        ("YIDAN_ANSWER_WINDOW_SECONDS", "-1"),
        ("YIDAN_HUMAN_PAUSE_MINUTES", "soon"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as told:
        load_settings()
    assert str(told.value).startswith(f"{name}: ")
    assert "\n" not in str(told.value)


def test_every_setting_says_what_it_is() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]
