"""What a proof says against what the records expect: every difference is a warning for the seller. Pure.

A warning never decides anything: it is shown to the seller with the proof. Nothing here can make an order paid.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Literal

from assistant.payments.picture import near_identical
from assistant.payments.proof import Proof

EARLY = timedelta(minutes=2)
"""A phone's clock may be so far behind ours."""

AHEAD = timedelta(minutes=10)
"""And so far ahead."""

WarningKind = Literal[
    "unreadable",
    "no_order",
    "amount_differs",
    "other_currency",
    "no_time",
    "before_order",
    "in_future",
    "no_reference",
    "reference_used",
    "picture_used",
    "incoming",
    "not_done",
    "other_payee",
    "method_off",
]


@dataclass(frozen=True, slots=True)
class ProofWarning:
    """One thing about a proof that the seller should look at; ``values`` are texts, for the words of it."""

    kind: WarningKind
    values: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {"kind": self.kind, **dict(self.values)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ProofWarning":
        """Return what ``to_json`` wrote."""
        return cls(data["kind"], tuple((name, str(value)) for name, value in data.items() if name != "kind"))


@dataclass(frozen=True, slots=True)
class Expected:
    """What the records expect of a proof: the member's order at the time it came in."""

    placed_at: datetime
    """When the order was placed; for a balance, when its deposit was confirmed is of no matter."""
    possible: tuple[Decimal, ...]
    """Sums that would be right: what is due now, and all that is owed."""
    currency: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proof or a payment of any of the seller's groups that came before."""

    group_id: str
    order: int | None
    """The order's number in its group."""
    same_order: bool = False
    """It was for the very order that this proof is for: sent again, not used twice."""
    reference: str | None = None
    time: datetime | None = None
    fingerprint: str = ""
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What beside the order bears on a proof."""

    now: datetime
    zone: tzinfo
    image: str
    """The name of the picture's file, which is made of its content."""
    fingerprint: str = ""
    earlier: Sequence[Earlier] = ()
    payees: tuple[str, ...] = ()
    """Names that the seller's money arrives under; empty where they did not say."""
    methods_off: tuple[str, ...] = ()


def warnings_of(proof: Proof, expected: Expected | None, c: Circumstances) -> list[ProofWarning]:
    """Return what the seller should look at; empty where proof and records agree in everything."""
    found = _order_warnings(proof, expected, c) if proof.readable else [ProofWarning("unreadable")]
    if expected is None:
        found.insert(0, ProofWarning("no_order"))
    found += _used_before(proof, c)
    if not proof.readable:
        return found
    if proof.direction == "in":
        found.append(ProofWarning("incoming"))
    if proof.state in ("failed", "returned"):
        found.append(ProofWarning("not_done", (("state", proof.state),)))
    if proof.payee and c.payees and not any(_same_name(proof.payee, name) for name in c.payees):
        found.append(ProofWarning("other_payee", (("payee", proof.payee[:60]),)))
    if proof.app and (off := [name for name in c.methods_off if app_of_method(name) == proof.app]):
        found.append(ProofWarning("method_off", (("method", off[0]),)))
    return found


def _order_warnings(proof: Proof, expected: Expected | None, c: Circumstances) -> list[ProofWarning]:
    found: list[ProofWarning] = []
    if expected is not None and proof.amount is not None:
        if proof.currency and proof.currency != expected.currency:
            found.append(ProofWarning("other_currency", (("read", proof.currency), ("wanted", expected.currency))))
        elif proof.amount not in expected.possible:
            wanted = expected.possible[0] if expected.possible else Decimal(0)
            found.append(ProofWarning("amount_differs", (("read", str(proof.amount)), ("due", str(wanted)))))
    if proof.time is None:
        found.append(ProofWarning("no_time"))
    else:
        at = proof.time.replace(tzinfo=c.zone)
        shown = (("time", at.isoformat()),)
        # A screen without seconds shows the minute that had begun.
        if expected is not None and at + timedelta(seconds=59) < expected.placed_at - EARLY:
            found.append(ProofWarning("before_order", shown))
        if at > c.now + AHEAD:
            found.append(ProofWarning("in_future", shown))
    if proof.reference is None:
        found.append(ProofWarning("no_reference"))
    return found


def _used_before(proof: Proof, c: Circumstances) -> list[ProofWarning]:
    """Return whether the number or the picture served before, for another order."""
    found: list[ProofWarning] = []
    others = [earlier for earlier in c.earlier if not earlier.same_order]
    if proof.reference and (used := next((e for e in others if e.reference == proof.reference), None)):
        found.append(ProofWarning("reference_used", _where(used)))
    if used := next((e for e in others if _same_picture(proof, e, c)), None):
        found.append(ProofWarning("picture_used", _where(used)))
    return found


def _same_picture(proof: Proof, earlier: Earlier, c: Circumstances) -> bool:
    if earlier.image == c.image:
        return True
    if not near_identical(c.fingerprint, earlier.fingerprint):
        return False
    # Two honest screens of one phone may look alike; then their numbers and their times are both others.
    differs = proof.reference and earlier.reference and proof.reference != earlier.reference
    return not (differs and proof.time and earlier.time and proof.time != earlier.time)


def _where(earlier: Earlier) -> tuple[tuple[str, str], ...]:
    return (("group", earlier.group_id), ("order", "" if earlier.order is None else str(earlier.order)))


def app_of_method(method: str) -> str:
    """Return which app a payment method of the settings is by, as proofs name apps; empty for others."""
    folded = method.casefold()
    if "微信" in folded or "wechat" in folded or "weixin" in folded:
        return "wechat"
    return "alipay" if "支付宝" in folded or "alipay" in folded else ""


_STEM = re.compile(r"(?:转账|付款|支付|收款码?|扫码|钱包)+$|\s*(?:transfer|payment|pay)$", re.IGNORECASE)


def method_stem(method: str) -> str:
    """Return what people call a payment method for short: 微信 for 微信转账; the name itself where nothing is left."""
    return _STEM.sub("", method.strip()) or method.strip()


_MASKED = re.compile(r"[*＊]+")
_ACCOUNT = re.compile(r"\s+[\w*@.]*\*[\w*@.]*$|\s+\d[\d* -]{5,}$")


def _same_name(shown: str, known: str) -> bool:
    """Return whether a name on a screen, perhaps masked (李*华), can be the known one."""
    known_text = unicodedata.normalize("NFKC", known).casefold().strip()
    shown_text = _ACCOUNT.sub("", unicodedata.normalize("NFKC", shown).casefold().strip())
    for part in [shown_text, *re.split(r"[()]", shown_text)]:
        part = part.strip()
        if not part:
            continue
        pattern = ".{0,4}".join(re.escape(piece) for piece in _MASKED.split(part))
        if part.strip("* ") and (re.fullmatch(pattern, known_text) or part in known_text or known_text in part):
            return True
    return False
