"""Whether replies state or promise what they may not, found out without the guard that let them leave.

Amounts are judged by the scorer ``grounding``, which reads the group's files and the store; its verdict stands in the
report of a run with each turn. Promises are judged here, by other words than the guard's.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.evaluation.suite import load_suite
from assistant.groups.folder import read_folder

_TELLS = frozenset({"answer", "clarify", "chat", "silent"})
"""Actions that only tell: nothing is logged, cancelled, paid, refunded or passed on in such a turn."""

_DEEDS = re.compile(
    r"(?:已经?|刚刚?|这就|马上|我来|我会|我去|帮您|帮你|为您|替您|给您)[^。！？!?；;\n，,]{0,6}?"
    r"(?:下单|登记|记下|取消|改好|退款|退钱|转达|转告|通知|预留|留好|优惠|便宜|打折|确认收款)"
    r"|收到(?:您|你)?的?(?:付款|款项|转账|钱)"
    r"|\bi(?:'ll| will|'ve| have|'m| am)\b[^.!?\n]{0,30}"
    r"\b(?:order|book|cancel|refund|reserv|hold|ask|tell|pass|forward|discount|log)"
    r"|\byour (?:order|booking|payment|refund) (?:is|was|has been) (?:\w+ )?"
    r"(?:placed|booked|logged|received|confirmed|issued|cancel)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[。！？!?；;\n]|(?<=[a-z)])\.\s")


def untrue(report: dict[str, Any], suite: Path) -> list[str]:
    """Return what the replies of a run state or promise without the records, a line each."""
    group = load_suite(suite).group
    texts = [entry.answer for entry in read_folder(group).knowledge.entries] if group else []
    return list(_untrue(report, texts))


def _untrue(report: dict[str, Any], texts: list[str]) -> Iterator[str]:
    for case in report["cases"]:
        for number, turn in enumerate(case["turns"], 1):
            where = f"{report['suite']} {case['id']} turn {number}"
            for failed in turn["failed"]:
                if failed["scorer"] == "grounding":
                    yield f"{where}: {failed['why']}"
            if turn["action"] in _TELLS:
                for promise in _promises(turn["reply"], texts):
                    yield f"{where}: promises without doing: {promise}"


def _promises(reply: str, texts: list[str]) -> Iterator[str]:
    for sentence in filter(None, map(str.strip, _SENTENCES.split(reply))):
        if _DEEDS.search(sentence) and not any(sentence in text for text in texts):
            yield sentence
