"""docs/inputs.md says of the exports what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.sources.csv_exports import LAYOUTS, SUFFIXES
from auditor.sources.csv_exports.layout import HEADER_WITHIN, Layout

DOC = (Path(__file__).parents[2] / "docs" / "inputs.md").read_text("utf-8")


def documented(kind: str) -> list[tuple[str, str]]:
    """Headings and need of each column, as the section on *kind* has them."""
    section = re.search(rf"^## {kind}$(.*?)(?=^## )", DOC, re.DOTALL | re.MULTILINE | re.IGNORECASE)
    assert section, kind
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section[1].splitlines()
        if line.startswith("|")
    ]
    return [(headings, needed) for _, headings, needed in rows[2:]]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.kind)
def test_every_heading_that_is_known_is_documented(layout: Layout):
    groups = {field: group for group in layout.needed for field in group}
    expected = []
    for column in layout.columns:
        group = groups.get(column.field, ())
        expected.append((", ".join(column.headings), {0: "", 1: "yes"}.get(len(group), "one of these")))
    assert documented(layout.kind) == expected


def test_what_the_document_says_of_limits_is_so():
    assert f"within the first {HEADER_WITHIN}\n" in DOC
    for suffix in (".xls", ".ods"):
        assert suffix in SUFFIXES
        assert f"`{suffix}`" in DOC


def test_what_is_unconfirmed_is_said():
    for layout in LAYOUTS:
        if layout.unconfirmed:
            section = DOC.split(f"## {layout.kind.capitalize()}\n")[1].split("\n## ")[0]
            assert "unconfirmed" in section
