"""What the assistant would do with a question, tried out: nothing is recorded, staged or sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.agent.context import Speaker
from assistant.clock import Clock
from assistant.groups.library import GroupView
from assistant.retrieval.index import Found
from assistant.turn.gather import Incoming
from assistant.turn.outcome import Outcome

SHOWN = 5
_NOBODY = 0
"""No member has this id: whoever tries a question has no orders, no talk and no open question."""


@dataclass(frozen=True, slots=True)
class NearHit:
    """An entry or a product that came into question, with the chance that it is the right one."""

    id: str
    question: str
    answer: str
    probability: float


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would come of a message. ``wants``: the chance that it wants something of the shop at all.

    ``wants`` is None where the words alone decided. ``asks_model``: a language model would be asked first, and
    ``outcome`` is what happens without it.
    """

    outcome: Outcome
    hits: tuple[NearHit, ...]
    wants: float | None
    asks_model: bool


def tried_message(view: GroupView, text: str, *, to_assistant: bool, clock: Clock) -> Incoming:
    """Return a message as a member who is new to the group might write it."""
    return Incoming(
        id=0,
        group_id=view.id,
        channel="rehearsal",
        text=text,
        image=None,
        mentions_assistant=to_assistant,
        sent_at=clock.now(),
        speaker=Speaker(_NOBODY, "?", "member"),
    )


def near_hits(view: GroupView, found: Found, *, used: Sequence[str] = ()) -> tuple[NearHit, ...]:
    """Return the likeliest entries and products of a search, best first, and those ``used`` in any case."""
    documents = {document.id: document for document in view.index.documents}
    chosen = [hit for place, hit in enumerate(found.hits) if place < SHOWN or hit.id in used]
    return tuple(
        NearHit(hit.id, documents[hit.id].question, documents[hit.id].answer, hit.probability) for hit in chosen
    )
