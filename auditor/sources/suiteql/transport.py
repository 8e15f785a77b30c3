"""One POST to one account's host, with time-outs: the only place from which anything leaves for NetSuite.

It knows two paths and no verb but POST, so that no caller can send anything else.
"""

from __future__ import annotations

import email.utils
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

import urllib3
from msgspec import Struct
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from auditor.config import AccountSettings
from auditor.errors import SourceError
from auditor.sources.suiteql.faults import NoAnswerError, StoppedError, UnreachableError
from auditor.sources.suiteql.retry import Clock

SUITEQL_PATH = "/services/rest/query/v1/suiteql"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
MAX_BODY = 64 * 1024 * 1024
"""A thousand rows of the widest table are some hundred kilobytes; nothing honest is near this."""

_CHUNK = 64 * 1024


class Answer(Struct, frozen=True):
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date(self) -> datetime | None:
        """The server's clock when it answered, by its Date header."""
        return http_date(self.headers.get("Date", ""))


def http_date(text: str) -> datetime | None:
    """The moment that an HTTP date names; None if it names none."""
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Transport:
    """A pool of connections to one account's host."""

    def __init__(self, settings: AccountSettings, clock: Clock, stop: threading.Event) -> None:
        self._base = settings.base_url
        parts = urllib3.util.parse_url(self._base)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._settings = settings
        self._clock = clock
        self._stop = stop
        secure = {"ssl_context": _trust(settings.ca_file)} if settings.base_url.startswith("https:") else {}
        self._pool = urllib3.connection_from_url(
            self._base,
            maxsize=settings.concurrency,
            timeout=urllib3.Timeout(connect=settings.connect_timeout, read=settings.read_timeout),
            **secure,
        )

    def close(self) -> None:
        self._pool.close()

    def url(self, path: str, query: str = "") -> str:
        """The address of one of the two paths.

        Raises:
            ValueError: any other path. That is a bug, not a user's error.
        """
        if path not in (SUITEQL_PATH, TOKEN_PATH):
            raise ValueError(f"nothing is ever asked of {path}")
        return f"{self._base}{path}{'?' + query if query else ''}"

    def post(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send one request and read the answer whole, whatever its status.

        Raises:
            NoAnswerError: none came, or it broke off; another try may help.
            UnreachableError: the connection cannot be trusted or made.
        """
        target = self.url(path, query).removeprefix(self._origin)
        deadline = self._clock.monotonic() + self._settings.answer_timeout
        try:
            response = self._pool.urlopen(
                "POST", target, body=body, headers=headers, preload_content=False, redirect=False, retries=False
            )
            try:
                content = self._content(response, deadline)
            except BaseException:
                response.close()  # a half-read connection must not go back to the pool
                raise
            response.release_conn()
        except HTTPError as error:
            raise self._trouble(error) from error
        return Answer(response.status, response.headers, content)

    def _content(self, response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        """The body, read in pieces: a read time-out alone does not end a body that drips for ever."""
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BODY:
                raise NoAnswerError(f"{self._host} sent more than {MAX_BODY // 1024**2} MiB for one page.")
            if self._clock.monotonic() > deadline:
                raise NoAnswerError(
                    f"{self._host} had not ended its answer after {self._settings.answer_timeout:g} seconds.",
                    "Raise answer_timeout if the line is slow.",
                )
            if self._stop.is_set():
                raise StoppedError("The run was stopped before this account was read whole.", "Run it again.")
        return b"".join(pieces)

    @property
    def _host(self) -> str:
        return urllib3.util.parse_url(self._base).netloc or self._base

    def _trouble(self, error: HTTPError) -> SourceError:
        if isinstance(error, SSLError):
            return UnreachableError(
                f"The TLS connection to {self._host} cannot be trusted: {_tls_reason(error)}.",
                "If a proxy or a private authority signs connections here, name its certificate in ca_file. "
                "If the certificate has expired or bears another name, do not go on: ask who runs that host.",
            )
        if isinstance(error, NameResolutionError):
            return NoAnswerError(
                f"The host name {self._host} does not resolve.",
                f"Check the account id {self._settings.id}, base_url if it is set, and this machine's DNS.",
            )
        if isinstance(error, NewConnectionError):
            return NoAnswerError(
                f"{self._host} did not take the connection.", "Check firewall, proxy rules and base_url."
            )
        if isinstance(error, ConnectTimeoutError):
            return NoAnswerError(
                f"{self._host} did not take the connection within {self._settings.connect_timeout:g} seconds.",
                "Check firewall and proxy rules, or raise connect_timeout.",
            )
        if isinstance(error, ReadTimeoutError):
            return NoAnswerError(
                f"{self._host} sent nothing for {self._settings.read_timeout:g} seconds.",
                "Raise read_timeout if its queries are slow.",
            )
        return NoAnswerError(f"The answer of {self._host} broke off ({type(error).__name__}).")


def _trust(ca_file: str) -> ssl.SSLContext:
    """The machine's own authorities, or those of *ca_file* alone."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        raise UnreachableError(
            f"The authority file {ca_file} cannot be used: {error.strerror or error.args[0]}.",
            "ca_file must be a PEM file with the certificates of the authorities to trust.",
        ) from error


def _tls_reason(error: SSLError) -> str:
    cause = error.args[0] if error.args else error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or cause)
