"""What an answer that is not 200 means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus

import msgspec
from msgspec import Struct

from auditor.errors import SourceError
from auditor.secrets import Secret, hidden
from auditor.sources.suiteql.faults import (
    BusyError,
    HiddenTableError,
    NotPermittedError,
    QueryRefusedError,
    ServerTroubleError,
    SignInRefusedError,
    UnknownColumnError,
)
from auditor.sources.suiteql.transport import Answer, http_date

_HIDDEN = re.compile(r"Record '([^']*)' was not found")
_UNKNOWN = re.compile(r"Unknown identifier '([^']*)'\.?(?:\s*Available identifiers are:\s*\{?([^}]*)\}?)?")
_LONGEST = 300


class _Detail(Struct):
    detail: str = ""
    code: str = msgspec.field(name="o:errorCode", default="")


class _ErrorBody(Struct):
    """Documented: ``{"type": url, "title": …, "status": n, "o:errorDetails": [{"detail": …, "o:errorCode": …}]}``."""

    title: str = ""
    details: list[_Detail] = msgspec.field(name="o:errorDetails", default_factory=list)


def said(text: str) -> str:
    """Text of the other side, fit for a message: one line, no control or invisible characters, not long."""
    plain = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def without(secrets: Iterable[Secret], answer: Answer) -> Answer:
    """*answer* with each of *secrets* blotted out of its body, for a server that repeats what it was sent.

    Of a body that is not JSON nothing is left: nothing of it is ever shown.
    """
    try:
        # Written anew, so that no escape of JSON's hides a secret.
        body = msgspec.json.encode(msgspec.json.decode(answer.body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = b""
    return Answer(answer.status, answer.headers, hidden(body.decode(), secrets).encode())


def error_of(answer: Answer) -> tuple[str, str]:
    """NetSuite's error code and detail; both empty where the body is not its own."""
    try:
        body = msgspec.json.decode(answer.body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "", ""
    first = body.details[0] if body.details else _Detail()
    return said(first.code), first.detail or body.title


def fault_of(answer: Answer, now: datetime) -> SourceError:
    """The fault that *answer* tells of. Codes count beside statuses: NetSuite documents both."""
    code, detail = error_of(answer)
    shown = f"{answer.status}{' ' + code if code else ''}{': ' + said(detail) if detail else ''}"
    if answer.status == HTTPStatus.UNAUTHORIZED or code == "INVALID_LOGIN":
        return SignInRefusedError(f"NetSuite refused the sign-in ({shown}).")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or code == "CONCURRENCY_LIMIT_EXCEEDED":
        return BusyError(
            f"NetSuite is busy: too many requests at once ({shown}).",
            "The customer's other integrations share the limit: run at a quieter hour.",
            _retry_after(answer, now),
        )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerTroubleError(
            f"NetSuite answered with an error of its own ({shown}).",
            "Try again later; if it stays, give NetSuite support the Error ID.",
            _retry_after(answer, now),
        )
    if answer.status == HTTPStatus.FORBIDDEN:
        return NotPermittedError(f"The caller's role may not ask this ({shown}).")
    return _refused(code, detail, shown)


def _refused(code: str, detail: str, shown: str) -> SourceError:
    """What NetSuite's own words tell of a query that it refused."""
    if hidden := _HIDDEN.search(detail):
        return HiddenTableError(f"NetSuite says that there is no table {said(hidden.group(1))}.")
    if unknown := _UNKNOWN.search(detail):
        return UnknownColumnError(said(unknown.group(1)).lower(), said(unknown.group(2) or ""))
    return QueryRefusedError(
        f"NetSuite refused the request ({shown}).",
        "" if code else "This does not look like NetSuite's own answer: check base_url and the account id.",
    )


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait as the server asks, given as a number or as a date."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    moment = http_date(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None
