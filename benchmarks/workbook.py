"""How fast ``changes.xlsx`` of a large account is written, against pandas with openpyxl styles, and in what memory.

150 roles, 120 permissions, 300 tokens, about 200,000 cells. The other way gets the very rows that the workbook
holds, ready made, and writes them as is usual: ``DataFrame.to_excel`` for each sheet, then font, fill, border and
alignment of each cell, conditional formats, widths, frozen panes, filters, links and the drop-down. Each way runs in
a process of its own, in turns.

    python benchmarks/workbook.py [ROUNDS]

Seconds are of CPU time, which a busy machine blurs less; both ways compute all the time, on one core.
"""

from __future__ import annotations

import importlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from auditor.catalog import load_catalog
from auditor.model import (
    AccountResult,
    Baseline,
    Coverage,
    Finding,
    Gap,
    Level,
    LevelChange,
    LevelSource,
    Option,
    Permission,
    Requirement,
    Role,
    RoleDistance,
    Run,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    TokenVerdict,
    fingerprint,
)
from auditor.reports.workbook import ChangesWorkbook
from auditor.reports.workbook.cells import Cell, Column, Link, Row
from auditor.reports.workbook.change_requests import change_requests
from auditor.reports.workbook.findings import COLUMNS, finding_rows, worst_first
from auditor.reports.workbook.inventory import ROLE_COLUMNS, TOKEN_COLUMNS, role_rows, token_rows
from auditor.reports.workbook.matrix import Matrix, matrix
from auditor.reports.workbook.places import Places
from auditor.reports.workbook.requests import (
    CHANGE_COLUMNS,
    PERMISSION_COLUMNS,
    REVIEW_COLUMNS,
    change_rows,
    permission_rows,
    review_rows,
)
from auditor.reports.workbook.styles import DECISIONS, LEVELS, Look, Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROLES, PERMISSIONS, TOKENS, JUDGED = 150, 120, 300, 40
ACCOUNT, STARTED, ASKED_BY = "1234567_SB1", "2026-11-21T02:00:00Z", "benchmark"
AT_LEAST = 12

Sheets = dict[str, tuple[tuple[Column, ...], list[Row]]]


def large_result() -> AccountResult:
    """An account of the stated size; 40 of its roles are judged in full, and so are all tokens."""
    entries = [entry for entry in load_catalog() if entry.label and Level.FULL in entry.levels][:PERMISSIONS]
    roles = tuple(Role(key=str(1000 + n), id=str(1000 + n), name=f"Integration role {n:03d}") for n in range(ROLES))
    levels = cycle((Level.FULL, Level.FULL, Level.VIEW, Level.FULL, Level.NONE, Level.FULL, Level.EDIT))
    held = {(role.key, entry.id): next(levels) for role in roles for entry in entries}
    asked = tuple(
        Requirement(
            id=entry.id,
            options=(Option(permission=entry.id, label=entry.label, subtab=entry.subtab, level=Level.FULL),),
        )
        for entry in entries
    )
    return AccountResult(
        snapshot=Snapshot(
            account=ACCOUNT,
            taken=STARTED,
            source="suiteql",
            origin="benchmark",
            roles=roles,
            permissions=tuple(Permission(role, permission, level) for (role, permission), level in held.items()),
            coverage=tuple(Coverage(table=table, state=State.COLLECTED, rows=1) for table in Table),
        ),
        baselines=(
            Baseline(
                id=ASKED_BY,
                version="1",
                title="Benchmark",
                vendor="none",
                purpose="none",
                source="none",
                read_on="2026-11-21",
                requirements=asked,
            ),
        ),
        scope=Scope(),
        findings=(
            *(
                role_finding(role, option.asked, held[role.key, option.id])
                for role in roles[:JUDGED]
                for option in asked
            ),
            *(
                token_finding(number, part)
                for number in range(TOKENS)
                for part in ("role", "user", "active", "assigned")
            ),
        ),
        distances=tuple(role_distance(number, role) for number, role in enumerate(roles)),
        tokens=tuple(token_verdict(number) for number in range(TOKENS)),
    )


