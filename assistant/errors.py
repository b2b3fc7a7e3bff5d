"""What can go wrong, told in the user's words.

::

    YidanError                exit 1   a check failed or the work could not be done
    ├── UsageError            exit 2   the command or request itself is off
    │   ├── BadFile                    a file that cannot be read; carries one problem a line
    │   └── BadSettings                an environment setting that makes no sense
    ├── NotFound              exit 1   an unknown group, order, ticket, token
    ├── NotAllowed            exit 1   the caller may not do this
    ├── Conflict              exit 1   the state does not allow it (closed group, illegal order move)
    │   └── StaleLedger                another turn was faster; the turn is run again
    └── Unavailable           exit 1   something we depend on does not answer (model, vectors, database)

Every message is one line that a seller or a member can read.
"""

from collections.abc import Sequence


class YidanError(Exception):
    """The root of our errors. ``str(error)`` is one line in the user's words."""

    exit_code = 1


class UsageError(YidanError):
    """The command, request or file is off; correcting it and trying again helps."""

    exit_code = 2


class BadFile(UsageError):
    """A file could not be taken in; nothing of it was.

    ``problems`` are lines such as ``faq.csv line 7: answer is empty``.
    """

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        super().__init__(summary)
        self.problems = tuple(problems)


class BadSettings(UsageError):
    """An environment setting (``YIDAN_...``) that makes no sense."""


class NotFound(YidanError):
    """An unknown group, order, ticket, entry or token."""


class NotAllowed(YidanError):
    """The caller may not do this."""


class Conflict(YidanError):
    """The state does not allow it: a closed group, an illegal order move."""


class StaleLedger(Conflict):
    """Another turn changed the group's ledger first; the turn must be run again."""


class Unavailable(YidanError):
    """Something we depend on (database, vectors, a model) does not answer."""
