"""A production account and its sandbox in one run, through the command line: what differs, and the same in a replay."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.model import Level
from auditor.simulator import Fault
from auditor.simulator.accounts import clean_account
from auditor.simulator.accounts.production import INTEGRATION_ROLE
from tests.cli.test_audit import auditor, only_run, pdf_text, sheets
from tests.cli.test_live import served

OFF = ("--no-probe", "--no-history")


def test_what_differs_is_in_the_run_s_reports_and_a_replay_has_the_same_bytes(tmp_path: Path) -> None:
    production, sandbox = clean_account("1234567"), clean_account("1234567_SB1")
    sandbox.set_level(INTEGRATION_ROLE, "LIST_CLASS", Level.FULL)
    with served(tmp_path, production, sandbox) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs", *OFF)
    assert result.exit_code == 0, result.output
    folder = only_run(tmp_path / "runs")
    (difference,) = json.loads((folder / "run.json").read_bytes())["differences"]
    assert (difference["account"], difference["status"]) == ("1234567_SB1", "fail")
    assert difference["actual"] == "Classes: View in production, Full in the sandbox"
    assert difference["actual"] in " ".join(pdf_text(folder / "summary.pdf").split())
    cells = [cell.value for row in sheets(folder / "summary.xlsx")["Sandbox differences"] for cell in row]
    assert difference["actual"] in cells
    auditor("report", folder, "--out", tmp_path / "again")
    again = only_run(tmp_path / "again")
    for name in ("run.json", "summary.pdf", "summary.xlsx", "index.html"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name
    auditor("rejudge", folder, "--out", tmp_path / "rejudged")
    rejudged = json.loads((only_run(tmp_path / "rejudged") / "run.json").read_bytes())
    assert rejudged["differences"] == [difference]


def test_a_table_that_was_hidden_in_one_account_leaves_it_unknown(tmp_path: Path) -> None:
    production, sandbox = clean_account("1234567"), clean_account("1234567_SB1")
    sandbox.faults.append(Fault.table_vanishes("rolepermissions"))
    with served(tmp_path, production, sandbox) as config:
        auditor("audit", "--config", config, "--out", tmp_path / "runs", *OFF)
    (difference,) = json.loads((only_run(tmp_path / "runs") / "run.json").read_bytes())["differences"]
    assert difference["status"] == "unknown"
    assert "1234567_SB1: The role permissions" in difference["reason"]
