"""Words about a parcel that has come."""

# ruff: noqa: E501
import pytest
from orders.kit import TEA, item, order

from assistant.orders.ledger import OrderView
from assistant.text.fold import fold
from assistant.turn.receiving import means_all, named_orders, says_received


@pytest.mark.parametrize(
    "text",
    [
        "收到了",
        "收到货了",
        "快递收到啦，谢谢",
        "货到了",
        "包裹已经签收了",
        "东西都收到了",
        "2号单收到了",
        "都收到了",
        "it arrived",
        "my parcel arrived, thanks!",
        "got the package",
        "everything is here",
    ],
)
def test_said_plainly(text: str) -> None:
    assert says_received(fold(text)) == "plainly"


@pytest.mark.parametrize("text", ["收到", "好的收到", "收到，谢谢", "got it", "ok got it thanks", "received"])
def test_no_more_than_an_acknowledgement(text: str) -> None:
    assert says_received(fold(text)) == "acknowledges"


@pytest.mark.parametrize(
    "text", ["快递收到了，杯子颜色比想的深一些", "my order arrived and the kids love the blue one"]
)
def test_along_with_something_else(text: str) -> None:
    assert says_received(fold(text)) == "along"


@pytest.mark.parametrize(
    "text",
    [
        "还没收到", "没收到货", "收到了吗", "货到了吗？", "收到货之后怎么付尾款", "截图收到了吗", "付款收到了没", "等收到了再说", "只收到了一个", "收到了，少了一盒",
        "it hasn't arrived", "has it arrived?", "did you get my payment", "when it arrives", "马克杯多少钱", "不知道什么时候到",
    ],
)  # fmt: skip
def test_not_said(text: str) -> None:
    assert says_received(fold(text)) == ""


@pytest.mark.parametrize(("text", "numbers"), [("3号单收到了", [3]), ("取消订单12", [12]), ("order #3 arrived", [3])])
def test_orders_named_by_number(text: str, numbers: list[int]) -> None:
    mine: list[OrderView] = [order({"A01": 1}, id=3), order({"A01": 1}, id=12)]
    assert [found.number for found in named_orders(fold(text), mine)] == numbers
    assert item(TEA, 1).quantity == 1


def test_all_of_them() -> None:
    assert means_all("全部取消") and means_all("cancel everything") and not means_all("取消")
