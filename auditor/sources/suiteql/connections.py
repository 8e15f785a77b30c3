"""Connections to one host, kept and used again: over verified TLS, past no proxy, following nothing."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections import deque
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from auditor.sources.suiteql.http1 import CHUNK

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # the others open a file of their own
_USUAL_PORTS = {"http": 80, "https": 443}


class Timeouts(Struct, frozen=True):
    """Seconds until a connection must stand, and until the next piece of an answer must come."""

    connect: float
    read: float


class Connection(RawIOBase):
    """One connection. What comes is read from ``answers``, and ``watch`` is called before each wait for more."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.answers = BufferedReader(self, CHUNK)
        self.watch: Callable[[], None] = lambda: None

    def send(self, request: bytes) -> None:
        self._line.sendall(request)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self.watch()
        return self._line.recv_into(buffer)

    @property
    def ended(self) -> bool:
        """Whether something came although nothing was asked: the host's farewell as a rule."""
        with _Selector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            return bool(selector.select(0))

    def close(self) -> None:
        self._line.close()
        super().close()


class Connections:
    """Those of one host that are idle. Safe for several threads: a connection is one thread's while it is taken."""

    def __init__(self, base_url: str, trust: ssl.SSLContext | None, timeouts: Timeouts) -> None:
        parts = urlsplit(base_url)
        self._address = parts.hostname or "", parts.port or _USUAL_PORTS[parts.scheme]
        self._trust = trust
        self._timeouts = timeouts
        self._idle: deque[Connection] = deque()

    def take(self) -> Connection:
        """A connection that stands: the one used last, or a new one where there is none or the host has hung up.

        Raises:
            OSError: there is no connection to be had, or none that can be trusted.
            UnicodeError: the host's name cannot be one.
        """
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if not connection.ended:
                return connection
            connection.close()
        return Connection(self._new())

    def give_back(self, connection: Connection) -> None:
        """Keep *connection*, whose answer was read to its end."""
        self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _new(self) -> socket.socket:
        line = socket.create_connection(self._address, self._timeouts.connect)
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._trust:
                line = self._trust.wrap_socket(line, server_hostname=self._address[0])
            line.settimeout(self._timeouts.read)
        except BaseException:
            line.close()
            raise
        return line
