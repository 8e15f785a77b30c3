"""A tiny HTTP server that answers as a test says: for answers that no account, simulated or real, should give."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def sql(self) -> str:
        return json.loads(self.body)["q"] if self.path.endswith("suiteql") else ""

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    """Content-Length, if it is to be a lie."""
    drip: float = 0.0
    """Seconds between single bytes, for ever."""
    date: str | None = None
    chunked: bool = False
    drip_head: bool = False
    """The head never ends either: a header more with each *drip*."""


def page(*items: dict[str, Any], more: bool = False) -> Reply:
    rows = [{"links": [], **item} for item in items]
    return Reply(200, json.dumps({"links": [], "count": len(rows), "hasMore": more, "items": rows}).encode())


def counted(number: int) -> Reply:
    return page({"counted": str(number)})


def refused(status: int, code: str, detail: str = "", **headers: str) -> Reply:
    body = {"type": "x", "title": "t", "status": status, "o:errorDetails": [{"detail": detail, "o:errorCode": code}]}
    return Reply(status, json.dumps(body).encode(), {key.replace("_", "-"): value for key, value in headers.items()})


def granted(token: str = "bearer-canary", expires_in: object = "3600") -> Reply:
    return Reply(200, json.dumps({"access_token": token, "expires_in": expires_in, "token_type": "bearer"}).encode())


class Stub:
    """``answer`` is called for each request, under a lock; ``asked`` records them all."""

    def __init__(self, answer: Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.callers: list[int] = []
        """The caller's port of each request: equal ports are one connection."""
        self._lock = threading.Lock()
        self._closing = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # one packet for head and body, or each answer waits for an acknowledgement

            def do_POST(self) -> None:
                stub._handle(self)

            def log_message(self, *_: object) -> None:
                pass

        for verb in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
            setattr(Handler, f"do_{verb}", Handler.do_POST)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a caller that hangs up, or refuses the certificate, is what these tests are about

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Stub:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        asked = Asked(
            handler.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {key.lower(): value for key, value in handler.headers.items()},
            handler.rfile.read(int(handler.headers.get("Content-Length", 0))),
        )
        with self._lock:
            self.asked.append(asked)
            self.callers.append(handler.client_address[1])
            reply = self.answer(asked)
        handler.send_response_only(reply.status)
        if reply.date != "":
            handler.send_header("Date", reply.date or handler.date_time_string())
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        while reply.drip_head and not self._closing.is_set():
            handler.send_header("X-More", "x")
            handler.flush_headers()
            handler.wfile.flush()
            time.sleep(reply.drip)
        if reply.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for piece in (reply.body[:7], reply.body[7:]):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            handler.wfile.write(b"0\r\n\r\n")
            return
        length = 10**9 if reply.drip else len(reply.body) if reply.promised is None else reply.promised
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(reply.body)
        while reply.drip and not self._closing.is_set():
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(reply.drip)
        if length != len(reply.body):
            handler.close_connection = True
