"""What people write beside change requests comes back in the next workbook, wherever it has to stand by then."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import msgspec
import pytest

from auditor.model import Severity, State, Status, Waiver
from auditor.reports.workbook import ChangesWorkbook
from auditor.reports.workbook.carry import SHEETS, read_earlier
from auditor.sources.csv_exports.xlsx import sheets
from tests import samples
from tests.reports.hostile import HOSTILE
from tests.reports.reading import load, table_rows, texts

REPLACE = msgspec.structs.replace
RESULT = samples.mixed_result()
RUN = samples.run(RESULT)
NEXT = REPLACE(RUN, id="20261122T020000Z", started="2026-11-22T02:00:00Z")
REVIEW = {"Owner": "Mia Chen", "Decision": "approved", "Ticket": "IT-77", "Due": date(2026, 12, 1), "Comment": "ok"}
CLASSES = RESULT.findings[1]


def edited(data: bytes, finding: str, review: dict[str, object], sheet: str = "Change requests") -> bytes:
    """The workbook with a reviewer's cells filled in, saved by another program."""
    book = load(data)
    page = book[sheet]
    header = [cell.value for cell in page[4]]
    for row in page.iter_rows(min_row=5):
        if row[header.index("Finding")].value == finding:
            for name, value in review.items():
                row[header.index(name)].value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def carried(data: bytes, account: str = "1234567"):
    read = [(name, [cells for _, cells in grid.rows]) for name, grid in sheets(data, SHEETS)]
    return read_earlier(read, account, "last/changes.xlsx", "ef" * 32)


def next_book(data: bytes, result=RESULT, run=NEXT):
    return ChangesWorkbook().render(REPLACE(result, carried=carried(data)), run)


def without(finding, **changes):
    """Tonight's result, in which *finding* has changed, or is gone if nothing is said of it."""
    kept = tuple(
        REPLACE(each, **changes) if each.id == finding.id else each
        for each in RESULT.findings
        if changes or each.id != finding.id
    )
    return REPLACE(RESULT, findings=kept)


@pytest.fixture(scope="module")
def reviewed():
    return edited(ChangesWorkbook().render(RESULT, RUN), CLASSES.id, REVIEW)


def row_of(book, sheet, table):
    return next(row for row in table_rows(book, sheet, table) if row["Finding"] == CLASSES.id)


def test_the_reviewers_columns_stand_beside_the_same_finding(reviewed):
    book = load(next_book(reviewed))
    row = row_of(book, "Change requests", "ChangeRequests")
    assert {name: row[name] for name in REVIEW} == REVIEW | {"Due": datetime(2026, 12, 1)}  # noqa: DTZ001
    others = [row for row in table_rows(book, "Change requests", "ChangeRequests") if row["Finding"] != CLASSES.id]
    assert {row["Decision"] for row in others} == {"to do"}
    assert texts(book, "Done")[-1] == "No earlier change request was found done."
    assert f"3 change requests of last/changes.xlsx (SHA-256 {'ef' * 32})" in texts(book, "Summary")


def test_carried_a_second_time_nothing_changes(reviewed):
    first = next_book(reviewed)
    assert next_book(first) == first


def test_a_mended_finding_moves_to_done_with_all_that_was_written(reviewed):
    book = load(next_book(reviewed, without(CLASSES, status=Status.PASS, change=None, gap=None)))
    assert CLASSES.id not in [row["Finding"] for row in table_rows(book, "Change requests", "ChangeRequests")]
    row = row_of(book, "Done", "Done")
    assert (row["Found done"], row["Outcome"], row["Permission id"], row["From"], row["To"]) == (
        "2026-11-22",
        "fixed",
        "LIST_CLASS",
        "None",
        "View",
    )
    assert {name: row[name] for name in REVIEW} == REVIEW | {"Due": datetime(2026, 12, 1)}  # noqa: DTZ001


def test_done_stays_done_for_a_year_and_keeps_its_day(reviewed):
    mended = without(CLASSES, status=Status.PASS, change=None)
    done = next_book(reviewed, mended)
    later = REPLACE(NEXT, started="2027-11-22T02:00:00Z")
    assert row_of(load(next_book(done, mended, later)), "Done", "Done")["Found done"] == "2026-11-22"
    too_late = REPLACE(NEXT, started="2028-01-22T02:00:00Z")
    assert texts(load(next_book(done, mended, too_late)), "Done")[-1] == "No earlier change request was found done."


