"""The examples in the documentation are files that the program could have written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(r"```json\n(.*?)```", (DOCS / "findings-json.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(("example", "schema"), list(zip(EXAMPLES, ("findings", "run"), strict=True)))
def test_the_example_is_held_to_its_schema(example, schema):
    whole = example.replace('"sha256":"…"', f'"sha256":"{"ab" * 32}"')
    Draft202012Validator(json.loads((DOCS / f"{schema}.schema.json").read_text(encoding="utf-8"))).validate(
        json.loads(whole)
    )


def test_the_tables_of_the_workbooks_are_all_documented():
    from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook
    from tests import samples
    from tests.reports.reading import load

    text = (DOCS / "workbook.md").read_text(encoding="utf-8")
    run = samples.run(samples.mixed_result())
    for data in (ChangesWorkbook().render(samples.mixed_result(), run), SummaryWorkbook().render(run)):
        for page in load(data):
            assert f"| {page.title} |" in text
            for table in page.tables:
                assert f"`{table}`" in text
