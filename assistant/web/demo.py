"""The demo: sample groups kept open although their dates are long past, and tokens that stay the same."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from assistant.accounts.service import NewAccount
from assistant.delivery.bootstrap import Yidan
from assistant.errors import Conflict, NotFound
from assistant.groups.folder import GroupFolder, read_folder
from assistant.knowledge.records import EntryRecord, Knowledge
from assistant.knowledge.samples import sample_folders
from assistant.web.state import Server

TOKENS_FILE = "demo-tokens.json"

ACCOUNT_FILE = "demo-account.json"
LOGIN = "demo"

OPEN_FOR = timedelta(days=3)
"""How long a sample group stays open, at least."""


async def load_samples(yidan: Yidan) -> list[str]:
    """Load the sample groups that are not there yet, reopen those whose time is over; return their ids."""
    now = yidan.clock.now()
    loaded = []
    for path in sample_folders():
        folder = read_folder(path)
        with suppress(NotFound):
            folder = await yidan.groups.folder(folder.settings.id)
        await yidan.groups.load(moved_to(folder, now), by="demo")
        loaded.append(folder.settings.id)
    return loaded


def moved_to(folder: GroupFolder, now: datetime) -> GroupFolder:
    """Return the group with all its dates moved by whole days, so that it is open at ``now``.

    A group that is open, or has no end, stays as it is.
    """
    settings = folder.settings
    opens_at, closes_at = settings.opens_at, settings.closes_at
    if closes_at is None or (closes_at > now and (opens_at is None or opens_at <= now)):
        return folder
    length = max(closes_at - opens_at, OPEN_FOR) if opens_at else OPEN_FOR
    # It has just opened: the whole deal lies ahead.
    days = timedelta(days=(now + length - closes_at).days)
    moved = {"opens_at": opens_at + days if opens_at else None, "closes_at": closes_at + days}
    if moved["opens_at"] is not None and moved["opens_at"] > now:
        moved["opens_at"] = now.astimezone(moved["opens_at"].tzinfo).replace(microsecond=0)
    knowledge = Knowledge(
        tuple(_moved_entry(entry, days) for entry in folder.knowledge.entries), folder.knowledge.products
    )
    return GroupFolder(settings.model_copy(update=moved), knowledge)


def _moved_entry(entry: EntryRecord, days: timedelta) -> EntryRecord:
    return replace(
        entry,
        valid_from=entry.valid_from + days if entry.valid_from else None,
        valid_until=entry.valid_until + days if entry.valid_until else None,
    )


async def demo_tokens(server: Server, group_ids: list[str]) -> dict[str, str]:
    """Return the owner's token and one join token a group (``join:tea``), the same at each start."""
    path = server.yidan.settings.home / TOKENS_FILE
    tokens = await _kept(server, path)
    if "owner" not in tokens:
        tokens["owner"] = await server.access.create_seller(label="demo owner")
    for group_id in group_ids:
        name = f"join:{group_id}"
        if name not in tokens:
            tokens[name] = await server.access.create_join(group_id, label="demo")
    _write_private(path, tokens)
    return tokens


async def demo_account(server: Server) -> dict[str, str]:
    """Return login name and password of an account that may do everything here, the same at each start."""
    path = server.yidan.settings.home / ACCOUNT_FILE
    try:
        password = str(json.loads(path.read_text(encoding="utf-8"))["password"])
    except (OSError, ValueError, KeyError):
        password = secrets.token_hex(4)
        with suppress(Conflict):
            await server.accounts.create(NewAccount(LOGIN, password, name="Demo"), by="demo")
        await server.accounts.set_password(LOGIN, password, by="demo")
        _write_private(path, {"login": LOGIN, "password": password})
    return {"login": LOGIN, "password": password}


async def _kept(server: Server, path: Path) -> dict[str, str]:
    """Return the tokens of the last start that are still good."""
    try:
        tokens = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: token for name, token in tokens.items() if await server.access.look_up(str(token)) is not None}


def _write_private(path: Path, tokens: dict[str, str]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(tokens, file, indent=2)
    draft.replace(path)
