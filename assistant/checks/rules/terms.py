"""Answers against what group.toml says: the terms that Yidan itself acts upon."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from assistant.checks.base import Finding, Subject
from assistant.checks.cues import NO_DEPOSIT
from assistant.checks.facts import Fact, facts_of
from assistant.replies.catalogue import when_text

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Term:
    """A setting, whether a fact agrees with it, and how it is shown."""

    setting: str
    agrees: Callable[[Fact], bool]
    shown: str


def terms(subject: Subject) -> Iterator[Finding]:
    """Find answers whose closing time, windows, limits, shares or hours are not those of the group's settings."""
    known = _terms(subject)
    told: set[tuple[str, str]] = set()
    facts = facts_of(subject, subject.entries)
    strong = {fact.topic for fact in facts}
    for fact in facts:
        topic = "refund_window" if _reports_refund(subject, fact, strong) else fact.topic
        term = known.get(topic)
        if term is None or term.agrees(fact) or (fact.source.id, topic) in told:
            continue
        told.add((fact.source.id, topic))
        values = {"said": fact.words, "clause": fact.clause.text, "setting": term.setting, "value": term.shown}
        rule = "terms.differ" if term.shown else "terms.unknown"
        yield Finding(rule, "error", (fact.source.id, f"group.toml:{term.setting}"), values)
    yield from _none_asked(subject)


def settled_topics(subject: Subject) -> frozenset[str]:
    """Return the topics that the settings tell, so that entries need not be compared with each other."""
    return frozenset(topic for topic, term in _terms(subject).items() if term.shown)


def _reports_refund(subject: Subject, fact: Fact, topics: set[str]) -> bool:
    """Return whether the time to report a fault is the group's only refund window."""
    return (
        fact.topic == "report_window"
        and fact.source.category == "refund"
        and "refund_window" not in topics
        and bool(subject.settings.refund and subject.settings.refund.window_days)
    )


def _terms(subject: Subject) -> dict[str, Term]:
    settings = subject.settings
    payment, zone = settings.payment, settings.zone
    found: dict[str, Term] = {}
    if settings.closes_at is not None:
        # 24:00 is the last minute of its day.
        local = settings.closes_at.astimezone(zone)
        ends = {local, (settings.closes_at + _MINUTE).astimezone(zone), (settings.closes_at - _MINUTE).astimezone(zone)}
        days = {(Decimal(end.month), Decimal(end.day)) for end in ends}
        weekdays = {Decimal(end.weekday()) for end in ends}
        clocks = {Decimal(end.hour * 60 + end.minute) for end in ends} | (
            {Decimal(1440)} if local.hour in (0, 23) else set()
        )

        def closing(fact: Fact) -> bool:
            value = fact.value
            if value.kind == "date":
                return value.amounts[-2:] in days
            if value.kind == "weekday":
                return value.amounts[0] in weekdays
            return bool(({*value.amounts, *value.also}) & clocks)

        found["closing"] = Term("closes_at", closing, when_text(settings.closes_at, settings.language, zone))
    found["closing_count"] = _number("close_after_orders", settings.close_after_orders)
    found["pay_window"] = _minutes("payment.pay_within_minutes", payment.pay_within_minutes)
    if settings.refund is not None and settings.refund.window_days:
        found["refund_window"] = _minutes("refund.window_days", settings.refund.window_days * 24 * 60)
    if payment.order_limit is not None:
        found["order_limit"] = _number("payment.order_limit", payment.order_limit)
    if settings.member_limit is not None:
        found["member_limit"] = _number("member_limit", settings.member_limit)
    ratio = payment.deposit_ratio
    found["deposit"] = _share("payment.deposit_ratio", ratio)
    found["balance"] = _share("payment.deposit_ratio", None if ratio is None else 1 - ratio)
    if settings.business_window is not None:
        hours = tuple(Decimal(moment.hour * 60 + moment.minute) for moment in settings.business_window)
        found["hours"] = Term("business_hours", lambda fact: fact.value.amounts == hours, settings.business_hours)
    return found


