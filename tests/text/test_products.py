"""Finding a catalogue's products in a message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.text.fold import fold
from assistant.text.products import ProductName, ProductNames
from tests.text.catalogues import CATALOGUES, CLOTHES, COOKIES, HOME, TEA


def skus(names: ProductNames, text: str) -> list[tuple[str, ...]]:
    return [mention.skus for mention in names.find(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a05+1", [("A05",)]), ("B04*2 C02x1", [("B04",), ("C02",)]), ("ｃ０１", [("C01",)]), ("A-02", [("A02",)]),
        ("龙井", [("A01", "A02")]), ("雨前的龙井", [("A02",)]), ("龙井A02", [("A02",)]), ("明前西湖的龙井", [("A01",)]),
        ("白茶", [("A04", "B01")]), ("安级白茶", [("A04",)]), ("笼井", [("A01", "A02")]), ("金俊梅", [("B02",)]),
        ("能定制礼盒吗", []), ("A0和2", []), ("CA02", []), ("A021", []),
    ],
)  # fmt: skip
def test_tea(text: str, expected: list[tuple[str, ...]]) -> None:
    assert skus(TEA, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cleaning", [("H01", "H02", "H03")]), ("the standard one", [("H01",)]), ("does the deep one", [("H02",)]),
        ("windws", [("H05",)]), ("cleening", [("H01", "H02", "H03")]), ("carpets", [("H04",)]),
        ("ac tuneup", [("H07",)]),
        ("deep in thought", []), ("we're moving", []), ("my house", []), ("i work 9 to 5", []),
    ],
)  # fmt: skip
def test_home(text: str, expected: list[tuple[str, ...]]) -> None:
    assert skus(HOME, text) == expected


def test_parts_shared_by_products_are_ambiguous() -> None:
    assert skus(COOKIES, "曲奇") == [("K01", "K04")]
    assert skus(CLOTHES, "黑色羽绒服") == [("W03", "W04")]
    assert skus(CLOTHES, "黑色L的羽绒服") == [("W04",)]


def test_unknown_codes() -> None:
    assert TEA.unknown_codes(fold("E05来2份，A02一斤")) == ("E05",)
    assert TEA.unknown_codes(fold("iphone13，x2，5G")) == ()


@pytest.mark.parametrize("sku", ["1", "101", "TEA-01", "蓝L", "Ab1", "12B"])
def test_odd_skus_do_not_break_the_matcher(sku: str) -> None:
    names = ProductNames([ProductName(sku, "测试商品", (), "件")])
    assert names.find("测试商品")[0].skus == (sku,)


def test_an_empty_catalogue_finds_nothing() -> None:
    names = ProductNames([])
    assert names.find("龙井两斤") == () and names.unknown_codes("a01") == ()


@given(st.text(max_size=50), st.sampled_from(sorted(CATALOGUES)))
@settings(deadline=None)
def test_mentions_lie_inside_the_text_and_apart(text: str, catalogue: str) -> None:
    names, folded = CATALOGUES[catalogue], fold(text)
    end = 0
    for mention in names.find(folded):
        assert end <= mention.start < mention.end <= len(folded)
        assert folded[mention.start : mention.end] == mention.text
        assert mention.skus and set(mention.skus) <= set(names.order)
        end = mention.end
