"""The catalogue of replies: one TOML file of templates a language, rendered strictly."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, Template

from assistant.errors import UsageError

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
SYMBOLS = {"CNY": ("", "元"), "USD": ("$", ""), "EUR": ("€", ""), "GBP": ("£", ""), "JPY": ("¥", "")}
MONTHS: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
)
MONTHS += ("November", "December")


def prompts_folder() -> Path:
    """Return the folder of prompts: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_prompts"
    return inside if inside.is_dir() else package.parent / "prompts"


def languages() -> list[str]:
    """Return the languages that have a catalogue, such as ``en`` and ``zh-CN``."""
    return sorted(path.stem for path in (prompts_folder() / "replies").glob("*.toml"))


def plain_amount(amount: Decimal) -> str:
    """Return an amount as people write it: no decimals when they are zero, else two."""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}"


def money_text(amount: Decimal, currency: str, language: str = "zh-CN") -> str:
    """Return an amount with its currency as the language writes it, such as ``396元``, ``¥396`` or ``$24``."""
    before, after = SYMBOLS.get(currency, ("", f" {currency}"))
    if currency == "CNY" and not language.startswith("zh"):
        before, after = "¥", ""
    return f"{before}{plain_amount(amount)}{after}"


def when_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a date and time in the group's zone and language."""
    local = moment.astimezone(zone)
    if language.startswith("zh"):
        return f"{local.month}月{local.day}日{local:%H:%M}"
    return f"{MONTHS[local.month - 1]} {local.day} at {local:%H:%M}"


def day_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a date in the group's zone and language."""
    local = moment.astimezone(zone)
    return f"{local.month}月{local.day}日" if language.startswith("zh") else f"{MONTHS[local.month - 1]} {local.day}"


def mention_text(names: Iterable[str]) -> str:
    """Return nicknames as they are addressed in a chat."""
    return " ".join(f"@{name}" for name in names)


def unit_text(unit: str) -> str:
    """Return a unit as it may stand right after a number: 500g becomes 份（500g）, so that two are not 2500g."""
    return f"份（{unit}）" if unit[:1].isdigit() else unit


def flatten(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested tables as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


@cache
def read_catalogue(language: str) -> Mapping[str, str]:
    """Return the templates of a language by dotted key.

    Raises:
        UsageError: there is no catalogue for the language.
    """
    path = prompts_folder() / "replies" / f"{language}.toml"
    if not path.is_file():
        raise UsageError(f"no replies for language '{language}'; there are: {', '.join(languages())}")
    return flatten(tomllib.loads(path.read_text(encoding="utf-8")))


class Replies:
    """Renders what members are told in one language, zone and currency."""

    def __init__(self, language: str, zone: tzinfo, currency: str) -> None:
        self.language = language
        self._texts = read_catalogue(language)
        self._templates: dict[str, Template] = {}
        self._environment = Environment(undefined=StrictUndefined, autoescape=False)
        filters: dict[str, Callable[..., str]] = {
            "money": lambda amount: money_text(amount, currency, language),
            "when": lambda moment: when_text(moment, language, zone),
            "day": lambda moment: day_text(moment, language, zone),
            "mention": mention_text,
            "unit": unit_text,
        }
        self._environment.filters |= filters

    def render(self, key: str, **values: Any) -> str:
        """Return the text of ``key``. Raises KeyError for an unknown key, UndefinedError for a missing value."""
        template = self._templates.get(key)
        if template is None:
            template = self._templates[key] = self._environment.from_string(self._texts[key])
        return template.render(values).strip() if not key.startswith("words.") else template.render(values)

    def has(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in self._texts

    def static(self, key: str) -> str:
        """Return the words of a template without its values."""
        return _CODE.sub(" ", self._texts[key])

    def join(self, parts: Iterable[str]) -> str:
        """Return parts joined as a list of the language."""
        return self._texts["words.list"].join(parts)


@cache
def replies_for(language: str, timezone: str, currency: str) -> Replies:
    """Return the replies of a language, zone and currency; templates are compiled once a process."""
    return Replies(language, ZoneInfo(timezone), currency)
