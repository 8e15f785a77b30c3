"""The history as its user meets it: three nights of files, what the reports say, and what happens when it fails."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import Result

from auditor.cli import runs
from auditor.errors import HistoryError
from auditor.history import database, store
from auditor.model import AccountResult
from auditor.reports.findings_json import FindingsJson
from auditor.reports.run_json import RunJson
from auditor.reports.workbook import ChangesWorkbook
from tests.cli.test_audit import FAULTY, ROOT, auditor, files, only_run, sheets
from tests.history.cluster import PASSWORD
from tests.history.conftest import database as database_url  # noqa: F401 - a fixture
from tests.history.conftest import postgres  # noqa: F401 - a fixture

ROLE = "roles/customrole1042.xml"


@pytest.fixture(autouse=True)
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laying out a dozen PDFs takes longer than all the rest; what they say of history is tested with the reports."""
    monkeypatch.setattr(runs, "account_reports", lambda *_: (ChangesWorkbook(), FindingsJson()))
    monkeypatch.setattr(runs, "run_reports", lambda *_: (RunJson(),))


class Nights:
    """A clock of our own: each run begins a day after the one before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
        nights = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                nights._now += timedelta(days=1)
                return nights._now

        monkeypatch.setattr(runs, "datetime", Clock)


@pytest.fixture
def nights(monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(monkeypatch)


@pytest.fixture
def account(tmp_path: Path) -> Path:
    shutil.copytree(FAULTY, tmp_path / "1234567")
    return tmp_path / "1234567"


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def audit(account: Path, out: Path, *options: object) -> tuple[Result, Path]:
    known = set(out.iterdir()) if out.is_dir() else set()
    result = auditor("audit", "--input", account, "--out", out, *options)
    assert result.exit_code in (10, 14), result.output
    (folder,) = set(out.glob("2*Z*")) - known
    return result, folder


def but_for_the_manifest(folder: Path) -> dict[str, bytes]:
    """A run's files without the two that say whether it is a replay."""
    return {name: data for name, data in files(folder).items() if name not in ("manifest.json", "SHA256SUMS")}


def findings(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "accounts" / "1234567" / "findings.json").read_bytes())
    schema = json.loads((ROOT / "docs" / "findings.schema.json").read_bytes())
    Draft202012Validator(schema).validate(document)
    return dict(document)


def run_document(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "run.json").read_bytes())
    Draft202012Validator(json.loads((ROOT / "docs" / "run.schema.json").read_bytes())).validate(document)
    return dict(document)


def test_three_nights(account: Path, tmp_path: Path, nights: Nights) -> None:
    out = tmp_path / "runs"
    one = audit(account, out)[1]
    edit(
        account / ROLE,
        "<permkey>LIST_EMPLOYEE</permkey>\n      <permlevel>VIEW",
        "<permkey>LIST_EMPLOYEE</permkey>\n      <permlevel>FULL",
    )
    edit(account / "access_tokens.csv", "4:40 pm,Nora Lindqvist,No,No,", "4:40 pm,Nora Lindqvist,Yes,Yes,")
    two = audit(account, out)[1]
    (account / "access_tokens.csv").unlink()
    three = audit(account, out)[1]

    first, second, third = map(findings, (one, two, three))
    assert "drift" not in first
    assert first["history_problem"] == ""
    assert second["drift"]["run"] == one.name
    kinds = {change["kind"]: change for change in second["drift"]["changes"]}
    assert set(kinds) == {"permission raised", "token revoked"}
    assert (kinds["permission raised"]["before"], kinds["permission raised"]["after"]) == ("View", "Full")
    assert {each["requirement"] for each in second["resolved"] if each["how"] == "passed"} >= {
        "expensify-integration:LIST_EMPLOYEE"
    }
    seen = {each["id"]: each["seen"] for each in second["findings"] if each["status"] == "fail"}
    assert {each["first"] for each in seen.values()} == {"2026-11-21T02:00:00Z"}
    assert {each["nights"] for each in seen.values()} == {2}
    assert "changes" not in third["drift"]
    assert [each["table"] for each in third["drift"]["unproven"]] == ["access tokens"]
    assert "resolved" not in third

    rows = [[cell.value for cell in row] for row in sheets(two / "accounts" / "1234567" / "changes.xlsx")["Drift"]]
    (row,) = (row for row in rows if row[0] == "permission raised")
    assert row[2:] == [
        "Expensify Integration",
        "customrole1042",
        "Employees",
        "LIST_EMPLOYEE",
        "View",
        "Full",
        "yes",
        "not collected",
        None,
    ]
    assert any(row[0] == "passed" and "expensify-integration:LIST_EMPLOYEE" in row for row in rows)

    trend = run_document(three)["trend"]
    assert [point["run"] for point in trend["points"]] == [each.name for each in (one, two, three)]
    assert trend["points"][0]["opened"] == sum(trend["points"][0]["open"].values())
    assert trend["seconds_to_mend"] == 86_400
    again = auditor("report", two, "--out", tmp_path / "again")
    assert again.exit_code == 10
    assert but_for_the_manifest(only_run(tmp_path / "again")) == but_for_the_manifest(two)
    judged_again = auditor("rejudge", two, "--out", tmp_path / "rejudged")
    assert judged_again.exit_code == 10
    replay = findings(only_run(tmp_path / "rejudged"))
    assert not {"drift", "resolved", "history_problem"} & set(replay)
    assert not any("seen" in each for each in replay["findings"])
    ask(out, one, two, three)


