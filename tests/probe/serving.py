"""A simulated account's SOAP side on loopback, with a record of what was asked and of everything that went over it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from auditor.model import Level
from auditor.probe import ProbeConnection, ProbeCredentials
from auditor.secrets import Secret
from auditor.simulator.soap import Passport, SoapFault, SoapRecord, handle_soap
from auditor.simulator.soap.passport import refusal

TOKEN = {
    "consumer_key": "consumer-key-canary-1f0e",
    "consumer_secret": "consumer-secret-canary-2d3c",
    "token_id": "token-id-canary-4b5a",
    "token_secret": "token-secret-canary-6978",
}
CREDENTIALS = ProbeCredentials(**{name: Secret(value) for name, value in TOKEN.items()})
SECRETS = ("canary-1f0e", "canary-2d3c", "canary-4b5a", "canary-6978")

FULL = dict.fromkeys(
    (
        "LIST_ACCOUNT",
        "LIST_CLASS",
        "LIST_CURRENCY",
        "ADMI_CUSTRECORD",
        "LIST_CUSTJOB",
        "ADMI_DELETEDRECORD",
        "LIST_DEPARTMENT",
        "LIST_EMPLOYEE",
        "LIST_CATEGORY",
        "LIST_ITEM",
        "LIST_JOB",
        "LIST_LOCATION",
        "LIST_SUBSIDIARY",
        "LIST_VENDOR",
        "ADMI_WEBSERVICES",
        "ADMI_LOGIN_OAUTH",
    ),
    Level.FULL,
)
"""A role that may read everything that the probe asks for."""


@dataclass
class Role:
    """What the token's role holds."""

    levels: dict[str, Level] = field(default_factory=lambda: dict(FULL))

    def level(self, permission: str) -> Level:
        return self.levels.get(permission, Level.NONE)


@dataclass
class Account:
    """An account with one token. ``faults`` strike the next requests in turn; None lets one through."""

    id: str = "1234567_SB1"
    role: Role = field(default_factory=Role)
    records: dict[str, Sequence[SoapRecord]] = field(default_factory=dict)
    faults: deque[SoapFault | None] = field(default_factory=deque)
    lasting: dict[str, SoapFault] = field(default_factory=dict)
    """Faults that strike every request for a record."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Operation and record of every request to the service."""
    refusals: list[str] = field(default_factory=list)
    now: Callable[[], float] = time.time

    def soap_caller(self, passport: Passport) -> Role | None:
        known = (passport.consumer_key, passport.token) == (TOKEN["consumer_key"], TOKEN["token_id"])
        why = "the token is unknown"
        if known:
            why = refusal(
                passport,
                account=self.id,
                consumer_secret=TOKEN["consumer_secret"],
                token_secret=TOKEN["token_secret"],
                now=self.now(),
            )
        if why:
            self.refusals.append(why)
        return None if why else self.role

    def soap_records(self, record: str) -> Sequence[SoapRecord]:
        return self.records.get(record, (SoapRecord("1", f"First {record}"), SoapRecord("2", f"Second {record}")))

    def soap_fault(self, operation: str, record: str) -> SoapFault | None:
        self.asked.append((operation, record))
        if record in self.lasting:
            return self.lasting[record]
        return self.faults.popleft() if self.faults else None


class Server:
    """Serves one account. ``paths`` has each request's method and path; ``hold`` may be set to delay POSTs."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.paths: list[tuple[str, str]] = []
        self.answer: Callable[[Server, BaseHTTPRequestHandler, bytes], bool] | None = None
        """May answer a POST itself, and says whether it did."""
        self.documents: Callable[[str], bytes] | None = None
        """Gives other documents in the place of the WSDL and its schemas."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # an answer in one piece: two would wait for each other

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes) -> None:
                outer.paths.append((self.command, self.path))
                if body and outer.answer and outer.answer(outer, self, body):
                    return
                if not body and outer.documents:
                    self.send(200, {"Content-Type": "text/xml"}, outer.documents(self.path))
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answer_headers, content = handle_soap(account, self.path, headers, body)
                self.send(status, answer_headers, content)

            def send(self, status: int, headers: dict[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Callers that hang up are part of the tests."""

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def downloads(self) -> int:
        """How often the WSDL or a schema was fetched."""
        return sum(method == "GET" for method, _ in self.paths)

    def connection(self, **changes: object) -> ProbeConnection:
        given = {"account": self.account.id, "credentials": CREDENTIALS, "base_url": self.base_url} | changes
        return ProbeConnection(**given)  # type: ignore[arg-type]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()


@contextmanager
def served(account: Account | None = None) -> Iterator[Server]:
    server = Server(account or Account())
    server.start()
    try:
        yield server
    finally:
        server.stop()
