"""A turn's snapshot of an invented tea group, without a store."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from orders.kit import NOW, PRODUCTS

from assistant.agent.context import Speaker, TurnContext
from assistant.groups.library import GroupView
from assistant.groups.settings import GroupSettings
from assistant.groups.state import GroupState
from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.records import Knowledge
from assistant.orders.ledger import Ledger, OrderView

ME, OTHER = 1, 2
MEMBERS = {"阿梅": ME, "小李": OTHER}


def view(**settings: Any) -> GroupView:
    """The group with these settings."""
    payment = {"currency": "CNY", "methods": ["微信转账"], **settings.pop("payment", {})}
    read = GroupSettings.model_validate(
        {
            "id": "tea",
            "name": "春茶团购",
            "seller": "老王茶铺",
            "assistant_name": "茶小二",
            "payment": payment,
            **settings,
        }
    )
    return GroupView(
        id="tea",
        settings=read,
        knowledge=Knowledge((), PRODUCTS),
        catalogue=Catalogue(PRODUCTS),
        index=cast(Any, None),  # tools never search
        knowledge_version=1,
        ledger_revision=0,
        closed_at=None,
    )


def context(
    orders: Sequence[OrderView] = (),
    *,
    ledger: Ledger | None = None,
    phase: str = "open",
    orders_of: Mapping[int, Sequence[OrderView]] | None = None,
    text: str = "",
    **settings: Any,
) -> TurnContext:
    """A turn of 阿梅 (member 1), whose orders are ``orders``; the ledger holds them unless it is given."""
    if ledger is None:
        ledger = ledger_of([*orders, *(order for theirs in (orders_of or {}).values() for order in theirs)])
    return TurnContext(
        group=view(**settings),
        phase=GroupState(cast(Any, phase)),
        speaker=Speaker(ME, "阿梅"),
        now=NOW,
        text=text,
        image=None,
        ledger=ledger,
        orders=tuple(orders),
        members=MEMBERS,
        orders_of=orders_of or {},
    )


def ledger_of(orders: Sequence[OrderView]) -> Ledger:
    """What these orders take."""
    reserved: dict[str, int] = {}
    for order in orders:
        if order.status not in ("preorder", "cancelled", "expired", "refunded"):
            for item in order.items:
                reserved[item.sku] = reserved.get(item.sku, 0) + item.quantity
    return Ledger(reserved=reserved, order_count=len(orders), last_number=len(orders))