def ask(out: Path, one: Path, two: Path, three: Path) -> None:
    """The commands that ask the history, on the three nights."""
    found = json.loads(auditor("history", "--out", out, "--json").stdout)
    assert [run["run"] for run in found["runs"]] == [one.name, two.name, three.name]
    found = json.loads(auditor("history", "--out", out, "--account", "1234567", "--json").stdout)["findings"]
    mended = next(each for each in found if each["requirement"] == "expensify-integration:LIST_EMPLOYEE"
                  and each["subject"] == "Expensify Integration")  # fmt: skip
    assert mended["state"] == "resolved"
    told = auditor("history", "--out", out, "--finding", mended["id"])
    assert told.exit_code == 0
    for text in (one.name, two.name, "passed", "high, resolved (passed), seen failing in 1 run"):
        assert text in told.stdout
    told = auditor("history", "--out", out, "--account", "1234567")
    assert mended["id"] in told.stdout
    told = auditor("trend", "--out", out)
    assert "█" in told.stdout
    assert "…" not in told.stdout  # nothing is cut off at 80 characters
    assert "Mean time to fix: 24.0 hours" in told.stdout
    assert auditor("trend", "--out", out, "--account", "1234567", "--nights", "1", "--json").stdout.count('"run"') == 1
    for command in (("history", "--account", "9"), ("trend", "--account", "9"), ("history", "--finding", "9")):
        refused = auditor(*command, "--out", out)
        assert refused.exit_code == 2
        assert "9" in refused.stderr
    told = auditor("diff", one, two)
    assert told.exit_code == 10
    assert "permission raised: 1, token revoked: 1" in told.stdout
    assert "not collected" in told.stdout
    assert auditor("diff", one, one).exit_code == 0
    assert auditor("diff", two, three).exit_code == 4
    assert auditor("diff", one, three).exit_code == 14
    snapshots = [each / "accounts" / "1234567" / "snapshot.json" for each in (one, two)]
    told = auditor("diff", *snapshots, "--json")
    assert told.exit_code == 10
    (compared,) = json.loads(told.stdout)["accounts"]
    assert compared["drift"]["counts"] == {"permission raised": 1, "token revoked": 1}
    assert auditor("diff", one, two, "--account", "9").exit_code == 2
    assert auditor("diff", one, out / "nowhere").exit_code == 2


def test_an_account_that_only_one_run_has_is_said(account: Path, tmp_path: Path, nights: Nights) -> None:
    out = tmp_path / "runs"
    one = audit(account, out)[1]
    two = audit(account, out, "--input", ROOT / "examples" / "7654321_SB1")[1]
    told = auditor("diff", one, two)
    assert told.exit_code == 4
    assert "Account 7654321_SB1" in told.stdout
    assert "has no such account that was audited" in told.stdout


