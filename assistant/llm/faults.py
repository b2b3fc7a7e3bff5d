"""What can go wrong with a language model, each with a name that is recorded with the turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from assistant.errors import Unavailable, YidanError

FaultKind = Literal[
    "deadline",
    "timeout",
    "refused",
    "limited",
    "denied",
    "server",
    "cut",
    "rubbish",
    "empty",
    "language",
    "ungrounded",
    "promise",
    "unsupported",
    "loop",
    "resting",
    "budget",
    "crashed",
    "settled",
]
"""``settled`` is no failure: what was worked out in code answers it. ``resting`` is the breaker's word, ``budget`` the
token budget's; the guard says language, ungrounded, promise and unsupported; ``crashed`` is an error of ours."""

ENDPOINT_FAULTS: frozenset[FaultKind] = frozenset(
    {"timeout", "refused", "limited", "denied", "server", "cut", "deadline"}
)
"""Faults that say something about the endpoint and not about one answer; the breaker counts them."""


class ModelFault(Unavailable):
    """A call that brought no usable answer. ``kind`` is for machines, the text for people."""

    def __init__(self, kind: FaultKind, told: str, *, retry_after: float | None = None) -> None:
        super().__init__(told)
        self.kind = kind
        self.retry_after = retry_after


@contextmanager
def vendor_errors() -> Iterator[None]:
    """Turn the client libraries' errors into ours, at this one place."""
    import httpx
    import openai

    try:
        yield
    except ModelFault:
        raise
    except YidanError as error:
        # The model that we serve ourselves does not start.
        raise ModelFault("refused", str(error)) from error
    except TimeoutError as error:
        raise ModelFault("deadline", "the model did not answer in time") from error
    except openai.APITimeoutError as error:
        raise ModelFault("timeout", "the model did not answer in time") from error
    except openai.APIConnectionError as error:
        raise ModelFault("refused", "the model's address cannot be reached") from error
    except openai.RateLimitError as error:
        told = "the model's endpoint says it is asked too often"
        raise ModelFault("limited", told, retry_after=_retry_after(error)) from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ModelFault("denied", "the endpoint does not take the key") from error
    except openai.APIStatusError as error:
        raise ModelFault("server", f"the model's endpoint answers with error {error.status_code}") from error
    except httpx.TimeoutException as error:
        raise ModelFault("timeout", "the model did not answer in time") from error
    except httpx.ConnectError as error:
        raise ModelFault("refused", "the model's address cannot be reached") from error
    except httpx.HTTPError as error:
        raise ModelFault("cut", "the connection to the model broke off") from error
    except (openai.OpenAIError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # What cannot be read as a completion fails somewhere inside the client, each time elsewhere.
        raise ModelFault("rubbish", "the endpoint's answer makes no sense") from error


def _retry_after(error: object) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None
