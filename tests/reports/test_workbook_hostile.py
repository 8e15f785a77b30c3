"""Text from NetSuite is text in the workbook, whatever it looks like."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model import AccountFailure, Role, RoleDistance
from auditor.reports.text import printable
from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook
from auditor.reports.workbook.cells import MOST_UNITS, cell_text, lines, width
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.reading import load, table_rows

REPLACE = msgspec.structs.replace
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


def parts(data):
    """Every XML part of a workbook, parsed: this fails where one is not well-formed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_stays_text_in_every_cell(text):
    result = hostile_result(text)
    data = ChangesWorkbook().render(result, samples.run(result))
    xml = parts(data)
    assert [name for name, part in xml.items() if part.findall(".//{*}f")] == []
    book = load(data)
    shown = cell_text(text)
    identity = result.findings[0].id
    (row,) = (row for row in table_rows(book, "Findings", "Findings") if row["Finding"] == identity)
    assert {unescaped(row[name]) for name in ("Name", "Title", "Expected", "Actual", "Reason", "Permission")} == {shown}
    assert unescaped(table_rows(book, "Tokens", "Tokens")[0]["User"]) == shown
    assert unescaped(table_rows(book, "Roles", "Roles")[0]["Role"]) == shown
    for page in book:
        for row in page.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
            for cell in row:
                assert cell.hyperlink is None or cell.hyperlink.location, cell.coordinate  # none leads outside
    assert "http" not in {link.get("Target", "")[:4] for name in xml if ".rels" in name for link in xml[name]}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_stays_text_in_the_summary(text):
    result = hostile_result(text)
    failure = AccountFailure(account=text + "2", cause=text, remedy=text)
    run = samples.run(result, failures=(failure,))
    data = SummaryWorkbook().render(run)
    assert [name for name, part in parts(data).items() if part.findall(".//{*}f")] == []
    (row,) = table_rows(load(data), "Failures", "Failures")
    assert unescaped(row["Cause"]) == cell_text(text)


def unescaped(value):
    """openpyxl leaves the escape of an escape as it stands; Excel and LibreOffice show the text itself."""
    return value.replace("_x005F_", "_") if isinstance(value, str) else value


@settings(max_examples=25, deadline=None)
@given(ANY_TEXT)
def test_any_text_makes_a_workbook_whose_xml_is_well_formed(text):
    result = hostile_result(text)
    assert parts(ChangesWorkbook().render(result, samples.run(result)))


def test_roles_of_one_name_have_columns_and_rows_of_their_own():
    names = ("Twin", "Twin", "twin", "[Twin]", "=Twin", "Twin\x00")
    roles = tuple(Role(key=str(number), id=str(number), name=name) for number, name in enumerate(names))
    base = samples.mixed_result()
    distances = tuple(
        RoleDistance(
            role=role.key,
            role_name=role.name,
            role_id=role.key,
            inactive=False,
            baseline="expensify-integration",
            met=0,
            undecided=0,
            asked=8,
            permission_rows=0,
            judged=False,
        )
        for role in roles
    )
    result = REPLACE(base, snapshot=REPLACE(base.snapshot, roles=roles), findings=(), distances=distances)
    book = load(ChangesWorkbook().render(result, samples.run(result)))
    header = [cell.value for cell in book["Matrix"][5][5:11]]
    assert sorted(header) == ["=Twin", "Twin (0)", "Twin (1)", "Twin\u2400", "[Twin]", "twin (2)"]
    page = book["Roles"]
    links = [page.cell(row, 1).hyperlink.location for row in range(5, 11)]
    assert len(set(links)) == 6
    for row, link in enumerate(links, 5):
        assert page.cell(row, 1).value in book["Matrix"][link.partition("!")[2]].value


@pytest.mark.parametrize("text", ["plain", "x" * MOST_UNITS, "a\nb", "", "😀" * (MOST_UNITS // 2)])
def test_a_text_that_fits_is_whole(text):
    assert cell_text(text) == printable(text) == text


@pytest.mark.parametrize("text", ["x" * (MOST_UNITS + 1), "😀" * 16_384, "a" + "😀" * 20_000, "x" * 1_000_000])
def test_a_text_that_is_too_long_is_cut_and_says_so(text):
    shown = cell_text(text)
    assert len(shown.encode("utf-16-le")) // 2 <= MOST_UNITS
    kept, _, mark = shown.partition(" … ")
    assert mark == f"[cut: {len(text):,} characters in all; findings.json has them]"
    assert text.startswith(kept)
    assert len(kept.encode("utf-16-le")) // 2 > MOST_UNITS - 100


@given(ANY_TEXT)
def test_a_cell_holds_what_is_printable_and_no_markup(text):
    shown = cell_text(text)
    assert shown.rstrip(" ") == printable(text).rstrip(" ")
    shown.encode("utf-8")
    marked = cell_text(f"<r>{text}</r>")
    assert not (marked.startswith("<r>") and marked.endswith("</r>"))


def test_wide_characters_count_twice_and_marks_not_at_all():
    assert width("abc") == 3
    assert width("会計") == 4
    assert width("e\u0301") == 1
    assert width("a\nabcd\nab") == 4
    assert width("会\nabc") == 3


def test_lines_are_counted_by_width():
    assert lines("short", 20) == 1
    assert lines("a\nb\nc", 20) == 3
    assert lines("x" * 100, 22) == 5
    assert lines("会" * 50, 22) == 5
    assert lines("", 5) == 1
