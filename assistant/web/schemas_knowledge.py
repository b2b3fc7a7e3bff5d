"""The wire types of what a group knows beyond single entries: products, history, imports, trials, open questions."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.web.schemas import TEXT_LIMIT, clean

Words = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(clean)]
Name = Annotated[str, Field(max_length=200), AfterValidator(clean)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class ProductBody(BaseModel):
    """What a product's line says. ``stock`` and ``per_member_limit`` are null for no limit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "鲜橙", "aliases": ["橙子"], "price": "12.00", "unit": "斤"}]}
    )
    name: Name
    aliases: Annotated[list[Name], Field(max_length=200)] = []
    price: Annotated[Decimal, Field(ge=0, le=100_000_000, decimal_places=4)]
    unit: Annotated[str, Field(max_length=40), AfterValidator(clean)]
    stock: Count | None = None
    per_member_limit: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    preorder: bool = False
    description: Annotated[str, Field(max_length=8_000), AfterValidator(clean)] = ""


class ProductOut(BaseModel):
    """A product; its price is decimal text in the group's currency."""

    sku: str
    name: str
    aliases: list[str]
    price: str
    unit: str
    stock: int | None
    per_member_limit: int | None
    preorder: bool
    description: str


class FiguresOut(BaseModel):
    """Of an entry or product (``sku:...``): answers of the last seven days, all good and all bad marks."""

    id: str
    hits: int
    good: int
    bad: int


class TryIn(BaseModel):
    """A question to try: on the draft, or on what is ``published``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "什么时候发货", "published": False}]})
    text: Words
    published: bool = False
    to_assistant: bool = False


class HitOut(BaseModel):
    """What came into question, with the chance that it is right."""

    id: str
    question: str
    answer: str
    probability: float


class TriedOut(BaseModel):
    """What the assistant would do. ``wants`` is the chance that the message wants something; null by words alone."""

    action: str
    text: str
    reason: str
    responder: str
    intent: str
    private: bool
    wants: float | None
    asks_model: bool
    hits: list[HitOut]


class StepOut(BaseModel):
    """One record's change, with what it said before and says after."""

    id: str
    kind: Literal["entry", "product"]
    what: Literal["added", "changed", "removed"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class RevisionOut(BaseModel):
    """What one knowledge version changed."""

    version: int
    at: datetime
    by: str
    changes: list[StepOut]


class RestoreIn(BaseModel):
    """Which record goes back (all without ``id``); ``over_drafts`` replaces drafts that are there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "price-longjing"}]})
    id: Name = ""
    over_drafts: bool = False


class DraftedOut(BaseModel):
    """What is drafted now by the call."""

    changes: list[StepOut]


class ImportOut(BaseModel):
    """What a file changes in the draft; with ``problems`` nothing was taken in."""

    kind: str
    taken_in: bool
    changes: list[StepOut]
    unchanged: int
    problems: list[str]
    warnings: list[str]


class CopyIn(BaseModel):
    """Entries of another group of the same seller; all without ``ids``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": "tea", "ids": ["ship-when"]}]})
    source: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,40}$")]
    ids: Annotated[list[Name], Field(max_length=2_000)] = []


class QuestionOut(BaseModel):
    """A question the records did not answer. ``near`` is the entry that comes nearest to it now."""

    id: int
    text: str
    count: int
    members: int
    phrasings: list[str]
    first_at: datetime
    last_at: datetime
    state: Literal["open", "answered", "dismissed"]
    entry: str
    covered: bool
    near: HitOut | None


class AnswerQuestionIn(BaseModel):
    """The answer for all who asked; the question's own words without ``question``. Or an ``entry`` that answers it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "可以，每个加10元。", "category": "product"}]})
    answer: Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(clean)] = ""
    question: Name = ""
    similar_questions: Annotated[list[Name], Field(max_length=200)] = []
    category: Annotated[str, Field(max_length=20)] = "other"
    entry: Name = ""


class DecideIn(BaseModel):
    """Whether a question is dismissed, or open again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "dismissed"}]})
    state: Literal["open", "dismissed"]
