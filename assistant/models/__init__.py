"""The tables of the store. One module a topic; SQL itself lives in the repositories."""

from assistant.models.accounts import Account, AccountSession
from assistant.models.base import Base
from assistant.models.broadcasts import Announcement, Sending, StockWait
from assistant.models.closing import Closing, Report
from assistant.models.desk import Audit, Mark, Pause, Strike, Ticket
from assistant.models.gathering import Invitation, JoinRequest
from assistant.models.knowledge import Draft, Entry, EntryVersion, Product, ProductVersion
from assistant.models.model import ModelExam
from assistant.models.people import Group, Member, Seller, Token
from assistant.models.questions import Asking, OpenQuestion
from assistant.models.runs import SuiteRun
from assistant.models.talk import Message, Outbox, Turn
from assistant.models.trade import BillRow, Feedback, Order, OrderEvent, OrderLine, Payment, PaymentClaim
from assistant.models.voices import Poll, Regular, SurveyAnswer, SurveyInvite, Vote

__all__ = [
    "Account",
    "AccountSession",
    "Announcement",
    "Asking",
    "Audit",
    "Base",
    "BillRow",
    "Closing",
    "Draft",
    "Entry",
    "EntryVersion",
    "Feedback",
    "Group",
    "Invitation",
    "JoinRequest",
    "Mark",
    "Member",
    "Message",
    "ModelExam",
    "OpenQuestion",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Outbox",
    "Pause",
    "Payment",
    "PaymentClaim",
    "Poll",
    "Product",
    "ProductVersion",
    "Regular",
    "Report",
    "Seller",
    "Sending",
    "StockWait",
    "Strike",
    "SuiteRun",
    "SurveyAnswer",
    "SurveyInvite",
    "Ticket",
    "Token",
    "Turn",
    "Vote",
]
