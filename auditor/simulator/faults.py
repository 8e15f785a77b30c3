"""What can go wrong with an account on purpose. Faults are switched on and off at run time, and go together.

    account.faults.append(Fault.too_many_requests(times=3))

A fault strikes requests that match it (its endpoint, its table). ``after`` lets that many matching requests through
first; ``times`` ends it after that many strikes, and ``seconds`` that long after the first, by the account's clock.
Without either it goes on until it is taken off the list.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field


class FaultKind(enum.Enum):
    """Each kind's value is its name in :class:`~auditor.simulator.recording.RecordedRequest`."""

    TOO_MANY_REQUESTS = "too many requests"
    UNAUTHORIZED = "unauthorized"
    SIGN_IN_REFUSED = "sign-in refused"
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server error"
    MALFORMED = "malformed"
    CUT_BODY = "cut body"
    SLOW = "slow"
    ENDLESS = "endless"
    ROWS_REPEATED = "rows repeated"
    ROWS_LOST = "rows lost"
    EMPTY_PAGES = "empty pages"
    WITHOUT_TOTAL = "without total"
    ROW_APPEARS = "row appears"
    ROW_DISAPPEARS = "row disappears"
    TABLE_VANISHES = "table vanishes"
    COLUMN_DROPPED = "column dropped"
    CLOCK_SKEW = "clock skew"
    EXPIRED_CERTIFICATE = "expired certificate"
    WRONG_CERTIFICATE = "wrong certificate"
    CONNECTION_REFUSED = "connection refused"
    RECORD_REFUSED = "record refused"


class Malformed(enum.Enum):
    """Shapes that a 200 answer can take in place of a page."""

    OTHER_JSON = "other JSON"
    """An object without ``items``."""
    LIST = "list"
    HTML = "HTML"
    """A log-in or maintenance page."""
    BROKEN_JSON = "broken JSON"
    EMPTY = "empty"


class WrongCertificate(enum.Enum):
    """What can be wrong with the server's TLS certificate."""

    OTHER_HOST = "other host"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"


class Endpoint(enum.Enum):
    """Which requests a fault is about."""

    QUERY = "query"
    TOKEN = "token"
    SOAP = "SOAP"
    """A fault's table is then the record that is asked for: ``Classification``."""
    ANY = "any"


