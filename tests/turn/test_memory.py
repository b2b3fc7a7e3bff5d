"""What is remembered of an exchange survives the store."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from assistant.turn.memory import Memory, OpenLine, OpenQuestion

AT = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)

words = st.text(max_size=12)
lines = st.builds(OpenLine, st.lists(words, max_size=3).map(tuple), st.none() | st.integers(0, 99))
questions = st.builds(
    OpenQuestion,
    st.sampled_from(["which_product", "how_many", "less", "join"]),
    st.lists(lines, max_size=3).map(tuple),
)
memories = st.builds(
    Memory,
    at=st.just(AT),
    question=words,
    action=st.sampled_from(["answer", "clarify", "order"]),
    sources=st.lists(words, max_size=3).map(tuple),
    products=st.lists(words, max_size=3).map(tuple),
    open=st.none() | questions,
)


@given(memories)
def test_what_is_written_is_what_is_read(memory: Memory) -> None:
    stored = json.loads(json.dumps(memory.to_json()))
    assert Memory.from_json(stored, action=memory.action, at=AT) == memory


def test_a_row_from_before_a_field_was_known_still_reads() -> None:
    assert Memory.from_json({}, action="answer", at=AT) == Memory(AT, action="answer")
