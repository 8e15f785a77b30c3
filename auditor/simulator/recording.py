"""What was asked of an account, kept so that a test can hold the caller to it."""

from __future__ import annotations

from msgspec import Struct


class RecordedRequest(Struct, frozen=True, kw_only=True):
    """One request that an account received. Holds no secret: what signs a request is cut out of its headers."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    sql: str = ""
    params: tuple[str | int | float | bool | None, ...] = ()
    status: int = 0
    """The answer's status; 0 where the connection was closed without one."""
    refusal: str = ""
    """Why the request was refused, in more words than NetSuite gives its caller; empty for a good answer."""
    rows: int = 0
    """Rows in the answer's page."""
    fault: str = ""
    """The fault that struck, by its kind; empty if none did."""
