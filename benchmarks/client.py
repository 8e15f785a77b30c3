"""How much CPU time 300,000 rows of ``rolepermissions`` take, against a plain loop of requests and json, and memory.

The other way is the usual one: a ``requests.Session`` signed by requests-oauthlib (TBA, HMAC-SHA256), a POST for each
page by offset, ``response.json()``, a dictionary for each row with lower-cased keys and its numbers made numbers. (A
real account would end it at 100,000 rows, the most that an offset reaches.) Ours signs alike, and makes the model's
records, held against two counts and with its checks of order, repeats and missing columns. "Page by page" is our walk
whose rows are looked at and let go.

The server and each way run in processes of their own; seconds are of the client's CPU time, imports left out.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.canned import served
from benchmarks.timing import report

if TYPE_CHECKING:
    from auditor.sources.suiteql.reading import TableReader

ROWS, FEWER, ROUNDS, GOAL = 300_000, 99_960, 5, 5
NOISE = 2
"""MiB that the peak of pages let go may differ between few rows and many: the noise of the allocator."""
KEYS = ("consumer_key", "consumer_secret", "token_id", "token_secret")
SECRET = "0123456789abcdef" * 4
ACCOUNT = "1234567"
PATH = "/services/rest/query/v1/suiteql"

Counter = Callable[[], int]


def requests_and_json(base: str) -> Counter:
    import requests
    from requests_oauthlib import OAuth1

    session = requests.Session()
    session.auth = OAuth1(SECRET, SECRET, SECRET, SECRET, signature_method="HMAC-SHA256", realm=ACCOUNT)
    sql = "SELECT role, permkey, name, permlevel, restriction FROM rolepermissions ORDER BY role, permkey"

    def run() -> int:
        rows = []
        offset, more = 0, True
        while more:
            response = session.post(
                f"{base}{PATH}",
                params={"limit": 1000, "offset": offset},
                json={"q": sql},
                headers={"Prefer": "transient"},
                timeout=120,
            )
            response.raise_for_status()
            page = response.json()
            for item in page["items"]:
                row = {name.lower(): value for name, value in item.items() if name != "links"}
                row["role"] = int(row["role"])
                row["permlevel"] = int(row["permlevel"])
                rows.append(row)
            offset, more = offset + 1000, page["hasMore"]
        return len(rows)

    return run


def reader_of(base: str) -> TableReader:
    """Our client with TBA, as a source makes it."""
    from auditor.config import AccountSettings, TokenBased
    from auditor.secrets import SecretReference
    from auditor.sources.suiteql.auth_tba import TokenSignIn
    from auditor.sources.suiteql.client import Client
    from auditor.sources.suiteql.reading import TableReader
    from auditor.sources.suiteql.retry import Clock, Patience
    from auditor.sources.suiteql.transport import Transport

    os.environ["BENCHMARK_SECRET"] = SECRET
    sign_in = TokenBased(**dict.fromkeys(KEYS, SecretReference("env", "BENCHMARK_SECRET")))
    settings = AccountSettings(id=ACCOUNT, name="benchmark", sign_in=sign_in, base_url=base)
    clock, stop = Clock(), threading.Event()
    transport = Transport(settings, clock, stop)
    patience = Patience(clock, settings.time_budget, stop)
    client = Client(settings, TokenSignIn(sign_in, settings.id, clock), transport, patience, clock)
    return TableReader(client, clock, settings.id, None)


def ours(base: str) -> Counter:
    from auditor.sources.suiteql.mapping import role_permissions
    from auditor.sources.suiteql.queries import ROLE_PERMISSIONS

    reader = reader_of(base)

    def run() -> int:
        reading = reader.read_pages(ROLE_PERMISSIONS, role_permissions)
        if not reading.steady:
            raise SystemExit(f"the read was not whole: {reading.problem or reading.disorder or reading.rows}")
        return len(reading.records)

    return run


def page_by_page(base: str) -> Counter:
    from auditor.sources.suiteql.mapping import role_permissions
    from auditor.sources.suiteql.queries import ROLE_PERMISSIONS

    reader = reader_of(base)

    def run() -> int:
        return sum(len(role_permissions(rows)) for rows in reader.walk(ROLE_PERMISSIONS))

    return run


WAYS = {"requests + json": requests_and_json, "ours": ours, "ours, page by page": page_by_page}


def measure(way: str, base: str) -> None:
    """Prints rows, CPU seconds, and MiB at the peak above the start."""
    run = WAYS[way](base)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    rows = run()
    seconds = time.process_time() - start
    print(rows, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def measured(rows: int, rounds: int) -> dict[str, tuple[float, float]]:
    """The median CPU seconds and peak MiB of each way over *rows* rows, the ways taken in turns."""
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with served(rows) as base:
        for _ in range(rounds):
            for way, runs in found.items():
                command = [sys.executable, "-m", "benchmarks.client", way, base]
                folder = Path(__file__).parents[1]
                answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=folder)
                count, seconds, peak = map(float, answer.stdout.split())
                if count != rows:
                    raise SystemExit(f"{way} read {count:.0f} rows of {rows}")
                runs.append((seconds, peak))
    return {way: (median(s for s, _ in runs), median(p for _, p in runs)) for way, runs in found.items()}


def main() -> None:
    fewer, all_ = measured(FEWER, 1), measured(ROWS, ROUNDS)
    for way, (seconds, peak) in all_.items():
        print(f"{way:20} {seconds:6.3f} s CPU   peak {fewer[way][1]:6.1f} MiB more at {FEWER:,} rows, ", end="")
        print(f"{peak:6.1f} at {ROWS:,}")
    growth = all_["ours, page by page"][1] - fewer["ours, page by page"][1]
    verdict = "flat" if growth <= NOISE else "NOT FLAT"
    print(f"page by page, {ROWS - FEWER:,} more rows add {growth:.1f} MiB: {verdict}")
    report({way: seconds for way, (seconds, _) in all_.items()}, "ours", "requests + json", goal=GOAL)


if __name__ == "__main__" and sys.argv[1:]:
    measure(sys.argv[1], sys.argv[2])
