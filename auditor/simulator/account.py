"""One simulated account: its tables, its users' rights, its clock and what goes wrong with it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from auditor.model import Level
from auditor.simulator.access import ADMINISTRATOR, Access
from auditor.simulator.client_credentials import ClientCredentials
from auditor.simulator.clock import SimulatedClock
from auditor.simulator.credentials import (
    CertificateMapping,
    Credentials,
    KnownToken,
    TokenCredentials,
    mapped,
    new_credentials,
    new_token,
)
from auditor.simulator.faults import FaultKind, Faults
from auditor.simulator.pages import Paging
from auditor.simulator.recording import RecordedRequest
from auditor.simulator.schema import ROLE_RECORD
from auditor.simulator.store import Row, Store
from auditor.simulator.token_auth import TokenAuthentication

_MOST_RECORDED = 10_000


class SimulatedAccount:
    """A NetSuite account in memory. Everything about it may be changed while it is being served."""

    def __init__(self, account: str, *, user: int, role: int, token: int, title: str = "") -> None:
        """An account with empty tables; *title* says in a few words what is the matter with it.

        *user*, *role* and *token* are the internal ids of the auditor's own employee, role and access token: their
        rows are yet to be inserted, and until then nobody may sign in.
        """
        self.id = account
        self.title = title or account
        self.clock = SimulatedClock()
        self.faults = Faults()
        self.store = Store(seed=account, now=self.now)
        self.access = Access(self.store)
        self.paging = Paging(self.store)
        self.client_credentials = ClientCredentials(account, self.access)
        self.token_authentication = TokenAuthentication(account, self.store, self.access)
        self.credentials: Credentials
        """Of the auditor's own user, with the role "NetSuite Auditor"."""
        self.credentials, mapping = new_credentials(account, user=user, role=role)
        self.client_credentials.add(mapping)
        self.token_authentication.add(KnownToken(self.credentials.token, token))
        self.integration: TokenCredentials | None = None
        """The Expensify integration's own access token, where the account has one."""
        self.concurrency_limit = 5
        """Queries that may be under way at once before the account answers 429."""
        self.latency = 0.0
        """Seconds that every answer takes longer: the round trip of a real account."""
        self.peak_concurrency = 0
        """The most queries that were under way at once."""
        self._under_way = 0
        self._lock = threading.Lock()
        self._requests: deque[RecordedRequest] = deque(maxlen=_MOST_RECORDED)

    def now(self) -> float:
        """Seconds since the epoch by the account's clock, skew included."""
        return self.clock.now() + sum(fault.skew for fault in self.faults.of(FaultKind.CLOCK_SKEW))

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """The last 10,000 requests received, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def forget_requests(self) -> None:
        """Begin the record of requests and the peak of concurrency anew."""
        with self._lock:
            self._requests.clear()
            self.peak_concurrency = self._under_way

    def record(self, request: RecordedRequest) -> None:
        """Keep *request*; the server's part."""
        with self._lock:
            self._requests.append(request)

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """A place among the queries under way; False where the account has no more of them. The server's part."""
        with self._lock:
            free = self._under_way < self.concurrency_limit
            self._under_way += free
            self.peak_concurrency = max(self.peak_concurrency, self._under_way)
        try:
            yield free
        finally:
            with self._lock:
                self._under_way -= free

    def add_integration_token(self, row: int) -> TokenCredentials:
        """Secrets for the row *row* of ``oauthtoken``, to sign in with what it says; kept as ``integration``."""
        self.integration = new_token(self.id)
        self.token_authentication.add(KnownToken(self.integration, row))
        return self.integration

    def map_certificate(self, pem: bytes) -> CertificateMapping:
        """Map a client's certificate to an application of its own and the auditor's user and role, as an administrator
        does under OAuth 2.0 Client Credentials (M2M) Setup; gives the client id and certificate id that NetSuite shows.

        Raises:
            ConfigurationError: NetSuite would not take it.
        """
        mapping = mapped(pem, user=self.credentials.user, role=self.credentials.role)
        self.client_credentials.add(mapping)
        return mapping

    def rows(self, table: str) -> list[dict[str, str | int]]:
        """All rows of *table* in the order of its key, null columns left out: for comparing with what a caller read.

        Dates are ``YYYY-MM-DD HH:MM:SS``, flags T and F, ids numbers.
        """
        return self.store.rows(table)

    def insert(self, table: str, *rows: Row) -> None:
        """Add rows to *table*; a column that a row leaves out is null."""
        self.store.insert(table, rows)

    def update(self, table: str, changes: Row, **where: str | int) -> int:
        """Change the rows whose columns equal *where*; gives how many they were."""
        return self.store.update(table, changes, where)

    def delete(self, table: str, **where: str | int) -> int:
        """Delete the rows whose columns equal *where*; gives how many they were."""
        return self.store.delete(table, where)

    def note(self, role: int, field: str = "", before: str = "", after: str = "", *, author: int, at: str = "") -> None:
        """Leave a system note: the employee *author* changed *field* of *role*, now by the account's clock, or *at*.

        Changes by ``update`` and its like leave none of themselves: as in NetSuite not every change has one.
        """
        self.insert(
            "systemnote",
            {
                "date": at or datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "name": author,
                "field": field,
                "oldvalue": before,
                "newvalue": after,
                "record": str((self.store.one("role", id=role) or {}).get("name", "")),
                "recordid": role,
                "recordtypeid": ROLE_RECORD,
                "role": ADMINISTRATOR,
                "type": "4",
                "context": "UIF",
            },
        )

    def set_level(self, role: int, permission: str, level: Level) -> None:
        """Give *role* a permission at *level*; NONE takes the row away."""
        self.delete("rolepermissions", role=role, permkey=permission)
        if level is not Level.NONE:
            self.insert("rolepermissions", {"role": role, "permkey": permission, "permlevel": level.rank})
