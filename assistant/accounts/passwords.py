"""Passwords as argon2 hashes. Both functions take some 50 ms and 64 MB on purpose: run them in a thread."""

from functools import cache
from typing import TYPE_CHECKING

from assistant.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 8
LONGEST = 200


def check_new(password: str, login: str) -> None:
    """Pass when the password may be chosen.

    Raises:
        UsageError: it is too short, too long, or says what everybody would try first.
    """
    if len(password) < SHORTEST:
        raise UsageError(f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise UsageError(f"a password has at most {LONGEST} characters")
    plain = password.casefold()
    if plain == login.casefold() or len(set(plain)) < 4 or plain in ("password", "12345678", "123456789", "qwertyui"):
        raise UsageError("this password is too easy to guess; please take another")


def hash_password(password: str) -> str:
    """Return the hash to keep."""
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Tell whether the password belongs to the kept hash. Without a hash it takes as long and says no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Return a hash that nobody has, so that an unknown name is not told apart by the time it takes."""
    return _hasher().hash("nobody")
