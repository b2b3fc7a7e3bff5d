"""The wire types of the API, with examples."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TEXT_LIMIT = 4000


def clean(text: str) -> str:
    """Return the text as it is; raises ValueError for what no database and no screen can take."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("the text holds characters that cannot be stored")
    return text


def clean_line(text: str) -> str:
    """Return a name without blanks around it; raises ValueError for an empty one or line breaks in it."""
    text = clean(text).strip()
    if not text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError("must be one line of visible text")
    return text


Text = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(clean)]
Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(clean_line)]
ClientId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]+$")]


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class ErrorBody(BaseModel):
    """What went wrong, in plain words."""

    code: str
    message: str


class ErrorOut(BaseModel):
    """Every error looks like this."""

    model_config = _example(error={"code": "not_found", "message": "no group 'teas'"})
    error: ErrorBody


class JoinIn(BaseModel):
    """Who joins; ``answer`` is to the group's question to newcomers."""

    model_config = _example(nickname="阿梅", answer="朋友介绍")
    nickname: Name
    answer: Annotated[str, Field(max_length=500), AfterValidator(clean)] = ""
    known_by: Annotated[str, Field(max_length=200)] = ""
    """Their own token of another group of the same seller, where they want the seller to know them again."""


class JoinOut(BaseModel):
    """The member's own token, shown only here, and what to know about the group."""

    model_config = _example(
        member_id=7, nickname="阿梅", token="yd_...", group="tea", name="春茶团购临时群", rules=["只聊本次交易"]
    )
    member_id: int
    nickname: str
    token: str
    group: str
    name: str
    purpose: str = ""
    rules: list[str] = []


class MemberIn(BaseModel):
    """For whom a trusted caller (a seller's token) hands in a message."""

    id: ClientId
    nickname: Name


class MessageIn(BaseModel):
    """A line for the group. With an ``id`` of your own, sending it again gets the first answer."""

    model_config = _example(id="c-1", text="A01两斤，再来一盒B02", mentions_assistant=False)
    id: ClientId | None = None
    text: Text = ""
    mentions_assistant: bool = False
    quotes: Annotated[str, Field(pattern=r"^[mr]\d{1,9}$")] | None = None
    """The ``id`` of a line of the feed that it answers; one that everybody in the group sees."""
    image: Annotated[str, Field(max_length=14_000_000)] | None = None
    """A PNG, JPEG, WebP or GIF as base64 or as a data: URI."""
    member: MemberIn | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "MessageIn":
        if not self.text.strip() and not self.image:
            raise ValueError("a message needs a text or an image")
        return self


class SourceOut(BaseModel):
    """A piece of knowledge the reply rests on, with its probability."""

    id: str
    score: float


class OutcomeOut(BaseModel):
    """What the assistant did about one message; ``text`` is empty when it stayed silent."""

    model_config = _example(
        message_id=41,
        created=True,
        action="answer",
        text="西湖龙井 198元/斤",
        reason="faq",
        responder="faq",
        intent="ask_price",
        sources=[{"id": "price-longjing", "score": 0.97}],
        orders=[],
        tickets=[],
        private=False,
        model_calls=0,
        tokens=0,
        timings_ms={"total": 18.2, "embed": 11.0},
    )
    message_id: int
    created: bool
    """False where this message had been handed in before."""
    action: str
    text: str
    reason: str
    responder: str
    intent: str
    sources: list[SourceOut]
    orders: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    private: bool
    model_calls: int
    tokens: int
    timings_ms: dict[str, float]


class QuoteOut(BaseModel):
    """The beginning of a line that a message quotes."""

    id: str
    author: str
    role: str
    text: str


class OrderCardOut(BaseModel):
    """One of the reader's own orders that a reply is about; ``total`` is in the group's currency."""

    model_config = ConfigDict(from_attributes=True)
    number: int
    status: str
    total: str


class FeedItemOut(BaseModel):
    """One line of the feed: somebody's ``message``, or a ``reply`` of the assistant or the seller."""

    id: str
    kind: Literal["message", "reply"]
    author: str
    role: str
    text: str
    at: datetime
    has_image: bool = False
    mine: bool = False
    private: bool = False
    addressees: list[str] = []
    answers: str | None = None
    quote: QuoteOut | None = None
    client_id: str | None = None
    """The ``id`` under which you sent it; only on your own messages."""
    orders: list[OrderCardOut] = []


