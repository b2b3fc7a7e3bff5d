"""What a newcomer has to give, and what is odd about some: pure rules."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from assistant.text.fold import fold, skeleton

Flag = Literal["link", "private_deal", "advert", "phone", "poses_as_seller", "was_removed", "says_nothing"]
Obstacle = Literal["reserved", "closed", "taken", "full"]

_OFFICIAL = re.compile(
    r"客服|官方|群主|管理员|掌柜|老板|customer service|official|admin|support|moderator", re.IGNORECASE
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\+?\d[\d -]{8,14}\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who wants to come in; ``answer`` is to the group's question."""

    nickname: str
    keyword: str = ""
    answer: str = ""
    known_by: str = ""
    """Their own token of another group of the same seller, where they want the seller to know them again."""


@dataclass(frozen=True, slots=True)
class Door:
    """The group as a newcomer meets it. ``reserved`` are the seller's and the assistant's names."""

    keyword: str = ""
    question: str = ""
    reserved: tuple[str, ...] = ()
    names: Collection[str] = ()
    """Nicknames of the members who are in."""
    removed: Collection[str] = ()
    """Nicknames of members who were removed."""
    limit: int | None = None
    closed: bool = False


def obstacle(door: Door, nickname: str) -> Obstacle | None:
    """Return why nobody of this name can come in now, or None."""
    if skeleton(nickname) in {skeleton(name) for name in door.reserved if name}:
        return "reserved"
    if door.closed:
        return "closed"
    if nickname in door.names:
        return "taken"
    if door.limit is not None and len(door.names) >= door.limit:
        return "full"
    return None


def missing(door: Door, newcomer: Newcomer) -> Literal["keyword", "answer"] | None:
    """Return what the newcomer still has to give."""
    if door.keyword and skeleton(door.keyword) not in skeleton(newcomer.keyword):
        return "keyword"
    if door.question and not newcomer.answer.strip():
        return "answer"
    return None


def oddities(door: Door, newcomer: Newcomer, breach: Flag | None) -> tuple[Flag, ...]:
    """Return what is odd about a newcomer; ``breach`` is what the group's rules say about their words."""
    found: list[Flag] = [breach] if breach else []
    said = f"{newcomer.nickname} {newcomer.answer}"
    if _PHONE.search(fold(said)):
        found.append("phone")
    bare = skeleton(newcomer.nickname)
    if _OFFICIAL.search(newcomer.nickname) or any(skeleton(name) in bare for name in door.reserved if skeleton(name)):
        found.append("poses_as_seller")
    if bare in {skeleton(name) for name in door.removed}:
        found.append("was_removed")
    if door.question and _empty(newcomer.answer, door):
        found.append("says_nothing")
    return tuple(found)


def _empty(answer: str, door: Door) -> bool:
    """Return whether an answer holds no word of its own: signs, digits, one letter again and again, the question."""
    bare = skeleton(answer)
    letters = [char for char in bare if char.isalpha()]
    if len(set(letters)) < 2:
        return True
    return bare in {skeleton(door.question), skeleton(door.keyword)}
