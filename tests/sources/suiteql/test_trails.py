"""System notes: which are asked for, what they are worth, and that nothing about them can spoil an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from auditor.baselines import baseline_folders, find_baseline
from auditor.checks.judge import judge
from auditor.model import Level, Reference, Scope, Snapshot, State, SystemNote, Table, Verdict
from auditor.simulator import Fault, clean_account
from auditor.simulator.accounts.builder import AUDITOR_ROLE, AUDITOR_USER
from tests.sources.suiteql.bench import ALL_COLLECTED, NOTES, Bench, states
from tests.sources.suiteql.stub import refused
from tests.sources.suiteql.tables import Tables, note
from tests.sources.suiteql.test_source import Collect, collect, tables  # noqa: F401  (fixtures)

SEES = "LIST_SYSTEMNOTES"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(stack, monkeypatch)


def verdict(snapshot: Snapshot) -> Verdict:
    return judge(snapshot, (find_baseline("expensify-integration", baseline_folders(None)),), Scope()).verdict


def test_the_notes_of_roles_in_the_last_days_are_read_the_oldest_first(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.delete("systemnote")
    account.note(1040, "ROLE.NAME", "Sync", "Expensify", author=10, at="2026-02-28 09:30:00")
    account.note(1040, author=100, at="2026-01-25 00:00:00")
    account.note(1040, "ROLE.NAME", "S", "Sync", author=10, at="2026-01-24 23:59:59")
    account.insert("systemnote", {"date": "2026-02-28 09:30:00", "name": 10, "recordid": 1040, "recordtypeid": -30})
    snapshot = bench.collect()
    assert snapshot.system_notes == (
        SystemNote(role="1040", at="2026-01-25 00:00:00", author=Reference("100"), author_role="3", context="UIF"),
        SystemNote(
            role="1040", at="2026-02-28 09:30:00", author=Reference("10"), field="ROLE.NAME", before="Sync",
            after="Expensify", author_role="3", context="UIF",
        ),
    )  # fmt: skip
    covered = snapshot.covered(Table.SYSTEM_NOTES)
    assert (covered.state, covered.rows, covered.since) == (State.COLLECTED, 2, "2026-01-25")
    assert covered.detail.startswith("The notes of roles alone, of the days from 2026-01-25 on.")
    (asked,) = {
        request.sql for request in account.requests if "COUNT" not in request.sql and "systemnote" in request.sql
    }
    assert "recordtypeid = -118" in asked
    assert [request.sql for request in account.requests][-3:] == [covered_count(asked), asked, covered_count(asked)]


def covered_count(sql: str) -> str:
    selected, _, rest = sql.partition(" FROM ")
    return f"SELECT COUNT(*) AS counted FROM ({selected} FROM {rest.partition(' ORDER BY ')[0]})"


def test_notes_that_are_alike_in_all_are_one(bench: Bench) -> None:
    account = bench.serve(clean_account())
    for _ in range(3):
        account.note(1040, "ROLE.NAME", "S", "Sync", author=10, at="2026-02-27 23:59:59")
    snapshot = bench.collect()
    assert states(snapshot) == ALL_COLLECTED
    assert len(snapshot.system_notes) == NOTES + 1


def test_more_notes_than_a_page_holds(bench: Bench) -> None:
    account = bench.serve(clean_account())
    for number in range(2_345):
        account.note(1040, "ROLE.NAME", f"S{number}", "Sync", author=10, at="2026-02-27 23:59:59")
    snapshot = bench.collect()
    assert (len(snapshot.system_notes), snapshot.covered(Table.SYSTEM_NOTES).pages) == (NOTES + 2_345, 3)


@pytest.mark.parametrize("notes", ["own", "none"])
@pytest.mark.parametrize("way", ["row", "global"])
def test_without_the_permission_a_callers_own_notes_are_no_notes(bench: Bench, notes: str, way: str) -> None:
    """Oracle documents that the table then answers, and with the notes of the caller's own changes alone."""
    account = bench.serve(clean_account())
    account.delete("systemnote")
    if notes == "own":
        account.note(1040, "ROLE.NAME", "S", "Sync", author=AUDITOR_USER, at="2026-02-27 23:59:59")
    whole = bench.collect()
    assert whole.covered(Table.SYSTEM_NOTES).complete
    if way == "row":  # the simulated table stays open, as the real one is said to
        account.set_level(AUDITOR_ROLE, SEES, Level.NONE)
        account.access.sees = lambda *_: True  # type: ignore[method-assign]
    else:
        account.insert("employeeempperms", {"employee": AUDITOR_USER, "permkey": SEES, "permlevel": 0})
        account.access.sees = lambda *_: True  # type: ignore[method-assign]
    snapshot = bench.collect()
    covered = snapshot.covered(Table.SYSTEM_NOTES)
    assert (covered.state, covered.rows, covered.since, snapshot.system_notes) == (State.NOT_PERMITTED, 0, "", ())
    for word in (f"({SEES})", "the notes of its own changes alone", "Edit > Permissions > Lists", "No finding needs"):
        assert word in covered.detail
    assert verdict(snapshot) is verdict(whole)


