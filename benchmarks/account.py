"""Judge one whole account of the largest usual size, and see how time and memory grow with it.

150 roles, 300 tokens, 20,000 employees and 5,000 classes; then parts of that, to see that each grows no faster than it.
"""

from __future__ import annotations

import gc
import time
import tracemalloc

from msgspec.structs import replace

from auditor.baselines import baseline_folders, find_baseline
from auditor.checks.judge import judge
from auditor.model import (
    Baseline,
    Classification,
    ClassificationKind,
    GlobalPermission,
    Level,
    LoginRecord,
    Reference,
    RoleAssignment,
    Scope,
    Snapshot,
    Subsidiary,
    User,
    Waiver,
    Waivers,
)
from benchmarks.judge import ROLES, TOKENS, large_snapshot

EMPLOYEES, CLASSES, SUBSIDIARIES = 20_000, 5_000, 50
SHARES = (0.25, 0.5, 1.0, 2.0)


def account(asked: Baseline, share: float) -> Snapshot:
    """The account with *share* of its employees, classes, tokens and logins."""
    small = large_snapshot(asked)
    people = int(EMPLOYEES * share)
    return replace(
        small,
        users=tuple(
            User(key=str(n), id=str(n), name=f"User {n}", email=f"u{n}@example.com", inactive=n % 50 == 0, access=True)
            for n in range(people)
        ),
        tokens=small.tokens[: int(TOKENS * min(share, 1))],
        assignments=tuple(
            RoleAssignment(Reference(id=str(n % people)), Reference(id=str(1000 + n % ROLES)))
            for n in range(people + 300)
        ),
        global_permissions=tuple(
            GlobalPermission(Reference(id=str(n)), "LIST_CLASS", Level.VIEW) for n in range(0, people, 20)
        ),
        classifications=tuple(
            Classification(
                kind=ClassificationKind.CLASS, id=str(n), name=f"Class {n}", inactive=False, subsidiaries=("1",)
            )
            for n in range(int(CLASSES * share))
        ),
        subsidiaries=tuple(Subsidiary(id=str(n), name=f"Subsidiary {n}") for n in range(SUBSIDIARIES)),
        logins=tuple(
            LoginRecord(
                user=str(n),
                role="1000",
                application=f"Application {n % 20}",
                token=f"Token {n % 300}",
                status="Success",
                latest="2026-11-01",
            )
            for n in range(people)
        ),
    )


def waivers() -> Waivers:
    """Five hundred entries, as many as a large account may have."""
    return Waivers(
        entries=tuple(
            Waiver(
                account="1234567",
                check="role-levels",
                subject=str(1000 + n % ROLES),
                requirement=f"expensify-integration:{n}",
                reason="r",
                owner="o",
                ticket="t",
                expires="2027-01-01",
            )
            for n in range(500)
        )
    )


def main() -> None:
    asked = find_baseline("expensify-integration", baseline_folders(None))
    for share in SHARES:
        data = account(asked, share)
        gc.collect()
        start = time.process_time()
        result = judge(data, (asked,), Scope(), waivers=waivers())
        seconds = time.process_time() - start
        tracemalloc.start()
        judge(data, (asked,), Scope(), waivers=waivers())
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        size = f"{len(data.users):>6,} employees, {len(data.classifications):>6,} classes, {len(data.tokens):>3} tokens"
        print(f"{size}: {seconds * 1000:8.1f} ms of CPU, {peak:6.1f} MB at most, {len(result.findings)} findings")
