"""A group's folder: settings and knowledge, in and out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import BadFile
from assistant.groups.folder import read_folder, write_folder
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import (
    dump_settings,
    parse_settings,
    settings_from_json,
    settings_to_json,
    unknown_keys,
)
from assistant.knowledge.records import Knowledge
from assistant.knowledge.samples import sample_folders

LEAST = 'id = "tea"\nname = "茶"\nseller = "老王"\n'


def problems_of(text: str) -> str:
    with pytest.raises(BadFile) as caught:
        parse_settings(LEAST + text, "group.toml")
    return "\n".join([str(caught.value), *caught.value.problems])


class TestSettings:
    def test_the_least_has_defaults(self):
        least = parse_settings(LEAST, "group.toml")
        assert (least.language, least.moderation.strikes, least.payment.currency) == ("zh-CN", 3, "CNY")
        assert least.join is None and least.refund is None and least.business_window is None

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('timezone = "Asia/Peking"', "line 4: timezone 'Asia/Peking' is not a time zone"),
            ("opens_at = 2026-05-22T00:00:00Z\ncloses_at = 2026-05-20T00:00:00Z", "closes_at is not after opens_at"),
            ('[payment]\ndeposit_ratio = "1.5"', "line 5: payment.deposit_ratio must be more than 0 and at most 1"),
            ("[payment]\norder_limit = 2000", "payment.order_limit must be decimal text in quotation marks"),
            ('[payment]\norder_limit = "两千"', "payment.order_limit '两千' is not a number"),
            ('[payment]\ncurrency = "元"', "currency '元' must be three capital letters"),
            ("[moderation]\nstrikes = 0", "moderation.strikes must be greater than or equal to 1"),
            ('business_hours = "9 to 5"', "business_hours '9 to 5' must look like 09:00-21:00"),
            ('language = "fr"', "language 'fr' must be"),
            ("rules = [", "is not valid TOML"),
            ('opens_at = "soon"', "line 4: opens_at 'soon' is not a time"),
            ('rules = "one"', "rules must be a list of texts"),
            ('[moderation]\nstrikes = "three"', "moderation.strikes must be a whole number, not 'three'"),
            ("payment = 3", "payment must be a section of its own"),
        ],
    )
    def test_a_slip(self, text, says):
        assert says in problems_of(text)

    def test_several_slips_are_told_at_once(self):
        text = problems_of("[payment]\npay_within_minutes = 0\n[moderation]\nstrikes = 0")
        assert "pay_within_minutes" in text and "strikes" in text

    def test_an_id_must_be_plain(self):
        with pytest.raises(BadFile) as caught:
            parse_settings('id = "Tea!"\nname = "x"\nseller = "y"', "group.toml")
        assert caught.value.problems == ("group.toml line 1: id 'Tea!' must be 3 to 40 of the signs a-z, 0-9 and -",)

    def test_a_time_without_offset_is_in_the_groups_zone(self):
        got = parse_settings(LEAST + "opens_at = 2026-05-20T09:00:00\ncloses_at = 2026-05-22", "group.toml")
        assert got.opens_at == datetime(2026, 5, 20, 1, tzinfo=UTC)
        assert got.closes_at == datetime(2026, 5, 22, 15, 59, 59, tzinfo=UTC)

    def test_unknown_keys_are_kept_and_told(self):
        text = (
            LEAST
            + 'colour = "red"\nsince = 2026-01-01\n\n[payment]\niban = 7\n\n[extra.deep]\nlist = [1.5, {a = true}]\n'
        )
        got = parse_settings(text, "group.toml")
        assert unknown_keys(got) == ["colour", "since", "extra", "payment.iban"]
        assert dump_settings(settings_from_json(settings_to_json(got))) == dump_settings(got)
        assert parse_settings(dump_settings(got), "group.toml") == got


JSONISH = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False),
        st.text(max_size=12),
        st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


class TestRoundTrip:
    @given(
        name=st.text(min_size=1, max_size=40),
        rules=st.lists(st.text(max_size=20), max_size=3),
        limit=st.one_of(st.none(), st.decimals("0.01", "99999", places=2)),
        extra=st.dictionaries(st.text(min_size=1, max_size=8).map(lambda key: f"x-{key}"), JSONISH, max_size=3),
    )
    @settings(max_examples=60, deadline=None)
    def test_settings_through_file_and_store(self, name, rules, limit, extra):
        made = GroupSettings(id="any", name=name, seller="s", rules=rules, payment={"order_limit": limit}, **extra)
        text = dump_settings(made)
        back = parse_settings(text, "group.toml")
        stored = settings_from_json(settings_to_json(back))
        assert dump_settings(back) == dump_settings(stored) == text
        assert (back.name, list(back.rules), back.payment.order_limit) == (name, rules, limit)

    @pytest.mark.parametrize("path", sample_folders(), ids=lambda path: path.name)
    def test_the_sample_groups_come_out_as_they_went_in(self, path, tmp_path):
        folder = read_folder(path)
        write_folder(tmp_path, folder.settings, folder.knowledge)
        for name in ("group.toml", "faq.csv", "catalog.csv"):
            assert (tmp_path / name).read_bytes() == (path / name).read_bytes()


class TestFolder:
    def test_problems_of_all_files_at_once(self, tmp_path):
        (tmp_path / "group.toml").write_text('id = "tea"\nname = "x"\n', encoding="utf-8")
        (tmp_path / "faq.csv").write_text("question,answer\n,x\n", encoding="utf-8")
        (tmp_path / "catalog.csv").write_text("sku,name,price,unit\nA,b,c,d\n", encoding="utf-8")
        with pytest.raises(BadFile) as caught:
            read_folder(tmp_path)
        assert [line.split(":")[0] for line in caught.value.problems] == [
            "group.toml",
            "faq.csv line 2",
            "catalog.csv line 2",
        ]

    def test_two_faq_files_are_one_too_many(self, tmp_path):
        write_folder(tmp_path, GroupSettings(id="tea", name="x", seller="y"), Knowledge())
        (tmp_path / "faq.md").write_text("## q\na\n", encoding="utf-8")
        with pytest.raises(BadFile) as caught:
            read_folder(tmp_path)
        assert "only one of them can be meant" in caught.value.problems[0]

    def test_the_parent_of_group_folders_names_them(self, tmp_path):
        write_folder(tmp_path / "tea", GroupSettings(id="tea", name="x", seller="y"), Knowledge())
        with pytest.raises(BadFile, match="there is one in: tea"):
            read_folder(tmp_path)

    def test_a_group_without_files_knows_nothing(self, tmp_path):
        (tmp_path / "group.toml").write_text(LEAST, encoding="utf-8")
        folder = read_folder(tmp_path)
        assert folder.knowledge == Knowledge() and len(folder.warnings) == 2