def role_finding(role: Role, asked: Option, level: Level) -> Finding:
    failed = level < asked.level
    subject = Subject(SubjectKind.ROLE, role.key, role.name)
    requirement = f"{ASKED_BY}:{asked.permission}"
    change = LevelChange(
        role=role.key,
        role_name=role.name,
        role_id=role.id or "",
        permission=asked.permission,
        label=asked.label,
        subtab=asked.subtab,
        from_level=level,
        to_level=asked.level,
    )
    steps = (
        "Go to Setup > Users/Roles > Manage Roles and open the role with Edit.",
        f"On the Permissions tab, sub-tab {asked.subtab}, set {asked.label} to {asked.level.value}.",
        "Save.",
    )
    return Finding(
        id=fingerprint(ACCOUNT, "role-levels", subject, requirement),
        account=ACCOUNT,
        check="role-levels",
        subject=subject,
        requirement=requirement,
        baseline=ASKED_BY,
        status=Status.FAIL if failed else Status.PASS,
        severity=Severity.HIGH,
        title=f"Role '{role.name}' has {asked.label} at {level.value}",
        expected=f"{asked.label}: {asked.level.value}",
        actual=level.value,
        permission=asked.permission,
        permission_label=asked.label,
        subtab=asked.subtab,
        expected_level=asked.level,
        actual_level=level,
        gap=Gap.TOO_LOW if failed else None,
        source=LevelSource.ROLE,
        codes=("NS0384",),
        reason="The role's own row says so.",
        notes=("The level is offered by NetSuite.",),
        remedy=steps if failed else (),
        change=change if failed else None,
    )


def token_finding(number: int, part: str) -> Finding:
    subject = Subject(SubjectKind.TOKEN, str(number), f"Expensify - User {number}, Integration role")
    return Finding(
        id=fingerprint(ACCOUNT, "token-binding", subject, part),
        account=ACCOUNT,
        check="token-binding",
        subject=subject,
        requirement=part,
        baseline=ASKED_BY,
        status=Status.FAIL if number % 3 == 0 and part == "role" else Status.PASS,
        severity=Severity.CRITICAL,
        title=f"The token's {part} is looked at",
        expected=f"the {part} that the baseline names",
        actual=f"{part} {number}",
        codes=("NS0384", "NS0565"),
    )


def role_distance(number: int, role: Role) -> RoleDistance:
    return RoleDistance(
        role=role.key,
        role_name=role.name,
        role_id=role.id or "",
        inactive=False,
        baseline=ASKED_BY,
        met=number % PERMISSIONS,
        undecided=0,
        asked=PERMISSIONS,
        permission_rows=PERMISSIONS,
        judged=number < JUDGED,
        why="on an active token",
    )


def token_verdict(number: int) -> TokenVerdict:
    return TokenVerdict(
        token=str(number),
        name=f"Expensify - User {number}, Integration role",
        application="Expensify",
        user=f"User {number}",
        role=f"Integration role {number % ROLES:03d}",
        state="active",
        created="2025-03-01",
        baseline=ASKED_BY,
        status=Status.FAIL if number % 3 == 0 else Status.PASS,
        met=number % PERMISSIONS,
        asked=PERMISSIONS,
        causes=("The role lacks required levels",),
        codes=("NS0384",),
    )


def sheets_of(result: AccountResult) -> Sheets:
    """The rows of every large sheet; the small ones, Summary and Coverage, are left to the workbook alone."""
    findings = worst_first(result.findings)
    levels = matrix(result)
    places = Places(findings, levels.role_cells())
    requests = change_requests(result)
    return {
        "Change requests": (CHANGE_COLUMNS + REVIEW_COLUMNS, review_rows(change_rows(requests, places))),
        "By permission": (PERMISSION_COLUMNS, permission_rows(requests, places)),
        "Matrix": (matrix_columns(levels), matrix_rows(levels)),
        "Findings": (COLUMNS, finding_rows(findings)),
        "Tokens": (TOKEN_COLUMNS, token_rows(result.tokens)),
        "Roles": (ROLE_COLUMNS, role_rows(result.distances, places)),
    }


def matrix_columns(levels: Matrix) -> tuple[Column, ...]:
    lead = (Column("Sub-tab", 14), Column("Permission", 36), Column("Permission id", 34))
    asked = tuple(Column(baseline, 16, Look.LEVEL, LEVELS) for baseline in levels.baselines)
    return (*lead, *asked, Column("Note", 30), *(Column(text, 12, Look.LEVEL, LEVELS) for text in levels.headers))


