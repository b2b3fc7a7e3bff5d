"""The wire types of what waits for the seller: the list, a ticket's context, pauses, knowledge from answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.delivery.waiting import Kind, State
from assistant.web.schemas import TEXT_LIMIT, FeedItemOut, Name, OrderCardOut, SourceOut, TicketOut, clean

Words = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(clean)]


class WaitingOut(BaseModel):
    """Something that waits, or waited, for the seller; ``id`` is the ticket's or the request's."""

    model_config = ConfigDict(from_attributes=True)
    kind: Kind
    id: int
    group_id: str
    group: str
    member: str
    text: str
    state: State
    since: datetime
    with_whom: str = Field(description="Who has claimed it, or decided about it.")
    done_at: datetime | None
    order: int | None
    flags: list[str] = Field(description="What is odd about a request to join.")
    others: int = Field(description="How many more members asked the same.")


class PauseOut(BaseModel):
    """Who keeps the assistant out of the talk with a member; ``until`` is null where only typing does."""

    model_config = ConfigDict(from_attributes=True)
    member_id: int
    member: str
    by: str
    until: datetime | None
    typing_by: str
    typing_until: datetime | None


class TypingOut(BaseModel):
    """Until when the assistant waits; say it again while you write."""

    until: datetime


class EndedOut(BaseModel):
    """Whether the assistant had been kept out."""

    ended: bool


class DeedOut(BaseModel):
    """What the assistant did with a message, and what it rested on."""

    message_id: int
    action: str
    reason: str
    responder: str
    sources: list[SourceOut]
    good: bool | None = Field(description="The seller's mark, null without one.")
    model: str


class TalkLineOut(BaseModel):
    """A line of the talk with what the assistant did about it; ``member_id`` is whom it is from, or for."""

    item: FeedItemOut
    member_id: int | None
    deed: DeedOut | None


class TalkOut(BaseModel):
    """Lines in order of time; ``earlier`` is the ``before`` of the next read back, null at the beginning."""

    lines: list[TalkLineOut]
    earlier: str | None


class SayIn(BaseModel):
    """The seller's words to the group, or to the member whose message ``to`` is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "今晚八点截单，想要的抓紧", "to": None}]})
    text: Words
    to: Annotated[int | None, Field(ge=1, le=2**31 - 1, description="A member's message that is answered.")] = None
    private: Annotated[bool, Field(description="Only that member reads it.")] = False


class TriedOut(BaseModel):
    """A piece of knowledge that came near when the member asked."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    title: str
    answer: str
    probability: float


class OrderShortOut(BaseModel):
    """One of the member's orders."""

    model_config = ConfigDict(from_attributes=True)
    number: int
    status: str
    total: Decimal
    currency: str
    items: list[str]
    created_at: datetime


class BoughtOut(BaseModel):
    """What the member usually takes."""

    model_config = ConfigDict(from_attributes=True)
    sku: str
    name: str
    unit: str
    quantity: int


class AskedOut(BaseModel):
    """An earlier question to the seller, with the answer (empty without one)."""

    model_config = ConfigDict(from_attributes=True)
    question: str
    answer: str


class HistoryOut(BaseModel):
    """What the seller and the member had with each other."""

    model_config = ConfigDict(from_attributes=True)
    purchases: int
    last_at: datetime | None
    usual: list[BoughtOut]
    earlier: list[AskedOut]


class SuggestedReplyOut(BaseModel):
    """Words that may be sent as they are; ``source`` is the entry they are, empty for a general phrase."""

    model_config = ConfigDict(from_attributes=True)
    text: str
    source: str
    title: str
    probability: float


class DossierOut(BaseModel):
    """A ticket with everything that a human needs to answer it."""

    ticket: TicketOut
    summary: list[str] = Field(description="What is wanted, what is known, what to do.")
    talk: list[TalkLineOut]
    tried: list[TriedOut]
    orders: list[OrderShortOut]
    history: HistoryOut
    terms: str
    pause: PauseOut | None
    replies: list[SuggestedReplyOut]


class LessonIn(BaseModel):
    """The entry as the seller wants it; ``publish`` makes it live at once where nothing else breaks by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "能刻字吗？", "similar_questions": ["可以刻名字吗"], "answer": "可以，每个加10元。"}
            ]
        }
    )
    question: Words
    similar_questions: Annotated[list[Words], Field(max_length=50)] = []
    answer: Words
    category: Literal["price", "ordering", "payment", "delivery", "refund", "product", "group", "other"] = "other"
    publish: bool = False


class LearntOut(BaseModel):
    """What became of it. Where cases broke it is a draft, to be looked at and published."""

    entry: str = Field(description="The entry's id.")
    case: str = Field(description="The id of the case in the group's suite.")
    live: bool
    answers: bool | None = Field(description="Whether the member's own words now get this answer.")
    broken: list[str]


class ExcerptIn(BaseModel):
    """Lines of a chat as they were copied; ``author`` wrote what has no name, ``ours`` are the seller's own names."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "小李: 龙井多少钱\n阿梅: A01两斤"}]})
    text: Annotated[str, Field(min_length=1, max_length=100_000), AfterValidator(clean)]
    author: Annotated[str, Field(max_length=60), AfterValidator(clean)] = ""
    ours: Annotated[list[Name], Field(max_length=20)] = []


class SentDraftOut(BaseModel):
    """Words to send; ``text`` is what is copied."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    text: str
    private: bool = Field(description="For that member alone.")
    addressees: list[str]
    state: Literal["waiting", "sent", "not_sent"]
    by_seller: bool
    at: datetime


class AssistLineOut(BaseModel):
    """A pasted line and what was made of it; without a draft ``reason`` says why."""

    model_config = ConfigDict(from_attributes=True)
    message_id: int
    author: str
    role: str
    text: str
    at: datetime
    action: str
    reason: str
    draft: SentDraftOut | None
    shared: bool = Field(description="The answer is in the draft for somebody who asked the same.")
    answered: bool = Field(description="The seller has said something to this member since.")
    orders: list[OrderCardOut]


class SideIn(BaseModel):
    """Whether a name in the excerpts is the seller's side's."""

    ours: bool


class RenamedOut(BaseModel):
    """How many of the name's lines were drafted anew; ``kept`` stay, as something came of them."""

    model_config = ConfigDict(from_attributes=True)
    redone: int
    kept: int


class TakenOut(BaseModel):
    """The new lines of an excerpt with their drafts, and what was passed over."""

    model_config = ConfigDict(from_attributes=True)
    lines: list[AssistLineOut]
    known: int = Field(description="Lines that were pasted before.")
    pictures: int
    echoes: int = Field(description="Lines that are drafts which were sent.")
    nameless: list[str] = Field(description="Lines of which it does not say who wrote them.")
    refused: list[str] = Field(description="Why lines could not be handled.")


class SheetOut(BaseModel):
    """The last pasted lines, oldest first, and what else waits to be sent."""

    model_config = ConfigDict(from_attributes=True)
    lines: list[AssistLineOut]
    notices: list[SentDraftOut]


class SentIn(BaseModel):
    """The words in which a draft was sent, where they are other ones."""

    text: Annotated[str | None, Field(max_length=TEXT_LIMIT), AfterValidator(lambda text: text and clean(text))] = None
