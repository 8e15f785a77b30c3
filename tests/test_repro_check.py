"""The check that reports are the same bytes sees what is not."""

from __future__ import annotations

from auditor.model import Format
from tests.repro_check import FORMATS, differing


def test_a_file_that_differs_or_is_missing_is_named():
    before = {"a": "1", "b": "2", "c": "3"}
    assert differing(before, before) == []
    assert differing(before, {"a": "1", "b": "9", "d": "4"}) == ["b", "c", "d"]


def test_it_looks_at_every_format():
    beside = set(Format) - {Format.PDF_ARCHIVE}  # it would stand in the place of the usual PDF
    assert set(FORMATS) == {f"--format={each.value}" for each in beside}
