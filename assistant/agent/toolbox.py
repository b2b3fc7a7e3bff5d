"""What a model in the agent role is given to work with: the context of a turn and the tools of that turn.

The group, the member and the tools come with the context; a tool's arguments name neither. What the turn does not
allow is not even there to be called.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from assistant.agent.context import TurnContext

ToolName = Literal[
    "search_knowledge",
    "log_order",
    "cancel_order",
    "order_status",
    "request_refund",
    "pass_custom_request",
    "hand_off",
    "ask_back",
    "stay_silent",
]


@runtime_checkable
class Toolbox(Protocol):
    """The tools of one turn. Each returns what happened, in words that may be told to the member."""

    @property
    def allowed(self) -> tuple[ToolName, ...]:
        """The tools that this turn allows."""
        ...

    def run(self, name: ToolName, args: dict[str, Any]) -> str:
        """Run one tool; what is wrong with the arguments is told in the result."""
        ...


@dataclass(frozen=True, slots=True)
class AgentContext:
    """The authority of a model's turn: who asks, in which group, and what may be done."""

    turn: TurnContext
    toolbox: Toolbox
