"""``auditor audit --config`` against simulated accounts over real HTTP, also when they go wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from auditor.model import Table
from auditor.simulator import Fault, SimulatedAccount, Simulator
from auditor.simulator.accounts import clean_account, faulty_account
from auditor.simulator.configuration import CONFIGURATION, configuration_files
from tests.cli.test_audit import auditor, files, only_run, pdf_text


@contextmanager
def served(folder: Path, *accounts: SimulatedAccount) -> Iterator[Path]:
    """The configuration of *accounts* while they are served."""
    with Simulator(accounts) as simulator:
        for name, content in configuration_files(simulator).items():
            path = folder / name
            path.write_bytes(content)
            path.chmod(0o600)
        yield folder / CONFIGURATION


def verdicts(folder: Path) -> dict[str, str]:
    run = json.loads((folder / "run.json").read_bytes())
    return {account["account"]: account["verdict"] for account in run["accounts"]}


def findings(folder: Path, account: str) -> list[dict[str, Any]]:
    return json.loads((folder / "accounts" / account / "findings.json").read_bytes())["findings"]


def test_every_role_and_token_is_read_and_the_faults_are_found(tmp_path: Path) -> None:
    with served(tmp_path, clean_account("7654321"), faulty_account("1234567")) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 10, result.output
    folder = only_run(tmp_path / "runs")
    assert verdicts(folder) == {"1234567": "findings", "7654321": "clean"}
    failed = {each["requirement"] for each in findings(folder, "1234567") if each["status"] == "fail"}
    assert "expensify-integration:role" in failed
    assert "expensify-integration:assigned" in failed
    assert "global:expensify-integration:ADMI_WEBSERVICES" in failed
    document = json.loads((folder / "accounts" / "7654321" / "findings.json").read_bytes())
    assert {each["table"]: each["state"] for each in document["coverage"]} == dict.fromkeys(
        (table.value for table in Table), "collected"
    )
    assert any("OAuth 2.0" in text for text in document["not_collected"])
    text = pdf_text(folder / "accounts" / "7654321" / "report.pdf")
    assert "OAuth 2.0" in text
    assert "SELECT" in text


def test_one_refuses_to_sign_in_one_hides_a_table_and_one_is_busy(tmp_path: Path) -> None:
    refusing, hiding, busy = clean_account("1111111"), clean_account("2222222"), clean_account("3333333")
    refusing.faults.append(Fault.sign_in_refused())
    hiding.faults.append(Fault.table_vanishes("rolepermissions"))
    busy.faults.append(Fault.too_many_requests(3, retry_after=0))
    with served(tmp_path, refusing, hiding, busy) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 4, result.output
    folder = only_run(tmp_path / "runs")
    assert verdicts(folder) == {"2222222": "incomplete", "3333333": "clean"}
    levels = [each for each in findings(folder, "2222222") if each["check"] == "role-levels" and "permission" in each]
    assert len(levels) == 18
    assert {each["status"] for each in levels} == {"unknown"}
    page = pdf_text(folder / "summary.pdf")
    assert "3 accounts expected, 2 audited" in page
    assert "1111111" in page
    page = pdf_text(folder / "accounts" / "2222222" / "report.pdf")
    assert "Incomplete" in page
    assert "role permissions" in page
    (failure,) = json.loads((folder / "run.json").read_bytes())["failures"]
    assert failure["account"] == "1111111"
    assert "refused" in failure["cause"]


def test_account_picks(tmp_path: Path) -> None:
    with served(tmp_path, clean_account("1111111"), clean_account("2222222")) as config:
        result = auditor("audit", "--config", config, "--account", "2222222", "--out", tmp_path / "runs")
        assert result.exit_code == 0
        assert verdicts(only_run(tmp_path / "runs")) == {"2222222": "clean"}
        result = auditor("audit", "--config", config, "--account", "3333333", "--out", tmp_path / "runs")
        assert result.exit_code == 2
        assert "3333333" in result.stderr


def test_a_run_is_judged_and_reported_again_without_the_accounts(tmp_path: Path) -> None:
    with served(tmp_path, faulty_account("1234567")) as config:
        first = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    folder = only_run(tmp_path / "runs")
    again = auditor("report", folder, "--out", tmp_path / "again")
    assert again.exit_code == first.exit_code
    same, before = files(only_run(tmp_path / "again")), files(folder)
    told = {name for name in before if same[name] != before[name]}
    assert told == {"manifest.json", "SHA256SUMS"}, "the manifest says that it is a replay"
    assert same.keys() == before.keys()


def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    account = faulty_account("1234567")
    with served(tmp_path, account) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    left = b"".join(files(tmp_path / "runs").values()) + result.output.encode()
    for secret in (
        account.credentials.private_key_pem.splitlines()[1],
        account.credentials.token.token_secret.encode(),
    ):
        assert secret not in left


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[account]]\nid = '1234567-sb1'\n", "1234567"),
        ("[[acount]]\nid = '1234567'\n", "acount"),
        ("not toml", "accounts.toml"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_named(text: str, named: str, tmp_path: Path) -> None:
    config = tmp_path / "accounts.toml"
    config.write_text(text)
    result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 2, result.output
    assert named in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "runs").exists()


def test_input_and_config_exclude_each_other(tmp_path: Path) -> None:
    assert auditor("audit").exit_code == 2
    assert auditor("audit", "--input", tmp_path, "--config", tmp_path / "a.toml").exit_code == 2
    assert auditor("audit", "--input", tmp_path, "--account", "1").exit_code == 2


def test_ctrl_c_ends_cleanly_with_what_was_whole(tmp_path: Path) -> None:
    endless = clean_account("2222222")
    endless.faults.append(Fault.too_many_requests(seconds=3600))
    with served(tmp_path, clean_account("1111111"), endless) as config:
        command = [sys.executable, "-m", "auditor", "audit", "--config", str(config), "--out", str(tmp_path / "runs")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("account 1111111"):
                    break
            time.sleep(0.3)  # the main thread waits for the other account by now
            os.kill(process.pid, signal.SIGINT)
            output, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert process.returncode == 4, output + errors
    folder = only_run(tmp_path / "runs")
    assert verdicts(folder) == {"1111111": "clean"}
    (failure,) = json.loads((folder / "run.json").read_bytes())["failures"]
    assert failure["account"] == "2222222"
    assert "stopped" in failure["cause"]
