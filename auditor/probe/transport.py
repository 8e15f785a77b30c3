"""Carries zeep's requests: with time-outs, bounded answers, no redirects, and schemas from known hosts alone.

Stands in for zeep's own transport, which has no read time-out, logs every message with its token, raises errors that
hold the request, and reads local files for a WSDL that asks for them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from auditor.errors import ProbeError
from auditor.probe.connection import ProbeConnection
from auditor.probe.faults import BusyError, NoAnswerError, UnreachableError

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes. NetSuite's largest schema is some two megabytes, a page of five records some kilobytes."""

_CHUNK = 64 * 1024
_ORACLE = ".netsuite.com"


class HttpAnswer(NamedTuple):
    """What came back, whole, with the names that zeep reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class BoundedTransport:
    """The line to one account. *cached* gives a document that was kept from an earlier run."""

    def __init__(self, connection: ProbeConnection, cached: Callable[[str], bytes | None] = lambda _: None) -> None:
        self._connection = connection
        self._cached = cached
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connection.connect_timeout, read=connection.read_timeout),
            ssl_context=_trust(connection.ca_file) if connection.ca_file else None,
        )
        self.fetched: dict[str, bytes] = {}
        """What was loaded from the network, by address."""

    def close(self) -> None:
        self._pool.clear()

    def load(self, url: str) -> bytes:
        """A WSDL or a schema, from the cache or the network. zeep calls it for each that it comes upon.

        Raises:
            ProbeError: the address is on a host that has no business in NetSuite's WSDL, or gives none.
        """
        wanted, own = urlsplit(url), urlsplit(self._connection.wsdl_url or self._connection.base_url)
        same = (wanted.scheme, wanted.netloc) == (own.scheme, own.netloc)
        if not same and not (wanted.scheme == "https" and (wanted.hostname or "").endswith(_ORACLE)):
            raise ProbeError(
                f"The WSDL refers to {url}, which is neither on its own host nor one of Oracle's.",
                "Nothing was fetched from there. Use Oracle's own WSDL.",
            )
        cached = self._cached(url)
        if cached is not None:
            return cached
        answer = self._exchange("GET", url)
        if answer.status_code != HTTPStatus.OK:
            raise UnreachableError(
                f"{url} answered {answer.status_code} in place of the WSDL.",
                "Check the account id, base_url and the version in the address of the WSDL.",
            )
        self.fetched[url] = answer.content
        return answer.content

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> HttpAnswer:
        """One SOAP request and its answer, a fault too. zeep calls it for each operation.

        Raises:
            BusyError: another try may help.
            UnreachableError, NoAnswerError: none would soon.
        """
        from lxml.etree import tostring

        message = tostring(envelope, encoding="utf-8", xml_declaration=True)
        answer = self._exchange("POST", address, message, headers)
        host, status, kind = urlsplit(address).netloc, answer.status_code, answer.headers.get("Content-Type", "")
        soap = "xml" in kind
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and not soap):
            raise BusyError(f"{host} answered {status}.", _seconds(answer.headers.get("Retry-After", "")))
        if not soap or status < HTTPStatus.OK or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise NoAnswerError(f"{host} answered {status} with {kind or 'nothing'} in place of SOAP.")
        return answer

    def _exchange(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """The whole answer, whatever its status."""
        deadline = time.monotonic() + self._connection.answer_timeout
        try:
            response = self._pool.request(
                method, url, body=body, headers=headers, preload_content=False, redirect=False, retries=False
            )
            try:
                content = self._content(response, urlsplit(url).netloc, deadline)
            except BaseException:
                response.close()  # a half-read connection must not go back to the pool
                raise
            response.release_conn()
        except HTTPError as error:
            raise self._trouble(error, urlsplit(url).netloc) from error
        return HttpAnswer(response.status, response.headers, content)

    def _content(self, response: urllib3.BaseHTTPResponse, host: str, deadline: float) -> bytes:
        """The body, read in pieces: a read time-out alone does not end a body that drips for ever."""
        content = bytearray()
        while piece := response.read1(_CHUNK):
            content += piece
            if len(content) > MAX_ANSWER:
                raise NoAnswerError(f"{host} sent more than {MAX_ANSWER // 1024**2} MiB.")
            if time.monotonic() > deadline:
                limit = self._connection.answer_timeout
                raise NoAnswerError(f"{host} had not ended its answer after {limit:g} seconds.")
        return bytes(content)

    def _trouble(self, error: HTTPError, host: str) -> ProbeError:
        if isinstance(error, SSLError):
            return UnreachableError(
                f"The TLS connection to {host} cannot be trusted.",
                "If a proxy or a private authority signs connections here, name its certificate in ca_file.",
            )
        if isinstance(error, (NameResolutionError, NewConnectionError, ConnectTimeoutError)):
            return UnreachableError(
                f"{host} could not be reached ({type(error).__name__}).",
                "Check the account id, base_url if it is set, this machine's DNS, firewall and proxy rules.",
            )
        if isinstance(error, ReadTimeoutError):
            return NoAnswerError(f"{host} sent nothing for {self._connection.read_timeout:g} seconds.")
        return BusyError(f"The answer of {host} broke off ({type(error).__name__}).")


def _trust(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise UnreachableError(
            f"The authority file {ca_file} cannot be used: {error.strerror or error.args[0]}.",
            "ca_file must be a PEM file with the certificates of the authorities to trust.",
        ) from error


def _seconds(text: str) -> float | None:
    """Retry-After, where it gives seconds; a date there is not known of NetSuite."""
    return float(text) if text.isdecimal() else None
