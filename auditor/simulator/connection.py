"""One connection of a caller: reads requests, sends answers, HTTP/1.1 with keep-alive.

Every wait ends when the server stops. Requests are bounded in size, answers are sent in one piece unless a fault says
otherwise.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO

from auditor.simulator.answers import Answer
from auditor.simulator.faults import FaultKind
from auditor.simulator.request import Request
from auditor.simulator.service import QUERY_PATH, Exchange, Service
from auditor.simulator.soap import asks_service

_IDLE_SECONDS = 60.0
_REQUEST_LINE = re.compile(r"([A-Z]+) (/[^ ?]*)(?:\?([^ ]*))? HTTP/1\.[01]")
_LONGEST_LINE = 65_536
_MOST_HEADERS = 100
_LARGEST_BODY = 1_000_000


class _BadRequestError(Exception):
    """What came is not HTTP that this server reads."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection:
    """Serves one socket until either side closes it."""

    def __init__(self, sock: socket.socket, service: Service, scheme: str, stopping: threading.Event) -> None:
        self._socket = sock
        self._service = service
        self._scheme = scheme
        self._stopping = stopping

    def serve(self) -> None:
        """Answer requests one after the other. A caller that hangs up is no error."""
        self._socket.settimeout(_IDLE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._socket.makefile("rb") as reader:
            try:
                while not self._stopping.is_set():
                    request = read_request(reader, self._scheme)
                    if request is None or not self._exchange(request):
                        return
            except _BadRequestError as error:
                self._socket.sendall(_head(Answer(error.status, b""), 0, "close", 0.0))
            except OSError:
                return

    def _exchange(self, request: Request) -> bool:
        """Answer *request*; gives whether the connection stays open."""
        account = self._service.account
        with account.slot() if _counts(request.path) else nullcontext(True) as free:
            exchange = self._service.answer(request, slot_free=free)
            if account.latency:
                self._stopping.wait(account.latency)
            account.record(exchange.recorded())
            pieces = self._pieces(exchange, request)
            last = next(pieces, b"")
            for piece in pieces:
                self._socket.sendall(last)
                last = piece
        # The place is free before the caller can know that its answer is whole: its next request must find it.
        self._socket.sendall(last)
        cut = exchange.delivery is not None and exchange.delivery.kind is not FaultKind.SLOW
        return not cut and request.headers.get("connection", "").lower() != "close"

    def _pieces(self, exchange: Exchange, request: Request) -> Iterator[bytes]:
        """The bytes of the answer, as the fault of its delivery has them sent."""
        answer, fault = exchange.answer, exchange.delivery
        connection = "close" if request.headers.get("connection", "").lower() == "close" else "keep-alive"
        now = self._service.account.now()
        whole = _head(answer, len(answer.body), connection, now) + answer.body
        if fault is None:
            yield whole
        elif fault.kind is FaultKind.CUT_BODY:
            yield whole[: len(whole) - (len(answer.body) + 1) // 2]
        elif fault.kind is FaultKind.SLOW:
            size = -(-len(whole) // fault.chunks)
            for start in range(0, len(whole), size):
                if self._stopping.wait(fault.pause):
                    return
                yield whole[start : start + size]
        else:
            yield _head(answer, None, "close", now) + _chunk(b'{"links":[],"items":[{"links":[],"id":"0"}')
            filler = b',{"links":[],"id":"0"}'
            filler *= max(1, fault.chunk_bytes // len(filler))
            while not self._stopping.wait(fault.pause):
                yield _chunk(filler)


def _counts(path: str) -> bool:
    """Whether a request counts towards the account's limit, which all protocols share (documented)."""
    return path == QUERY_PATH or asks_service(path)


def read_request(reader: BinaryIO, scheme: str) -> Request | None:
    """The next request, or None if the caller has hung up.

    Raises:
        _BadRequestError: it is not a request, too large, or sent in chunks.
    """
    line = reader.readline(_LONGEST_LINE)
    if not line:
        return None
    asked = _REQUEST_LINE.fullmatch(line.decode("latin-1").strip())
    if asked is None:
        raise _BadRequestError(400)
    headers: dict[str, str] = {}
    while True:
        line = reader.readline(_LONGEST_LINE)
        if line in (b"\r\n", b"\n"):
            break
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) >= _MOST_HEADERS:
            raise _BadRequestError(400)
        headers[name.strip().lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise _BadRequestError(411)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise _BadRequestError(400)
    if int(length) > _LARGEST_BODY:
        raise _BadRequestError(413)
    body = reader.read(int(length))
    if len(body) < int(length):
        return None
    method, path, query = asked.groups(default="")
    return Request(method, path, query, headers, body, f"{scheme}://{headers.get('host', '')}")


def _head(answer: Answer, length: int | None, connection: str, now: float) -> bytes:
    """Status line and headers; without *length* the body comes in chunks."""
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Date: {formatdate(now, usegmt=True)}",
        "Server: simulated NetSuite",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
        "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}",
        f"Connection: {connection}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
