"""One POST to one account's host, with time-outs: the only place from which anything leaves for NetSuite.

It knows two paths and no verb but POST, so that no caller can send anything else.
"""

from __future__ import annotations

import email.utils
import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec import Struct

from auditor import __version__
from auditor.config import AccountSettings
from auditor.errors import SourceError
from auditor.sources.suiteql.connections import Connection, Connections, Timeouts
from auditor.sources.suiteql.faults import NoAnswerError, StoppedError, UnreachableError
from auditor.sources.suiteql.http1 import BrokenAnswerError, post_request, read_body, read_head
from auditor.sources.suiteql.retry import Clock

SUITEQL_PATH = "/services/rest/query/v1/suiteql"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
MAX_BODY = 64 * 1024 * 1024
"""A thousand rows of the widest table are some hundred kilobytes; nothing honest is near this."""

_AGENT = f"netsuite-auditor/{__version__}"


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
    """The line to one account's host."""

    def __init__(self, settings: AccountSettings, clock: Clock, stop: threading.Event) -> None:
        self._base = settings.base_url
        parts = urlsplit(self._base)
        self._host = parts.netloc
        self._folder = parts.path
        self._settings = settings
        self._clock = clock
        self._stop = stop
        trust = _trust(settings.ca_file) if parts.scheme == "https" else None
        timeouts = Timeouts(settings.connect_timeout, settings.read_timeout)
        self._connections = Connections(self._base, trust, timeouts)

    def close(self) -> None:
        self._connections.close()

    def url(self, path: str, query: str = "") -> str:
        """The address of one of the two paths.

        Raises:
            ValueError: any other path. That is a bug, not a user's error.
        """
        return f"{self._base}{_target(path, query)}"

    def post(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send one request and read the answer whole, whatever its status.

        Raises:
            NoAnswerError: none came, or it broke off; another try may help.
            UnreachableError: the connection cannot be trusted or made.
        """
        target = f"{self._folder}{_target(path, query)}"
        request = post_request(target, self._host, {"User-Agent": _AGENT, **headers}, body)
        connection = self._connection()
        try:
            answer, stays = self._answer(connection, request)
        except (OSError, BrokenAnswerError) as error:
            connection.close()
            raise self._broken_off(error) from error
        except BaseException:
            connection.close()  # nobody must go on with an answer that was read in part
            raise
        if stays:
            self._connections.give_back(connection)
        else:
            connection.close()
        return answer

    def _answer(self, connection: Connection, request: bytes) -> tuple[Answer, bool]:
        """The answer to *request*, and whether the connection stays. A read time-out ends silence, not a drip."""
        deadline = self._clock.monotonic() + self._settings.answer_timeout

        def watch() -> None:
            if self._clock.monotonic() > deadline:
                raise NoAnswerError(
                    f"{self._host} had not ended its answer after {self._settings.answer_timeout:g} seconds.",
                    "Raise answer_timeout if the line is slow.",
                )
            if self._stop.is_set():
                raise StoppedError("The run was stopped before this account was read whole.", "Run it again.")

        connection.watch = watch
        connection.send(request)
        head = read_head(connection.answers)
        pieces: list[bytes] = []
        size = 0
        for piece in read_body(connection.answers, head, MAX_BODY):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BODY:
                raise NoAnswerError(f"{self._host} sent more than {MAX_BODY // 1024**2} MiB for one page.")
        return Answer(head.status, head.headers, b"".join(pieces)), head.stays

    def _connection(self) -> Connection:
        try:
            return self._connections.take()
        except (OSError, UnicodeError) as error:
            raise self._unconnected(error) from error

    def _unconnected(self, error: OSError | UnicodeError) -> SourceError:
        """Why there is no connection. The errors of names, of time and of TLS are OSErrors too."""
        if isinstance(error, ssl.SSLError):
            return UnreachableError(
                f"The TLS connection to {self._host} cannot be trusted: {_tls_reason(error)}.",
                "If a proxy or a private authority signs connections here, name its certificate in ca_file. "
                "If the certificate has expired or bears another name, do not go on: ask who runs that host.",
            )
        if isinstance(error, socket.gaierror | UnicodeError):
            return NoAnswerError(
                f"The host name {self._host} does not resolve.",
                f"Check the account id {self._settings.id}, base_url if it is set, and this machine's DNS.",
            )
        if isinstance(error, TimeoutError):
            return NoAnswerError(
                f"{self._host} did not take the connection within {self._settings.connect_timeout:g} seconds.",
                "Check firewall and proxy rules, or raise connect_timeout.",
            )
        return NoAnswerError(f"{self._host} did not take the connection.", "Check firewall, proxy rules and base_url.")

    def _broken_off(self, error: OSError | BrokenAnswerError) -> SourceError:
        if isinstance(error, TimeoutError):
            return NoAnswerError(
                f"{self._host} sent nothing for {self._settings.read_timeout:g} seconds.",
                "Raise read_timeout if its queries are slow.",
            )
        how = str(error) if isinstance(error, BrokenAnswerError) else type(error).__name__
        return NoAnswerError(f"The answer of {self._host} broke off ({how}).")


def _target(path: str, query: str) -> str:
    if path not in (SUITEQL_PATH, TOKEN_PATH):
        raise ValueError(f"nothing is ever asked of {path}")
    return f"{path}?{query}" if query else path


def _trust(ca_file: str) -> ssl.SSLContext:
    """The machine's own authorities, or those of *ca_file* alone."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        raise UnreachableError(
            f"The authority file {ca_file} cannot be used: {error.strerror or error.args[0]}.",
            "ca_file must be a PEM file with the certificates of the authorities to trust.",
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


def _tls_reason(error: ssl.SSLError) -> str:
    return str(getattr(error, "verify_message", "") or error.reason or error)
