"""HTTP/1.1 as far as one POST and its answer need it, read from a stream of bytes (RFC 9112).

Python's http.client reads the head of an answer as an e-mail, which takes three times the time of the exchange itself.
What it tolerates is tolerated here (folded lines, bare line feeds, an answer without a length), and no more.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from io import BufferedReader
from typing import Any

from msgspec import Struct

CHUNK = 64 * 1024
_LONGEST_LINE = 64 * 1024
_MOST_LINES = 100
_STATUS = re.compile(rb"HTTP/1\.(\d) +([1-9]\d\d)(?: .*)?\r?\n")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{1,15}")
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class BrokenAnswerError(Exception):
    """What came is not an answer, or not the whole of one. The text says in some words what was wrong."""


class Head(Struct, frozen=True):
    """An answer's status and headers; their names are written ``Like-This`` whichever way they came."""

    status: int
    headers: dict[str, str]
    stays: bool
    """The connection may be used again once the body was read to its end."""

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("Transfer-Encoding", "").lower()

    @property
    def length(self) -> int | None:
        """Bytes of the body; None if they are not told."""
        text = self.headers.get("Content-Length", "")
        return 0 if self.status in _BODILESS else int(text) if text.isascii() and text.isdigit() else None


def post_request(target: str, host: str, headers: dict[str, str], body: bytes) -> bytes:
    """A POST to *target*, whole.

    Raises:
        ValueError: a header would break out of its line. That is a bug: none is made of what NetSuite says.
    """
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header with a line break is never sent")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def read_head(stream: BufferedReader[Any]) -> Head:
    """The head of the next answer.

    Raises:
        BrokenAnswerError: the host closed the connection, or speaks something else.
    """
    while True:
        line = stream.readline(_LONGEST_LINE)
        first = _STATUS.fullmatch(line)
        if not first:
            raise BrokenAnswerError("no HTTP answer" if line else "connection closed")
        status, headers = int(first[2]), _headers(stream)
        if status >= HTTPStatus.OK:  # what comes while the answer is being made (100, 103) is none
            break
    closes = "close" in headers.get("Connection", "close" if first[1] == b"0" else "").lower()
    head = Head(status, headers, not closes)
    return head if head.chunked or head.length is not None else Head(status, headers, stays=False)


def _headers(stream: BufferedReader[Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE)
        if line in (b"\r\n", b"\n"):
            return headers
        if not line.endswith(b"\n"):
            break
        text = line.decode("latin-1")
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        name = name.title()
        if not colon:
            break
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    raise BrokenAnswerError("headers without end")


def read_body(stream: BufferedReader[Any], head: Head, most: int) -> Iterator[bytes]:
    """The body in pieces as they come, decompressed. Ask for none after more than *most* bytes have come.

    Raises:
        BrokenAnswerError: it ends before its end, or is not what its head says.
    """
    pieces = _chunks(stream) if head.chunked else _plain(stream, head.length)
    return _inflated(pieces, most) if head.headers.get("Content-Encoding", "").lower() == "gzip" else pieces


def _plain(stream: BufferedReader[Any], length: int | None) -> Iterator[bytes]:
    """So many bytes, or all until the host closes the connection."""
    left = length
    while left is None or left > 0:
        piece = stream.read1(CHUNK if left is None else min(left, CHUNK))
        if not piece:
            if left is None:
                return
            raise BrokenAnswerError("body cut off")
        if left is not None:
            left -= len(piece)
        yield piece


def _chunks(stream: BufferedReader[Any]) -> Iterator[bytes]:
    while size := _chunk_size(stream.readline(_LONGEST_LINE)):
        yield from _plain(stream, size)
        if stream.readline(3) not in (b"\r\n", b"\n"):
            raise BrokenAnswerError("chunk without end")
    _headers(stream)  # the trailer, which tells nothing that is asked for


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not _HEXADECIMAL.fullmatch(digits):
        raise BrokenAnswerError("chunk without size" if line else "body cut off")
    return int(digits, 16)


def _inflated(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    """*pieces* decompressed, at most one byte beyond *most*: a small body may swell beyond all measure."""
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    size = 0
    for piece in pieces:
        try:
            whole = inflate.decompress(piece, most + 1 - size)
        except zlib.error:
            raise BrokenAnswerError("compressed body broken") from None
        size += len(whole)
        yield whole
    if not inflate.eof:
        raise BrokenAnswerError("compressed body cut off")
