"""What the reports of an account say of changes: in the PDF, in the workbook, and that hostile texts stay texts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.model import (
    AccountResult,
    Author,
    CaughtUp,
    Change,
    ChangeKind,
    Drift,
    Resolution,
    Resolved,
    Seen,
    Severity,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    Telling,
    Unproven,
)
from auditor.reports.drift_text import caught_up_sentence, on_authors, standing, unproven_sentence
from auditor.reports.findings_json import FindingsJson, read_findings, result_from
from auditor.reports.pdf import AccountPdf
from auditor.reports.pdf.drift import MOST_CHANGES, drift_view
from auditor.reports.workbook import ChangesWorkbook
from tests import samples
from tests.reports import pdf_reading
from tests.reports.hostile import HOSTILE
from tests.reports.reading import load, table_rows, texts

ROLE = Subject(SubjectKind.ROLE, "customrole1042", "Expensify Integration")
SINCE = "2026-11-20T02:00:00Z"


def result_with(
    *changes: Change,
    unproven: tuple[Unproven, ...] = (),
    caught_up: tuple[CaughtUp, ...] = (),
    title: str = "Classes too low",
) -> AccountResult:
    mixed = samples.mixed_result()
    counts: dict[ChangeKind, int] = {}
    for change in changes:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    resolved = Resolved(
        id="04b12ee14f2dcbf7", check="role-levels", subject=ROLE, requirement="expensify-integration:LIST_CLASS",
        severity=Severity.HIGH, title=title, how=Resolution.PASSED, first="2026-11-18T02:00:00Z", nights=2,
    )  # fmt: skip
    new = Seen(first=samples.STARTED)
    findings = tuple(replace(each, seen=new) if each.status is Status.FAIL else each for each in mixed.findings)
    return replace(
        mixed,
        findings=findings,
        history_problem="",
        drift=Drift(
            run="20261120T020000Z",
            since=SINCE,
            until=samples.STARTED,
            counts=counts,
            changes=changes,
            unproven=unproven,
            caught_up=caught_up,
        ),
        resolved=(resolved,),
    )


MARTA = Author(name="Marta Quill (id 10)", first="2026-11-20 15:30:00", last="2026-11-20 15:30:00")
LOWERED = Change(kind=ChangeKind.PERMISSION_LOWERED, subject=ROLE, about="LIST_EMPLOYEE", before="Full", after="View",
                 telling=Telling.THIS_RECORD, authors=(MARTA,))  # fmt: skip
MADE = Change(
    kind=ChangeKind.TOKEN_MADE,
    subject=Subject(SubjectKind.TOKEN, "904", "Expensify - new"),
    after="Expensify, active",
    telling=Telling.NOT_COLLECTED,
)
BACK = CaughtUp(table=Table.ROLE_PERMISSIONS, run="20261117T020000Z", since="2026-11-17T02:00:00Z")
PARTIAL = Unproven(table=Table.USERS, before=State.COLLECTED, after=State.PARTIAL, vanished=3)


def test_the_pdf_tells_changes_those_that_give_more_access_first() -> None:
    result = result_with(LOWERED, MADE, unproven=(PARTIAL,))
    text = pdf_reading.text(AccountPdf().render(result, samples.run(result)))
    told = text[text.index("Changes since the run before") :]
    for said in (
        "From 2026-11-20 02:00:00 UTC (run 20261120T020000Z) to 2026-11-21 02:00:00 UTC: "
        "permission lowered: 1, token made: 1. 3 failures are new, 0 are back again, 1 is resolved.",
        "Token made more access Token Expensify - new 904 Expensify, active not collected",
        "Permission lowered Role Expensify Integration customrole1042 Employees LIST_EMPLOYEE Full View not told; "
        "notes of this role by Marta Quill (id 10) 2026-11-20 15:30:00",
        "Users were not read in full both times (collected before, partial now). 3 rows are seen only before",
        "Classes too low 04b12ee14f2dcbf7 high passed 18 November 2026, 02:00 UTC 2",
        "Changed by and at are from NetSuite's system notes of the role. Not told: somebody",
        "Who changed it and when, where it is not told or not collected: for a role and its permissions, Setup",
    ):
        assert said in told, said
    assert told.index("Token made") < told.index("Permission lowered")


def test_the_workbook_tells_them_in_a_table() -> None:
    result = result_with(LOWERED, MADE, unproven=(PARTIAL,))
    book = load(ChangesWorkbook().render(result, samples.run(result)))
    rows = table_rows(book, "Drift", "Drift")
    assert [list(row.values()) for row in rows] == [
        ["permission lowered", "role", "Expensify Integration", "customrole1042", "Employees", "LIST_EMPLOYEE", "Full",
         "View", "no", "not told; notes of this role by Marta Quill (id 10)",
         "2026-11-20 15:30:00"],
        ["token made", "token", "Expensify - new", "904", None, None, None, "Expensify, active", "yes",
         "not collected", None],
    ]  # fmt: skip
    (row,) = table_rows(book, "Drift", "Resolved")
    assert (row["How"], row["Finding"], row["Nights"]) == ("passed", "04b12ee14f2dcbf7", 2)
    assert any("3 rows are seen only before: they may still be there." in str(text) for text in texts(book, "Drift"))


@pytest.mark.parametrize("told", HOSTILE)
def test_any_text_stays_a_text(told: str) -> None:
    subject = Subject(SubjectKind.ROLE, told, told)
    author = Author(name=told, first=told, last=told)
    change = Change(
        kind=ChangeKind.ROLE_RENAMED, subject=subject, about=told, label=told, before=told, after=told,
        telling=Telling.THIS_CHANGE, authors=(author,),
    )  # fmt: skip
    result = result_with(change, title=told)
    data = ChangesWorkbook().render(result, samples.run(result))
    cells = [cell for row in load(data)["Drift"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    view = drift_view(result, samples.run(result))
    assert len(view.changes) == 1


def test_a_hostile_text_is_escaped_in_the_pdf() -> None:
    told = "<b>bold</b> {{ 7*7 }} \x00 & <img src='file:///etc/passwd'>"
    change = Change(
        kind=ChangeKind.ROLE_RENAMED, subject=Subject(SubjectKind.ROLE, "1", told), before=told, after=told,
        telling=Telling.THIS_CHANGE, authors=(Author(name=told, first="x", last="x"),),
    )  # fmt: skip
    result = result_with(change, title=told)
    text = pdf_reading.text(AccountPdf().render(result, samples.run(result)))
    assert text.count("<b>bold</b> {{ 7*7 }}") >= 4


def test_every_report_says_what_is_told_from_further_back() -> None:
    result = result_with(LOWERED, caught_up=(BACK,))
    said = caught_up_sentence(BACK)
    assert "held against those of 2026-11-17 02:00:00 UTC (run 20261117T020000Z)" in said
    assert said in " ".join(pdf_reading.text(AccountPdf().render(result, samples.run(result))).split())
    book = load(ChangesWorkbook().render(result, samples.run(result)))
    assert said in texts(book, "Drift")
    without = load(ChangesWorkbook().render(result_with(LOWERED), samples.run(result)))
    assert "From further back" not in texts(without, "Drift")


def test_the_json_gives_the_same_result_back() -> None:
    result = result_with(LOWERED, MADE, unproven=(PARTIAL,), caught_up=(BACK,))
    data = FindingsJson().render(result, samples.run(result))
    document = read_findings(data, "findings.json")
    assert result_from(document, result.snapshot, result.baselines) == result


def test_what_is_said_of_authors_is_said_to_its_end_in_the_pdf() -> None:
    result = result_with(LOWERED, MADE)
    text = " ".join(pdf_reading.text(AccountPdf().render(result, samples.run(result))).split())
    assert result.drift
    for said in on_authors(result.drift):
        assert said in text


def test_what_is_left_out_is_said() -> None:
    many = tuple(replace(LOWERED, about=f"LIST_{number}") for number in range(MOST_CHANGES + 5))
    view = drift_view(result_with(*many), samples.run())
    assert (len(view.changes), view.changes_left_out) == (MOST_CHANGES, 5)


def test_each_reason_for_silence_is_said() -> None:
    mixed = samples.mixed_result()
    assert standing(mixed).startswith("No history was kept for this run")
    assert standing(replace(mixed, history_problem="")).startswith("This is the first run of this account")
    assert standing(replace(mixed, history_problem="Locked.")).endswith("nothing is said of changes. Locked.")
    assert standing(result_with()).endswith("no change.")
    assert standing(result_with(unproven=(PARTIAL,))).endswith("but not everything could be compared.")
    whole = Unproven(table=Table.ROLES, before=State.COLLECTED, after=State.COLLECTED, columns=("isinactive",))
    assert unproven_sentence(whole) == "Roles: not compared by isinactive, which one of the two reads lacks."
