"""What the model is told: one template a purpose, rendered strictly."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.replies.catalogue import prompts_folder

LANGUAGE_NAMES = {"zh-CN": "Simplified Chinese", "en": "English"}
ANSWER_IN = {"zh-CN": "请用中文回答：", "en": "Answer in English:"}
"""The last words before an answer; a small model follows them more than a name in its orders."""


@cache
def environment() -> Environment:
    """Return the templates' environment: a variable that is not given is an error."""
    loader = FileSystemLoader(prompts_folder() / "agent")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)


def prompt(name: str, **values: Any) -> str:
    """Return the text of ``prompts/agent/<name>.md.j2``. Raises UndefinedError for a missing value."""
    return environment().get_template(f"{name}.md.j2").render(**values).strip()


def language_name(language: str) -> str:
    """Return the language's English name, as models know it."""
    return LANGUAGE_NAMES.get(language, language)


def as_data(text: str, limit: int = 1000) -> str:
    """Return somebody's words so that they cannot pass for ours: one paragraph, no tags, no fences, not too long."""
    plain = " ".join(text.replace("```", "'''").split())
    return plain.replace("<", "‹").replace(">", "›")[:limit]
