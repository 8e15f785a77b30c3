"""The pages on the formats for machines are true: their examples are what the program writes today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.reports.findings_csv import COLUMNS
from tests.reports.examples import EXAMPLES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_what_the_program_writes(name):
    blocks = re.findall(r"```\w+\n(.*?)```", (DOCS / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks[-1] == EXAMPLES[name](), "see python -m tests.reports.examples"


def test_every_column_of_the_csv_is_explained():
    rows = re.findall(r"^\| (`.*?) \|", (DOCS / "findings-csv.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for row in rows[2:] for name in re.findall(r"`(\w+)`", row)] == list(COLUMNS)


def test_every_address_that_the_page_documents_is_one_that_its_script_reads():
    script = (DOCS.parent / "reports" / "templates" / "index.js").read_text(encoding="utf-8")
    keys = re.findall(r"^\| `(\w+)` \|", (DOCS / "index-html.md").read_text(encoding="utf-8"), re.MULTILINE)
    (default,) = re.findall(r"function fresh\(\) \{\n  return \{ (.*?) \};", script)
    assert set(keys) == {each.split(":")[0].split()[0] for each in re.findall(r"\w+: ", default)} - {"direction"}
