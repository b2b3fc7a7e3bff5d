"""What a warning says, in the seller's language."""

from datetime import datetime
from decimal import Decimal

from assistant.payments.matching import ProofWarning
from assistant.replies.catalogue import Replies


def warning_text(warning: ProofWarning, replies: Replies) -> str:
    """Return a warning as one short sentence."""
    values: dict[str, object] = dict(warning.values)
    if "time" in values:
        values["time"] = datetime.fromisoformat(str(values["time"]))
    if warning.kind == "amount_differs":
        values = {name: Decimal(str(value)) for name, value in values.items()}
    return replies.render(f"claim.{warning.kind}", **values)
