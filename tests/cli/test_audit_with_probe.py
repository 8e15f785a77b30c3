"""The integration's own token, tried within ``auditor audit``: beside the tables, and never in their way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.planning import Wanted, plan_accounts
from auditor.model import Level, ProbeOutcome
from auditor.probe import QUERIES
from auditor.simulator import Fault, SimulatedAccount
from auditor.simulator.accounts import clean_account
from auditor.simulator.accounts.production import INTEGRATION_ROLE
from auditor.simulator.faults import Endpoint
from tests.cli.test_audit import auditor, only_run, pdf_text, sheets
from tests.cli.test_live import served, verdicts

SAYS_NO = "The table says View, NetSuite says no: the integration may not read Location"


def over_soap(fault: Fault) -> Fault:
    fault.endpoint = Endpoint.SOAP
    return fault


def probed(folder: Path, account: str) -> list[dict[str, Any]]:
    findings = json.loads((folder / "accounts" / account / "findings.json").read_bytes())["findings"]
    return [
        {key: value for key, value in each.items() if key != "seen"} for each in findings if each["check"] == "probe"
    ]


def soap_requests(account: SimulatedAccount) -> int:
    return sum(each.path.startswith("/services/NetSuitePort") for each in account.requests)


def text_of(report: Path) -> str:
    return " ".join(pdf_text(report).split())


def test_what_netsuite_says_stands_beside_what_the_tables_say_in_every_report(tmp_path: Path) -> None:
    account = clean_account("1111111")
    account.faults.append(Fault.record_refused("Location"))
    account.set_level(INTEGRATION_ROLE, "LIST_CLASS", Level.NONE)
    with served(tmp_path, account) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 10, result.output
    folder = only_run(tmp_path / "runs")
    by_record = {each["requirement"].partition(":")[2]: each for each in probed(folder, "1111111")}
    assert list(by_record) == [query.record for query in QUERIES]
    assert Counter(each["status"] for each in by_record.values()) == {"pass": 12, "fail": 2}
    assert by_record["Vendor"]["actual"] == "allowed, 1 record; the tables say Full"
    assert by_record["Classification"]["actual"] == "refused; the tables say None"
    assert by_record["Classification"]["consequence"]
    assert (by_record["Location"]["title"], by_record["Location"]["actual"]) == (
        SAYS_NO,
        "refused; the tables say View",
    )
    at = folder / "accounts" / "1111111"
    text = text_of(at / "report.pdf")
    assert SAYS_NO in text
    assert "refused; the tables say View" in text
    assert "You need the 'Lists -> Locations' permission" in text
    rows = [[cell.value for cell in row] for row in sheets(at / "changes.xlsx")["Findings"]]
    (row,) = (row for row in rows if SAYS_NO in row)
    assert "refused; the tables say View" in row
    auditor("rejudge", folder, "--out", tmp_path / "rejudged")
    assert probed(only_run(tmp_path / "rejudged"), "1111111") == probed(folder, "1111111")


def test_a_token_that_cannot_be_tried_is_told_and_the_audit_goes_on(tmp_path: Path) -> None:
    refused = clean_account("1111111")
    refused.faults.append(over_soap(Fault.sign_in_refused()))
    with served(tmp_path, refused, clean_account("2222222")) as config:
        (tmp_path / "2222222.probe.token_secret").unlink()
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 4, result.output
    folder = only_run(tmp_path / "runs")
    assert verdicts(folder) == {"1111111": "incomplete", "2222222": "incomplete"}
    for account, why, remedy in (
        ("1111111", "NetSuite does not let the integration's token into account 1111111", "Login Audit Trail"),
        ("2222222", "2222222.probe.token_secret cannot be read: No such file or directory", "Check the path"),
    ):
        unknown = probed(folder, account)
        assert [each["status"] for each in unknown] == ["unknown"] * 14
        assert {each["reason"] for each in unknown if why in each["reason"]} == {unknown[0]["reason"]}
        assert unknown[0]["reason"].startswith("The integration's own token could not be tried: ")
        assert remedy in unknown[0]["remedy"][0]
        text = text_of(folder / "accounts" / account / "report.pdf")
        assert "The integration's own token could not be tried" in text
        assert remedy in text.partition("Access tokens at a glance")[0], "the first page says what to do"
        book = sheets(folder / "accounts" / account / "changes.xlsx")
        assert any(why in str(cell.value) for row in book["Findings"] for cell in row)
        assert f"account {account}: the integration's own token could not be tried: " in result.stderr
    assert soap_requests(refused) == 1, "a refused token is not tried again: NetSuite would lock it"


def test_no_probe_leaves_the_token_untried(tmp_path: Path) -> None:
    account = clean_account("1111111")
    with served(tmp_path, account) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs", "--no-probe")
    assert (result.exit_code, soap_requests(account)) == (0, 0)
    assert probed(only_run(tmp_path / "runs"), "1111111") == []


@pytest.mark.parametrize("by_option", [True, False])
def test_switching_the_check_off_leaves_the_token_untried_too(tmp_path: Path, by_option: bool) -> None:
    account = clean_account("1111111")
    with served(tmp_path, account) as config:
        if not by_option:
            config.write_text(config.read_text() + '\n[checks]\noff = ["probe"]\n')
        extra = ("--skip-check", "probe") if by_option else ()
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs", *extra)
    assert (result.exit_code, soap_requests(account)) == (0, 0), result.output
    assert probed(only_run(tmp_path / "runs"), "1111111") == []


def test_an_account_that_cannot_be_read_is_not_probed(tmp_path: Path) -> None:
    account = clean_account("1111111")
    account.faults.append(Fault.sign_in_refused())
    with served(tmp_path, account) as config:
        assert auditor("audit", "--config", config, "--out", tmp_path / "runs").exit_code == 3
    assert soap_requests(account) == 0


def test_one_wsdl_serves_all_accounts_of_a_run(tmp_path: Path) -> None:
    first, second = clean_account("1111111"), clean_account("2222222")
    with served(tmp_path, first, second) as config:
        text = config.read_text()
        address = text.partition('base_url = "')[2].partition('"')[0]
        wsdl = f'wsdl = "{address}/wsdl/v2025_2_0/netsuite.wsdl"'
        config.write_text(text.replace("[account.probe]\n", f"[account.probe]\n{wsdl}\n"))
        wanted = Wanted(
            baselines=(), own_baselines=None, roles=(), assumptions={}, fail_on=None, cache=tmp_path / "kept"
        )
        plan = plan_accounts(config, (), None, wanted, threading.Event(), lambda *_: None)
        rows = [each.probe() for each in plan.assignments if each.probe]
    assert [{row.outcome for row in each} for each in rows] == [{ProbeOutcome.ALLOWED}] * 2
    assert sum(each.path == "/wsdl/v2025_2_0/netsuite.wsdl" for each in first.requests) == 1
    assert not any(each.path.startswith("/wsdl") for each in second.requests)
    assert soap_requests(second) == 14
    assert list((tmp_path / "kept").iterdir())


def test_ctrl_c_during_the_probe_keeps_what_the_tables_said(tmp_path: Path) -> None:
    account = clean_account("1111111")
    account.faults.append(over_soap(Fault.too_many_requests(seconds=3600)))
    with served(tmp_path, account) as config:
        command = [sys.executable, "-m", "auditor", "audit", "--config", str(config), "--out", str(tmp_path / "runs")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stderr
            for line in process.stderr:
                if "Account: asking again" in line:
                    break
            os.kill(process.pid, signal.SIGINT)
            output, errors = process.communicate(timeout=60)
    assert process.returncode == 4, output + errors
    assert "Traceback" not in errors
    folder = only_run(tmp_path / "runs")
    assert verdicts(folder) == {"1111111": "incomplete"}
    reasons = [each["reason"] for each in probed(folder, "1111111")]
    assert reasons[1:] == ["Not asked. The run was stopped."] * 13
