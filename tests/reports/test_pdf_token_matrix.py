"""Requirement by token in report.pdf, read back: pictures of levels, header cells, order, bounds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.model import Level, LevelSource, Status, TokenLevel
from auditor.reports.pdf import AccountPdf
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.token_matrix import MOST_COLUMNS, token_matrix
from auditor.reports.pdf.typeset import Typesetter
from tests import samples
from tests.reports import pdf_reading as read

KNOWN_STATUS = {True: Status.PASS, False: Status.FAIL}


def level(row, held):
    permission, label, subtab, asked = row
    return TokenLevel(
        permission=permission,
        label=label,
        subtab=subtab,
        asked=asked,
        held=held,
        source=None if held is None else LevelSource.ROLE,
        status=Status.UNKNOWN if held is None else KNOWN_STATUS[held >= asked],
    )


def token(key, *held, status=Status.FAIL, **changes):
    """A token that has *held* of the baseline's first rows."""
    rows = zip(samples.ROWS, held, strict=False)
    levels = tuple(level(row, each) for row, each in rows)
    first = samples.mixed_result().tokens[0]
    return replace(first, token=key, name=f"Token {key}", status=status, levels=levels, **changes)


def result_of(*tokens):
    return replace(samples.mixed_result(), tokens=tokens)


def rendered(*tokens):
    result = result_of(*tokens)
    return AccountPdf().render(result, samples.run(result))


WORSE = token("902", Level.NONE, Level.CREATE, None)
NEARLY = token("901", Level.FULL, Level.NONE, Level.EDIT, Level.FULL, state="inactive")
GOOD = token("903", Level.FULL, Level.VIEW, Level.FULL, Level.FULL, status=Status.PASS)


@pytest.fixture(scope="module")
def pdf():
    return rendered(GOOD, NEARLY, WORSE)


def test_a_level_is_a_picture_and_a_word_and_says_whether_it_is_as_asked(pdf, tmp_path):
    said = read.spoken(pdf, tmp_path)
    # NEARLY lacks two levels, WORSE one: the token with most that is wrong stands first.
    assert "Permission Asked Token 901 901 inactive Token 902 902 Token 903 903" in said
    for row in (
        "Accounts Lists ■■■■ Full ■■■■ ✔ Full □□□□ ✘ None ■■■■ ✔ Full",
        "Classes Lists ■□□□ View □□□□ ✘ None ■■□□ ✔ Create ■□□□ ✔ View",
        "Departments Lists ■■■■ Full ■■■□ ✘ Edit ? not known ■■■■ ✔ Full",
        "Employees Lists ■■■■ Full ■■■■ ✔ Full ■■■■ ✔ Full",  # nothing for the token that it is not asked of
    ):
        assert row in said, row
    assert "□□□□ None · ■□□□ View · ■■□□ Create · ■■■□ Edit · ■■■■ Full" in said


def test_every_cell_names_its_permission_and_its_token(pdf):
    headings = {str(tag["/ID"]) for tag in read.tags(pdf) if tag["/S"] == "/TH"}
    tables = [tag for tag in read.tags(pdf) if tag["/S"] == "/Table"]
    widths = []
    for table in tables:
        rows = [[cell for cell in row["/K"] if cell["/S"] == "/TD"] for row in _rows(table)]
        widths.append([len(row) for row in rows if row])
        for row in rows:
            assert all({str(each) for each in cell["/A"]["/Headers"]} <= headings for cell in row)
            if widths[-1] == [4, 4, 4, 4]:
                assert all(len(cell["/A"]["/Headers"]) == 2 for cell in row)
    assert [4, 4, 4, 4] in widths


def _rows(element):
    for each in element["/K"]:
        child = each.get_object()
        if isinstance(child, dict) and child.get("/S") == "/TR":
            yield {**child, "/K": [cell.get_object() for cell in child["/K"]]}
        elif isinstance(child, dict) and "/K" in child:
            yield from _rows(child)


def test_the_squares_are_drawn_with_the_fonts_that_the_file_bears(pdf):
    assert {name for _, name in read.fonts(pdf)} == {
        "Auditor Sans Regular",
        "Auditor Sans Bold",
        "Auditor Mono Regular",
    }


def test_more_tokens_than_fit_across_go_into_further_parts_up_to_the_bound():
    few, left_out = token_matrix(result_of(*(token(str(900 + number), Level.VIEW) for number in range(11))))
    assert [(len(part.tokens), part.continued) for part in few] == [(6, False), (5, True)]
    assert left_out == 0
    many = [token(str(900 + number), Level.FULL, status=Status.PASS) for number in range(MOST_COLUMNS + 6)]
    parts, left_out = token_matrix(result_of(*many, WORSE))
    assert parts[0].tokens[0].name == "Token 902"
    assert sum(len(part.tokens) for part in parts) == MOST_COLUMNS
    assert left_out == 7
    result = result_of(*many, WORSE)
    html = Typesetter().html("report.html.j2", account_view(result, samples.run(result)))
    assert "7 more tokens with fewer failures have no column here" in html


def test_each_baseline_has_its_own_part_and_its_rows_in_its_own_order():
    turned = replace(WORSE, levels=WORSE.levels[::-1])
    own = replace(GOOD, baseline="own-rules", token="904", name="Another application")
    parts, _ = token_matrix(result_of(own, turned))
    assert [part.baseline for part in parts] == ["Expensify Integration role 2026.11", "own-rules"]
    assert [row.what for row in parts[0].rows] == ["Accounts", "Classes", "Departments"]


def test_without_levels_there_is_no_such_part():
    assert token_matrix(samples.mixed_result()) == ((), 0)
    assert "Requirement by token" not in read.text(rendered(replace(GOOD, levels=())))
