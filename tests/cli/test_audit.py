"""The commands as their user meets them: exit codes, messages, and what lies in the run folder."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pypdf
import pytest
from openpyxl.cell import Cell
from typer.testing import CliRunner, Result

from auditor.cli.app import app

ROOT = Path(__file__).parents[2]
FAULTY = ROOT / "examples" / "1234567"
CLEAN = ROOT / "examples" / "7654321_SB1"


def auditor(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def only_run(out: Path) -> Path:
    (folder,) = out.glob("2*Z*")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages)


def sheets(path: Path) -> dict[str, list[list[Cell]]]:
    """Every sheet's cells. openpyxl warns of the level colours' extension, which it does not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


def role_xml(name: str, rows: Sequence[tuple[str, str]] = (("LIST_ACCOUNT", "FULL"),)) -> str:
    permissions = "".join(
        f"<permission><permkey>{key}</permkey><permlevel>{level}</permlevel></permission>" for key, level in rows
    )
    return f'<role scriptid="customrole1"><name>{name}</name><permissions>{permissions}</permissions></role>'


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("runs")
    result = auditor("audit", "--input", FAULTY, "--input", CLEAN, "--out", out)
    return result, only_run(out)


def test_the_example_accounts_are_audited_with_their_faults(audited: tuple[Result, Path]) -> None:
    result, folder = audited
    assert result.exit_code == 10, result.output
    assert "2 expected, 2 audited" in result.stdout
    assert str(folder) in result.stdout.replace("\n", "")
    run = json.loads((folder / "run.json").read_bytes())
    verdicts = {account["account"]: account["verdict"] for account in run["accounts"]}
    assert verdicts == {"1234567": "findings", "7654321_SB1": "clean"}
    assert run["exit_code"] == 10
    assert set(files(folder)) == {
        "SHA256SUMS",
        "baselines/expensify-integration.yaml",
        "findings.csv",
        "index.html",
        "manifest.json",
        "run.json",
        "summary.pdf",
        "summary.xlsx",
        *(
            f"accounts/{account}/{name}"
            for account in verdicts
            for name in (
                *("changes.xlsx", "changes-jira.csv", "changes-servicenow.csv"),
                *("findings.csv", "findings.json", "report.pdf", "snapshot.json"),
            )
        ),
    }


def test_a_missing_level_is_flagged_in_pdf_workbook_and_json(audited: tuple[Result, Path]) -> None:
    account = audited[1] / "accounts" / "1234567"
    findings = json.loads((account / "findings.json").read_bytes())["findings"]
    (finding,) = (
        each
        for each in findings
        if each["subject"]["name"] == "Expensify Integration" and each.get("permission") == "LIST_CLASS"
    )
    assert (finding["status"], finding["gap"], finding["expected_level"]) == ("fail", "missing", "View")
    assert "NS0384" in finding["codes"]
    text = pdf_text(account / "report.pdf")
    assert "Classes" in text
    assert "NS0384" in text
    rows = [[cell.value for cell in row] for row in sheets(account / "changes.xlsx")["Change requests"]]
    (row,) = (row for row in rows if "LIST_CLASS" in row)
    assert finding["id"] in row
    assert "View" in row


def test_no_change_is_asked_of_a_role_that_a_token_is_on_by_mistake(audited: tuple[Result, Path]) -> None:
    findings = json.loads((audited[1] / "accounts" / "1234567" / "findings.json").read_bytes())["findings"]
    changed = {each["change"]["role_name"] for each in findings if "change" in each}
    assert changed == {"Expensify Integration"}
    assert any("A/P Clerk" in each["title"] and each["requirement"].endswith(":role") for each in findings)


def test_report_writes_the_same_bytes_again(audited: tuple[Result, Path], tmp_path: Path) -> None:
    result, folder = audited
    again = auditor("report", folder, "--out", tmp_path)
    assert again.exit_code == result.exit_code
    before, after = files(folder), files(only_run(tmp_path))
    differs = {name for name in before | after if before.get(name) != after.get(name)}
    assert differs == {"manifest.json", "SHA256SUMS"}
    assert json.loads(before["manifest.json"])["replay"] is None
    replay = json.loads(after["manifest.json"])["replay"]
    seal = hashlib.sha256(before["SHA256SUMS"]).hexdigest()
    assert replay == {
        "command": "report",
        "run": folder.name,
        "folder": folder.name,
        "seal_sha256": seal,
        "verified": True,
    }


def test_rejudge_needs_no_inputs_and_says_that_it_is_a_replay(audited: tuple[Result, Path], tmp_path: Path) -> None:
    folder = audited[1]
    result = auditor("rejudge", folder, "--baseline", "expensify-integration-classic", "--out", tmp_path)
    assert result.exit_code in (10, 14), result.output
    replay = only_run(tmp_path)
    run = json.loads((replay / "run.json").read_bytes())
    assert run["replay_of"] == folder.name
    assert list((replay / "baselines").iterdir()) == [replay / "baselines" / "expensify-integration-classic.yaml"]
    assert folder.name in pdf_text(replay / "accounts" / "1234567" / "report.pdf")
    same = auditor("rejudge", folder, "--out", tmp_path / "same")
    assert same.exit_code == audited[0].exit_code
    for account in ("1234567", "7654321_SB1"):
        name = f"accounts/{account}/findings.json"
        before, after = (json.loads(files(each)[name]) for each in (folder, only_run(tmp_path / "same")))
        for finding in before["findings"]:
            finding.pop("seen", None)  # what history said then is not said again
        assert before["findings"] == after["findings"]


