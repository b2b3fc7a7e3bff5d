"""A reply in the making: its text, what it rests on, and what later messages may lean on."""

from dataclasses import dataclass, field
from typing import Any

from assistant.turn.memory import OpenQuestion
from assistant.turn.outcome import Action, Responder, Source


@dataclass(slots=True)
class Evidence:
    """The records a reply may quote: texts and values of this turn, gathered while they are read."""

    texts: list[str] = field(default_factory=list)

    def add(self, *values: Any) -> None:
        """Take in texts, amounts and numbers of records; None is passed over."""
        self.texts += [str(value) for value in values if value is not None]


@dataclass(slots=True)
class Draft:
    """What an action wants to say and remember. ``text`` is empty for silence."""

    action: Action
    text: str = ""
    reason: str = ""
    responder: Responder = "rules"
    sources: tuple[Source, ...] = ()
    private: bool = False
    evidence: Evidence = field(default_factory=Evidence)
    question: str = ""
    products: tuple[str, ...] = ()
    open: OpenQuestion | None = None
    shareable: bool = False
    """True where one answer may serve several members."""
    held: bool = False
    """Silence for now; the message gets its turn when the human at the keyboard gives up."""