def test_what_is_back_says_so_and_has_its_reviewers_columns_again(reviewed):
    done = next_book(reviewed, without(CLASSES, status=Status.PASS, change=None))
    row = row_of(load(next_book(done)), "Change requests", "ChangeRequests")
    assert row["Why"].endswith("\nIt was done on 2026-11-22, and is back.")
    assert row["Ticket"] == "IT-77"


WAIVER = Waiver(
    account="1234567",
    check="role-levels",
    subject="1",
    requirement="r",
    reason="r",
    owner="Ana",
    ticket="T",
    expires="2027-01-31",
)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (without(CLASSES, status=Status.UNKNOWN, change=None), "could not be judged tonight"),
        (without(CLASSES, waiver=WAIVER), "waived by Ana until 2027-01-31"),
        (without(CLASSES, severity=Severity.INFO), "below the severity that counts (low)"),
        (without(CLASSES, consequence=True), "follows from another finding, which is to be mended first"),
        (
            REPLACE(without(CLASSES), snapshot=samples.snapshot(roles=State.PARTIAL)),
            "not found tonight, and not everything was read",
        ),
    ],
    ids=["unknown", "waived", "noted", "consequence", "partial"],
)
def test_what_nothing_shows_to_be_done_is_on_hold(reviewed, result, outcome):
    book = load(next_book(reviewed, result))
    row = row_of(book, "On hold", "OnHold")
    assert (row["Outcome"], row["Found done"], row["Ticket"]) == (outcome, None, "IT-77")
    assert CLASSES.id not in [row["Finding"] for row in table_rows(book, "Done", "Done")]
    assert CLASSES.id not in [row["Finding"] for row in table_rows(book, "Change requests", "ChangeRequests")]
    again = load(next_book(next_book(reviewed, result)))
    assert row_of(again, "Change requests", "ChangeRequests")["Ticket"] == "IT-77"


def test_a_finding_that_is_gone_from_a_whole_read_is_done(reviewed):
    whole = REPLACE(without(CLASSES), snapshot=samples.snapshot(users=State.COLLECTED))
    assert row_of(load(next_book(reviewed, whole)), "Done", "Done")["Outcome"] == "no longer there"


def test_a_request_that_mends_several_findings_is_done_only_with_the_last_of_them():
    twin = REPLACE(CLASSES, id="f" * 16, baseline="other", severity=Severity.LOW)
    both = REPLACE(RESULT, findings=(*RESULT.findings, twin))
    data = edited(ChangesWorkbook().render(both, RUN), CLASSES.id, REVIEW)
    row = table_rows(load(next_book(data, REPLACE(RESULT, findings=(twin,)))), "Change requests", "ChangeRequests")[0]
    assert (row["Finding"], row["Ticket"]) == (twin.id, "IT-77")


def test_columns_may_be_moved_and_added_and_rows_deleted(reviewed):
    book = load(reviewed)
    page = book["Change requests"]
    del page.tables["ChangeRequests"]
    page.insert_cols(1, 2)
    page.cell(4, 1).value = "Our own"
    page.delete_rows(6)
    out = BytesIO()
    book.save(out)
    row = row_of(load(next_book(out.getvalue())), "Change requests", "ChangeRequests")
    assert (row["Ticket"], row["Account"]) == ("IT-77", "1234567")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_of_a_reviewer_stays_text(text):
    data = ChangesWorkbook().render(REPLACE(RESULT, carried=carried_with(text)), NEXT)
    row = row_of(load(data), "Change requests", "ChangeRequests")
    page = load(data)["Change requests"]
    assert all(cell.data_type in ("s", "d", "n") for line in page.iter_rows(min_row=5) for cell in line)
    assert row["Decision"] == "to do"
    once = next_book(data)
    assert next_book(once) == once


def carried_with(text: str):
    earlier = carried(ChangesWorkbook().render(RESULT, RUN))
    requests = tuple(
        REPLACE(request, review=REPLACE(request.review, owner=text, comment=text, due=text))
        for request in earlier.requests
    )
    return REPLACE(earlier, requests=requests)


def test_another_accounts_workbook_and_one_without_the_sheet_are_refused():
    data = ChangesWorkbook().render(RESULT, RUN)
    assert carried(data, "7654321").problem == "it is of account 1234567"
    assert read_earlier([("Sheet1", [["a"]])], "1", "x", "").problem == "it has no sheet 'Change requests'"
    assert "no row with the headers" in read_earlier([("Change requests", [["a"]])], "1", "x", "").problem
    problem = REPLACE(RESULT, carried=carried(data, "7654321"))
    found = texts(load(ChangesWorkbook().render(problem, NEXT)), "Summary")
    assert any(str(text).startswith("Nothing: last/changes.xlsx could not be used, it is of account") for text in found)
