"""The agent role: LangChain's agent over the shared tools, with its shipped middleware and one of our own."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.agent.composer import MARGIN_SECONDS, Brief
from assistant.agent.proposal import Call, Proposal
from assistant.agent.toolbox import AgentContext
from assistant.llm.access import ModelAccess
from assistant.llm.deadline import within
from assistant.llm.faults import FaultKind, ModelFault, vendor_errors
from assistant.llm.prompts import as_data, language_name, prompt
from assistant.llm.tokens import Usage, count_tokens, fitting

MODEL_CALLS = 5
"""Most rounds of one turn."""

TOOL_CALLS = 8
RETRIES = 1
RETRY_SECONDS = 0.2


@dataclass(slots=True)
class Transcript:
    """One run of the agent: its last words, the calls it made, and what they cost."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = field(default_factory=Usage)
    rounds: int = 0


async def decide(access: ModelAccess, brief: Brief, context: AgentContext, *, until: float) -> Proposal:
    """Return what the model did and said within the deadline (``until``, on ``time.monotonic``).

    Never raises for what the model or its endpoint does. The caller checks the words and does the calls again.
    """
    started = time.monotonic()
    proposal = Proposal("agent", access.name)
    try:
        access.may_call()
        with vendor_errors():
            left = max(until - time.monotonic() - MARGIN_SECONDS, 0.05)
            run = await within(left, _run(access, brief, context))
    except ModelFault as problem:
        access.note(problem)
        seconds = round(time.monotonic() - started, 3)
        return replace(proposal, seconds=seconds, fault=problem.kind, why=str(problem)[:200])
    access.note(None)
    kind: FaultKind | None = None
    why = ""
    if run.rounds >= MODEL_CALLS and not run.text:
        kind, why = "loop", "the model kept calling tools"
    elif not run.text and not run.calls:
        kind, why = "empty", "the model neither wrote nor did anything"
    return replace(
        proposal,
        text=run.text,
        calls=run.calls,
        usage=run.usage,
        rounds=run.rounds,
        seconds=round(time.monotonic() - started, 3),
        fault=kind,
        why=why,
    )


def load() -> None:
    """Load what the agent needs; it takes seconds, once a process."""
    from langchain import agents  # noqa: F401
    from langchain.agents import middleware  # noqa: F401

    from assistant.agent import model_tools  # noqa: F401


async def _built(access: ModelAccess, brief: Brief, context: AgentContext) -> tuple[Any, str]:
    chat = await access.chat()
    second = await access.chat(access.settings.fallback_model) if access.settings.fallback_model else None
    return await asyncio.to_thread(_agent, chat, second, brief, context, access.settings.turn_tokens // MODEL_CALLS)


def _agent(chat: Any, second: Any, brief: Brief, context: AgentContext, budget: int) -> tuple[Any, str]:
    from langchain.agents import create_agent
    from langchain.agents.middleware import (
        ModelCallLimitMiddleware,
        ModelFallbackMiddleware,
        ModelRetryMiddleware,
        ToolCallLimitMiddleware,
    )

    from assistant.agent.middleware import JsonToolCalls
    from assistant.agent.model_tools import TOOLS

    language = language_name(brief.language)
    system = prompt("agent", assistant=brief.assistant, seller=brief.seller, language=language)
    middleware: list[Any] = [
        ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="end"),
        ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="continue"),
        ModelRetryMiddleware(max_retries=RETRIES, initial_delay=RETRY_SECONDS, on_failure="error"),
    ]
    if second is not None:
        middleware.insert(2, ModelFallbackMiddleware(second))
    agent = create_agent(
        chat,
        [TOOLS[name] for name in context.toolbox.allowed],
        system_prompt=system,
        middleware=[*middleware, JsonToolCalls()],
        context_schema=AgentContext,
    )
    facts = fitting([(text, text) for text in (as_data(piece.shown, 400) for piece in brief.pieces)], budget)
    question, earlier = as_data(brief.question), as_data(brief.earlier, 200)
    asked = prompt("facts", facts=facts, question=question, earlier=earlier)
    return agent, f"{asked}\n\n{prompt('again', why=brief.again, language=language)}" if brief.again else asked


async def _run(access: ModelAccess, brief: Brief, context: AgentContext) -> Transcript:
    """Run the agent and read its messages; the token budget of the turn ends it early."""
    agent, asked = await _built(access, brief, context)
    run = Transcript()
    limit = access.settings.turn_tokens
    messages: list[Any] = []
    async for update in agent.astream(
        {"messages": [{"role": "user", "content": asked}]},
        {"recursion_limit": 4 * MODEL_CALLS + TOOL_CALLS + 10},
        context=context,
        stream_mode="updates",
    ):
        for node in update.values():
            for message in (node or {}).get("messages", ()):
                messages.append(message)
                if message.type == "ai" and message.response_metadata:
                    run.rounds += 1
                    run.usage += _usage(message)
        if run.usage.total > limit:
            raise ModelFault("budget", "the turn used up its tokens")
    calls = []
    for message in messages:
        if message.type == "ai":
            calls += [Call(call["name"], call["args"]) for call in message.tool_calls]
    last = messages[-1] if messages else None
    ended = last is not None and last.type == "ai" and not last.tool_calls and bool(last.response_metadata)
    run.text = str(last.text).strip() if last is not None and ended else ""
    run.calls = tuple(call for call in calls if call.name in context.toolbox.allowed)
    return run


def _usage(message: Any) -> Usage:
    told = message.usage_metadata
    if told:
        return Usage(1, told["input_tokens"], told["output_tokens"])
    return Usage(1, 0, count_tokens(str(message.text)))
