"""The parts of model access that need no server."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError, meta

from assistant.agent.json_calls import calls_in
from assistant.agent.proposal import Call, Proposal
from assistant.llm.breaker import Breaker
from assistant.llm.prompts import as_data, environment, prompt
from assistant.llm.tokens import Usage, count_tokens, cut, fitting
from assistant.settings import LanguageModelSettings, load_settings


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class TestBreaker:
    def test_it_opens_after_failures_in_a_row(self) -> None:
        breaker = Breaker(2, 10, monotonic=Clock())
        breaker.failed()
        assert breaker.rest == 0
        breaker.succeeded()
        breaker.failed()
        assert breaker.rest == 0
        breaker.failed()
        assert breaker.rest == 10

    def test_one_trial_after_the_rest_and_longer_rests(self) -> None:
        clock = Clock()
        breaker = Breaker(2, 10, monotonic=clock)
        breaker.failed()
        breaker.failed()
        clock.now += 10
        assert breaker.rest == 0
        breaker.failed()
        assert breaker.rest == 20
        clock.now += 20
        breaker.succeeded()
        breaker.failed()
        assert breaker.rest == 0

    def test_the_wait_that_the_endpoint_asks_for_is_kept(self) -> None:
        breaker = Breaker(3, 10, monotonic=Clock())
        breaker.failed(retry_after=7)
        assert breaker.rest == 7


class TestTokens:
    def test_they_are_counted_without_a_network(self) -> None:
        assert count_tokens("hello world") == 2
        assert 4 <= count_tokens("龙井多少钱一斤") <= 14
        assert count_tokens("<|endoftext|>") > 0

    def test_the_most_relevant_texts_that_fit_are_taken(self) -> None:
        texts = [("a", "one two three"), ("b", "word " * 100), ("c", "four five")]
        assert fitting(texts, 20) == ["a", "c"]

    @given(st.text(max_size=200), st.integers(1, 50))
    def test_a_cut_text_is_no_longer_than_asked(self, text: str, tokens: int) -> None:
        assert text.startswith(cut(text, tokens).rstrip("…")) or count_tokens(text) <= tokens

    def test_what_calls_cost(self) -> None:
        settings = LanguageModelSettings(price_in=Decimal(2), price_out=Decimal(8))
        assert Usage(1, 1_000_000, 500_000).cost(settings) == 6
        assert Usage(1, 2, 3) + Usage(1, 4, 5) == Usage(2, 6, 8)


VALUES = {
    "composer": {"language": "Simplified Chinese"},
    "agent": {"assistant": "茶小二", "seller": "老王", "language": "Simplified Chinese"},
    "facts": {"facts": ["一", "二"], "question": "问", "earlier": "先前"},
    "again": {"why": "wrong", "language": "English"},
    "suggest": {"language": "English", "question": "问", "answer": "答"},
    "member": {
        "member": "小李",
        "goal": "买茶",
        "facts": ["两斤"],
        "seller": "老王",
        "language": "Simplified Chinese",
        "done": "DONE",
    },
    "summary": {"language": "English", "lines": ["a: b"], "facts": ["c"]},
}
"""What each prompt is given."""


class TestPrompts:
    def test_each_prompt_is_known_here(self) -> None:
        assert {name.removesuffix(".md.j2") for name in environment().list_templates()} == set(VALUES)

    @pytest.mark.parametrize("name", VALUES)
    def test_its_variables_are_these(self, name: str) -> None:
        source = environment().loader.get_source(environment(), f"{name}.md.j2")[0]  # type: ignore[union-attr]
        assert meta.find_undeclared_variables(environment().parse(source)) == set(VALUES[name])
        text = prompt(name, **VALUES[name])
        assert text and "{{" not in text and "{%" not in text

    @pytest.mark.parametrize("name", VALUES)
    def test_a_missing_variable_is_an_error(self, name: str) -> None:
        for left_out in VALUES[name]:
            values = {key: value for key, value in VALUES[name].items() if key != left_out}
            with pytest.raises(UndefinedError):
                prompt(name, **values)

    @given(st.text(max_size=300))
    def test_data_has_no_tags_fences_or_lines(self, text: str) -> None:
        data = as_data(f"a\n</question>```{text}")
        assert not {"<", ">", "\n"} & set(data) and "```" not in data


NAMES = {"log_order", "hand_off", "search_knowledge"}
ORDER = Call("log_order", {"lines": [{"sku": "A01", "quantity": 2}]})


class TestJsonCalls:
    @pytest.mark.parametrize(
        "text",
        [
            '{"name": "log_order", "arguments": {"lines": [{"sku": "A01", "quantity": 2}]}}',
            '```json\n{"name": "log_order", "arguments": {"lines": [{"sku": "A01", "quantity": 2}]}}\n```',
            '{{"name": "log_order", "arguments": {{"lines": [{{"sku": "A01", "quantity": 2}}]}}}}',
            '<tool_call>{"name": "log_order", "parameters": {"lines": [{"sku": "A01", "quantity": 2}]}}</tool_call>',
            'Sure! [{"tool": "log_order", "args": {"lines": [{"sku": "A01", "quantity": 2}]}}] done.',
            '{"type": "function", "function": {"name": "log_order", '
            '"arguments": "{\\"lines\\": [{\\"sku\\": \\"A01\\", \\"quantity\\": 2}]}"}}',
        ],
    )
    def test_the_ways_in_which_small_models_write_a_call(self, text: str) -> None:
        assert calls_in(text, NAMES) == [ORDER]

    @pytest.mark.parametrize(
        "text",
        ["好的，198元。", '{"name": "drop_tables", "arguments": {}}', '{"price": 198}', "{{{", "", '{"name": "log_ord'],
    )
    def test_an_ordinary_text_is_no_call(self, text: str) -> None:
        assert calls_in(text, NAMES) == []

    @given(st.text(alphabet='{}[]":,namelog_order \n`', max_size=120))
    def test_it_never_raises(self, text: str) -> None:
        calls_in(text, NAMES)


def test_a_proposal_survives_as_json() -> None:
    proposal = Proposal("agent", "m", "好", ("a",), (ORDER,), Usage(1, 2, 3), 0.5, 1, "loop", "why")
    assert Proposal.from_json(proposal.to_json()) == proposal


class TestSettings:
    def test_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YIDAN_LLM__BASE_URL", "http://localhost:1/v1")
        monkeypatch.setenv("YIDAN_LLM__MODEL", "qwen")
        monkeypatch.setenv("YIDAN_LLM__API_KEY", "sk-secret")
        settings = load_settings()
        assert settings.llm.configured and settings.llm.name == "qwen"
        assert "sk-secret" not in repr(settings)

    def test_off_is_off(self) -> None:
        assert not LanguageModelSettings(base_url="http://x/v1", model="m", mode="off").configured
        assert not LanguageModelSettings().configured

    def test_a_file_has_its_own_name(self) -> None:
        assert LanguageModelSettings(gguf="/models/qwen-1.5b.gguf").name == "qwen-1.5b"


def test_nothing_of_it_loads_without_a_model() -> None:
    script = (
        "import sys, assistant.delivery.bootstrap, assistant.web.app;"
        "print([m for m in ('langchain', 'langchain_core', 'langgraph', 'langchain_openai', 'openai', 'tiktoken')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_deadline_holds_where_cancellation_is_swallowed() -> None:
    import asyncio
    import time

    from assistant.llm.deadline import within

    async def stubborn() -> str:
        for _ in range(20):
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue
        return "late"

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await within(0.1, stubborn())
    assert time.monotonic() - started < 0.8
