"""The SOAP side of whole simulated accounts, asked through ``auditor probe`` as a user would ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import urllib3
from typer.testing import CliRunner, Result

from auditor.cli.app import app
from auditor.model import Level
from auditor.simulator import Endpoint, Fault, SimulatedAccount, Simulator, clean_account, faulty_account
from auditor.simulator.configuration import configuration_files


def probe(tmp_path: Path, simulator: Simulator, *arguments: str) -> Result:
    for name, content in configuration_files(simulator).items():
        path = tmp_path / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    config = ["--config", str(tmp_path / "accounts.toml"), "--cache", str(tmp_path / "cache")]
    return CliRunner().invoke(app, ["probe", *config, *arguments])


def answers(result: Result) -> Mapping[str, str]:
    """Record and outcome of the only account, those that are allowed left out."""
    (account,) = json.loads(result.stdout)["accounts"]
    assert account["failure"] is None, account
    return {row["record"]: row["outcome"] for row in account["rows"] if row["outcome"] != "allowed"}


def test_the_clean_accounts_integration_may_read_all(tmp_path: Path) -> None:
    account = clean_account()
    with Simulator([account]) as simulator:
        result = probe(tmp_path, simulator, "--json")
    assert result.exit_code == 0, result.output
    assert answers(result) == {}
    (told,) = json.loads(result.stdout)["accounts"]
    counts = {row["record"]: row["count"] for row in told["rows"]}
    assert counts["Classification"] == len(account.rows("classification"))
    assert counts["Employee"] == len(account.rows("employee"))


def test_the_faulty_accounts_integration_is_refused_what_its_role_lacks(tmp_path: Path) -> None:
    account = faulty_account()
    with Simulator([account]) as simulator:
        result = probe(tmp_path, simulator, "--json")
    assert result.exit_code == 10
    assert answers(result) == {"Classification": "refused", "DeletedRecord": "refused", "Subsidiary": "refused"}
    assert {request.path for request in account.requests if request.method == "POST"} == {
        "/services/NetSuitePort_2024_1"
    }


def _integration(account: SimulatedAccount) -> tuple[int, int]:
    """User and role of the integration's token."""
    assert account.integration is not None
    row = next(row for row in account.rows("oauthtoken") if row["id"] == _row(account))
    return int(row["entity_name"]), int(row["role_name"])


def _row(account: SimulatedAccount) -> int:
    assert account.integration is not None
    return account.token_authentication._tokens[account.integration.token_id].row


def test_a_global_permission_wins_over_the_role(tmp_path: Path) -> None:
    account = clean_account()
    user, _ = _integration(account)
    account.insert("employeeempperms", {"employee": user, "permkey": "LIST_CLASS", "permlevel": Level.NONE.rank})
    with Simulator([account]) as simulator:
        assert answers(probe(tmp_path, simulator, "--json")) == {"Classification": "refused"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda account: account.update("oauthtoken", {"binactive": "T"}, id=_row(account)), "token inactive"),
        (lambda account: account.update("oauthtoken", {"brevoked": "T"}, id=_row(account)), "token revoked"),
        (
            lambda account: account.delete("employeerolesforsearch", entity=_integration(account)[0]),
            "role not assigned to user",
        ),
        (lambda account: account.faults.append(Fault.clock_skew(1000)), "the timestamp is more than five minutes off"),
        (lambda account: account.faults.append(Fault.sign_in_refused()), ""),
        (lambda account: account.set_level(_integration(account)[1], "ADMI_WEBSERVICES", Level.VIEW), ""),
    ],
)
def test_a_token_that_may_not_sign_in_is_tried_once(tmp_path: Path, spoil: object, why: str) -> None:
    account = clean_account()
    spoil(account)  # type: ignore[operator]
    with Simulator([account]) as simulator:
        result = probe(tmp_path, simulator)
    assert result.exit_code == 3, result.output
    asked = [request for request in account.requests if request.method == "POST"]
    assert [request.refusal for request in asked] == [why]


def test_faults_of_the_soap_side_strike_a_record_and_leave_suiteql_alone(tmp_path: Path) -> None:
    account = clean_account()
    account.faults.append(Fault.malformed(endpoint=Endpoint.SOAP, table="Vendor"))
    account.faults.append(Fault.server_error(endpoint=Endpoint.QUERY))
    with Simulator([account]) as simulator:
        result = probe(tmp_path, simulator, "--json")
    assert result.exit_code == 4
    assert answers(result) == {"Vendor": "failed"}
    assert [request.fault for request in account.requests if request.fault] == ["malformed"]


def test_too_many_requests_at_once_are_a_soap_fault(tmp_path: Path) -> None:
    account = clean_account()
    account.concurrency_limit = 0
    with Simulator([account]) as simulator:
        url = simulator.base_url(account.id) + "/services/NetSuitePort_2024_1"
        body = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            '<m:getAll xmlns:m="urn:messages_2024_1.platform.webservices.netsuite.com">'
            '<m:record recordType="currency"/></m:getAll></e:Body></e:Envelope>'
        )
        pool = urllib3.PoolManager()
        answer = pool.request("POST", url, body=body, headers={"Content-Type": "text/xml"})
        assert answer.status == 500
        assert b"SuiteTalk concurrent request limit exceeded. Request blocked." in answer.data
        # The WSDL is a document, and no request to the account.
        assert pool.request("GET", simulator.base_url(account.id) + "/wsdl/v2024_1_0/netsuite.wsdl").status == 200
        pool.clear()


def test_over_tls_with_a_private_authority(tmp_path: Path) -> None:
    account = clean_account()
    with Simulator([account], tls=True) as simulator:
        assert probe(tmp_path, simulator).exit_code == 0
        config = (tmp_path / "accounts.toml").read_text()
        (tmp_path / "accounts.toml").write_text(config.replace('ca_file = "ca.pem"\n', ""))
        arguments = ["probe", "--config", str(tmp_path / "accounts.toml"), "--cache", str(tmp_path / "other")]
        refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code == 3
    assert "cannot be trusted" in refused.stdout


def test_five_refusals_lock_the_token(tmp_path: Path) -> None:
    account = clean_account()
    account.faults.append(Fault.clock_skew(1000))
    with Simulator([account]) as simulator:
        for _ in range(5):
            assert probe(tmp_path, simulator).exit_code == 3
        account.faults.clear()
        assert probe(tmp_path, simulator).exit_code == 3
    assert account.requests[-1].refusal == "locked after five failures"