class FeedOut(BaseModel):
    """What is new; pass ``next`` as ``after`` to go on from here."""

    model_config = _example(
        items=[
            {
                "id": "m41",
                "kind": "message",
                "author": "阿梅",
                "role": "member",
                "text": "龙井多少钱",
                "at": "2026-05-20T02:00:00Z",
                "mine": True,
            }
        ],
        next="41.0.",
    )
    items: list[FeedItemOut]
    next: str
    earlier: str | None = None
    """When reading backwards: pass it as ``before`` for what came before; None at the beginning."""


class NoticeLineOut(BaseModel):
    """A labelled line of the group's side."""

    id: str
    text: str
    at: datetime


class AboutOut(BaseModel):
    """The group as its members see it, and who they are in it."""

    model_config = _example(
        group="tea",
        name="5月20日春茶团购临时群",
        nickname="阿梅",
        role="member",
        language="zh-CN",
        timezone="Asia/Shanghai",
        currency="CNY",
        seller="老王茶铺",
        assistant_name="茶小二",
        purpose="当季春茶团购",
        rules=["只聊本次交易"],
        payment_methods=["微信转账"],
        opens_at="2026-05-20T09:00:00+08:00",
        closes_at="2026-05-22T20:00:00+08:00",
        closed=False,
        members=12,
        image_limit=8388608,
    )
    group: str
    name: str
    nickname: str
    role: str
    language: str
    timezone: str
    currency: str
    seller: str
    assistant_name: str
    purpose: str
    rules: list[str]
    payment_methods: list[str]
    opens_at: datetime | None
    closes_at: datetime | None
    closed: bool
    members: int
    image_limit: int
    """Most bytes of a picture."""
    notice: NoticeLineOut | None = None
    """The latest line with a label such as 【重要通知】, to be kept in sight."""


class LineOut(BaseModel):
    """A product of an order; ``price`` is per ``unit``, in the order's currency."""

    sku: str
    name: str
    unit: str
    price: str
    quantity: int


class EventOut(BaseModel):
    """A dated change of an order."""

    at: datetime
    actor: str
    from_status: str
    to_status: str
    note: str


class OrderOut(BaseModel):
    """An order; amounts are decimal text in ``currency``."""

    model_config = _example(
        number=3,
        member="阿梅",
        status="pending_payment",
        currency="CNY",
        total="396.00",
        deposit=None,
        lines=[{"sku": "A01", "name": "西湖龙井", "unit": "斤", "price": "198.00", "quantity": 2}],
        created_at="2026-05-20T02:00:00Z",
        pay_by="2026-05-20T04:00:00Z",
        events=[],
    )
    number: int
    member: str
    status: str
    currency: str
    total: str
    deposit: str | None
    lines: list[LineOut]
    created_at: datetime
    pay_by: datetime | None
    methods: list[str] = []
    """How its member can pay just now; only among one's own orders."""
    due: str = "0.00"
    """What is to be paid next: the deposit until it is paid, then the rest."""
    paid: str = "0.00"
    refunded: str = "0.00"
    parcel: str = ""
    shipped_at: datetime | None = None
    arrives_by: datetime | None = None
    received_at: datetime | None = None
    events: list[EventOut] = []


class PaymentOut(BaseModel):
    """Money that moved for an order; ``kind`` is full, deposit, balance or refund."""

    kind: str
    amount: str
    method: str
    reference: str
    source: str
    actor: str
    at: datetime
    moved_at: datetime | None
    note: str


class OrderFileOut(OrderOut):
    """An order with all that belongs to it. ``choices`` are what can be done with it now."""

    model_config = _example(
        number=3,
        member="阿梅",
        status="payment_claimed",
        currency="CNY",
        total="396.00",
        deposit=None,
        lines=[{"sku": "A01", "name": "西湖龙井", "unit": "斤", "price": "198.00", "quantity": 2}],
        created_at="2026-05-20T02:00:00Z",
        pay_by="2026-05-20T04:00:00Z",
        due="396.00",
        choices=["confirm", "reject", "cancel"],
        payments=[],
        claims=[],
    )
    due: str
    """What is to be paid next."""
    choices: list[str]
    payments: list[PaymentOut]
    claims: list[dict[str, Any]]
    """The proofs that came for it, as ``/claims`` shows them."""


class MoveIn(BaseModel):
    """The order's next state; ``note`` is told to the member (a parcel's number, for instance)."""

    model_config = _example(status="shipped", note="顺丰 SF1234567890")
    status: Annotated[str, Field(max_length=40)]
    note: Annotated[str, Field(max_length=300), AfterValidator(clean)] = ""


Amount = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]
NoteText = Annotated[str, Field(max_length=300), AfterValidator(clean)]


