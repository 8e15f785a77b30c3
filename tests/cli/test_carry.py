"""The reviewer's columns go from run to run through the command line, and replays keep them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from tests.reports.reading import load, table_rows
from tests.reports.test_workbook_carry import REVIEW, edited

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "1234567"


def audit(out: Path, *options: str):
    return CliRunner().invoke(app, ["audit", "--input", f"1234567={EXAMPLE}", "--out", str(out), *options])


def workbook(out: Path) -> Path:
    return max(out.glob("2*/accounts/1234567/changes.xlsx"), key=lambda path: (len(path.parts[-4]), path))


def review_first(path: Path) -> str:
    data = path.read_bytes()
    finding = table_rows(load(data), "Change requests", "ChangeRequests")[0]["Finding"]
    path.write_bytes(edited(data, finding, REVIEW))
    return str(finding)


@pytest.fixture
def out(tmp_path):
    audit(tmp_path / "runs")
    return tmp_path / "runs"


def ticket_of(path: Path, finding: str) -> object:
    rows = table_rows(load(path.read_bytes()), "Change requests", "ChangeRequests")
    return next(row["Ticket"] for row in rows if row["Finding"] == finding)


def test_the_last_runs_workbook_is_carried_by_itself_and_replays_are_passed_over(out):
    first = workbook(out)
    finding = review_first(first)
    replay = CliRunner().invoke(app, ["rejudge", str(first.parents[2]), "--unverified", "--out", str(out)])
    assert replay.exit_code == 10, replay.output
    assert ticket_of(workbook(out), finding) is None, "a replay reports what its run knew"
    assert audit(out).exit_code == 10
    assert ticket_of(workbook(out), finding) == "IT-77"
    same = CliRunner().invoke(app, ["report", str(workbook(out).parents[2]), "--out", str(out.parent / "again")])
    assert same.exit_code == 10, same.output
    assert workbook(out.parent / "again").read_bytes() == workbook(out).read_bytes()


def test_a_named_workbook_or_folder_wins(out, tmp_path):
    mine = tmp_path / "mine" / "1234567.xlsx"
    mine.parent.mkdir()
    shutil.copy(workbook(out), mine)
    finding = review_first(mine)
    assert audit(tmp_path / "other", "--carry", str(mine)).exit_code == 10
    assert ticket_of(workbook(tmp_path / "other"), finding) == "IT-77"
    assert audit(tmp_path / "third", "--carry", str(mine.parent)).exit_code == 10
    assert ticket_of(workbook(tmp_path / "third"), finding) == "IT-77"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file or folder"),
        (b"Account,Finding\n", "it is a damaged workbook or ZIP archive"),
    ],
)
def test_a_named_workbook_that_cannot_be_used_ends_the_command_before_anything_is_read(tmp_path, content, message):
    given = tmp_path / "given.xlsx"
    if content is not None:
        given.write_bytes(content)
    ended = audit(tmp_path / "runs", "--carry", str(given))
    assert ended.exit_code == 2
    assert f"auditor: --carry {given}: {message}" in ended.stderr
    assert not list((tmp_path / "runs").glob("2*"))


def test_a_last_workbook_that_cannot_be_used_is_told_and_the_audit_goes_on(out):
    workbook(out).write_bytes(b"PK\x03\x04 cut")
    ended = audit(out)
    assert ended.exit_code == 10
    assert "no reviewer's columns are carried over" in ended.stderr
