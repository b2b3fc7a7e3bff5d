"""The console's words: one TOML a page and language. A word that is missing is an error, not a blank."""

import string
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh-CN", "en")

SHELL = "shell"
"""What all pages share."""


class MissingWord(KeyError):
    """A word or one of its variables that nobody wrote down: a slip of ours."""


class Words:
    """The words of one page in one language; what it has not is looked for among the shared ones."""

    def __init__(self, page: str, language: str) -> None:
        self.page = page
        self.language = language
        self._own = catalogue(page, language)
        self._shared = catalogue(SHELL, language)

    def __call__(self, key: str, **values: Any) -> str:
        """Return the words under a key such as ``title`` or ``empty.text``, its ``{variables}`` filled in.

        Raises:
            MissingWord: there are no such words, or a variable is missing.
        """
        text = self._own.get(key) or self._shared.get(key)
        if text is None:
            raise MissingWord(f"no words '{key}' in {self.page}.{self.language}.toml")
        try:
            return text.format(**values)
        except (KeyError, IndexError) as error:
            raise MissingWord(f"'{key}' in {self.page}.{self.language}.toml wants {error}") from error

    def has(self, key: str) -> bool:
        """Tell whether there are words under the key; for values that come from the store."""
        return key in self._own or key in self._shared

    def of(self, page: str) -> "Words":
        """Return another page's words in the same language."""
        return Words(page, self.language)


@cache
def catalogue(page: str, language: str) -> dict[str, str]:
    """Return a page's words under their dotted keys. Raises FileNotFoundError."""
    text = (files("assistant.web.console.words") / f"{page}.{language}.toml").read_text(encoding="utf-8")
    return _flat(tomllib.loads(text))


def variables(text: str) -> set[str]:
    """Return the names of the variables in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key}.")
        else:
            found[before + key] = str(value)
    return found
