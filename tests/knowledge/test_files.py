"""Reading and writing FAQ and catalogue files."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import BadFile, UsageError
from assistant.knowledge.fields import join_items, split_items
from assistant.knowledge.files import entries_bytes, products_bytes, read_sheet
from assistant.knowledge.records import CATEGORIES, EntryRecord, ProductRecord
from assistant.knowledge.tidying import entry_problems, fold_sku, product_problems, tidy_entry, tidy_product

ZONE = ZoneInfo("Asia/Shanghai")


def problems_of(tmp_path: Path, name: str, content: str | bytes) -> list[str]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadFile) as caught:
        read_sheet(path, ZONE)
    return [str(caught.value), *caught.value.problems]


def read(tmp_path: Path, name: str, content: str | bytes):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_sheet(path, ZONE)


class TestTolerance:
    def test_chinese_columns_in_gb18030_with_a_unit_in_the_header(self, tmp_path):
        text = "编号,名称,别名,价格（元）,单位,库存,每人限购,预订\nA01,龙井,明前|特级,￥1,398.00,斤,40,5,是\n"
        text = text.replace("￥1,398.00", '"￥1,398.00"')
        sheet = read(tmp_path, "货.csv", text.encode("gb18030"))
        assert sheet.products == (
            ProductRecord("A01", "龙井", ("明前", "特级"), Decimal("1398.00"), "斤", 40, 5, True, ""),
        )

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings(self, tmp_path, encoding):
        sheet = read(tmp_path, "faq.csv", "问题,答案\n怎么付款？,支付宝\n".encode(encoding))
        assert [(entry.question, entry.answer) for entry in sheet.entries] == [("怎么付款？", "支付宝")]

    def test_headers_in_any_case_and_spacing_and_semicolons_and_a_title_line(self, tmp_path):
        sheet = read(
            tmp_path, "faq.csv", "Our FAQ;;\r\nQuestion ; SIMILAR questions;Answer\r\nWhen?;what day;Friday\r\n"
        )
        assert sheet.entries[0].similar_questions == ("what day",)

    def test_an_entry_without_id_gets_the_same_one_each_time(self, tmp_path):
        first = read(tmp_path, "a.csv", "question,answer\n几点发货？,明天\n")
        again = read(tmp_path, "b.csv", "question,answer\n 几点发货,后天\n")
        assert first.entries[0].key == again.entries[0].key

    def test_dates_without_offset_are_in_the_groups_zone_and_a_last_day_is_whole(self, tmp_path):
        sheet = read(tmp_path, "faq.csv", "question,answer,valid_from,valid_until\na,b,2026/5/18 9:00,2026年5月19日\n")
        assert sheet.entries[0].valid_from == datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
        assert sheet.entries[0].valid_until == datetime(2026, 5, 19, 15, 59, 59, tzinfo=UTC)

    def test_leading_zeros_stay(self, tmp_path):
        assert read(tmp_path, "c.csv", "sku,name,price,unit\n001,茶,1,斤\n").products[0].sku == "001"

    def test_unknown_columns_are_named_and_left_out(self, tmp_path):
        assert "colour" in read(tmp_path, "f.csv", "question,answer,colour\na,b,red\n").warnings[0]

    def test_one_keyword_in_two_entries_is_told(self, tmp_path):
        sheet = read(tmp_path, "f.csv", "id,question,answer,keywords\na,q,x,价格\nb,r,y,价格\n")
        assert "keyword '价格' stands in a and b" in sheet.warnings[0]


class TestProblems:
    def test_all_are_told_at_once_with_their_lines(self, tmp_path):
        found = problems_of(
            tmp_path,
            "catalog.csv",
            'sku,name,price,unit,stock,per_member_limit,description\nA01,茶,3九,斤,-1,,"a\nb"\nａ01,茶,1.5,斤,1.5,0,\n',
        )
        assert found == [
            "catalog.csv has 5 problems; nothing was taken in",
            "catalog.csv line 2: price '3九' is not a number",
            "catalog.csv line 2: stock -1 is negative",
            "catalog.csv line 4: sku 'ａ01' is already used in line 2",
            "catalog.csv line 4: stock '1.5' is not a whole number",
            "catalog.csv line 4: per_member_limit 0 is less than 1; leave it empty for none",
        ]

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("a,,x,price,,", "question is empty"),
            ("a,q,,price,,", "answer is empty"),
            ("a,q,x,prices,,", "category 'prices' is unknown"),
            ("a,q,<b>x</b>,price,,", "answer holds HTML ('<b>')"),
            ("a,q,x,price,31.5.2026,", "valid_from '31.5.2026' is not a date"),
            ("a,q,x,price,2026-05-02,2026-05-01", "valid_until is before valid_from"),
            ("sku:A01,q,x,price,,", "may not begin with 'sku:'"),
            (f"a,q,{'x' * 9000},price,,", "answer is 9000 characters long"),
            ("a,q,x\x07,price,,", "unprintable character (U+0007)"),
            ("a,q,x,price,,,more", "a text with a comma must stand in quotation marks"),
        ],
    )
    def test_a_slip_in_an_entry(self, tmp_path, row, says):
        head = "id,question,answer,category,valid_from,valid_until\n"
        found = problems_of(tmp_path, "faq.csv", head + row + "\n")
        assert found[1].startswith("faq.csv line 2: ") and says in found[1]

    def test_comparisons_and_placeholders_are_no_html(self, tmp_path):
        sheet = read(tmp_path, "f.csv", "question,answer\nq,满 <100 元> 或 a<b，写 <sku> <数量>\n")
        assert sheet.entries[0].answer.endswith("<数量>")

    def test_a_repeated_question_without_ids(self, tmp_path):
        assert (
            "question is already used in line 2"
            in problems_of(tmp_path, "f.csv", "question,answer\n几点发货,a\n几点发货？,b\n")[1]
        )

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("f.csv", b'question,answer\n"a,b\n', "line 2: a quotation mark opens here and is never closed"),
            ("f.csv", b"question,answer\na\x00b,c\n", "line 2: holds a NUL character"),
            ("f.csv", b"\x81\xff\xff\xfe\x80", "not a text file in UTF-8 or GB18030"),
            ("f.csv", b"PK\x03\x04....", "ending .xlsx"),
            ("f.xlsx", b"question,answer\n", "is not an Excel workbook"),
            ("f.xlsx", b"PK\x03\x04....", "damaged Excel workbook"),
            ("f.csv", b"", "is empty"),
            ("f.csv", b"foo,bar\n1,2\n", "a FAQ needs question and answer"),
            ("f.md", b"# only a title\n", "no '## question' heading"),
            ("f.pdf", b"", "only .csv, .xlsx, .md files can be read"),
        ],
    )
    def test_a_file_that_is_none(self, tmp_path, name, content, says):
        assert any(says in line for line in problems_of(tmp_path, name, content))

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(BadFile, match="there is no file"):
            read_sheet(tmp_path / "none.csv", ZONE)

    def test_a_catalogue_has_no_markdown(self):
        with pytest.raises(UsageError, match=r"\.csv or \.xlsx"):
            products_bytes([], ".md")


class TestMarkdown:
    def test_fields_and_answers_of_several_paragraphs(self, tmp_path):
        text = (
            "# FAQ\n\n## 怎么付款？\n支付宝。\n\n微信也行。\n\n"
            "## When?\n\n- id: when\n- 相似问: what day | date\n\nFriday\n- not: a field\n"
        )
        pay, when = read(tmp_path, "f.md", text).entries
        assert pay.answer == "支付宝。\n\n微信也行。"
        assert (when.key, when.similar_questions, when.answer) == (
            "when",
            ("what day", "date"),
            "Friday\n- not: a field",
        )


class TestWorkbook:
    def test_texts_never_run_as_formulas_and_numbers_are_numbers(self, tmp_path):
        from openpyxl import load_workbook

        product = ProductRecord("007", "=1+1", ("@x",), Decimal("9.90"), "盒", 3, None, False, "-2+3")
        path = tmp_path / "c.xlsx"
        path.write_bytes(products_bytes([product], ".xlsx"))
        cells = next(load_workbook(path).active.iter_rows(min_row=2))
        assert [cell.data_type for cell in cells[:6]] == ["s", "s", "s", "n", "s", "n"]
        assert cells[1].quotePrefix
        assert read_sheet(path, ZONE).products == (product,)

    def test_times_are_excel_times_in_the_groups_zone(self, tmp_path):
        from openpyxl import load_workbook

        entry = tidy_entry(EntryRecord("a", "q", (), "x", valid_from=datetime(2026, 5, 18, 1, 0, tzinfo=UTC)))
        path = tmp_path / "f.xlsx"
        path.write_bytes(entries_bytes([entry], ".xlsx", ZONE))
        assert load_workbook(path).active["G2"].value == datetime(2026, 5, 18, 9, 0)
        assert read_sheet(path, ZONE).entries == (entry,)

    def test_numbers_typed_by_excel_read_as_the_seller_sees_them(self, tmp_path):
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["编号", "名称", "价格", "单位", "库存", "预订"])
        book.active.append([1001, "茶", 49.9, "袋", 40.0, True])
        book.save(tmp_path / "c.xlsx")
        product = read_sheet(tmp_path / "c.xlsx", ZONE).products[0]
        assert (product.sku, product.price, product.stock, product.preorder) == ("1001", Decimal("49.90"), 40, True)


TEXT = st.text(
    st.one_of(st.sampled_from("|｜\\\"',;=+-@#\n\t *`茶？A0"), st.characters(codec="utf-8", exclude_categories=["Cs"])),
    max_size=30,
)
MOMENT = st.one_of(
    st.none(),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
ENTRIES = st.lists(
    st.builds(
        EntryRecord,
        key=TEXT,
        question=TEXT,
        similar_questions=st.lists(TEXT, max_size=4).map(tuple),
        answer=TEXT,
        category=st.sampled_from(CATEGORIES),
        keywords=st.lists(TEXT, max_size=3).map(tuple),
        valid_from=MOMENT,
        valid_until=MOMENT,
    )
    .map(tidy_entry)
    .filter(lambda entry: not entry_problems(entry)),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: entry.key,
)
COUNT = st.one_of(st.none(), st.integers(1, 10**9))
PRODUCTS = st.lists(
    st.builds(
        ProductRecord,
        sku=st.one_of(TEXT, st.from_regex(r"0{0,3}[0-9]{1,5}", fullmatch=True)),
        name=TEXT,
        aliases=st.lists(TEXT, max_size=3).map(tuple),
        price=st.decimals(0, 10**7, places=4),
        unit=TEXT,
        stock=COUNT,
        per_member_limit=COUNT,
        preorder=st.booleans(),
        description=TEXT,
    )
    .map(tidy_product)
    .filter(lambda product: not product_problems(product)),
    min_size=1,
    max_size=4,
    unique_by=lambda product: fold_sku(product.sku),
)


class TestRoundTrip:
    @given(st.lists(TEXT.filter(str.strip).filter(lambda text: "\n" not in text)))
    def test_items(self, texts):
        assert split_items(join_items(texts)) == tuple(texts)

    @settings(max_examples=40, deadline=None)
    @given(entries=ENTRIES, ending=st.sampled_from([".csv", ".csv", ".md", ".xlsx"]))
    def test_entries(self, entries, ending, tmp_path_factory):
        path = tmp_path_factory.getbasetemp() / f"faq{ending}"
        path.write_bytes(entries_bytes(entries, ending, ZONE))
        back = read_sheet(path, ZONE, kind="entries").entries
        assert back == tuple(entries)
        if ending != ".xlsx":
            assert entries_bytes(back, ending, ZONE) == path.read_bytes()

    @settings(max_examples=40, deadline=None)
    @given(products=PRODUCTS, ending=st.sampled_from([".csv", ".csv", ".xlsx"]))
    def test_products(self, products, ending, tmp_path_factory):
        path = tmp_path_factory.getbasetemp() / f"catalog{ending}"
        path.write_bytes(products_bytes(products, ending))
        assert read_sheet(path, ZONE, kind="catalogue").products == tuple(products)

    @given(st.binary(max_size=200))
    @settings(max_examples=40, deadline=None)
    def test_no_bytes_break_the_reader(self, data):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            for name in ("f.csv", "f.md"):
                path = Path(folder) / name
                path.write_bytes(b"question,answer\n" + data if name == "f.csv" else b"## q\n" + data)
                try:
                    read_sheet(path, ZONE)
                except BadFile as error:
                    assert "\n" not in str(error)
