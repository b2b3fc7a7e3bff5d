"""Settings from the environment (``YIDAN_...``), read once by the composition roots and passed on."""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import BadSettings


class Settings(BaseSettings):
    """Everything that can be set from outside. The defaults are the embedded default."""

    model_config = SettingsConfigDict(env_prefix="YIDAN_", env_nested_delimiter="__", extra="ignore")

    home: Path = Field(default=Path("./data"), description="Data directory.")
    database_url: str = Field(default="", description="SQLAlchemy async URL; empty means SQLite in the home.")
    system_database_url: str = Field(default="", description="DBOS database URL; empty means SQLite in the home.")
    chroma_url: str = Field(default="", description="Chroma server; empty means embedded in the home.")
    embedding_url: str = Field(default="", description="OpenAI-compatible embeddings endpoint; empty means built in.")
    embedding_model: str = Field(default="", description="Model name at embedding_url.")
    embedding_key: str = Field(default="", description="Key for embedding_url.")
    answer_window_seconds: int = Field(default=60, ge=0, description="The same question within it gets one answer.")
    human_pause_minutes: int = Field(default=10, ge=0, description="How long a human's word keeps Yidan out.")
    talkative: float = Field(default=0.5, ge=0, le=1, description="0 quiet ... 1 talkative.")
    deliver_per_minute: int = Field(default=60, ge=1, description="Most outgoing messages a group and minute.")

    def database(self) -> str:
        """Return the SQLAlchemy async URL of the store."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'yidan.db'}"


def load_settings(**overrides: Any) -> Settings:
    """Return the settings from the environment, with ``overrides`` on top.

    Raises:
        BadSettings: a variable does not have a usable value; the message names it.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = "YIDAN_" + "__".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg']}") from error
