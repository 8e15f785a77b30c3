"""``auditor simulate`` as a user meets it: a process of its own."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.errors import ConfigurationError
from auditor.simulator import Credentials, FaultKind, TokenCredentials
from auditor.simulator.configuration import FIRST_LINE
from auditor.simulator.fault_names import FAULT_NAMES, named_fault
from tests.simulator.client import Caller

SMALL = ("--roles", "12", "--tokens", "5", "--employees", "40")
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "simulator.md"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@contextmanager
def simulating(*arguments: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process once it is ready, and the lines that it printed until then."""
    command = [sys.executable, "-m", "auditor", "simulate", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=cwd, env=ENVIRONMENT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            lines = []
            while process.stdout and (line := process.stdout.readline()):
                lines.append(line)
                if line.startswith("Ready"):
                    break
            yield process, lines
        finally:
            if process.poll() is None:
                process.kill()


def caller(folder: Path, table: dict[str, str]) -> Caller:
    """A caller with what the configuration says and nothing else."""

    def secret(key: str) -> str:
        return (folder / table[key].removeprefix("file:")).read_text() if key in table else ""

    token = TokenCredentials(
        account=table["id"],
        consumer_key=secret("consumer_key"),
        consumer_secret=secret("consumer_secret"),
        token_id=secret("token_id"),
        token_secret=secret("token_secret"),
    )
    credentials = Credentials(
        account=table["id"],
        user=int(table["own_user"]),
        role=int(table["own_role"]),
        client_id=table.get("client_id", ""),
        certificate_id=table.get("certificate_id", ""),
        private_key_pem=secret("private_key").encode(),
        certificate_pem=b"",
        token=token,
    )
    pool = urllib3.PoolManager(retries=False, timeout=10)
    if "ca_file" in table:
        pool = urllib3.PoolManager(retries=False, timeout=10, ca_certs=str(folder / table["ca_file"]))
    return Caller(table["base_url"], credentials, tba=token if table["auth"] == "tba" else None, pool=pool)


def test_it_serves_three_accounts_until_it_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "simulated"
    folder.mkdir()
    (folder / "accounts.toml").write_text(FIRST_LINE)
    key = folder / "1234567.private_key"
    key.write_text("of an earlier time")
    key.chmod(0o644)
    with simulating(*SMALL, cwd=tmp_path) as (process, lines):
        tables = tomllib.loads((folder / "accounts.toml").read_text())["account"]
        assert [table["id"] for table in tables] == ["7654321", "1234567", "1234567_SB1"]
        for table in tables:
            one = caller(folder, table)
            assert one.ask(f"SELECT id FROM role WHERE id = {table['own_role']}").items == [{"id": table["own_role"]}]
            assert one.ask(f"SELECT id FROM employee WHERE id = {table['own_user']}").items == [{"id": "20"}]
            one.pool.clear()
        assert [line.split()[:2] for line in lines[:3]] == [[table["id"], table["base_url"]] for table in tables]
        assert lines[3] == "Ready: auditor audit --config simulated/accounts.toml   (Ctrl-C ends this)\n"
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "Ended.\n")


