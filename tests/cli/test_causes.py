"""The verdict on tokens as its user meets it: from a simulated account through the command line to PDF and workbook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.simulator.accounts import clean_account, faulty_account
from tests.cli.test_audit import auditor, only_run, pdf_text, sheets
from tests.cli.test_live import served


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("causes")
    with served(folder, faulty_account("1234567"), clean_account("7654321")) as config:
        text = config.read_text()
        head = 'waivers = "waivers.yaml"\n[checks]\noff = ["readiness"]\n'
        config.write_text(head + text.replace('id = "1234567"', 'id = "1234567"\nexpected_user = "nobody@example.com"'))
        (folder / "waivers.yaml").write_text(
            "waivers:\n  - {account: '1234567', check: role-levels, subject: gone, requirement: gone, reason: r,\n"
            "     owner: Ana, ticket: T-1, expires: 2020-01-01}\n"
        )
        result = auditor("audit", "--config", config, "--out", folder / "runs")
    assert result.exit_code == 10, result.output
    return only_run(folder / "runs")


def test_every_cause_that_holds_stands_with_codes_and_fix_in_pdf_and_workbook(audited: Path) -> None:
    at = audited / "accounts" / "1234567"
    document = json.loads((at / "findings.json").read_bytes())
    holding = {
        cause["id"] for token in document["tokens"] for cause in token.get("checked", ()) if cause["status"] == "fail"
    }
    assert {"token-role", "list-permissions", "setup-permissions", "token-user", "not-usable", "global-permission"} <= (
        holding
    )
    codes = {code for token in document["tokens"] for code in token.get("codes", ())}
    assert {"NS0384", "NS0228", "NS0565", "NS0739"} <= codes
    text = " ".join(pdf_text(at / "report.pdf").split())
    for part in (
        "The verdict on each token",
        "The access token is not assigned to Expensify Integration",
        "A global permission of the user lowers what the role gives",
        "Is it the expected user",
        "The fix, in order",
        "on a mobile",
    ):
        assert part in text, part
    rows = [[cell.value for cell in row] for row in sheets(at / "changes.xlsx")["Token verdicts"]]
    assert {row[6] for row in rows[4:]} == {"link", "cause", "level", "fix"}
    assert any(row[11] == "global permission" for row in rows)


def test_an_account_in_order_has_every_cause_ruled_out_or_not_asked(audited: Path) -> None:
    document = json.loads((audited / "accounts" / "7654321" / "findings.json").read_bytes())
    (token,) = (token for token in document["tokens"] if token.get("checked"))
    assert {cause["status"] for cause in token["checked"]} <= {"pass", "not_applicable"}
    assert {level["status"] for level in token["levels"]} == {"pass"}
    assert "steps" not in token


def test_what_the_configuration_says_of_waivers_and_checks_holds_for_the_run(audited: Path) -> None:
    document = json.loads((audited / "accounts" / "1234567" / "findings.json").read_bytes())
    assert document["scope"]["skipped_checks"] == ["readiness"]
    assert document["scope"]["expected"] == {"user": "nobody@example.com"}
    assert not [each for each in document["findings"] if each["check"] == "readiness"]
    (expired,) = (each for each in document["findings"] if each["check"] == "waivers")
    assert expired["title"] == "The waiver of Ana expired on 2020-01-01"
    assert (audited / "waivers.yaml").exists()
    assert "The waiver of Ana expired" in " ".join(pdf_text(audited / "accounts" / "1234567" / "report.pdf").split())


def test_a_check_in_the_configuration_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with served(tmp_path, clean_account("7654321")) as config:
        config.write_text('[checks]\noff = ["readyness"]\n' + config.read_text())
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 2
    assert "Did you mean readiness?" in result.stderr
