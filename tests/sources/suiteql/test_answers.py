from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.sources.suiteql.answers import fault_of, said
from auditor.sources.suiteql.faults import (
    BusyError,
    HiddenTableError,
    NotPermittedError,
    QueryRefusedError,
    ServerTroubleError,
    SignInRefusedError,
    UnknownColumnError,
)
from auditor.sources.suiteql.transport import Answer
from tests.sources.suiteql.stub import refused

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
PREFIX = "Invalid search query. Detailed unprocessed description follows. Search error occurred: "


def fault(status: int, code: str = "", detail: str = "", **headers: str) -> SourceError:
    reply = refused(status, code, detail, **headers)
    return fault_of(Answer(reply.status, reply.headers, reply.body), NOW)


@pytest.mark.parametrize(
    ("status", "code", "detail", "kind"),
    [
        (401, "INVALID_LOGIN", "Invalid login attempt.", SignInRefusedError),
        (403, "INVALID_LOGIN", "Invalid login attempt.", SignInRefusedError),
        (403, "INSUFFICIENT_PERMISSION", "no", NotPermittedError),
        (429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded.", BusyError),
        (400, "CONCURRENCY_LIMIT_EXCEEDED", "", BusyError),
        (500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: 1", ServerTroubleError),
        (503, "", "", ServerTroubleError),
        (400, "INVALID_PARAMETER", PREFIX + "Record 'oauthtoken' was not found.", HiddenTableError),
        (400, "INVALID_PARAMETER", PREFIX + "Unknown identifier 'x'.", UnknownColumnError),
        (400, "INVALID_PARAMETER", "something else", QueryRefusedError),
        (404, "", "", QueryRefusedError),
        (302, "", "", QueryRefusedError),
    ],
)
def test_what_answers_mean(status: int, code: str, detail: str, kind: type[SourceError]) -> None:
    assert type(fault(status, code, detail)) is kind


def test_the_unknown_column_and_those_that_there_are() -> None:
    detail = PREFIX + "Unknown identifier 'TFARequired'. Available identifiers are: {id=id, name=name}."
    found = fault(400, "INVALID_PARAMETER", detail)
    assert isinstance(found, UnknownColumnError)
    assert (found.column, found.available) == ("tfarequired", "id=id, name=name")
    assert str(found) == "NetSuite does not know the column tfarequired. It names these: id=id, name=name."


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    found = fault(429, "CONCURRENCY_LIMIT_EXCEEDED", Retry_After=header)
    assert isinstance(found, BusyError)
    assert found.retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"<html>no", b"[]", b"\xff", b'{"o:errorDetails": 3}', b'"x"', b"{" * 5000])
def test_a_body_that_is_not_netsuites(body: bytes) -> None:
    found = fault_of(Answer(404, {}, body), NOW)
    assert isinstance(found, QueryRefusedError)
    assert "base_url" in found.remedy


def test_text_of_the_other_side_is_tamed() -> None:
    assert said("a\x1b[31m\r\n\u202eb\ud800\u2028c  d") == "a [31m b c d"
    assert len(said("x" * 10_000)) == 300


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_said(text: str) -> None:
    said(text).encode()
