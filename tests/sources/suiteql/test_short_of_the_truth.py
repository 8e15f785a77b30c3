from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.baselines import baseline_folders, find_baseline
from auditor.checks.judge import judge
from auditor.errors import SourceError
from auditor.model import AccountResult, Scope, Snapshot, Status, Table
from auditor.simulator import faulty_account
from auditor.sources.suiteql.queries import (
    ACCESS_TOKENS,
    FEATURES,
    GLOBAL_PERMISSIONS,
    ROLE_ASSIGNMENTS,
    ROLE_PERMISSIONS,
    ROLES,
    USERS,
)
from auditor.sources.suiteql.structure import ENTRIES
from auditor.sources.suiteql.trails import SYSTEM_NOTES
from tests.sources.suiteql.bench import TABLES, Bench
from tests.sources.suiteql.thief import KINDS, Thief, known, robbed


@pytest.fixture(scope="module")
def faulty() -> Iterator[Bench]:
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        bench = Bench(stack, patch)
        bench.serve(faulty_account())
        yield bench


@pytest.fixture(scope="module")
def whole(faulty: Bench) -> Snapshot:
    return faulty.collect()


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    table=st.sampled_from(sorted(TABLES.values())),
    seed=st.integers(0, 10_000),
    auth=st.sampled_from(["oauth2", "tba"]),
)
def test_what_comes_short_is_never_called_collected(
    faulty: Bench, whole: Snapshot, kind: str, table: str, seed: int, auth: str
) -> None:
    thief = Thief(kind, table, seed)
    try:
        snapshot = robbed(faulty, thief, auth)
    except SourceError:
        return
    for covered in Table:
        if snapshot.covered(covered).complete:
            assert known(snapshot, covered) == known(whole, covered)


COLUMNS = [
    (query.source, number)
    for query in (
        *(ROLES, ROLE_PERMISSIONS, ACCESS_TOKENS, USERS, *ROLE_ASSIGNMENTS[:1], GLOBAL_PERMISSIONS, FEATURES),
        *(query for query, _ in ENTRIES.values()),
        SYSTEM_NOTES,
    )
    for number in range(len(query.columns))
]


@pytest.mark.parametrize(("table", "number"), COLUMNS)
def test_each_column_in_turn(faulty: Bench, whole: Snapshot, table: str, number: int) -> None:
    thief = Thief("column", table, number)
    try:
        snapshot = robbed(faulty, thief, "tba")
    except SourceError:
        return
    assert thief.taken
    for covered in Table:
        if snapshot.covered(covered).complete:
            assert known(snapshot, covered) == known(whole, covered)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("table", sorted(TABLES.values()))
def test_the_thief_does_take(faulty: Bench, whole: Snapshot, kind: str, table: str) -> None:
    """The law above would hold of a thief without hands: each kind takes something of each table for some seed."""
    for seed in range(12):
        thief = Thief(kind, table, seed)
        try:
            snapshot = robbed(faulty, thief, "oauth2")
        except SourceError:
            return
        if thief.taken and kind != "column":
            (named,) = (each for each, name in TABLES.items() if name == table)
            fallback = named is Table.ROLE_ASSIGNMENTS and "column rolesforsearch" in snapshot.covered(named).detail
            assert not snapshot.covered(named).complete or fallback
            return
        if thief.taken:
            return
    pytest.fail("nothing was taken")


def verdicts(snapshot: Snapshot) -> AccountResult:
    baselines = tuple(
        find_baseline(name, baseline_folders(None))
        for name in ("expensify-integration", "expensify-exports", "netsuite-auditor")
    )
    return judge(snapshot, baselines, Scope())


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    table=st.sampled_from(sorted(TABLES.values())),
    seed=st.integers(0, 10_000),
    auth=st.sampled_from(["oauth2", "tba"]),
)
def test_no_finding_moves_towards_pass(
    faulty: Bench, whole: Snapshot, kind: str, table: str, seed: int, auth: str
) -> None:
    truth = {finding.id: finding for finding in verdicts(whole).findings}
    try:
        short = verdicts(robbed(faulty, Thief(kind, table, seed), auth))
    except SourceError:
        return
    for finding in short.findings:
        true = truth.get(finding.id)
        if true is None or true.status is finding.status:
            continue
        assert finding.status is not Status.PASS, (finding.title, true.status)
        assert (true.status, finding.status) != (Status.FAIL, Status.NOT_APPLICABLE), finding.title
    assert short.failed() or short.incomplete


def test_the_faulty_account_has_findings_to_lose(whole: Snapshot) -> None:
    statuses = {finding.status for finding in verdicts(whole).findings}
    assert {Status.PASS, Status.FAIL} <= statuses
