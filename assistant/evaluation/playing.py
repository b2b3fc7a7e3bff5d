"""Plays one case: its turns, then its simulated members, then a look at the store."""

import time
from collections.abc import Callable
from datetime import timedelta

from assistant.evaluation.case import Case, Persona, TurnSpec
from assistant.evaluation.personas import Member, ScriptedMember, unmet_wants
from assistant.evaluation.results import CaseResult, Check, TurnResult, expected_json
from assistant.evaluation.scorers import DEED_SCORERS, TURN_SCORERS, final
from assistant.evaluation.scorers.base import Seen
from assistant.evaluation.suite import Suite
from assistant.evaluation.workbench import CaseStore, Workbench
from assistant.turn.outcome import Outcome

PACE = timedelta(seconds=20)
"""Between two lines of simulated members."""

Players = Callable[[Persona], Member]


async def play_case(bench: Workbench, suite: Suite, case: Case, players: Players = ScriptedMember) -> CaseResult:
    """Run one case in a fresh store; an error inside becomes a failed case."""
    final_checks: tuple[Check, ...] = ()
    error = ""
    play = _Play(suite, case)
    try:
        store = await bench.case_store(case, case.now or suite.now)
        for turn in case.turns:
            if turn.now:
                store.clock.set(turn.now)
            await play.turn(bench, store, turn)
        talk_checks = await _talk(bench, store, play, players)
        if case.final.model_fields_set:
            passed, why = final.score(case.final, await store.state(case.final.group))
            final_checks = (Check("final", passed, why),)
        final_checks = (*talk_checks, *final_checks)
    except Exception as problem:  # the reason is recorded: one broken case must not end the run
        error = play.broken(_told(problem))
    return CaseResult(case.id, case.tags, tuple(play.results), final_checks, expected_json(case.final), error)


async def _talk(bench: Workbench, store: CaseStore, play: "_Play", players: Players) -> tuple[Check, ...]:
    """Let the case's members write, a line each in turn, until nobody has anything left to say."""
    personas = play.case.members
    members = [(persona, players(persona)) for persona in personas]
    outcomes: list[list[Outcome]] = [[] for _ in personas]
    writing = set(range(len(members)))
    while writing:
        for number in sorted(writing):
            said = await members[number][1].line(outcomes[number][-1] if outcomes[number] else None)
            if said is None:
                writing.discard(number)
                continue
            outcomes[number].append(await play.turn(bench, store, said))
            store.clock.set(store.clock.now() + PACE)
    why = [unmet_wants(persona, seen) for persona, seen in zip(personas, outcomes, strict=True)]
    return tuple(Check("wants", not reason, reason) for reason in why)


class _Play:
    """What has been said in a case so far, and how it was judged."""

    def __init__(self, suite: Suite, case: Case) -> None:
        self.suite, self.case = suite, case
        self._start = case.now or suite.now
        self.results: list[TurnResult] = []
        self._said: list[TurnSpec] = []
        self._in_work: TurnSpec | None = None
        everyone: list[TurnSpec | Persona] = [*case.turns, *case.members]
        self._members = frozenset(one.sender for one in everyone if one.role == "member")

    async def turn(self, bench: Workbench, store: CaseStore, turn: TurnSpec) -> Outcome:
        """Send one message and judge what comes back."""
        self._in_work = turn
        at = store.clock.now().astimezone(self._start.tzinfo).isoformat()
        path = self.suite.image_path(turn)
        image = path.read_bytes() if path else None
        started = time.perf_counter()
        outcome = await store.send(turn, external_id=f"{self.case.id}/{len(self._said)}", image=image)
        latency_ms = (time.perf_counter() - started) * 1000
        state = await store.state()
        seen = Seen(turn, outcome, tuple(self._said), self._members, state, bench.records, latency_ms)
        scorers = TURN_SCORERS if turn.do is None else DEED_SCORERS
        checks = tuple(Check(name, *score(seen)) for name, score in scorers.items())
        found = () if all(check.passed for check in checks) or not turn.text else await store.found(turn.text)
        self.results.append(
            TurnResult(
                sender=turn.sender,
                text=turn.text,
                role=turn.role,
                image=turn.image,
                at=at,
                expected=expected_json(turn.expect),
                outcome=outcome,
                latency_ms=latency_ms,
                checks=checks,
                found=found,
            )
        )
        self._said.append(turn)
        self._in_work = None
        return outcome

    def broken(self, error: str) -> str:
        """Note an error with the turn that was in work; return it where it belongs to none."""
        turn = self._in_work
        if turn is None:
            return error
        self.results.append(
            TurnResult(
                sender=turn.sender,
                text=turn.text,
                role=turn.role,
                image=turn.image,
                at=(turn.now or self._start).isoformat(),
                expected=expected_json(turn.expect),
                outcome=None,
                latency_ms=0.0,
                checks=(Check("error", False, error),),
            )
        )
        return ""


def _told(problem: BaseException) -> str:
    """Return the error and what caused it on one line."""
    told = f"{type(problem).__name__}: {problem}"
    if problem.__cause__ is not None:
        told += f" (caused by {_told(problem.__cause__).removeprefix('error: ')})"
    return f"error: {' '.join(told.split())}"
