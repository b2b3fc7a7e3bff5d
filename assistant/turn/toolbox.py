"""The tools of one turn for a model that decides: the rules' own actions, behind checks against the member's words.

A model's call is a proposal. What it may do at all is told by the signals; whose order it is comes from the context;
and what it says the member wants must stand in what the member wrote.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.agent import tools
from assistant.agent.context import TurnContext
from assistant.agent.proposal import Piece
from assistant.agent.toolbox import ToolName
from assistant.replies.catalogue import Replies
from assistant.retrieval.cues import is_question
from assistant.text.numerals import parse_number
from assistant.text.orders import Mood
from assistant.turn import decision as d
from assistant.turn.briefing import Briefer, Search
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.cues import speaks_of_ending
from assistant.turn.draft import Draft
from assistant.turn.signals import Signals

DEEDS: frozenset[ToolName] = frozenset(
    {"log_order", "cancel_order", "request_refund", "pass_custom_request", "hand_off"}
)
"""Tools that stage effects; one of them a turn."""

ORDERING = 0.35
"""From this chance on a message that reads like no order may still be one."""

REFUNDING = 0.3

_NUMBERS = re.compile(r"\d+|[零一二两俩三仨四五六七八九十百]+|\b[a-z]+(?:-[a-z]+)?\b")


class TurnToolbox:
    """Runs a model's calls through the rules' actions and keeps what came of them."""

    def __init__(self, s: Signals, context: TurnContext, replies: Replies, search: Search) -> None:
        self.composer = Composer(context, replies)
        self.deed: Draft | None = None
        self.told: Draft | None = None
        """The member's own orders, shown."""
        self.asked = ""
        """What the model asks back."""
        self.silent = False
        self.pieces: list[Piece] = []
        self._s, self._context, self._search = s, context, search
        self._briefer = Briefer(s, context, replies)

    @property
    def allowed(self) -> tuple[ToolName, ...]:
        """The tools that this turn allows, by what the member wrote."""
        s = self._s
        chances = s.understanding.intents.probabilities if s.understanding else {}
        wants = s.reading.mood is Mood.REQUEST or (
            s.reading.mood is Mood.STATEMENT
            and chances.get("place_order", 0.0) + chances.get("change_order", 0.0) >= ORDERING
        )
        asks = is_question(s.folded)
        names: dict[ToolName, bool] = {
            "search_knowledge": True,
            "log_order": wants and bool(self._named()),
            "cancel_order": speaks_of_ending(s.folded) and not asks and bool(self._context.editable()),
            "order_status": bool(s.orders),
            "request_refund": (
                chances.get("request_refund", 0.0) >= REFUNDING and tools.refundable(self._context) is not None
            ),
            "pass_custom_request": chances.get("custom_request", 0.0) >= 0.1,
            "hand_off": True,
            "ask_back": True,
            "stay_silent": not s.to_us,
        }
        return tuple(name for name, there in names.items() if there)

    def run(self, name: ToolName, args: dict[str, Any]) -> str:
        """Run one tool and return what happened, for the model; never raises for bad arguments."""
        if name not in self.allowed:
            return "This is not possible here."
        if name in DEEDS and self.deed is not None:
            return "One thing was done for this message already; tell the member about it."
        result = self._run(name, args)
        self.pieces.append(Piece(name, result))
        return result

    def _run(self, name: ToolName, args: dict[str, Any]) -> str:
        match name:
            case "search_knowledge":
                return self._look_up(str(args.get("query", ""))[:300])
            case "log_order":
                wanted = self._wanted(args)
                return wanted if isinstance(wanted, str) else self._do(d.LogOrder(wanted))
            case "cancel_order":
                editable = self._context.editable()
                if len(editable) > 1:
                    return "The member has several open orders; ask which one."
                return self._do(d.CancelOrder(editable[0]))
            case "request_refund":
                order = tools.refundable(self._context)
                assert order is not None
                return self._do(d.RequestRefund(order))
            case "pass_custom_request":
                return self._do(d.PassCustomRequest())
            case "hand_off":
                return self._do(d.HandOff("handoff", "missing_knowledge", "missing_knowledge"))
            case "order_status":
                self.told = carry_out(d.ShowOrders(), self.composer)
                return self.told.text
            case "ask_back":
                self.asked = str(args.get("question", ""))[:300]
                return "Asked."
            case "stay_silent":
                self.silent = True
                return "Nothing will be said."

    def _do(self, decision: d.Decision) -> str:
        self.deed = carry_out(decision, self.composer)
        return self.deed.text

    def _look_up(self, query: str) -> str:
        """Return what the records say about a query; a query is looked up beside the member's own words."""
        (found,) = self._search([query]) if query.strip() else (None,)
        if found is None or not found.hits:
            return "Nothing was found."
        pieces = self._briefer.of_hits(found)
        known = {(piece.id, piece.text) for piece in self.pieces}
        self.pieces += [piece for piece in pieces if (piece.id, piece.text) not in known]
        return "\n".join(piece.text for piece in pieces) or "Nothing was found."

    def _wanted(self, args: Mapping[str, Any]) -> dict[str, int] | str:
        """Return the lines that the member's own words bear out, or what is wrong with them."""
        lines = args.get("lines")
        if not isinstance(lines, Sequence) or isinstance(lines, str) or not lines:
            return "Give the products and how many of each."
        said = self._numbers()
        wanted: dict[str, int] = {}
        for line in lines:
            try:
                sku, quantity = str(line["sku"]).upper(), int(line["quantity"])
            except (KeyError, TypeError, ValueError):
                return "Give the products and how many of each."
            if sku not in self._named():
                return f"The member did not name {sku}; ask which product they mean."
            if quantity not in said:
                return f"The member did not say {quantity}; ask how many they want."
            wanted[sku] = wanted.get(sku, 0) + quantity
        return wanted

    def _named(self) -> frozenset[str]:
        """Return the products that the message names, else the one talked about last."""
        s = self._s
        named = {sku for mention in s.group.catalogue.names.find(s.folded) for sku in mention.skus}
        return frozenset(named or (s.last.products if s.last else ()))

    def _numbers(self) -> frozenset[int]:
        """Return the whole numbers that the message says, as the order reading and the bare words give them."""
        reading = self._s.reading
        values = [line.quantity for line in reading.lines] + [reading.bare.value if reading.bare else None]
        values += [parse_number(token) for token in _NUMBERS.findall(self._s.folded)]
        return frozenset(int(value) for value in values if value is not None and value > 0 and value % 1 == 0)
