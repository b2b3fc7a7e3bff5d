"""A run as a report shows it, made by hand."""

from assistant.evaluation.compare import Comparison, compare_results
from assistant.evaluation.results import CaseResult, Check, FoundEntry, SuiteResult, TurnResult
from assistant.turn.outcome import Action, Outcome, Source

LONG = "https://shop.example.com/" + "a" * 90

FOUND = (FoundEntry("price-longjing", "龙井多少钱一斤？", 0.71), FoundEntry("sku:A01", LONG, 0.2))


def turn(did: Action, wanted: Action, text: str = "龙井咋卖的呀", reply: str = "") -> TurnResult:
    passed = did == wanted
    return TurnResult(
        sender="小李",
        text=text,
        role="member",
        image=None,
        at="2026-05-20T10:00:00+08:00",
        expected={"action": [wanted], "sources_any": ["price-longjing"]},
        outcome=Outcome(did, text=reply, reason="known", intent="ask_price", sources=(Source("price-list", 0.62),)),
        latency_ms=18.0,
        checks=(Check("action", passed, "" if passed else f"did {did}, expected {wanted}"),),
        found=()
        if passed
        else (FoundEntry("price-longjing", "龙井多少钱一斤？", 0.71), FoundEntry("sku:A01", LONG, 0.2)),
    )


def case(id: str, *turns: TurnResult) -> CaseResult:
    return CaseResult(id, ("price", "slang"), turns, (), {})


def run(*, better: bool = False) -> SuiteResult:
    """Return a suite with passed and failed cases, or with the first failure mended."""
    mended = turn("answer", "answer", reply="明前龙井（A01）398元/斤。") if better else turn("silent", "answer")
    cases = (
        case("slang", mended),
        case("long", turn("answer", "order", text=LONG, reply=LONG)),
        case("fine", turn("answer", "answer", reply="198元/斤"), turn("silent", "silent", text="哈哈哈")),
    )
    return SuiteResult("tea-dev", (cases,), 1.0, group="春茶团购群", language="zh-CN")


def comparison() -> Comparison:
    """Return what mending the first failure changed."""
    return compare_results([run()], [run(better=True)])
