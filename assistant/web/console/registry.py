"""The list of console pages; each page puts itself in."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.accounts.permissions import Deed

if TYPE_CHECKING:
    from assistant.web.console.visit import Visit

Build = Callable[["Visit"], Awaitable[None]]
Nav = Literal["main", "more", "none"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console. ``nav``: in the phone's bar, behind "more", or not listed at all."""

    path: str
    words: str
    icon: str
    deed: Deed
    order: int
    group: bool
    nav: Nav
    build: Build


PAGES: dict[str, Page] = {}
"""By path below ``/console``."""


def page(
    path: str, *, words: str, icon: str, deed: Deed, order: int, group: bool = True, nav: Nav = "more"
) -> Callable[[Build], Build]:
    """Put a page into the list: path below ``/console``, words, Material icon, who may see it, its place."""

    def put(build: Build) -> Build:
        PAGES[path] = Page(path, words, icon, deed, order, group, nav, build)
        return build

    return put


def load_pages() -> list[Page]:
    """Import all pages and return them in their order."""
    from assistant.web.console import pages

    for module in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"{pages.__name__}.{module.name}")
    return sorted(PAGES.values(), key=lambda page: page.order)
