from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sources.suiteql.http1 import BrokenAnswerError, Head, post_request, read_body, read_head

MOST = 1_000_000
WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFG0123456789-", min_size=1, max_size=12).map(lambda text: "X" + text)
VALUE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


class Trickle(io.RawIOBase):
    """Bytes that come in pieces of the sizes given, one after the other, as from a slow line."""

    def __init__(self, data: bytes, sizes: Iterator[int]) -> None:
        self._data, self._sizes, self._at = data, sizes, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._data[self._at : self._at + min(next(self._sizes), len(buffer))]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def repeated(sizes: list[int]) -> Iterator[int]:
    while True:
        yield from sizes


def read(data: bytes, sizes: list[int] | None = None, most: int = MOST) -> tuple[Head, bytes]:
    stream = io.BufferedReader(Trickle(data, repeated(sizes or [4096])))
    head = read_head(stream)
    return head, b"".join(read_body(stream, head, most))


def by_the_library(data: bytes) -> tuple[int, dict[str, str], bytes]:
    class Line:
        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(data)

    response = HTTPResponse(Line(), method="POST")  # type: ignore[arg-type]
    response.begin()
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        headers[name.title()] = f"{headers[name.title()]}, {value}" if name.title() in headers else value
    return response.status, headers, response.read()


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """An answer as it goes over the line, and its body before it was compressed."""
    body = draw(st.binary(max_size=300))
    headers = draw(st.lists(st.tuples(WORD, VALUE), max_size=5))
    sent = body
    if draw(st.booleans()):
        sent = gzip.compress(body)
        headers.append(("content-encoding", "gzip"))
    framing = draw(st.sampled_from(["length", "chunks", "until closed"]))
    if framing == "length":
        headers.append((draw(st.sampled_from(["Content-Length", "content-length"])), str(len(sent))))
    elif framing == "chunks":
        headers.append(("Transfer-Encoding", "chunked"))
        step = draw(st.integers(1, 100))
        chunks = [sent[start : start + step] for start in range(0, len(sent), step)]
        extension = draw(st.sampled_from([b"", b";x=y"]))
        sent = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
        sent += b"0\r\n" + draw(st.sampled_from([b"", b"Trailer: x\r\n"])) + b"\r\n"
    head = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)
    early = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    status = draw(st.sampled_from([b"200 OK", b"401 ", b"503", b"429 Too Many Requests"]))
    return early + b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n" + sent, body


@given(answers(), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_it_reads_what_the_library_reads(answer: tuple[bytes, bytes], sizes: list[int]) -> None:
    data, body = answer
    head, content = read(data, sizes)
    status, headers, raw = by_the_library(data)
    assert (head.status, head.headers) == (status, headers)
    assert content == body
    assert (gzip.decompress(raw) if "Content-Encoding" in headers else raw) == body
    assert head.stays == ("Transfer-Encoding" in headers or "Content-Length" in headers)


@given(answers(), st.data())
def test_an_answer_that_ends_too_soon_is_noticed(answer: tuple[bytes, bytes], data: st.DataObject) -> None:
    whole, body = answer
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        head, content = read(cut)
    except BrokenAnswerError:
        return
    assert head.chunked is False
    assert head.length is None  # only the end of the connection tells the end of such a body
    assert body.startswith(content)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n"]),
)
def test_no_bytes_crash_it(data: bytes, head: bytes) -> None:
    with suppress(BrokenAnswerError):
        assert read(head + data)[0].status >= 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "connection closed"),
        (b"SSH-2.0-OpenSSH_9\r\n", "no HTTP answer"),
        (b"HTTP/2 200\r\n\r\n", "no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "headers without end"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n", "headers without end"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "headers without end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "body cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", "chunk without size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "chunk without end"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "compressed body broken"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, words: str) -> None:
    with pytest.raises(BrokenAnswerError, match=words):
        read(data)


@pytest.mark.parametrize(
    ("head", "stays"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
    ],
)
def test_whether_the_connection_stays(head: bytes, stays: bool) -> None:
    assert read(head)[0].stays is stays


def test_folded_headers_and_bare_line_feeds() -> None:
    head, body = read(b"HTTP/1.1 200 OK\nX-Long: one\n  two\nretry-after: 7\nContent-Length: 2\n\nab")
    assert (head.headers["X-Long"], head.headers["Retry-After"], body) == ("one two", "7", b"ab")


def test_a_body_that_swells_is_stopped_one_byte_beyond_the_most() -> None:
    data = gzip.compress(b" " * 1_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data)
    stream = io.BufferedReader(io.BytesIO(head + data))  # type: ignore[arg-type]
    assert len(next(read_body(stream, read_head(stream), most=1000))) == 1001


def test_a_request_is_one_piece() -> None:
    sent = post_request("/a?b=1", "host:81", {"Accept": "x"}, b"{}")
    assert sent == b"POST /a?b=1 HTTP/1.1\r\nHost: host:81\r\nAccept: x\r\nContent-Length: 2\r\n\r\n{}"
    for bad in ("a\nX: y", "a\rb"):
        with pytest.raises(ValueError, match="line break"):
            post_request("/", "host", {"Accept": bad}, b"")