def _number(setting: str, right: Decimal | int | None) -> Term:
    shown = "" if right is None else f"{right:f}" if isinstance(right, Decimal) else str(right)
    return Term(setting, lambda fact: right is not None and fact.value.amounts == (Decimal(right),), shown)


def _minutes(setting: str, right: int | None) -> Term:
    shown = "" if right is None else str(right // 1440 if setting.endswith("days") else right)
    return Term(setting, lambda fact: right is not None and fact.value.amounts[-1] == right, shown)


def _share(setting: str, right: Decimal | None) -> Term:
    shown = "" if right is None else f"{right * 100:.0f}%"
    return Term(setting, lambda fact: right is not None and fact.value.amounts == (right,), shown)


def _none_asked(subject: Subject) -> Iterator[Finding]:
    """Find answers that deny a deposit that the orders ask for."""
    ratio = subject.settings.payment.deposit_ratio
    if ratio is None or ratio == 1:
        return
    for source in subject.entries:
        for clause in source.clauses:
            if match := NO_DEPOSIT.search(clause.text):
                values = {
                    "said": match[0],
                    "clause": clause.text,
                    "setting": "payment.deposit_ratio",
                    "value": f"{ratio * 100:.0f}%",
                }
                yield Finding("terms.differ", "error", (source.id, "group.toml:payment.deposit_ratio"), values)


_METHODS = {
    "支付宝": r"支付宝|alipay",
    "微信": r"微信(?:转账|支付|付款|红包)?|wechat",
    "现金": r"现金|(?<![a-z])cash(?! app)(?![a-z])",
    "银行卡": r"银行卡|银行转账|对公|(?<![a-z])(?:bank|wire) transfers?",
    "信用卡": r"信用卡|刷卡|(?:credit|debit) cards?|(?<![a-z])cards?(?= (?:payment|accepted|ok))",
    "PayPal": r"paypal",
    "Venmo": r"venmo",
    "Zelle": r"zelle",
    "Cash App": r"cash ?app",
    "Apple Pay": r"apple pay",
    "Revolut": r"revolut",
    "Stripe": r"stripe",
}
_PAYS = re.compile(
    r"支持|可以用?|接受|能用|收|付款|转账|付(?!费)|用|(?<![a-z])(?:pay|accept|take|send|by|with|via|or|and)(?![a-z])"
)
_REFUSES = re.compile(
    r"不(?:支持|收|接受|能|可以|用)|[没非]|暂不|无法|拒|别用|(?<![a-z])(?:no|not|never|n't|cannot|can't|don't|without|except)(?![a-z])"
)


def payment_methods(subject: Subject) -> Iterator[Finding]:
    """Find answers that offer a way to pay that group.toml does not have, or refuse one that it has."""
    methods = " ".join(subject.settings.payment.methods).lower()
    if not methods:
        return
    for source in subject.entries:
        if source.category not in ("payment", "ordering", "other"):
            continue
        for clause in source.clauses:
            for name, pattern in _METHODS.items():
                match = re.search(pattern, clause.text)
                if match is None or not _PAYS.search(clause.text) or re.search(pattern, methods):
                    continue
                if _REFUSES.search(clause.sentence) or (
                    name == "微信" and not re.search("转账|支付|付款|红包|pay", match[0] + clause.text)
                ):
                    continue
                values = {"said": match[0], "methods": ", ".join(subject.settings.payment.methods)}
                yield Finding("terms.method", "error", (source.id, "group.toml:payment.methods"), values)
                break


def currency(subject: Subject) -> Iterator[Finding]:
    """Find amounts in another currency than the group's."""
    own = subject.settings.payment.currency
    for source in subject.entries:
        for clause in source.clauses:
            wrong = next((v for v in clause.values if v.kind == "money" and v.unit != own), None)
            # A sign that two currencies share, or one that nobody told apart, proves nothing.
            if wrong is None or (own == "JPY" and wrong.unit == "CNY") or (own not in ("CNY", "USD", "GBP", "EUR")):
                continue
            values = {"said": clause.text[wrong.start : wrong.end].strip(), "currency": own}
            yield Finding("terms.currency", "error", (source.id, "group.toml:payment.currency"), values)
            break
