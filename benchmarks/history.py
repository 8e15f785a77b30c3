"""A second night's history and drift over a fleet, against pandas.merge on the same rows.

Each account has 150 roles of 120 permissions: copies of 15 standard roles, of which every copy differs in 20 rows. In
the second night every tenth account differs in three rows. Ours settles each account as an audit does: digest of the
rows, findings, drift against the night before, and keeping it all in SQLite; drift is told alone, too, with all that
is packed and unpacked for it. The other way makes data frames of the rows of both nights, merges them and picks what
differs; it keeps nothing, and gets the night before for nothing. Making the rows counts for neither. Each way runs in a
process of its own, one account at a time, so that its peak memory is its own.

    python -m benchmarks history                                  # 200 accounts, and what 1,000 would take: five times
    AUDITOR_BENCH_ACCOUNTS=1000 python -m benchmarks history      # minutes, most of them making rows
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from auditor.baselines import baseline_folders, find_baseline
from auditor.catalog import load_catalog
from auditor.history import packing, store
from auditor.history.database import Place
from auditor.history.drift import compare
from auditor.history.reading import Reading
from auditor.model import AccountResult, Drift, Level, Permission, Run, Scope, Snapshot, Table
from benchmarks.judge import PERMISSIONS, ROLES, large_snapshot

ACCOUNTS = int(os.environ.get("AUDITOR_BENCH_ACCOUNTS", "200"))
STANDARD, OWN_ROWS, CHANGED_ROWS = 15, 20, 3
EVERY = 10
"""One account in so many changes from night to night."""
FLEET = 1000
GOAL, DRIFT_GOAL = 1.5, 10

Rows = list[tuple[str, str, Level]]


def rows_of(account: int) -> Rows:
    """The permission rows of one account in the first night; the same each time."""
    chance = random.Random(account)
    ids = [entry.id for entry in load_catalog()]
    levels = list(Level)[1:]
    standard = [{each: chance.choice(levels) for each in chance.sample(ids, PERMISSIONS)} for _ in range(STANDARD)]
    rows: Rows = []
    for role in range(ROLES):
        held = dict(standard[role % STANDARD])
        for each in chance.sample(sorted(held), OWN_ROWS):
            del held[each]
        while len(held) < PERMISSIONS:
            held.setdefault(chance.choice(ids), chance.choice(levels))
        rows += [(str(1000 + role), each, level) for each, level in sorted(held.items(), key=lambda item: item[0])]
    return rows


def next_night(account: int, rows: Rows) -> Rows:
    """The same rows, or in every tenth account: one level changed, one row gone, one new."""
    if account % EVERY:
        return rows
    changed = list(rows)
    role, permission, level = changed[5]
    changed[5] = (role, permission, Level.FULL if level is not Level.FULL else Level.VIEW)
    del changed[70]
    return [*changed, (str(1000 + ROLES - 1), "CUSTOMRECORD_NEW", Level.EDIT)]


def history(accounts: int) -> dict[str, float]:
    """CPU seconds of both nights, bytes kept, changes found."""
    shape = replace(large_snapshot(find_baseline("expensify-integration", baseline_folders(None))), tokens=())
    shape = replace(shape, assignments=(), users=())
    seconds = {1: 0.0, 2: 0.0}
    found, drifting = 0, 0.0

    def compared(before: Reading, after: Reading, whole: dict[Table, Reading]) -> Drift:
        nonlocal drifting
        taken, drift = _timed(compare, before, after, whole)
        drifting += taken
        return drift

    store.compare = compared
    with TemporaryDirectory() as folder:
        place = Place(str(Path(folder) / "history.sqlite"))
        for night in seconds:
            started = f"2026-11-2{night}T02:00:00Z"
            head = Run(id=started, started=started, tool_version="benchmark")
            with store.keep(place, head, "here") as kept:
                for account in range(accounts):
                    rows = rows_of(account)
                    snapshot = _snapshot(shape, account, rows if night == 1 else next_night(account, rows))
                    result = AccountResult(snapshot=snapshot, baselines=(), scope=Scope())
                    taken, settled = _timed(kept.settle, result)
                    seconds[night] += taken
                    found += settled.drift.total if settled.drift else 0
                seconds[night] += _timed(kept.finish, head)[0]
        size = (Path(folder) / "history.sqlite").stat().st_size
    digesting = _timed(packing.digest, snapshot)[0]
    return {
        "first": seconds[1],
        "second": seconds[2],
        "bytes": size,
        "found": found,
        "digest": digesting,
        "drift": drifting,
    }


def pandas_merge(accounts: int) -> dict[str, float]:
    """CPU seconds of the merges, changes found."""
    import pandas as pd

    names = ["role", "permission", "level"]
    seconds, found = 0.0, 0

    def merged(*nights: Rows) -> Any:
        before, after = (
            pd.DataFrame([(role, permission, level.rank) for role, permission, level in night], columns=names)
            for night in nights
        )
        both = before.merge(after, how="outer", on=["role", "permission"], indicator=True, suffixes=("_old", ""))
        return both[(both["_merge"] != "both") | (both["level_old"] != both["level"])]

    for account in range(accounts):
        rows = rows_of(account)
        taken, changes = _timed(merged, rows, next_night(account, rows))
        seconds += taken
        found += len(changes)
    return {"second": seconds, "found": found}


def _snapshot(shape: Snapshot, account: int, rows: Rows) -> Snapshot:
    return replace(shape, account=str(account), permissions=tuple(Permission(*row) for row in rows))


def _timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    start = time.process_time()
    result = work(*arguments)
    return time.process_time() - start, result


def _measured(way: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.history", way]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return dict(json.loads(told.stdout))


def main() -> None:
    rows = ACCOUNTS * ROLES * PERMISSIONS
    ours, theirs = _measured("history"), _measured("pandas_merge")
    if ours["found"] != theirs["found"]:
        raise SystemExit(f"the two ways do not find the same changes: {ours['found']} and {theirs['found']}")
    print(f"{ACCOUNTS:,} accounts x {ROLES * PERMISSIONS:,} permission rows, every {EVERY}th changes in {CHANGED_ROWS}")
    print(f"keep the first night {ours['first']:.1f} s of CPU, {ours['bytes'] / rows:.2f} bytes a row")
    print(
        f"settle the second night {ours['second']:.1f} s of CPU (digests alone about {ours['digest'] * ACCOUNTS:.1f})"
    )
    print(
        f"data frames and pandas.merge of the same {theirs['second']:.1f} s of CPU; both find {ours['found']:,} changes"
    )
    print(f"peak memory {ours['peak']:.0f} MiB, pandas {theirs['peak']:.0f} MiB, one account at a time")
    for what, goal, seconds in (
        ("drift", DRIFT_GOAL, ours["drift"]),
        ("drift, findings and keeping", GOAL, ours["second"]),
    ):
        ratio = theirs["second"] / seconds
        reached = "reached" if ratio >= goal else "NOT REACHED"
        fleet = f"{FLEET:,} accounts: {seconds * FLEET / ACCOUNTS:.1f} s"
        print(f"{what}: {seconds:.2f} s ({fleet}), ratio {ratio:.1f} (goal: at least {goal:g}) {reached}", flush=True)


if __name__ == "__main__":
    measured = {"history": history, "pandas_merge": pandas_merge}[sys.argv[1]](ACCOUNTS)
    print(json.dumps({**measured, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
