"""Would the suites notice? Twelve and more defects are planted in the assistant; the sample suite must catch each.

Every defect is a small patch of one function, as a slip in a change might be. The cases are the sample suite's own, a
handful for each defect, and of them those that pass without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.agent.context import TurnContext
from assistant.agent.effects import OrderMoved, StrikeGiven, TicketOpened
from assistant.evaluation.engine import Engine, job_of
from assistant.evaluation.results import CaseResult
from assistant.evaluation.suite import load_suite
from assistant.groups import state as group_state
from assistant.orders import ledger
from assistant.orders.repository import OrderRepository
from assistant.retrieval import gate
from assistant.retrieval.documents import Document
from assistant.retrieval.index import Found, GroupIndex
from assistant.turn import gather

TEA = Path(__file__).resolve().parents[2] / "evals" / "tea.yaml"

Patch = pytest.MonkeyPatch


def everywhere(patch: Patch, module: Any, name: str, planted: Any) -> None:
    """Replace a function in its module and wherever else of the assistant it was imported to."""
    import sys

    original = getattr(module, name)
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").startswith("assistant") and getattr(other, name, None) is original:
            patch.setattr(other, name, planted)


def drop(patch: Patch, kind: type) -> None:
    """Lose every effect of a kind on its way to the store."""
    stage = TurnContext.stage
    patch.setattr(TurnContext, "stage", lambda self, effect: None if isinstance(effect, kind) else stage(self, effect))


def a_wrong_price(patch: Patch) -> None:
    as_item = ledger.Wanted.as_item
    patch.setattr(ledger.Wanted, "as_item", lambda self: replace(as_item(self), price=self.product.price + Decimal(10)))


def the_wrong_entry(patch: Patch) -> None:
    search = GroupIndex.search

    def second_best(self: GroupIndex, text: str, **options: Any) -> Found:
        found = search(self, text, **options)
        if len(found.hits) < 2:
            return found
        first, second, *rest = found.hits
        swapped = (replace(second, probability=first.probability), replace(first, probability=second.probability))
        return replace(found, hits=(*swapped, *rest))

    patch.setattr(GroupIndex, "search", second_best)


def the_gate_always_open(patch: Patch) -> None:
    everywhere(patch, gate, "choose", lambda reading, **_: "answer")


def the_gate_always_shut(patch: Patch) -> None:
    everywhere(patch, gate, "choose", lambda reading, **_: "silent")


def members_limit_ignored(patch: Patch) -> None:
    refusals = ledger._line_refusals

    def lenient(line: ledger.Wanted, *rest: Any, **options: Any) -> Any:
        return refusals(replace(line, product=replace(line.product, per_member_limit=None)), *rest, **options)

    patch.setattr(ledger, "_line_refusals", lenient)


def stock_ignored(patch: Patch) -> None:
    patch.setattr(ledger.Ledger, "available", lambda self, product: None)


def money_cap_ignored(patch: Patch) -> None:
    terms = TurnContext.terms.fget  # type: ignore[attr-defined]
    patch.setattr(TurnContext, "terms", property(lambda self: replace(terms(self), order_limit=None)))


def closing_time_ignored(patch: Patch) -> None:
    everywhere(patch, group_state, "describe_state", lambda *_: group_state.GroupState("open"))


def orders_doubled(patch: Patch) -> None:
    place = OrderRepository.place

    async def twice(self: OrderRepository, **order: Any) -> Any:
        await place(self, **order)
        return await place(self, **order)

    patch.setattr(OrderRepository, "place", twice)


def isolation_off(patch: Patch) -> None:
    """Whoever asks sees the orders of member 1."""
    of_member = OrderRepository.of_member
    patch.setattr(OrderRepository, "of_member", lambda self, member_id: of_member(self, 1))


def expired_entries_served(patch: Patch) -> None:
    patch.setattr(Document, "served_at", lambda self, now: True)


def warnings_not_kept(patch: Patch) -> None:
    drop(patch, StrikeGiven)


def paid_by_a_screenshot(patch: Patch) -> None:
    stage = TurnContext.stage

    def generous(self: TurnContext, effect: Any) -> None:
        if isinstance(effect, OrderMoved) and effect.status == "payment_claimed":
            effect = replace(effect, status="paid")
        stage(self, effect)

    patch.setattr(TurnContext, "stage", generous)


def hand_offs_without_a_ticket(patch: Patch) -> None:
    drop(patch, TicketOpened)


def everything_forgotten(patch: Patch) -> None:
    """Follow-ups find nothing that they follow."""
    patch.setattr(gather, "REMEMBERED", timedelta(seconds=-1))


def cancelling_keeps_the_order(patch: Patch) -> None:
    move = OrderRepository.move

    async def kept(self: OrderRepository, order_id: int, status: Any, **details: Any) -> Any:
        return await (self.get(order_id) if status == "cancelled" else move(self, order_id, status, **details))

    patch.setattr(OrderRepository, "move", kept)


@dataclass(frozen=True)
class Mutant:
    plant: Any
    cases: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.plant.__name__)


MUTANTS = [
    Mutant(a_wrong_price, ("order-simple", "order-three-kinds")),
    Mutant(the_wrong_entry, ("delivery-carrier", "product-brew-boiling", "payment-invoice")),
    Mutant(the_gate_always_open, ("silent-weather", "silent-goodnight", "silent-praise")),
    Mutant(the_gate_always_shut, ("delivery-shanghai", "product-newbie", "payment-invoice")),
    Mutant(members_limit_ignored, ("limit-a01-six", "limit-cumulative")),
    Mutant(stock_ignored, ("limit-stock-shared", "soldout-guapian")),
    Mutant(money_cap_ignored, ("limit-amount",)),
    Mutant(closing_time_ignored, ("closed-order", "closed-add-refused")),
    Mutant(orders_doubled, ("order-simple",)),
    Mutant(isolation_off, ("cancel-not-anothers", "privacy-others-order", "change-two-members")),
    Mutant(expired_entries_served, ("price-earlybird-keyword", "price-earlybird-expired")),
    Mutant(warnings_not_kept, ("ads-link", "ads-three-strikes")),
    Mutant(paid_by_a_screenshot, ("payment-text-only", "payment-image")),
    Mutant(hand_offs_without_a_ticket, ("handoff-wants-human", "complaint-quality")),
    Mutant(everything_forgotten, ("price-followup-na", "change-quantity", "order-clarify-quantity")),
    Mutant(cancelling_keeps_the_order, ("cancel-simple",)),
]


class Bench:
    """One engine in this process, so that a patch is felt by the next case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        job = job_of(load_suite(TEA))
        self.numbers = {case.id: number for number, case in enumerate(job.suite.cases)}
        self.home = engine.prepare(job).result()

    def play(self, id: str) -> CaseResult:
        return self.engine.run(self.home, self.numbers[id]).result()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Engine() as engine:
        yield Bench(engine)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_sample_suite_catches(mutant: Mutant, bench: Bench, monkeypatch: Patch) -> None:
    sound = [case for case in mutant.cases if bench.play(case).passed]
    assert sound, f"without the defect none of {mutant.cases} passes"
    mutant.plant(monkeypatch)
    assert any(not bench.play(case).passed for case in sound)


def test_there_are_enough_of_them() -> None:
    assert len({mutant.name for mutant in MUTANTS}) >= 12
