"""Simulated members: who writes next in an open dialogue, and what.

A scripted member brings up what they came for, line by line, and answers what they are asked from their facts. No
model is needed, and the same talk comes out each time the assistant says the same.
"""

import re
from typing import Protocol

from assistant.evaluation.case import Persona, TurnSpec
from assistant.llm.access import Line, ModelAccess
from assistant.llm.prompts import language_name, prompt
from assistant.turn.outcome import Outcome

_SLOTS = {
    "product": r"哪一?(款|个|种|样|些)|什么(商品|产品|款)|编号|货号|which|what (item|product|would you like)",
    "quantity": r"多少|几(?!号)|数量|how many|how much|quantity",
    "order": r"哪(一)?(单|个订单)|订单号|which order|order number",
    "yes": r"吗[?？]|对吗|确认|是否|要不要|is that right|confirm|shall i|would you like me",
}
"""What the assistant's question sounds like, by the slot it asks for."""

_DONE, _BEGIN, _NO_REPLY = "DONE", "(begin)", "nobody answered"
_PATIENCE_SECONDS = 60.0
_AGAIN = 2
"""How often the same thing is said before a member gives it up."""


class Member(Protocol):
    """Somebody who takes part in an open dialogue."""

    async def line(self, seen: Outcome | None) -> TurnSpec | None:
        """Return the next line after ``seen`` (what their last line brought; None at first), or None when done."""
        ...


class ScriptedMember:
    """Plays a persona by its script."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._left = list(persona.says)
        self._last = ""
        self._said: dict[str, int] = {}
        self._lines = 0

    async def line(self, seen: Outcome | None) -> TurnSpec | None:
        """Answer the question just asked, ask again what was not heard, or go on with the script."""
        if self._lines >= self._persona.patience:
            return None
        if seen is not None and seen.action == "clarify" and (answer := self._answer(seen.text)):
            return self._say(answer)
        if self._left:
            return self._say(self._left.pop(0))
        if seen is not None and seen.action == "silent" and self._open() and self._said[self._last] < _AGAIN:
            # Not heard, and nothing else to say: once more, to the assistant by name.
            return self._say(self._last, mention=True)
        return None

    def _open(self) -> bool:
        return self._persona.role == "member" and bool(self._persona.wants)

    def _say(self, text: str, *, mention: bool = False) -> TurnSpec:
        self._lines += 1
        self._last = text
        self._said[text] = self._said.get(text, 0) + 1
        return TurnSpec(sender=self._persona.sender, text=text, role=self._persona.role, mentions_assistant=mention)

    def _answer(self, question: str) -> str:
        """Return the first fact that the question asks for and that was not said too often; empty for none."""
        for asked, fact in self._persona.facts.items():
            pattern = _SLOTS.get(asked) or "|".join(map(re.escape, asked.split("|")))
            if self._said.get(fact, 0) < _AGAIN and re.search(pattern, question, re.IGNORECASE):
                return fact
        return ""


class ModelMember:
    """Plays a persona by a language model: from the goal and the facts, line by line."""

    def __init__(self, persona: Persona, model: ModelAccess, *, seller: str, language: str) -> None:
        self._persona, self._model = persona, model
        facts = [fact if key in _SLOTS else f"{key}: {fact}" for key, fact in persona.facts.items()]
        told = prompt(
            "member",
            member=persona.sender,
            goal=persona.goal,
            facts=facts,
            seller=seller,
            language=language_name(language),
            done=_DONE,
        )
        self._talk: list[Line] = [("system", told)]
        self._lines = 0

    async def line(self, seen: Outcome | None) -> TurnSpec | None:
        """Return what the model writes next. Raises ModelFault where it does not answer."""
        if self._lines >= self._persona.patience:
            return None
        self._lines += 1
        self._talk.append(("user", f"({seen.text or _NO_REPLY})" if seen else _BEGIN))
        written = await self._model.write(self._talk, seconds=_PATIENCE_SECONDS)
        text = " ".join(written.text.split())
        self._talk.append(("assistant", text))
        if _DONE in text:
            return None
        return TurnSpec(sender=self._persona.sender, text=text, role=self._persona.role)


def unmet_wants(persona: Persona, outcomes: list[Outcome]) -> str:
    """Return what the member wanted and did not get, in a reader's words; empty when they got everything."""
    done = [outcome.action for outcome in outcomes]
    missing = [action for action in persona.wants if action not in done]
    if not missing:
        return ""
    came = ", ".join(dict.fromkeys(done)) or "nothing"
    return f"{persona.sender} wanted {' and '.join(missing)} (\u201c{persona.goal}\u201d), and got {came}"
