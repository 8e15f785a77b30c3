"""``auditor probe`` as its user meets it: what it prints, how it ends, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli.app import app
from auditor.config import load_config
from auditor.model import Level
from auditor.probe import QUERIES
from auditor.simulator.soap import SoapFault, SoapRecord
from tests.probe.serving import SECRETS, TOKEN, Account, Server, served

ENVIRONMENT = {f"PROBE_{name.upper()}": value for name, value in TOKEN.items()}
PROBE = "[account.probe]\n" + "".join(f'{name} = "env:PROBE_{name.upper()}"\n' for name in TOKEN)
OWN = 'client_id = "c"\ncertificate_id = "k"\nprivate_key = "env:NOT_NEEDED"\n'


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home-cache"))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def server() -> Iterator[Server]:
    with served(Account(id="1234567")) as running:
        yield running


def accounts(tmp_path: Path, *servers: Server, probe: str = PROBE, more: str = "") -> Path:
    path = tmp_path / "accounts.toml"
    tables = [
        f'[[account]]\nid = "{each.account.id}"\nbase_url = "{each.base_url}"\n{OWN}{more}{probe}' for each in servers
    ]
    path.write_text("\n".join(tables))
    return path


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["probe", *map(str, arguments)])


def test_everything_allowed_ends_with_0(server: Server, tmp_path: Path) -> None:
    result = run("--config", accounts(tmp_path, server))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Account 1234567" in result.stdout
    assert "1 accounts, 1 signed in to: 14 allowed, 0 refused, 0 empty, 0 failed (exit code 0)" in result.stdout
    assert (tmp_path / "home-cache" / "netsuite-auditor" / "wsdl").is_dir()


def test_a_refusal_ends_with_10_and_is_told_with_permission_and_codes(server: Server, tmp_path: Path) -> None:
    server.account.role.levels["LIST_CLASS"] = Level.NONE
    server.account.records["Item"] = ()
    result = run("--config", accounts(tmp_path, server))
    assert result.exit_code == 10
    row, said = (line for line in result.stdout.splitlines() if "Classification" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "Classification",
        "refused",
        "",
        "LIST_CLASS",
        "NS0384",
    ]
    assert said == (
        "Classification: Permission Violation: You need  the 'Lists -> Classes' permission to access this page. "
        "Please contact your account administrator."
    )
    assert "12 allowed, 1 refused, 1 empty, 0 failed (exit code 10)" in result.stdout


@pytest.mark.parametrize("fault", [SoapFault.NO_ROWS, SoapFault.NOT_SOAP])
def test_empty_or_failed_alone_ends_with_4(server: Server, tmp_path: Path, fault: SoapFault) -> None:
    server.account.lasting["Vendor"] = fault
    assert run("--config", accounts(tmp_path, server)).exit_code == 4


def test_a_sign_in_that_is_refused_ends_with_3_and_is_not_tried_again(server: Server, tmp_path: Path) -> None:
    server.account.faults.append(SoapFault.SIGN_IN_REFUSED)
    result = run("--config", accounts(tmp_path, server))
    assert result.exit_code == 3
    assert "Account 1234567 was not probed: NetSuite does not let the integration's token in" in result.stdout
    assert "Login Audit Trail" in result.stdout
    assert len(server.account.asked) == 1


@pytest.mark.parametrize(
    ("arguments", "probe", "words"),
    [
        (["--account", "7654321"], PROBE, "names no account 7654321. It names 1234567."),
        (["--account", "1234567"], "", "Account 1234567 has no token to probe with."),
        ([], "", "no account has a token to probe with."),
        ([], '[account.probe]\nconsumer_key = "env:X"\n', "[account.probe] needs consumer_secret, token_id"),
    ],
)
def test_a_mistake_in_usage_ends_with_2(
    server: Server, tmp_path: Path, arguments: list[str], probe: str, words: str
) -> None:
    result = run("--config", accounts(tmp_path, server, probe=probe), *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert server.paths == []


def test_a_file_that_is_not_there_and_no_file_at_all(tmp_path: Path) -> None:
    assert run("--config", tmp_path / "none.toml").exit_code == 2
    assert run().exit_code == 2


@pytest.mark.parametrize(("name", "value"), [("PROBE_TOKEN_ID", None), ("PROBE_TOKEN_ID", ""), ("PROBE_TOKEN_ID", "é")])
def test_a_secret_that_is_missing_or_spoilt_ends_with_2(
    server: Server, tmp_path: Path, name: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    result = run("--config", accounts(tmp_path, server))
    assert result.exit_code == 2
    assert "1234567" in result.stdout
    assert server.paths == []


def test_one_accounts_failure_is_that_accounts(tmp_path: Path) -> None:
    good, shut, refused = (Account(id=name) for name in ("1000001", "1000002", "1000003"))
    shut.faults.append(SoapFault.SIGN_IN_REFUSED)
    with served(good) as first, served(shut) as second:
        result = run("--config", accounts(tmp_path, first, second), "--json")
        told = {each["account"]: each for each in json.loads(result.stdout)["accounts"]}
        assert result.exit_code == 4
        assert told["1000001"]["failure"] is None
        assert len(told["1000001"]["rows"]) == 14
        assert told["1000002"]["rows"] == []
        assert told["1000002"]["failure"]["exit_code"] == 3
        with served(refused) as third:
            refused.role.levels["LIST_JOB"] = Level.NONE
            shut.faults.append(SoapFault.SIGN_IN_REFUSED)
            assert run("--config", accounts(tmp_path, first, second, third)).exit_code == 10


def test_json_has_every_key_of_every_row(server: Server, tmp_path: Path) -> None:
    server.account.role.levels["LIST_VENDOR"] = Level.NONE
    result = run("--config", accounts(tmp_path, server), "--json")
    rows = {row["record"]: row for row in json.loads(result.stdout)["accounts"][0]["rows"]}
    assert rows["Account"] == {
        "record": "Account",
        "outcome": "allowed",
        "detail": "",
        "remedy": "",
        "permission": "LIST_ACCOUNT",
        "codes": [],
        "count": 2,
    }
    assert (rows["Vendor"]["outcome"], rows["Vendor"]["codes"]) == ("refused", ["NS0377", "NS0384", "NS0844"])


def test_only_the_account_that_was_asked_for(tmp_path: Path) -> None:
    with served(Account(id="1000001")) as first, served(Account(id="1000002")) as second:
        config = accounts(tmp_path, first, second)
        assert "1000001" not in run("--config", config, "--account", "1000002").stdout
        assert first.paths == []


def test_one_address_of_the_wsdl_serves_all_accounts(tmp_path: Path) -> None:
    with served(Account(id="1000001")) as first, served(Account(id="1000002")) as second:
        wsdl = f"{first.base_url}/wsdl/v2025_2_0/netsuite.wsdl"
        result = run("--config", accounts(tmp_path, first, second), "--wsdl", wsdl, "--cache", tmp_path / "cache")
        assert result.exit_code == 0
        assert second.downloads == 0
        assert {path for _, path in second.paths} == {"/services/NetSuitePort_2025_2"}
    assert (tmp_path / "cache").is_dir()
    assert not (tmp_path / "home-cache").exists()


def test_hostile_words_are_shown_and_not_obeyed(server: Server, tmp_path: Path) -> None:
    words = "Permission Violation: \x1b[31m [bold]not markup[/bold] \u202e 'Lists -> Items' permission"

    def refuse(server: Server, handler: object, body: bytes) -> bool:
        if b"ItemSearch" not in body:
            return False
        shown = words.replace("\x1b", "&#155;").replace(">", "&gt;")
        faults = '<f:insufficientPermissionFault xmlns:f="urn:f"/>'
        fault = f"<faultcode>f</faultcode><faultstring>{shown}</faultstring><detail>{faults}</detail>"
        content = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            f"<e:Fault>{fault}</e:Fault></e:Body></e:Envelope>"
        )
        handler.send(500, {"Content-Type": "text/xml"}, content.encode())  # type: ignore[attr-defined]
        return True

    server.answer = refuse
    result = run("--config", accounts(tmp_path, server))
    assert result.exit_code == 10
    assert "[bold]not markup[/bold]" in result.stdout
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.stdout)


@pytest.mark.parametrize("spoil", ["", "sign-in", "crash of the server"])
def test_no_secret_is_in_any_byte_that_a_run_leaves(tmp_path: Path, spoil: str) -> None:
    """A process of its own, with every log at its most talkative; everything that it writes is searched."""
    account = Account(id="1234567")
    account.records["Employee"] = [SoapRecord("1", "somebody")]
    if spoil == "sign-in":
        account.faults.append(SoapFault.SIGN_IN_REFUSED)
    program = "import logging; logging.basicConfig(level=logging.DEBUG)\nfrom auditor.cli import main\nmain()\n"
    with served(account) as server:
        config = accounts(tmp_path, server, more="read_timeout = 5\n")
        if spoil == "crash of the server":
            server.stop()
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                program,
                "probe",
                "--config",
                str(config),
                "--cache",
                str(tmp_path / "c"),
            ],
            env=os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == (3 if spoil else 0), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"DEBUG" in done.stderr, "logs are read"
    left = {str(file): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    left |= {"stdout": done.stdout, "stderr": done.stderr}
    assert [(secret, name) for secret in SECRETS for name, data in left.items() if secret.encode() in data] == []
    assert [name for name, data in left.items() if b"somebody" in data] == [], "rows are counted, not kept"


def test_the_help_says_when_soap_and_tokens_end() -> None:
    text = " ".join(run("--help").stdout.split())
    for fact in ("2025.2 is its last endpoint", "2028.2", "2027.1", "2028.1"):
        assert fact in text
    assert "[account.probe]" in text


def test_help_does_not_wait_for_what_only_the_probe_needs() -> None:
    program = (
        "import sys, auditor.cli.app, auditor.probe, auditor.simulator.soap\n"
        "print([name for name in ('zeep', 'netsuitesdk', 'urllib3', 'lxml', 'platformdirs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


DOCUMENT = Path(__file__).parents[2] / "docs" / "probe.md"


def test_the_page_lists_the_records_that_are_asked_for() -> None:
    rows = re.findall(r"^\| (\w+)(?: \(.*\))? \| (\w+) \| `(\w+)` \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert rows == [(query.record, query.operation.value, query.permission) for query in QUERIES]


def test_the_pages_example_is_a_valid_configuration(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (tmp_path / "accounts.toml").write_text(example)
    (account,) = load_config(tmp_path / "accounts.toml").accounts
    assert account.probe is not None
    assert str(account.probe.token.token_secret) == "env:EXPENSIFY_TOKEN_SECRET"