@dataclass(kw_only=True)
class Fault:
    """One fault. Make it with the methods below; ``struck`` tells how often it did."""

    kind: FaultKind
    times: int | None = None
    seconds: float | None = None
    after: int = 0
    endpoint: Endpoint = Endpoint.QUERY
    table: str | None = None
    column: str | None = None
    retry_after: int | None = None
    shape: Malformed = Malformed.OTHER_JSON
    certificate: WrongCertificate = WrongCertificate.OTHER_HOST
    row: Mapping[str, str | int | None] | None = None
    pause: float = 0.0
    chunks: int = 1
    chunk_bytes: int = 1024
    skew: float = 0.0
    struck: int = field(default=0, init=False)
    _seen: int = field(default=0, init=False, repr=False)
    _first: float | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @classmethod
    def too_many_requests(
        cls,
        times: int | None = None,
        *,
        seconds: float | None = None,
        after: int = 0,
        retry_after: int | None = None,
        endpoint: Endpoint = Endpoint.QUERY,
    ) -> Fault:
        """429 ``CONCURRENCY_LIMIT_EXCEEDED``, with ``Retry-After`` if *retry_after* (whole seconds) is given."""
        return cls(
            kind=FaultKind.TOO_MANY_REQUESTS,
            times=times,
            seconds=seconds,
            after=after,
            retry_after=retry_after,
            endpoint=endpoint,
        )

    @classmethod
    def unauthorized(cls, times: int | None = None, *, after: int = 0) -> Fault:
        """401 ``INVALID_LOGIN`` to queries, however well they are signed."""
        return cls(kind=FaultKind.UNAUTHORIZED, times=times, after=after)

    @classmethod
    def sign_in_refused(cls, times: int | None = None, *, after: int = 0) -> Fault:
        """The token endpoint answers 401 ``invalid_client``, and queries signed with an access token 401."""
        return cls(kind=FaultKind.SIGN_IN_REFUSED, times=times, after=after, endpoint=Endpoint.ANY)

    @classmethod
    def forbidden(cls, times: int | None = None, *, after: int = 0, table: str | None = None) -> Fault:
        """403 ``INSUFFICIENT_PERMISSION``, to every query or to those that read *table*."""
        return cls(kind=FaultKind.FORBIDDEN, times=times, after=after, table=table)

    @classmethod
    def server_error(
        cls, times: int | None = None, *, after: int = 0, endpoint: Endpoint = Endpoint.QUERY, table: str | None = None
    ) -> Fault:
        """500 ``UNEXPECTED_ERROR`` with an error id."""
        return cls(kind=FaultKind.SERVER_ERROR, times=times, after=after, endpoint=endpoint, table=table)

    @classmethod
    def malformed(
        cls,
        shape: Malformed = Malformed.OTHER_JSON,
        times: int | None = None,
        *,
        after: int = 0,
        endpoint: Endpoint = Endpoint.QUERY,
        table: str | None = None,
    ) -> Fault:
        """200 whose body is not a page."""
        return cls(kind=FaultKind.MALFORMED, shape=shape, times=times, after=after, endpoint=endpoint, table=table)

    @classmethod
    def cut_body(cls, times: int | None = None, *, after: int = 0, table: str | None = None) -> Fault:
        """Half of the body that Content-Length promises, then the connection is closed."""
        return cls(kind=FaultKind.CUT_BODY, times=times, after=after, table=table)

    @classmethod
    def slow(cls, pause: float, *, chunks: int = 4, times: int | None = None, after: int = 0) -> Fault:
        """The whole answer, in *chunks* pieces, with *pause* seconds before each, the first one too."""
        return cls(kind=FaultKind.SLOW, pause=pause, chunks=chunks, times=times, after=after)

    @classmethod
    def endless(
        cls, times: int | None = None, *, after: int = 0, pause: float = 0.02, chunk_bytes: int = 1024
    ) -> Fault:
        """A page whose items never end, *chunk_bytes* every *pause* seconds, until the caller hangs up."""
        return cls(kind=FaultKind.ENDLESS, times=times, after=after, pause=pause, chunk_bytes=chunk_bytes)

    @classmethod
    def rows_repeated(cls, times: int | None = None, *, after: int = 0, table: str | None = None) -> Fault:
        """The last row of the page before comes once more at the head of this one.

        It takes the place of this page's last row where the page was full. A first page of a table is left alone.
        """
        return cls(kind=FaultKind.ROWS_REPEATED, times=times, after=after, table=table)

    @classmethod
    def rows_lost(cls, times: int | None = None, *, after: int = 0, table: str | None = None) -> Fault:
        """The first row of a page is missing; ``totalResults`` still counts it."""
        return cls(kind=FaultKind.ROWS_LOST, times=times, after=after, table=table)

    @classmethod
    def empty_pages(cls, times: int | None = None, *, after: int = 0, table: str | None = None) -> Fault:
        """Pages without items that say ``hasMore``."""
        return cls(kind=FaultKind.EMPTY_PAGES, times=times, after=after, table=table)

    @classmethod
    def without_total(cls, times: int | None = None, *, table: str | None = None) -> Fault:
        """Pages without ``totalResults``."""
        return cls(kind=FaultKind.WITHOUT_TOTAL, times=times, table=table)

    @classmethod
    def row_appears(
        cls, table: str, row: Mapping[str, str | int | None] | None = None, *, times: int | None = 1, after: int = 1
    ) -> Fault:
        """Before a query of *table* a row is added: *row*, or a copy of its last row under a new key."""
        return cls(kind=FaultKind.ROW_APPEARS, table=table, row=row, times=times, after=after)

    @classmethod
    def row_disappears(cls, table: str, *, times: int | None = 1, after: int = 1) -> Fault:
        """Before a query of *table* its last row is deleted."""
        return cls(kind=FaultKind.ROW_DISAPPEARS, table=table, times=times, after=after)

    @classmethod
    def table_vanishes(cls, table: str, *, after: int = 0) -> Fault:
        """*table* is not found any more, as if its permission had been taken away after so many queries of it."""
        return cls(kind=FaultKind.TABLE_VANISHES, table=table, after=after)

    @classmethod
    def column_dropped(cls, table: str, column: str) -> Fault:
        """*column* is unknown in *table*."""
        return cls(kind=FaultKind.COLUMN_DROPPED, table=table, column=column)

    @classmethod
    def clock_skew(cls, seconds: float) -> Fault:
        """The account's clock is *seconds* ahead of the caller's (behind, if negative)."""
        return cls(kind=FaultKind.CLOCK_SKEW, skew=seconds, endpoint=Endpoint.ANY)

    @classmethod
    def expired_certificate(cls) -> Fault:
        """Every certificate for OAuth 2.0 client credentials has run out."""
        return cls(kind=FaultKind.EXPIRED_CERTIFICATE, endpoint=Endpoint.TOKEN)

    @classmethod
    def wrong_certificate(cls, certificate: WrongCertificate = WrongCertificate.OTHER_HOST) -> Fault:
        """The server shows a TLS certificate that must not be trusted. Only for a simulator with TLS."""
        return cls(kind=FaultKind.WRONG_CERTIFICATE, certificate=certificate, endpoint=Endpoint.ANY)

    @classmethod
    def connection_refused(cls) -> Fault:
        """Nothing listens on the account's port, and open connections are closed."""
        return cls(kind=FaultKind.CONNECTION_REFUSED, endpoint=Endpoint.ANY)

    @classmethod
    def record_refused(cls, record: str) -> Fault:
        """Over SOAP *record* (``Location``) is refused whatever the role's level, as by a cause outside of the role."""
        return cls(kind=FaultKind.RECORD_REFUSED, endpoint=Endpoint.SOAP, table=record)

    def strikes(self, now: float, endpoint: Endpoint, tables: Collection[str] = ()) -> bool:
        """Whether this request is struck; counts it either way if it matches."""
        if self.endpoint not in (endpoint, Endpoint.ANY) or (self.table is not None and self.table not in tables):
            return False
        with self._lock:
            self._seen += 1
            if self._seen <= self.after or (self.times is not None and self.struck >= self.times):
                return False
            self._first = now if self._first is None else self._first
            if self.seconds is not None and now - self._first >= self.seconds:
                return False
            self.struck += 1
            return True


class Faults:
    """An account's faults, in the order in which they are asked. Tells the server when the list changes."""

    def __init__(self) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._on_change: Callable[[], None] | None = None

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def append(self, fault: Fault) -> None:
        """Switch *fault* on."""
        self._replace((*self._faults, fault))

    def remove(self, fault: Fault) -> None:
        """Switch *fault* off."""
        self._replace(tuple(other for other in self._faults if other is not fault))

    def clear(self) -> None:
        """Switch all faults off."""
        self._replace(())

    def watch(self, on_change: Callable[[], None] | None) -> None:
        """Call *on_change* after every change of the list; None ends it."""
        self._on_change = on_change

    def of(self, *kinds: FaultKind) -> list[Fault]:
        """The faults of these kinds that are on the list."""
        return [fault for fault in self._faults if fault.kind in kinds]

    def striking(
        self, now: float, endpoint: Endpoint, kinds: Collection[FaultKind], tables: Collection[str] = ()
    ) -> Fault | None:
        """The first fault of *kinds* that strikes this request; those after it do not get to see it."""
        return next((fault for fault in self.of(*kinds) if fault.strikes(now, endpoint, tables)), None)

    def _replace(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        if self._on_change is not None:
            self._on_change()
