"""What may go wrong while an account is asked. Each says whether asking again can help, and how often to try."""

from __future__ import annotations

from auditor.errors import SourceError


class StoppedError(SourceError):
    """The run was told to stop. The account was not read whole."""


class TimeSpentError(SourceError):
    """The account's time budget is used up."""


class UnreachableError(SourceError):
    """There is no trustworthy connection to the host, and another try would end the same way."""


class QueryRefusedError(SourceError):
    """NetSuite understood the request and refused it for a reason that no other fault here names."""


class HiddenTableError(SourceError):
    """``Record 'X' was not found.``: hidden from the role, of a feature that is off, or no table at all.

    NetSuite uses the same words for all three (several independent sources).
    """


class UnknownColumnError(SourceError):
    """``Unknown identifier 'x'.``: the table has no such column, or not for this role."""

    def __init__(self, column: str, available: str) -> None:
        named = f" It names these: {available}." if available else ""
        super().__init__(f"NetSuite does not know the column {column}.{named}")
        self.column = column
        self.available = available


class TemporaryError(SourceError):
    """A failure that another try may mend. ``tries`` is how many more are worth it."""

    tries: int = 5

    def __init__(self, message: str, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after
        """Seconds, where the server says how long to wait."""


class NoAnswerError(TemporaryError):
    """No connection, a time-out, or an answer that broke off."""


class ServerTroubleError(TemporaryError):
    """A 5xx answer."""


class BusyError(TemporaryError):
    """429: the account's concurrency limit, which the customer's own integrations share.

    It is outwaited for longer than other failures: at worst the account is busy, not broken.
    """

    tries = 10


class MalformedAnswerError(TemporaryError):
    """A 200 whose body is not what a query gives. One production report says that it happens, and that it passes."""

    tries = 3


class NotPermittedError(TemporaryError):
    """403 INSUFFICIENT_PERMISSION. One report says that it can be transient, so it is asked once more."""

    tries = 1


class SignInRefusedError(TemporaryError):
    """The credential was refused. Documented: five failures lock it for 30 minutes, so never more than one more try."""

    tries = 1
