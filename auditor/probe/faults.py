"""What can go wrong on the way to an answer."""

from __future__ import annotations

from auditor.errors import ProbeError


class SignInRefusedError(ProbeError):
    """NetSuite did not let the token in. Never tried again: it locks a token after five failures (documented)."""


class UnreachableError(ProbeError):
    """No connection could be made, or it cannot be trusted."""


class NoAnswerError(ProbeError):
    """An answer took too long, or was none that SOAP knows. Another try would not help soon."""


class BusyError(ProbeError):
    """Too many requests, or a fault that passes. ``retry_after``: seconds that the server asked to wait, if it did."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
