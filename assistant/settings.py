"""Settings from the environment (``YIDAN_...``), read once by the composition roots and passed on."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import BadSettings


class LanguageModelSettings(BaseModel):
    """The language model (``YIDAN_LLM__...``): any OpenAI-compatible endpoint, or a GGUF file."""

    base_url: str = Field(default="", description="OpenAI-compatible endpoint, such as http://localhost:11434/v1.")
    api_key: SecretStr = Field(default=SecretStr(""), description="Key for base_url.")
    model: str = Field(default="", description="Model name at base_url.")
    fallback_model: str = Field(default="", description="Second model at base_url, asked when the first one fails.")
    gguf: str = Field(default="", description="GGUF file to serve on this machine; needs the extra local-llm.")
    threads: int = Field(default=2, ge=1, description="Processor threads of the served file.")
    mode: Literal["off", "fallback", "always"] = Field(
        default="fallback", description="Ask never, where the rules are unsure, or for every answer."
    )
    role: Literal["", "none", "composer", "agent"] = Field(
        default="", description="What the model may do in this process; empty: what its exam gave it."
    )
    deadline_seconds: float = Field(default=8.0, gt=0, description="A member has the reply by then, model or not.")
    connect_seconds: float = Field(default=2.0, gt=0, description="How long a connection may take to be made.")
    max_tokens: int = Field(default=160, ge=16, description="Most tokens of one completion.")
    turn_tokens: int = Field(default=6000, ge=100, description="Most tokens of one turn, prompts included.")
    day_tokens: int = Field(default=300_000, ge=0, description="Most tokens a group and day; 0 means no limit.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="0 writes the same for the same question.")
    price_in: Decimal = Field(default=Decimal(0), ge=0, description="Price of a million prompt tokens.")
    price_out: Decimal = Field(default=Decimal(0), ge=0, description="Price of a million completion tokens.")
    currency: str = Field(default="USD", description="Currency of the prices.")
    breaker_failures: int = Field(
        default=3, ge=1, description="After so many failures in a row the model is left alone."
    )
    breaker_seconds: float = Field(default=30.0, ge=0, description="For how long; it doubles up to ten times that.")

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask at all."""
        return self.mode != "off" and bool(self.gguf or (self.base_url and self.model))

    @property
    def name(self) -> str:
        """The model's name as the exam, the turns and the command line know it."""
        return self.model or Path(self.gguf).stem


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
    suite_niceness: int = Field(
        default=10, ge=0, le=19, description="How far suites, run for a publication or by hand, stand back for members."
    )

    llm: LanguageModelSettings = Field(
        default=LanguageModelSettings(), description="The language model; none by default."
    )
    public_url: str = Field(default="", description="The address of this server as members reach it, for posters.")
    poster_font: str = Field(default="", description="A font file for posters; empty means one of the system.")

    def font(self) -> Path | None:
        """Return the font file for posters that was asked for, if one was."""
        return Path(self.poster_font) if self.poster_font else None

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
