"""Price lists as sellers have them: any column order, any way to write a price, doubts by line."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assistant.errors import BadFile
from assistant.knowledge.pricelist.cells import Price, read_count, read_price
from assistant.knowledge.pricelist.reading import Line, products_of, read_lines, read_sheet


def excel(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv(text: str) -> bytes:
    return text.encode()


def read(data: bytes, unit: str = "份") -> list[Line]:
    sheet = read_sheet("list", data)
    return read_lines(sheet, sheet.columns, unit=unit)


def said(line: Line) -> tuple[str, str, str, str]:
    product = line.product
    return product.sku, product.name, str(product.price), product.unit


class TestPrices:
    @pytest.mark.parametrize(
        ("text", "amount", "unit"),
        [
            ("198", "198.00", ""),
            ("¥198/斤", "198.00", "斤"),
            ("￥１９８．５０", "198.50", ""),
            ("198元/斤", "198.00", "斤"),
            ("1,280元", "1280.00", ""),
            ("RMB 45", "45.00", ""),
            ("团购价：39.9元", "39.90", ""),
            ("9块9", "9.90", ""),
            ("9块9一盒", "9.90", "盒"),
            ("$24 per box", "24.00", "box"),
            ("120元起", "120.00", ""),
            ("58元每袋", "58.00", "袋"),
        ],
    )
    def test_ways_to_write_one(self, text, amount, unit):
        assert read_price(text) == Price(Decimal(amount), unit)

    @pytest.mark.parametrize(
        ("text", "doubt"),
        [
            ("", "no_price"),
            ("面议", "no_price"),
            ("时价", "no_price"),
            ("0", "no_price"),
            ("15-20元", "price_range"),
            ("15元到20元", "price_range"),
            ("20元3斤", "price_unclear"),
            ("买二送一 20", "price_unclear"),
            ("12.345", "price_unclear"),
        ],
    )
    def test_what_is_none_is_not_guessed(self, text, doubt):
        assert read_price(text) == doubt

    @given(st.decimals(min_value="0.01", max_value="9999999", places=2), st.sampled_from(["", "¥", "RMB ", "￥"]))
    def test_whatever_the_amount_it_comes_out_exactly(self, amount, sign):
        assert read_price(f"{sign}{amount}") == Price(amount)
        assert read_price(f"{amount:,}元/盒") == Price(amount, "盒")

    @given(st.text(max_size=40))
    def test_no_text_breaks_it(self, text):
        found = read_price(text)
        assert isinstance(found, str) or found.amount > 0
        read_count(text)


class TestColumns:
    def test_a_title_above_and_columns_in_any_order(self):
        lines = read(
            excel(
                ["2026春茶价目表"],
                ["库存", "单价(元/斤)", "品名", "编号"],
                [12, 398, "龙井", "A01"],
                ["不限", 198, "毛尖", "A02"],
            )
        )
        assert [said(line) for line in lines] == [("A01", "龙井", "398.00", "斤"), ("A02", "毛尖", "198.00", "斤")]
        assert [line.product.stock for line in lines] == [12, None]

    def test_without_a_header_the_contents_tell(self):
        lines = read(csv("1,手工曲奇（原味）,39.9元/盒\n2,蔓越莓曲奇,45元/盒\n3,黄油小熊,28元/袋\n"))
        assert [said(line)[1:] for line in lines] == [
            ("手工曲奇（原味）", "39.90", "盒"),
            ("蔓越莓曲奇", "45.00", "盒"),
            ("黄油小熊", "28.00", "袋"),
        ]

    def test_the_price_of_this_deal_goes_before_the_old_one(self):
        lines = read(csv("商品名称,原价,团购价\n草莓,60,39\n蓝莓,50,29\n"))
        assert [str(line.product.price) for line in lines] == ["39.00", "29.00"]

    def test_an_english_list(self):
        lines = read(csv("Item,Size,Our price,In stock\nSourdough,800 g,$7.50,20\nRye,,$6,plenty\n"), unit="piece")
        assert [said(line) for line in lines] == [
            ("A01", "Sourdough", "7.50", "piece"),
            ("A02", "Rye", "6.00", "piece"),
        ]
        assert [line.product.stock for line in lines] == [20, None]

    def test_merged_cells_and_totals(self):
        lines = read(
            excel(
                ["品名", "规格", "价格", "单位"],
                ["龙井", "特级", 398, "斤"],
                [None, "一级", 198, "斤"],
                ["合计", None, 596],
            )
        )
        assert [said(line)[1:3] for line in lines] == [("龙井（特级）", "398.00"), ("龙井（一级）", "198.00")]

    def test_section_titles_are_no_products(self):
        lines = read(csv("名称,价格\n绿茶类,\n龙井,198\n红茶类,\n金骏眉,168\n"))
        assert [line.product.name for line in lines] == ["龙井", "金骏眉"]


class TestDoubts:
    def test_they_are_told_by_line_and_the_others_are_taken(self):
        lines = read(
            excel(
                ["名称", "价格", "产地"], ["龙井", 198, "杭州"], ["毛尖", "面议", "信阳"], ["碧螺春", "15-20", "苏州"]
            )
        )
        assert [(line.place, line.doubts) for line in lines] == [
            ("row 2", ()),
            ("row 3", ("no_price",)),
            ("row 4", ("price_range",)),
        ]
        assert [product.name for product in products_of(lines)] == ["龙井"]

    def test_a_number_twice_gets_a_free_one(self):
        lines = read(csv("编号,名称,价格\nA1,龙井,198\nA1,毛尖,98\nA01,银针,88\n"))
        assert [line.product.sku for line in lines] == ["A1", "A02", "A01"]
        assert lines[1].doubts == ("double_sku",)

    def test_markup_in_a_name_is_not_taken_over(self):
        lines = read(csv("名称,价格\n<img src=x onerror=alert(1)>,5\n苹果,6\n"))
        assert [line.usable for line in lines] == [False, True]

    @pytest.mark.parametrize("data", [b"", b"\n\n", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04 broken"])
    def test_what_is_no_list_is_said_so(self, data):
        with pytest.raises(BadFile):
            read(data)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(whitelist_categories=["Lo", "Lu", "Ll"]), min_size=2, max_size=8),
            st.decimals(min_value="0.01", max_value="9999", places=2),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[0],
    ),
    st.permutations(["名称", "价格", "单位"]),
)
def test_a_plain_list_comes_over_whole_whatever_its_columns(rows, header):
    body = [{"名称": f"茶{name}", "价格": price, "单位": "斤"} for name, price in rows]
    lines = read(
        csv(
            "\n".join(
                ",".join(str(row[title]) for title in header) for row in [dict(zip(header, header, strict=True)), *body]
            )
        )
    )
    assert [(line.product.price, line.product.unit) for line in lines] == [(price, "斤") for _, price in rows]
    assert len({line.product.sku for line in lines}) == len(rows)
