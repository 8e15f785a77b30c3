"""A preflight of 100,000 coded lines, against the naive way: merge tables with pandas, climb parents line by line.

The account has 20,000 employees and 5,000 classes. One line in ten names a class that is not there, in one of 300
misspellings, and for these the naive way asks difflib, once for each. Without that it takes about as long as ours, and
says less. Judging alone is compared; reading the file and writing the results are timed beside it.
"""

from __future__ import annotations

import difflib
import random
import tracemalloc
from typing import Any

import pandas as pd

from auditor.baselines import baseline_folders, find_baseline
from auditor.catalog import load_catalog
from auditor.checks.base import Case
from auditor.checks.preflight import preflight
from auditor.model import (
    Classification,
    ClassificationKind,
    Coverage,
    ExpenseLine,
    ExpenseLines,
    Feature,
    Preflight,
    Run,
    Scope,
    Snapshot,
    State,
    Subsidiary,
    Table,
    User,
)
from auditor.reports.preflight_json import render as as_json
from auditor.reports.workbook.preflight import render as as_workbook
from auditor.sources.expense_lines import read_lines

LINES, CLASSES, EMPLOYEES = 100_000, 5_000, 20_000
ROUNDS = 3


def account() -> Snapshot:
    """Classes in groups of ten under one, every fiftieth inactive, open to some of four subsidiaries."""
    chance = random.Random(1)
    classes = []
    for number in range(1, CLASSES + 1):
        top = number - (number - 1) % 10
        name = f"Line {number:05}"
        classes.append(
            Classification(
                kind=ClassificationKind.CLASS,
                id=str(number),
                name=name,
                full_name=name if top == number else f"Line {top:05} : {name}",
                parent="" if top == number else str(top),
                inactive=number % 50 == 0,
                include_children=number % 3 == 0,
                subsidiaries=("1", "2") if number % 20 else ("2",),
                modified="2026-01-01 00:00:00",
            )
        )
    users = [
        User(
            key=str(number),
            id=str(number),
            name=f"Employee {number}",
            email=f"employee.{number}@example.com",
            inactive=number % 40 == 0,
            access=False,
            supervisor=str(number % 100 + 1),
            subsidiary=str(chance.randrange(1, 5)),
            department="",
            location="",
            classification="",
            expense_limit="",
            modified="2026-01-01 00:00:00",
        )
        for number in range(1, EMPLOYEES + 1)
    ]
    return Snapshot(
        account="1234567",
        taken="2026-11-21T02:00:00Z",
        source="suiteql",
        origin="benchmark",
        users=tuple(users),
        classifications=tuple(classes),
        subsidiaries=tuple(
            Subsidiary(id=str(number), name=f"S{number}", full_name=f"S{number}", parent="2" if number > 2 else "")
            for number in range(1, 5)
        ),
        features=(Feature("SUBSIDIARIES", active=True),),
        coverage=tuple(Coverage(table=table, state=State.COLLECTED) for table in Table),
    )


def lines(number: int) -> ExpenseLines:
    """So many lines; one in ten names a class that nobody has, in one of 300 misspellings."""
    chance = random.Random(2)
    found = []
    for line in range(2, number + 2):
        class_ = chance.randrange(1, CLASSES + 1)
        name = f"Line {class_:05}" if chance.randrange(10) else f"Lime {chance.randrange(300):05}"
        employee = f"employee.{chance.randrange(1, EMPLOYEES + 1)}@example.com"
        found.append(ExpenseLine(line=line, employee=employee, class_=name))
    return ExpenseLines(name="lines.csv", sha256="", lines=tuple(found))


def main() -> None:
    from benchmarks.timing import compare, report

    snapshot, many = account(), lines(LINES)
    baselines = (find_baseline("expensify-integration", baseline_folders(None)),)

    def ours(given: ExpenseLines = many) -> Preflight:
        return preflight(Case(snapshot, baselines, Scope(), load_catalog()), given)

    bare = compare({"pandas, without a near name": lambda: naive(snapshot, many, suggest=False)}, rounds=ROUNDS)
    medians = compare({"preflight": ours, "pandas and difflib": lambda: naive(snapshot, many, suggest=True)}, rounds=1)
    report(medians | bare, "preflight", "pandas and difflib", goal=3)
    quarter = ExpenseLines(name="lines.csv", sha256="", lines=many.lines[: LINES // 4])
    growth = compare({"25,000 lines": lambda: ours(quarter), "100,000 lines": ours}, rounds=ROUNDS)
    ratio = growth["100,000 lines"] / growth["25,000 lines"]
    print(f"four times the lines take {ratio:.1f} times the time (goal: at most 4.5)")
    tracemalloc.start()
    found = ours()
    print(f"memory at its highest, ours: {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB", end="; ")
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    naive(snapshot, many, suggest=False)
    print(f"pandas: {(tracemalloc.get_traced_memory()[1] - before) / 1e6:.0f} MB")
    tracemalloc.stop()
    text = "Employee Email,Class\n" + "".join(f"{each.employee},{each.class_}\n" for each in many.lines)
    run = Run(id="20261121T020000Z", started="2026-11-21T02:00:00Z", tool_version="0")
    parts = {
        "reading the file": lambda: read_lines(text.encode(), "lines.csv"),
        "JSON": lambda: as_json(found),
        "workbook": lambda: as_workbook(found, run),
    }
    for name, seconds in compare(parts, rounds=1).items():
        print(f"{name:<44} {seconds * 1000:10.1f} ms of CPU")


def naive(snapshot: Snapshot, given: ExpenseLines, *, suggest: bool) -> Any:
    """Merge lines with employees and classes by name, then look at each row: what a script would do."""
    classes = pd.DataFrame(
        [(each.id, each.name.casefold(), each.parent, each.inactive) for each in snapshot.classifications],
        columns=["class", "name", "parent", "inactive"],
    )
    users = pd.DataFrame(
        [(user.email.casefold(), user.inactive, user.subsidiary, user.supervisor) for user in snapshot.users],
        columns=["email", "gone", "subsidiary", "supervisor"],
    )
    frame = pd.DataFrame(
        [(line.line, line.employee.casefold(), line.class_.casefold()) for line in given.lines],
        columns=["line", "email", "name"],
    )
    frame = frame.merge(users, how="left", on="email").merge(classes, how="left", on="name")
    records = {each.id: each for each in snapshot.classifications}
    parents = {each.id: each.parent for each in snapshot.subsidiaries}
    inactive = {user.id: user.inactive for user in snapshot.users}

    def cause(row: Any) -> str:
        if pd.isna(row["class"]):
            return "not found"
        if row["gone"] or inactive.get(row["supervisor"]):
            return "employee"
        record = records[row["class"]]
        above = record
        while above:
            if above.inactive:
                return "inactive"
            above = records.get(above.parent)
        subsidiary = row["subsidiary"]
        while subsidiary:
            if subsidiary in (record.subsidiaries or ()):
                return ""
            subsidiary = parents[subsidiary] if record.include_children else ""
        return "not open"

    frame["cause"] = frame.apply(cause, axis=1)
    names = [each.name.casefold() for each in snapshot.classifications]
    unknown = frame.loc[frame["class"].isna(), "name"].unique() if suggest else ()
    return frame, {name: difflib.get_close_matches(name, names, n=3, cutoff=0.75) for name in unknown}


if __name__ == "__main__":
    main()