def test_json_prints_run_json_and_nothing_else(tmp_path: Path) -> None:
    result = auditor("audit", "--input", CLEAN, "--out", tmp_path, "--json")
    assert result.exit_code == 0
    assert result.stdout.encode() == (only_run(tmp_path) / "run.json").read_bytes()


def test_fail_on_decides_what_counts(tmp_path: Path) -> None:
    assert auditor("audit", "--input", FAULTY, "--out", tmp_path, "--fail-on", "critical").exit_code == 0


def test_one_bad_account_does_not_hide_the_other(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = auditor("audit", "--input", CLEAN, "--input", empty, "--out", tmp_path / "runs")
    assert result.exit_code == 4
    folder = only_run(tmp_path / "runs")
    assert [path.name for path in (folder / "accounts").iterdir()] == ["7654321_SB1"]
    text = pdf_text(folder / "summary.pdf")
    assert "2 accounts expected, 1 audited" in text
    assert "empty" in text


BAD_INPUT = {
    "no such file": (lambda at: at / "nowhere", 3, "nowhere"),
    "empty folder": (lambda at: at / "empty", 3, "empty"),
    "not XML": (lambda at: at / "not-xml", 3, "role.xml"),
    "entity bomb": (lambda at: at / "bomb", 3, "bomb.xml"),
    "CSV without a needed column": (lambda at: at / "csv", 3, "Level"),
}


@pytest.fixture
def bad_inputs(tmp_path: Path) -> Path:
    at = tmp_path / "in"
    for name in ("empty", "not-xml", "bomb", "csv"):
        (at / name).mkdir(parents=True)
    (at / "not-xml" / "role.xml").write_text("<role scriptid='x'><name>cut")
    (at / "bomb" / "bomb.xml").write_text(
        '<!DOCTYPE role [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><role scriptid="x"><name>&b;</name></role>'
    )
    (at / "csv" / "permissions.csv").write_text("Name,Permission\nClerk,Accounts\n")
    return at


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_gives_one_clear_message(case: str, bad_inputs: Path, tmp_path: Path) -> None:
    path, code, named = BAD_INPUT[case]
    result = auditor("audit", "--input", path(bad_inputs), "--out", tmp_path / "runs")
    assert result.exit_code == code, result.output
    assert named in result.stderr
    assert "Traceback" not in result.output
    folder = only_run(tmp_path / "runs")
    assert json.loads((folder / "run.json").read_bytes())["verdict"] == "not audited"


def test_a_broken_file_among_good_ones_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    account = tmp_path / "1234567"
    shutil.copytree(FAULTY, account)
    (account / "roles" / "broken.xml").write_text("<role scriptid='x'>\n<name>cut")
    result = auditor("audit", "--input", account, "--out", tmp_path / "runs")
    assert result.exit_code == 14, result.output
    text = pdf_text(only_run(tmp_path / "runs") / "accounts" / "1234567" / "report.pdf")
    assert "broken.xml" in text
    assert "line 2" in text


def test_usage_errors_are_exit_code_2_and_leave_nothing(tmp_path: Path) -> None:
    out = tmp_path / "runs"
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: bad\nrequirements:\n  - {permission: LIST_ACCOUNT, label: Accounts, level: Fulll}\n")
    for arguments, named in (
        (("--baseline", bad), "bad.yaml:3"),
        (("--baseline", "expensify"), "expensify-integration"),
        (("--assume", "oneworld"), "oneworld"),
        (("--input", f"7654321_SB1={FAULTY}"), "7654321_SB1"),
    ):
        result = auditor("audit", "--input", CLEAN, "--out", out, *arguments)
        assert result.exit_code == 2, result.output
        assert named in result.stderr
        assert "Traceback" not in result.output
        assert not out.exists() or not list(out.iterdir())


def test_an_output_folder_that_cannot_be_written_is_named_before_anything_is_read(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    result = auditor("audit", "--input", CLEAN, "--out", blocked)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert blocked.read_text() == ""


@pytest.mark.parametrize("command", ["report", "rejudge"])
def test_replays_of_what_is_no_run_folder_are_refused(command: str, tmp_path: Path) -> None:
    result = auditor(command, tmp_path / "nowhere", "--out", tmp_path / "runs")
    assert (result.exit_code, "Traceback" in result.output) == (2, False)
    assert "nowhere" in result.stderr
    (tmp_path / "empty").mkdir()
    result = auditor(command, tmp_path / "empty", "--out", tmp_path / "runs")
    assert result.exit_code == 2
    assert "run.json" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_a_hostile_role_name_goes_through_every_report_as_text(tmp_path: Path) -> None:
    account = tmp_path / "hostile"
    account.mkdir()
    (account / "role.xml").write_text(role_xml("=HYPERLINK(&quot;file:///etc/passwd&quot;)&lt;b&gt;{{ 7*7 }}&#13;"))
    name = '=HYPERLINK("file:///etc/passwd")<b>{{ 7*7 }}'
    result = auditor("audit", "--input", account, "--role", "customrole1", "--out", tmp_path / "runs")
    assert result.exit_code == 14, result.output
    at = only_run(tmp_path / "runs") / "accounts" / "hostile"
    assert name in "".join(pdf_text(at / "report.pdf").split("\n")).replace("  ", " ")
    cells = [cell for rows in sheets(at / "changes.xlsx").values() for row in rows for cell in row if cell.value]
    assert any(str(cell.value).startswith(name) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells if str(cell.value).startswith('=HYPERLINK("file'))


def test_help_shows_an_example_for_each_command() -> None:
    for command in ((), ("audit",), ("report",), ("rejudge",), ("baselines", "list"), ("baselines", "lint")):
        result = auditor(*command, "--help")
        assert result.exit_code == 0
        assert "auditor " in result.stdout
        assert "Example" in result.stdout, command
