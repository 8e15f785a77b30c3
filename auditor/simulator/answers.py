"""What goes back to a caller, and NetSuite's form of an error.

The body of an error, its codes and its texts are documented, or seen in several independent reports. Titles of 403
and 405, and which code a wrong page size gets, are not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

_SECTIONS = {400: "15.5.1", 401: "15.5.2", 403: "15.5.4", 404: "15.5.5", 405: "15.5.6", 500: "15.6.1"}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    429: "Bad Request",
    500: "Internal Server Error",
}
_INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)
_PAGE_TYPE = "application/vnd.oracle.resource+json; type=collection; charset=UTF-8"
_ERROR_TYPE = "application/vnd.oracle.resource+json; type=error; charset=UTF-8"
_SEARCH = "Invalid search query. Detailed unprocessed description follows. Search error occurred: "


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. ``refusal`` is for the record of requests, and never sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    rows: int = 0


class AnsweredError(Exception):
    """The request is answered, before all of it was looked at."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.refusal)
        self.answer = answer


def page(body: bytes, rows: int) -> Answer:
    """A good answer to a query."""
    return Answer(200, body, {"Content-Type": _PAGE_TYPE}, rows=rows)


def plain_json(status: int, content: object, *, refusal: str = "", headers: dict[str, str] | None = None) -> Answer:
    """An answer of the token endpoint."""
    return Answer(
        status, msgspec.json.encode(content), {"Content-Type": "application/json"} | (headers or {}), refusal=refusal
    )


def error(
    status: int,
    code: str,
    detail: str,
    *,
    parameter: str = "",
    refusal: str = "",
    headers: dict[str, str] | None = None,
) -> Answer:
    """An error in the form of NetSuite's REST services; *parameter* names the query parameter at fault."""
    details = {"detail": detail} | ({"o:errorQueryParam": parameter} if parameter else {}) | {"o:errorCode": code}
    section = _SECTIONS.get(status, "15.5")
    body = {
        "type": f"https://www.rfc-editor.org/rfc/rfc9110.html#section-{section}",
        "title": _TITLES[status],
        "status": status,
        "o:errorDetails": [details],
    }
    return Answer(
        status, msgspec.json.encode(body), {"Content-Type": _ERROR_TYPE} | (headers or {}), refusal=refusal or detail
    )


def search_error(text: str) -> Answer:
    """400 to a query that cannot be run."""
    return error(400, "INVALID_PARAMETER", _SEARCH + text, parameter="q")


def invalid_login(challenge: str, refusal: str) -> Answer:
    """401. NetSuite does not say why; the login audit trail does, and here the record of requests."""
    return error(401, "INVALID_LOGIN", _INVALID_LOGIN, refusal=refusal, headers={"WWW-Authenticate": challenge})


def permission_violation(permission: str) -> Answer:
    """403 to a caller whose role lacks *permission* ("Setup -> REST Web Services"); two spaces as in NetSuite."""
    text = (
        f"Permission Violation: You need  the '{permission}' permission to access this page. "
        "Please contact your account administrator."
    )
    return error(403, "INSUFFICIENT_PERMISSION", text)


def too_many_requests(retry_after: int | None = None) -> Answer:
    """429; that NetSuite ever sends Retry-After is not confirmed."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return error(
        429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.", headers=headers
    )


def unexpected_error(number: int) -> Answer:
    """500 with an error id; *number* makes it a different one each time."""
    return error(500, "UNEXPECTED_ERROR", f"An unexpected error occurred. Error ID: simulated{number:08d}")
