"""A page server in a process of its own: the rows of ``rolepermissions`` in NetSuite's shape, ready made.

It answers by offset and by the key that a query names, so that both ways of paging get what NetSuite would give. It
neither runs SQL nor checks a sign-in: its time is not what is measured.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from auditor.catalog import load_catalog

PERMISSIONS = 120
"""Rows of each role."""
SEED = 1000
PAGE = 1000
_BEYOND = re.compile(rb"role > (-?\d+)")


@contextmanager
def served(rows: int) -> Iterator[str]:
    """The base address of a server of *rows* rows, for as long as the block lasts."""
    command = [sys.executable, "-m", "benchmarks.canned", str(rows)]
    folder = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def items(rows: int) -> list[bytes]:
    """Every column is text, a null column is left out, and each item bears its empty links, as NetSuite sends them."""
    entries = [entry for entry in load_catalog() if entry.label][:PERMISSIONS]
    held = sorted((entry.id, entry.label) for entry in entries)
    return [item(number, *held[number % PERMISSIONS]) for number in range(rows)]


def item(number: int, permission: str, label: str) -> bytes:
    row: dict[str, object] = {"links": [], "role": str(SEED + number // PERMISSIONS)}
    row |= {"permkey": permission, "name": label, "permlevel": str(number * 7 % 5)}
    if number % 50 == 0:
        row["restriction"] = "2"
    return json.dumps(row, separators=(",", ":")).encode()


def page(all_items: list[bytes], first: int, offset: int) -> bytes:
    """The page from row *first* on, which is what the query asks for, and *offset* within that."""
    held = all_items[first + offset : first + offset + PAGE]
    total = len(all_items) - first
    more = offset + len(held) < total
    head = b'{"links":[],"count":%d,"hasMore":%s,"items":[' % (len(held), b"true" if more else b"false")
    return head + b",".join(held) + b'],"offset":%d,"totalResults":%d}' % (offset, total)


def answer(all_items: list[bytes], query: bytes, offset: int) -> bytes:
    if b"COUNT(*)" in query:
        return b'{"links":[],"count":1,"hasMore":false,"items":[{"links":[],"counted":"%d"}]}' % len(all_items)
    beyond = _BEYOND.search(query)
    first = (int(beyond.group(1)) + 1 - SEED) * PERMISSIONS if beyond else 0
    return page(all_items, first, offset)


def main(rows: int) -> None:
    all_items = items(rows)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            offset = int(parse_qs(urlsplit(self.path).query).get("offset", ["0"])[0])
            body = answer(all_items, query, offset)
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oracle.resource+json; type=collection\r\n"
            head += f"Date: {self.date_time_string()}\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)  # in one piece, or each answer waits for an acknowledgement

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
