"""Serves simulated accounts over HTTP on loopback, each on a port of its own."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

from auditor.errors import ConfigurationError
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.certificates import Authority
from auditor.simulator.connection import Connection
from auditor.simulator.faults import FaultKind
from auditor.simulator.service import Service

HOST = "127.0.0.1"
_BACKLOG = 128
_LAST_PORT = 65_535
_HANDSHAKE_SECONDS = 10.0
_REFRESH_SECONDS = 10.0


class _Listener:
    """One account's port. ``open`` is False while the account refuses connections: then nothing listens there."""

    def __init__(self, account: SimulatedAccount, port: int) -> None:
        self.account = account
        self.service = Service(account)
        self.socket = _listening(port)
        self.port: int = self.socket.getsockname()[1]
        self.open = True
        self.connections: set[socket.socket] = set()


class Simulator:
    """Accounts being served, from ``__enter__`` to ``__exit__``. Leaves no thread, socket or file behind.

    Args:
        accounts: what to serve; account ids differ.
        tls: serve HTTPS with a certificate for 127.0.0.1 and localhost that ``ca_certificate`` vouches for.
        port: of the first account, the others follow; 0 takes any that are free.
    """

    def __init__(self, accounts: Iterable[SimulatedAccount], *, tls: bool = False, port: int = 0) -> None:
        self.accounts = tuple(accounts)
        if len({account.id for account in self.accounts}) < len(self.accounts):
            raise ValueError("two accounts have one id")
        self._authority = Authority() if tls else None
        self._first_port = port
        self._listeners: dict[str, _Listener] = {}
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._refreshed: list[threading.Event] = []

    @property
    def ca_certificate(self) -> bytes:
        """PEM to trust; empty without TLS."""
        return self._authority.certificate_pem if self._authority else b""

    def base_url(self, account: str) -> str:
        """Where *account* is served, ``http://127.0.0.1:40123``, without a slash at the end."""
        scheme = "https" if self._authority else "http"
        return f"{scheme}://{HOST}:{self._listeners[account].port}"

    def account(self, account: str) -> SimulatedAccount:
        """The account of that id."""
        return self._listeners[account].account

    def __enter__(self) -> Simulator:
        """Begin to serve.

        Raises:
            ConfigurationError: a port is taken, or there are not enough of them.
        """
        if self._first_port and self._first_port + len(self.accounts) - 1 > _LAST_PORT:
            raise ConfigurationError(
                f"There are not enough ports from {self._first_port} on for {len(self.accounts)} accounts.",
                "Choose a lower first port, or leave it out and any free ones are taken.",
            )
        try:
            for number, account in enumerate(self.accounts):
                port = self._first_port + number if self._first_port else 0
                self._listeners[account.id] = _Listener(account, port)
        except OSError as error:
            for listener in self._listeners.values():
                listener.socket.close()
            raise ConfigurationError(
                f"Port {port} of {HOST} cannot be used for account {account.id}: {error.strerror}.",
                "Choose another first port, or leave it out and any free one is taken.",
            ) from error
        self._wake_end, self._waker = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="simulator", daemon=True)
        self._acceptor.start()
        for listener in self._listeners.values():
            listener.account.faults.watch(self._refresh)
        self._refresh()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stopping.is_set():
            return
        for listener in self._listeners.values():
            listener.account.faults.watch(None)
        self._stopping.set()
        self._waker.send(b"x")
        self._acceptor.join()
        with self._lock:
            threads = tuple(self._threads)
            for listener in self._listeners.values():
                _hang_up(listener.connections)
        for thread in threads:
            thread.join()
        self._waker.close()
        self._wake_end.close()

    def _refresh(self) -> None:
        """Open and close ports as the accounts' faults say, and be done with it when this returns."""
        done = threading.Event()
        with self._lock:
            self._refreshed.append(done)
        self._waker.send(b"x")
        done.wait(_REFRESH_SECONDS)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_end, selectors.EVENT_READ)
            for listener in self._listeners.values():
                selector.register(listener.socket, selectors.EVENT_READ, listener)
            while not self._stopping.is_set():
                for key, _ in selector.select():
                    if key.data is None:
                        self._wake_end.recv(64)
                        self._apply_refusals(selector)
                    elif key.data.socket is key.fileobj:
                        self._take(key.data)
        for listener in self._listeners.values():
            listener.socket.close()

    def _apply_refusals(self, selector: selectors.BaseSelector) -> None:
        with self._lock:
            done, self._refreshed = self._refreshed, []
            for listener in self._listeners.values():
                faults = listener.account.faults
                if faults.of(FaultKind.CONNECTION_REFUSED, FaultKind.WRONG_CERTIFICATE):
                    _hang_up(listener.connections)
                refuses = bool(faults.of(FaultKind.CONNECTION_REFUSED))
                if refuses and listener.open:
                    selector.unregister(listener.socket)
                    listener.socket.close()
                elif not refuses and not listener.open:
                    listener.socket = _listening(listener.port)
                    selector.register(listener.socket, selectors.EVENT_READ, listener)
                listener.open = not refuses
        for event in done:
            event.set()

    def _take(self, listener: _Listener) -> None:
        try:
            sock, _ = listener.socket.accept()
        except OSError:  # the caller has gone already
            return
        thread = threading.Thread(target=self._serve, args=(sock, listener), name="simulator connection", daemon=True)
        with self._lock:
            self._threads.add(thread)
            listener.connections.add(sock)
        thread.start()

    def _serve(self, sock: socket.socket, listener: _Listener) -> None:
        scheme = "https" if self._authority else "http"
        try:
            serving = self._secured(sock, listener)
            if serving is not None:
                try:
                    Connection(serving, listener.service, scheme, self._stopping).serve()
                finally:
                    self._closed(serving, listener)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _secured(self, sock: socket.socket, listener: _Listener) -> socket.socket | None:
        """The socket with TLS over it; itself without TLS; None if the caller does not take our certificate."""
        if self._authority is None:
            return sock
        wrong = next(iter(listener.account.faults.of(FaultKind.WRONG_CERTIFICATE)), None)
        context: ssl.SSLContext = self._authority.context(wrong.certificate if wrong else None)
        sock.settimeout(_HANDSHAKE_SECONDS)
        secured: socket.socket = sock
        with suppress(OSError):
            with self._lock:  # wrapping leaves the plain socket empty: nobody may reach for it meanwhile
                listener.connections.discard(sock)
                tls = secured = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                listener.connections.add(secured)
            tls.do_handshake()
            return secured
        self._closed(secured, listener)
        return None

    def _closed(self, sock: socket.socket, listener: _Listener) -> None:
        with self._lock:
            listener.connections.discard(sock)
            sock.close()


def _listening(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _hang_up(connections: Iterable[socket.socket]) -> None:
    """End connections that threads are waiting on. A TLS socket's own shutdown would change it under its thread."""
    for sock in connections:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