class CommandIn(BaseModel):
    """One thing to do with one order. ``do`` says what; the other fields belong to some of them.

    ``confirm`` (``amount``, ``kind``, ``reference``), ``reject``, ``ship`` (``parcel``, ``days``), ``complete``,
    ``cancel``, ``refund`` (``amount``, ``reference``, ``returned``), ``refuse_refund``.
    """

    model_config = _example(order=3, do="ship", parcel="顺丰 SF1234567890", days=2)
    order: Annotated[int, Field(ge=1, le=2**31 - 1)]
    do: Literal["confirm", "reject", "ship", "complete", "cancel", "refund", "refuse_refund"]
    amount: Amount | None = None
    kind: Literal["full", "deposit", "balance"] | None = None
    reference: Annotated[str, Field(max_length=100), AfterValidator(clean)] = ""
    parcel: Annotated[str, Field(max_length=120), AfterValidator(clean)] = ""
    days: Annotated[int, Field(ge=0, le=365)] | None = None
    returned: bool = False
    note: NoteText = ""


class CommandsIn(BaseModel):
    """What to do with many orders, in this order; each stands or falls by itself."""

    commands: Annotated[list[CommandIn], Field(min_length=1, max_length=500)]


class DoneOut(BaseModel):
    """What became of one command: the order's state now, or why it was left as it was."""

    model_config = _example(order=3, status="shipped", error="")
    order: int
    status: str | None
    error: str = ""


class RestockIn(BaseModel):
    """How many units arrived."""

    model_config = _example(units=20)
    units: Annotated[int, Field(ge=1, le=10**6)]


class RestockOut(BaseModel):
    """The stock in all (null where it is not counted), and how many who waited can pay now."""

    sku: str
    stock: int | None
    served: int


class TicketOut(BaseModel):
    """Something for the seller, with the context a human needs."""

    id: int
    group_id: str
    kind: str
    reason: str
    status: str
    member: str
    member_id: int
    message_id: int
    question: str
    context: dict[str, Any]
    order: int | None
    created_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    answer: str
    resolved_at: datetime | None
    fast_lane: bool = False


class AnswerIn(BaseModel):
    """The seller's words to the member; the ticket is resolved with them unless told otherwise."""

    model_config = _example(text="可以寄到上海，3天左右到。", resolve=True)
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(clean)]
    resolve: bool = True

    @model_validator(mode="after")
    def _says_something(self) -> "AnswerIn":
        if not self.text.strip():
            raise ValueError("text: an answer needs words")
        return self


class GroupOut(BaseModel):
    """A group in short."""

    id: str
    name: str
    language: str
    closed: bool


class GroupDetailsOut(GroupOut):
    """A group with its settings and how much there is in it."""

    settings: dict[str, Any]
    members: int
    orders: int
    open_tickets: int


class EntryBody(BaseModel):
    """What an entry says. ``valid_from`` and ``valid_until`` are ISO 8601 with a zone."""

    model_config = _example(
        question="可以寄到外地吗",
        similar_questions=["外地能发货吗"],
        answer="全国都可以寄，江浙沪次日到。",
        category="delivery",
        keywords=["外地"],
    )
    question: Text
    similar_questions: Annotated[list[Text], Field(max_length=200)] = []
    answer: Text
    category: Annotated[str, Field(max_length=20)] = "other"
    keywords: Annotated[list[Text], Field(max_length=50)] = []
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class EntryIn(EntryBody):
    """A new entry; without an ``id`` it gets one."""

    id: Annotated[str, Field(max_length=100), AfterValidator(clean)] = ""


class EntryOut(EntryBody):
    """An entry as it is stored."""

    id: str


class AnswerOut(BaseModel):
    """A member's message with what the assistant did; ``good`` is the seller's mark, null where there is none."""

    message_id: int
    at: datetime
    member: str
    text: str
    action: str
    reason: str
    reply: str
    good: bool | None


class MarkIn(BaseModel):
    """What the seller thinks of it."""

    model_config = _example(good=False)
    good: bool


class SettingOut(BaseModel):
    """What one setting does; the shares are over marked messages, null where there are none."""

    talkative: float
    answer: int
    ask_seller: int
    silent: int
    precision: float | None
    false_speak_rate: float | None


class GatePreviewOut(BaseModel):
    """What each setting would do with the ``n`` unaddressed messages; ``talkative`` is the present one."""

    n: int
    marks: int
    gate_offset: float
    talkative: float
    settings: list[SettingOut]


class AdaptationOut(BaseModel):
    """The new operating point, with the replies to marked messages before and now and their precision."""

    offset: float
    marks: int
    spoke_before: int
    precision_before: float | None
    spoke: int
    precision: float | None
    held_by_floor: bool
