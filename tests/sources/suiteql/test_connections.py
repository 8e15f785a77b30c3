from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from auditor.sources.suiteql.connections import Connections, Timeouts
from auditor.sources.suiteql.http1 import read_head


@pytest.fixture
def host() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def connections(host: socket.socket) -> Iterator[Connections]:
    made = Connections(f"http://127.0.0.1:{host.getsockname()[1]}", None, Timeouts(connect=5, read=0.05))
    yield made
    made.close()


def test_the_one_used_last_is_taken_again(connections: Connections) -> None:
    first, second = connections.take(), connections.take()
    connections.give_back(first)
    connections.give_back(second)
    assert connections.take() is second
    assert connections.take() is first
    first.close()
    second.close()


@pytest.mark.parametrize("farewell", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_one_that_the_host_has_given_up_is_not_taken(
    host: socket.socket, connections: Connections, farewell: bytes
) -> None:
    first = connections.take()
    theirs, _ = host.accept()
    connections.give_back(first)
    with theirs:
        theirs.sendall(farewell)
    second = connections.take()
    assert second is not first
    assert first.closed
    second.close()


def test_silence_ends_and_so_does_the_watch(connections: Connections) -> None:
    connection = connections.take()
    with pytest.raises(TimeoutError):
        read_head(connection.answers)

    def refuse() -> None:
        raise LookupError("enough")

    connection.watch = refuse
    with pytest.raises(LookupError, match="enough"):
        connection.answers.read1(1)
    connection.close()


def test_a_name_that_cannot_be_one() -> None:
    with pytest.raises(UnicodeError):
        Connections(f"https://{'x' * 70}.example", None, Timeouts(connect=1, read=1)).take()
