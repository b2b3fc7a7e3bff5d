"""The one generic function that carries decisions out; each action registers for its own kind of decision."""

from functools import singledispatch

from assistant.turn.compose import Composer
from assistant.turn.draft import Draft


@singledispatch
def carry_out(decision: object, c: Composer) -> Draft:
    """Call the tools that the decision needs and return the drafted reply."""
    raise TypeError(f"no action for {type(decision).__name__}")