def test_a_note_by_another_shows_that_others_are_seen(collect: Collect, tables: Tables) -> None:  # noqa: F811
    """The role of these rows does not hold the permission as far as they tell."""
    assert collect().covered(Table.SYSTEM_NOTES).complete
    tables.rows["systemnote"] = [note("2026-02-03 09:00:00", "900", "Clerk", "A/P Clerk")]
    assert collect().covered(Table.SYSTEM_NOTES).state is State.NOT_PERMITTED
    tables.rows["systemnote"].append(note("2026-02-04 09:00:00", "-4", "A/P Clerk", "Clerk"))
    assert collect().covered(Table.SYSTEM_NOTES).state is State.NOT_PERMITTED
    tables.rows["systemnote"].append(note("2026-02-05 09:00:00", "902", "Clerk", "C"))
    assert len(collect().system_notes) == 3


def test_administrator_sees_all(collect: Collect, tables: Tables) -> None:  # noqa: F811
    tables.rows["systemnote"] = []
    assert collect(own_role="3").covered(Table.SYSTEM_NOTES).complete
    assert not collect(own_role="1005").covered(Table.SYSTEM_NOTES).complete


FAULTS = {
    "hidden": (lambda: Fault.table_vanishes("systemnote"), State.NOT_AVAILABLE, "no table systemnote"),
    "403": (lambda: Fault.forbidden(table="systemnote"), State.NOT_PERMITTED, "may not ask this (403"),
    "500": (lambda: Fault.server_error(table="systemnote"), State.NOT_AVAILABLE, "6 times in a row"),
    "malformed": (lambda: Fault.malformed(table="systemnote"), State.NOT_AVAILABLE, "not with a number"),
    "rows lost": (lambda: Fault.rows_lost(table="systemnote"), State.NOT_AVAILABLE, "counted before"),
    "a column": (lambda: Fault.column_dropped("systemnote", "context"), State.NOT_AVAILABLE, "context"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_becomes_of_them_the_account_is_judged_as_it_was(bench: Bench, name: str) -> None:
    make, state, words = FAULTS[name]
    account = bench.serve(clean_account())
    whole = bench.collect()
    account.faults.append(make())
    snapshot = bench.collect()
    assert states(snapshot) == {**ALL_COLLECTED, Table.SYSTEM_NOTES: state}
    covered = snapshot.covered(Table.SYSTEM_NOTES)
    assert words in covered.detail
    assert (snapshot.system_notes, covered.rows, covered.since) == ((), 0, "")
    assert verdict(snapshot) is verdict(whole) is Verdict.CLEAN


def test_a_role_without_the_permission_is_judged_as_before(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.set_level(AUDITOR_ROLE, SEES, Level.NONE)
    snapshot = bench.collect()
    assert states(snapshot) == {**ALL_COLLECTED, Table.SYSTEM_NOTES: State.NOT_AVAILABLE}
    assert SEES in snapshot.covered(Table.SYSTEM_NOTES).detail
    assert verdict(snapshot) is Verdict.CLEAN


def test_a_query_that_netsuite_does_not_take_breaks_nothing(collect: Collect, tables: Tables) -> None:  # noqa: F811
    detail = "Search error occurred: Invalid or unsupported search."
    tables.instead["systemnote"] = refused(400, "INVALID_PARAMETER", detail)
    covered = collect().covered(Table.SYSTEM_NOTES)
    assert covered.state is State.NOT_AVAILABLE
    assert "unsupported search" in covered.detail


@pytest.mark.parametrize("text", ["=HYPERLINK(1)\x00\u202e<script>", "x" * 5_000])
def test_any_text_is_kept(collect: Collect, tables: Tables, text: str) -> None:  # noqa: F811
    tables.rows["systemnote"] = [{**note("2026-02-03 09:00:00", "902", text, text), "field": text, "changed": text}]
    (found,) = collect().system_notes
    assert (found.at, found.field, found.before, found.after) == (text, text, text, text)