def test_a_history_that_fails_fails_no_audit(account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    out = tmp_path / "runs"
    kept = tmp_path / "kept.sqlite"
    audit(account, out, "--history", kept)
    holder = sqlite3.connect(kept, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(runs, "free_name", lambda out, name: f"{name}-locked")
    result, folder = audit(account, out, "--history", kept)
    holder.close()
    assert result.exit_code == 10
    assert result.stderr.count("database is locked") == 1
    assert "database is locked" in findings(folder)["history_problem"]
    assert "database is locked" in run_document(folder)["history_problem"]
    assert "trend" not in run_document(folder)
    note = sheets(folder / "accounts" / "1234567" / "changes.xlsx")["Drift"][1][0].value
    assert "database is locked" in str(note)
    assert auditor("report", folder, "--out", tmp_path / "again").exit_code == 10
    assert but_for_the_manifest(only_run(tmp_path / "again")) == but_for_the_manifest(folder)


def test_a_history_that_goes_away_between_two_accounts(
    account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nights: Nights
) -> None:
    out = tmp_path / "runs"
    two = ("--input", ROOT / "examples" / "7654321_SB1")
    audit(account, out, *two)
    settle = store.RunHistory.settle

    def broken(self: store.RunHistory, result: AccountResult) -> AccountResult:
        if result.account == "1234567":
            return settle(self, result)
        raise HistoryError("The server went away.")

    with monkeypatch.context() as patched:
        patched.setattr(store.RunHistory, "settle", broken)
        result, folder = audit(account, out, *two)
    assert result.stderr.count("The server went away.") == 1
    run = run_document(folder)
    assert (run["audited"], run["exit_code"], run["history_problem"]) == (2, 10, "The server went away.")
    assert findings(folder)["drift"]["until"] == run["started"]  # was settled while the history was there
    other = json.loads((folder / "accounts" / "7654321_SB1" / "findings.json").read_bytes())
    assert (other["history_problem"], "drift" in other) == ("The server went away.", False)
    told = json.loads(auditor("history", "--out", out, "--json").stdout)["runs"]
    assert [each["finished"] for each in told] == [True, False]


def test_a_history_that_fails_at_the_end_does_not_count(
    account: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nights: Nights
) -> None:
    out = tmp_path / "runs"

    def full(*_: object) -> None:
        raise HistoryError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(store, "_reckon", full)
        result, folder = audit(account, out)
    assert result.exit_code == 10
    assert "The disk is full." in result.stderr
    assert folder.is_dir()
    told = json.loads(auditor("history", "--out", out, "--json").stdout)["runs"]
    assert [run["finished"] for run in told] == [False]
    assert "drift" not in findings(audit(account, out)[1])


def test_no_history(account: Path, tmp_path: Path) -> None:
    _, folder = audit(account, tmp_path / "runs", "--no-history")
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {folder.name, "latest", ".lock"}
    assert "history_problem" not in findings(folder)
    assert "history_problem" not in run_document(folder)
    note = sheets(folder / "accounts" / "1234567" / "changes.xlsx")["Drift"][1][0].value
    assert str(note).startswith("No history was kept for this run")
    refused = auditor("audit", "--input", account, "--no-history", "--history", "x")
    assert (refused.exit_code, "either --history or --no-history" in refused.stderr) == (2, True)


def test_a_password_in_the_url_is_refused_before_anything_is_read(account: Path, tmp_path: Path) -> None:
    refused = auditor(
        "audit", "--input", account, "--out", tmp_path / "runs", "--history", "postgresql://a:hunter2@b/c"
    )
    assert refused.exit_code == 2
    assert "hunter2" not in refused.output
    assert not (tmp_path / "runs").exists()


def test_postgresql_by_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, nights: Nights  # noqa: F811
) -> None:  # fmt: skip
    """The live account cannot be reached, which is its failure; the history on PostgreSQL keeps that."""
    monkeypatch.setenv("HISTORY_PASSWORD", PASSWORD)
    config = tmp_path / "accounts.toml"
    config.write_text(
        f'[history]\nurl = "{database_url}"\npassword = "env:HISTORY_PASSWORD"\n'
        '[[account]]\nid = "1234567"\nauth = "tba"\nconsumer_key = "env:NO_KEY"\nconsumer_secret = "env:NO_KEY"\n'
        'token_id = "env:NO_KEY"\ntoken_secret = "env:NO_KEY"\n'
    )
    result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 3, result.output
    assert run_document(only_run(tmp_path / "runs"))["history_problem"] == ""
    told = auditor("history", "--config", config, "--json")
    (run,) = json.loads(told.stdout)["runs"]
    assert (run["verdict"], run["failed"]) == ("not audited", 1)
    everything = told.output + result.output + "".join(map(repr, files(tmp_path / "runs").values()))
    assert PASSWORD not in everything
    assert [path.name for path in (tmp_path / "runs").glob("[!.]*") if not path.is_dir()] == []
