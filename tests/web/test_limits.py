"""Buckets that tries are taken from."""

from assistant.web.limits import KEYS, RateLimit


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_tries_and_then_a_wait_that_is_long_enough():
    watch = Watch()
    limit = RateLimit(5, 300, watch)
    assert [limit.take("a") for _ in range(6)] == [0, 0, 0, 0, 0, 60]
    assert limit.take("b") == 0
    watch.now = 59.0
    assert limit.take("a") == 1
    watch.now = 60.0
    assert (limit.take("a"), limit.take("a")) == (0, 60)


def test_what_is_forgiven_starts_anew():
    limit = RateLimit(1, 60, Watch())
    limit.take("a")
    limit.forgive("a")
    assert limit.take("a") == 0


def test_many_strangers_do_not_fill_the_memory():
    limit = RateLimit(1, 60, Watch())
    for number in range(KEYS + 10):
        limit.take(str(number))
    assert len(limit._buckets) == KEYS
