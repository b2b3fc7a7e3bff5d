"""What members of a smoke suite write, by the group's language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of one language. Orders are formats with ``sku``, ``name``, ``unit`` and ``n``."""

    members: tuple[str, str, str]
    order: str
    order_by_name: str
    more: str
    status: str
    cancel: str
    human: str
    notice: str
    chat: tuple[str, ...]


WORDS = {
    "zh-CN": Words(
        members=("小李", "大刘", "阿梅"),
        order="{sku} {n}{unit}",
        order_by_name="{name}来{n}{unit}",
        more="{sku}再加{n}{unit}",
        status="我的订单到哪一步了？",
        cancel="取消订单",
        human="转人工",
        notice="大家注意看群公告",
        chat=("哈哈哈", "早上好呀大家", "今天好热啊"),
    ),
    "en": Words(
        members=("Ann", "Ben", "Cleo"),
        order="{sku} x {n}",
        order_by_name="I'd like {n} {name}",
        more="{n} more {sku} please",
        status="Where is my order?",
        cancel="cancel my order",
        human="I want to talk to a human",
        notice="Please have a look at the pinned message, everybody",
        chat=("haha", "good morning all", "so hot today"),
    ),
}
