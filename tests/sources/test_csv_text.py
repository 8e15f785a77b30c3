"""From bytes to cells: every usual dialect reads back, and a text that lost its end says so."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sources.csv_exports.text import decode, parse
from auditor.sources.piece import BrokenFileError

CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=5).filter(any), min_size=1, max_size=8)


@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_every_dialect_reads_back(rows, delimiter, end, quoting, encoding):
    out = io.StringIO(newline="")
    # The writer leaves line breaks unquoted that are not the one it ends lines with.
    quoting = csv.QUOTE_ALL if any("\r" in cell or "\n" in cell for row in rows for cell in row) else quoting
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    text, guess = decode(("x" + delimiter + "y" + end + out.getvalue()).encode(encoding))
    grid = parse(text, delimiter)
    assert guess == ""
    assert grid.problems == []
    assert [cells for _, cells in grid.rows][1:] == [[cell.strip() for cell in row] for row in rows]


def test_lines_are_counted_as_an_editor_counts_them():
    grid = parse('a,b\n"two\nlines",c\n\nd,e\n', ",")
    assert grid.rows == [(1, ["a", "b"]), (2, ["two\nlines", "c"]), (4, []), (5, ["d", "e"])]


def test_a_last_line_without_its_end_is_not_used():
    grid = parse("a,b\nc,d\ne,f", ",")
    assert [cells for _, cells in grid.rows] == [["a", "b"], ["c", "d"]]
    assert "line 3: the last line does not end with a line break" in grid.problems[0]


def test_a_quotation_mark_that_is_never_closed_is_a_problem():
    grid = parse('a,b\nc,"d\ne,f\n', ",")
    assert [cells for _, cells in grid.rows] == [["a", "b"]]
    assert grid.problems == ["line 2: unexpected end of data; nothing from there on was read"]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp1252", "cp1252"), ("shift_jis", "cp932"), ("utf-16-le", "UTF-16-LE"), ("utf-16-be", "UTF-16-BE")],
)
def test_a_guess_is_said(encoding, told):
    words = "経理担当者,山田" if encoding == "shift_jis" else "Büro Köln,Jürgen Groß"
    text = "Name,Role\r\n" + f"{words}\r\n" * 20
    found, guess = decode(text.encode(encoding))
    assert found == text
    assert told in guess
    assert "a guess" in guess


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_text_cut_inside_a_character_shows_that_it_was_cut(text, encoding):
    whole = (text + "é").encode(encoding)
    assert decode(whole[:-1])[0] == text + "\ufffd"


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfea\0\0\xd8b\0c\0", b"\xef\xbb\xbfabc\xff\xffdef", bytes(range(128, 256)) * 20],
    ids=["16", "8", "binary"],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(BrokenFileError):
        decode(data)
