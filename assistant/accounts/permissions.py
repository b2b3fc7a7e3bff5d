"""Who may do what. The vocabulary is closed: a page, a route and a handler each name one deed."""

from enum import StrEnum
from typing import Literal, get_args

Role = Literal["owner", "helper", "evaluator"]
ROLES: tuple[Role, ...] = get_args(Role)


class Deed(StrEnum):
    """What can be done over the console and the API."""

    READ = "read"
    """Groups, knowledge, figures and reports; nobody's name, order or talk."""
    MEMBERS = "members"
    """Read what members wrote, who they are, their orders and tickets."""
    TALK = "talk"
    """Answer, claim and resolve tickets; write in a group; settle requests to join and warnings."""
    ANNOUNCE = "announce"
    """Tell a whole group something, ask it something."""
    ORDERS = "orders"
    """Move orders along, take goods in."""
    MONEY = "money"
    """Confirm and reject payments, take bills in, note refunds."""
    DRAFT = "draft"
    """Draft knowledge, which members do not see yet."""
    EVALUATE = "evaluate"
    """Run suites, mark what the assistant did, turn it into test cases."""
    PUBLISH = "publish"
    """Make knowledge live, at once or from the draft."""
    GROUP = "group"
    """Open, set up, invite to, close and copy groups."""
    ERASE = "erase"
    """Erase members' data before their time, or forget one of them."""
    MODEL = "model"
    """Set what the language model may do and how talkative the assistant is."""
    PEOPLE = "people"
    """Add and change people who sign in, and tokens."""
    AUDIT = "audit"
    """Read who did what."""


_POWERS: dict[Role, frozenset[Deed]] = {
    "owner": frozenset(Deed),
    "helper": frozenset(
        (Deed.READ, Deed.MEMBERS, Deed.TALK, Deed.ANNOUNCE, Deed.ORDERS, Deed.MONEY, Deed.DRAFT, Deed.EVALUATE)
    ),
    "evaluator": frozenset((Deed.READ, Deed.DRAFT, Deed.EVALUATE)),
}


def may(role: str, deed: Deed) -> bool:
    """Tell whether somebody with this role may do the deed; a role that is not known may do nothing."""
    return any(role == known and deed in powers for known, powers in _POWERS.items())