def test_it_serves_made_accounts_with_tokens_and_tls_and_faults(tmp_path: Path) -> None:
    faults = ("--fault", "2000001=sign-in-refused", "--fault", "2000002=table-vanishes=rolepermissions")
    with simulating("--accounts", "3", *SMALL, "--out", "made", "--tba", "--tls", *faults, cwd=tmp_path) as (
        process,
        lines,
    ):
        assert [line.split()[0] for line in lines] == ["2000001", "2000002", "2000003", "Ready:"]
        tables = tomllib.loads((tmp_path / "made" / "accounts.toml").read_text())["account"]
        first, second, third = (caller(tmp_path / "made", table) for table in tables)
        assert first.ask("SELECT id FROM role").status == 401
        assert second.ask("SELECT role FROM rolepermissions").detail.endswith("Record 'rolepermissions' was not found.")
        assert third.ask("SELECT COUNT(*) AS n FROM employee").items == [{"n": "40"}]
        for one in (first, second, third):
            assert one.base_url.startswith("https://127.0.0.1:")
            one.pool.clear()
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_certificate_that_init_made_is_mapped(tmp_path: Path) -> None:
    begun = CliRunner().invoke(app, ["init", "--account", "1234567", "--out", str(tmp_path / "mine")])
    assert begun.exit_code == 0
    mapped = ("--certificate", "1234567=mine/1234567.certificate.pem")
    with simulating(*SMALL, *mapped, cwd=tmp_path) as (process, lines):
        (ids,) = [re.findall(r'"([^"]+)"', line) for line in lines if "certificate_id" in line]
        config = tmp_path / "mine" / "accounts.toml"
        (url,) = [line.split()[1] for line in lines if line.startswith("1234567 ") and "http" in line]
        text = config.read_text().replace("<client id>", ids[0]).replace("<certificate id>", ids[1])
        config.write_text(text.replace("# base_url = ", f'base_url = "{url}" # '))
        looked = CliRunner().invoke(app, ["doctor", "--config", str(config)])
        process.terminate()
        process.communicate(timeout=10)
    assert (looked.exit_code, looked.stderr) == (0, "")


def refused(*arguments: str) -> str:
    """What a user is told; the command ends before it serves anything."""
    ended = CliRunner().invoke(app, ["simulate", *SMALL, *arguments])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert isinstance(ended.exception, SystemExit)
    return ended.stderr


def test_a_configuration_of_real_accounts_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "simulated").mkdir()
    configuration = tmp_path / "simulated" / "accounts.toml"
    configuration.write_text('[[account]]\nid = "1"\n')
    assert "simulated/accounts.toml is there, and it is not of simulated accounts" in refused()
    assert configuration.read_text() == '[[account]]\nid = "1"\n'
    assert list((tmp_path / "simulated").iterdir()) == [configuration]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fault", "99=slow"), "no account '99' is served"),
        (("--fault", "slow"), "no account 'slow' is served"),
        (("--fault", "1234567=slwo"), "There is no fault 'slwo'. Did you mean slow?"),
        (("--fault", "1234567=table-vanishes=rule"), "there is no table 'rule'"),
        (("--certificate", "99=file"), "no account '99' is served"),
        (("--certificate", "1234567=file"), "not a certificate in PEM form"),
        (("--certificate", "1234567=nowhere"), "nowhere cannot be read"),
        (("--out", "file"), "cannot be written"),
        (("--port", "65535"), "There are not enough ports from 65535 on for 3 accounts."),
    ],
)
def test_a_mistake_is_told_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert message in refused(*arguments)
    assert {path.name for path in tmp_path.iterdir()} <= {"file"}


def test_every_fault_can_be_named_and_is_documented() -> None:
    values = {
        "table": "role", "table.column": "role.name", "": "", "good answers first": "2", "times": "3", "seconds": "1.5",
        "seconds a piece": "0.1", "record": "Job",
    }  # fmt: skip
    kinds = {named_fault(f"{name}={values[meaning]}").kind for name, meaning in FAULT_NAMES.items()}
    assert kinds == set(FaultKind) - {FaultKind.WITHOUT_TOTAL}
    rows = re.findall(r"^\| `([a-z-]+)` \|([^|]*)\|", DOCS.read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == list(FAULT_NAMES)
    assert [bool(value.strip()) for _, value in rows] == [bool(value) for value in FAULT_NAMES.values()]
    for name, meaning in FAULT_NAMES.items():
        if not meaning.startswith(("table", "record")):
            named_fault(name)


@pytest.mark.parametrize("text", ["slow=fast", "server-error=x", "column-dropped=role", "column-dropped=role.colour",
                                  "endless=1.5", "connection-refused=1", "table-vanishes",
                                  "record-refused=Jo"])  # fmt: skip
def test_a_value_that_does_not_fit_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"The fault {text.partition('=')[0]}"):
        named_fault(text)