def matrix_rows(levels: Matrix) -> list[Row]:
    return [
        (each.subtab, each.label, each.id, *(each.levels.get(b) for b in levels.baselines), each.note, *cells)
        for each, cells in zip(levels.permissions, levels.levels, strict=True)
    ]


def pandas_and_openpyxl(sheets: Sheets) -> bytes:
    import pandas as pd

    out = BytesIO()
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        for name, (columns, rows) in sheets.items():
            frame = pd.DataFrame(
                [[cell.text if isinstance(cell, Link) else cell for cell in row] for row in rows],
                columns=[column.header for column in columns],
            )
            frame.to_excel(writer, sheet_name=name, index=False)
            style_sheet(writer.sheets[name], columns, rows)
    return out.getvalue()


def style_sheet(page: Worksheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for index, column in enumerate(columns, 1):
        letter = get_column_letter(index)
        header = page.cell(1, index)
        header.font = Font(bold=True, color="FFFFFF")
        header.fill = PatternFill("solid", fgColor="2F4B66")
        header.alignment = Alignment(vertical="center", wrap_text=True)
        longest = len(column.header)
        for number, row in enumerate(rows, 2):
            cell = page.cell(number, index)
            value: Cell = row[index - 1]
            linked = isinstance(value, Link)
            cell.font = Font(color="0B5394", underline="single") if linked else Font(name="Calibri", size=11)
            cell.border = Border(bottom=Side(style="thin", color="C9D2DB"))
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.fill = PatternFill("solid", fgColor="FFFBEB" if column.look.is_input else "FFFFFF")
            if isinstance(value, Link) and value.target:
                cell.hyperlink = value.target.replace("internal:", "#")
            longest = max(longest, len(str(cell.value or "")))
        page.column_dimensions[letter].width = min(longest + 2, column.widest)
        if column.words:
            colour_words(page, f"{letter}2:{letter}{len(rows) + 1}", column.words)
        if column.header == "Decision":
            validation = DataValidation(type="list", formula1=f'"{",".join(DECISIONS)}"')
            validation.add(f"{letter}2:{letter}{len(rows) + 1}")
            page.add_data_validation(validation)
    page.freeze_panes = "C2"
    page.auto_filter.ref = page.dimensions


def colour_words(page: Worksheet, cells: str, words: Words) -> None:
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import PatternFill

    for word, paint in words.items():
        fill = PatternFill("solid", bgColor=paint.background[1:])
        page.conditional_formatting.add(cells, CellIsRule(operator="equal", formula=[f'"{word}"'], fill=fill))


def measure(way: str) -> None:
    """Prints seconds, MiB above the start, and bytes of one way; runs in a process of its own."""
    for module in ("pandas", "openpyxl", "xlsxwriter"):
        importlib.import_module(module)  # imports are no part of what is measured
    result = large_result()
    sheets = sheets_of(result)
    run = Run(id="20261121T020000Z", started=STARTED, tool_version="0", results=(result,))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    data = ChangesWorkbook().render(result, run) if way == "workbook" else pandas_and_openpyxl(sheets)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(seconds, peak / 1024, len(data))


def main(rounds: int = 3) -> int:
    """Both ways in turns; 1 if the workbook is less than 12 times faster."""
    sheets = sheets_of(large_result())
    cells = sum(len(columns) * (len(rows) + 1) for columns, rows in sheets.values())
    print(f"{cells:,} cells: " + ", ".join(f"{name} {len(c)} x {len(rows)}" for name, (c, rows) in sheets.items()))
    medians = {}
    measured: dict[str, list[list[float]]] = {"pandas + openpyxl styles": [], "workbook": []}
    for _ in range(rounds):
        for way, found in measured.items():
            answer = subprocess.run(
                [sys.executable, __file__, "--one", way], capture_output=True, text=True, check=True
            )
            found.append([float(word) for word in answer.stdout.split()])
    for way, found in measured.items():
        seconds, memory, size = (statistics.median(column) for column in zip(*found, strict=True))
        medians[way] = seconds
        print(f"{way:26} {seconds:7.2f} s   peak {memory:6.0f} MiB more   {size / 1e6:5.2f} MB")
    ratio = medians["pandas + openpyxl styles"] / medians["workbook"]
    print(f"{ratio:.1f} times faster (at least {AT_LEAST} is wanted)")
    return 0 if ratio >= AT_LEAST else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 3))
