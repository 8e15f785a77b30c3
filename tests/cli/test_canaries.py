"""No secret is in any byte that good and failing runs leave behind, whatever form it might take.

The command runs as a process of its own, with everything logged; its folders, logs and outputs are searched afterwards.
"""

from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import weasyprint
import xlsxwriter
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from auditor.simulator import Fault, SimulatedAccount, Simulator
from auditor.simulator import client_credentials as oauth2
from auditor.simulator.accounts import clean_account
from auditor.simulator.credentials import KnownToken, TokenCredentials
from auditor.simulator.faults import Endpoint
from tests.cli.canaries import FORMS, Canaries, echo
from tests.cli.test_audit import only_run
from tests.cli.test_live import verdicts

ROOT = Path(__file__).parents[2]
CRASHES = """
import sys
from auditor.cli import main
from auditor.probe import transport as probe
from auditor.sources.suiteql import transport as suiteql

post, post_xml = suiteql.Transport.post, probe.BoundedTransport.post_xml

def crash(self, path, query, headers, body):
    if self._settings.id != "1000011":
        return post(self, path, query, headers, body)
    try:
        {}[headers["Authorization"]]
    except KeyError as error:
        raise RuntimeError(f"{headers} {body!r} {vars(self)}") from error

def crash_xml(self, address, envelope, headers):
    if self._connection.account != "1000012":
        return post_xml(self, address, envelope, headers)
    from lxml.etree import tostring
    raise LookupError(tostring(envelope).decode())

suiteql.Transport.post, probe.BoundedTransport.post_xml = crash, crash_xml
main()
"""


class Place:
    """Where a command runs and what it leaves behind there."""

    def __init__(self, folder: Path) -> None:
        self.canaries = Canaries(folder / "secrets")
        self.left = folder / "left"
        self.left.mkdir()
        (self.left / "tmp").mkdir()
        self.config = folder / "accounts.toml"
        self.log = self.left / "audit.log"
        self.said = (b"", b"")

    def begin(self, accounts: Sequence[str], *before: str, program: str = "") -> subprocess.Popen[bytes]:
        self.config.write_text("\n".join(accounts))
        command = [sys.executable, *(["-c", program] if program else ["-m", "auditor"]), "audit"]
        options = ["--config", self.config, "--out", self.left / "runs", "--log-file", self.log, "--log-level", "debug"]
        surroundings = {
            "HOME": str(self.left),
            "XDG_CACHE_HOME": str(self.left / "cache"),
            "TMPDIR": str(self.left / "tmp"),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{self.canaries.folder}",
            "PYTHONFAULTHANDLER": "1",
            "AUDITOR_LOG_FORMAT": "auto",
        }
        return subprocess.Popen(
            [*before, *command, *map(str, options)],
            cwd=self.left,
            env=os.environ | surroundings | self.canaries.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self, process: subprocess.Popen[bytes]) -> int:
        self.said = process.communicate(timeout=120)
        return process.returncode

    def everything(self) -> dict[str, bytes]:
        files = {str(path): path.read_bytes() for path in self.left.rglob("*") if path.is_file()}
        return files | {"stdout": self.said[0], "stderr": self.said[1]}

    def leaks(self) -> list[tuple[str, str]]:
        return [
            (secret, name) for name, data in self.everything().items() for secret in self.canaries.found_in(name, data)
        ]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(tmp_path)

    class Tokens:
        """The access tokens that simulated accounts give are canaries, too."""

        @staticmethod
        def token_urlsafe(_: int) -> str:
            return made.canaries.fresh("bearer")

    monkeypatch.setattr(oauth2, "secrets", Tokens)
    return made


def simulated(account: str, canaries: Canaries, *faults: Fault) -> SimulatedAccount:
    """An account in which all is right but *faults*, and whose tokens are canaries."""
    made = clean_account(account)
    own = TokenCredentials(account=account, **canaries.token("own"))
    made.credentials = replace(made.credentials, token=own)
    made.token_authentication.add(KnownToken(own, 1))
    made.integration = TokenCredentials(account=account, **canaries.token("probe"))
    made.token_authentication.add(KnownToken(made.integration, 11))
    for fault in faults:
        made.faults.append(fault)
    return made


def table(canaries: Canaries, simulator: Simulator, account: str, auth: str = "tba") -> str:
    """The account's part of accounts.toml."""
    served = simulator.account(account)
    text = f'[[account]]\nid = "{account}"\nbase_url = "{simulator.base_url(account)}"\nauth = "{auth}"\n'
    if auth == "tba":
        text += canaries.settings(parts(served.credentials.token))
    else:
        password = canaries.fresh("password")
        key = load_pem_private_key(served.credentials.private_key_pem, None)
        locked = BestAvailableEncryption(password.encode())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()
        text += f'own_role = "NetSuite Auditor"\nclient_id = "{served.credentials.client_id}"\n'
        text += f'certificate_id = "{served.credentials.certificate_id}"\n'
        text += f'private_key = "{canaries.kept(pem)}"\nprivate_key_password = "{canaries.kept(password)}"\n'
        opened = served.credentials.private_key_pem.decode().splitlines()
        canaries.values += [*opened[1:-1], *pem.splitlines()[1:-2]]
    assert served.integration
    return f"{text}\n[account.probe]\n{canaries.settings(parts(served.integration))}"


def parts(token: TokenCredentials) -> dict[str, str]:
    return {name: getattr(token, name) for name in ("consumer_key", "consumer_secret", "token_id", "token_secret")}


def echoing(canaries: Canaries, address: str) -> Iterator[str]:
    """Accounts whose server throws back what it is sent, in one form each, by token and by certificate."""
    key = canaries.kept(clean_account("1").credentials.private_key_pem.decode())
    for number, form in enumerate(FORMS):
        for status in (500, 401, 400):
            yield (
                f'[[account]]\nid = "20{number}{status}"\nauth = "tba"\nbase_url = "{address}/{status}-{form}"\n'
                f"{canaries.settings(canaries.token('echo'))}"
            )
        for status in (200, 400):
            yield (
                f'[[account]]\nid = "30{number}{status}"\nbase_url = "{address}/{status}-{form}"\n'
                f'client_id = "c"\ncertificate_id = "k"\nprivate_key = "{key}"\n'
            )


def test_accounts_that_are_well_that_refuse_that_throw_back_and_that_crash_the_program(place: Place) -> None:
    canaries = place.canaries
    refused_probe = Fault.sign_in_refused()
    refused_probe.endpoint = Endpoint.SOAP
    plain = [
        simulated("1000001", canaries),
        simulated("1000002", canaries, refused_probe),
        simulated("1000003", canaries, Fault.sign_in_refused()),
        simulated("1000011", canaries),
        simulated("1000012", canaries),
    ]
    with (
        Simulator(plain) as simulator,
        Simulator([simulated("1000004", canaries)], tls=True) as untrusted,
        echo(canaries) as address,
    ):
        accounts = [table(canaries, simulator, each.id, "oauth2" if each.id == "1000001" else "tba") for each in plain]
        accounts += [table(canaries, untrusted, "1000004"), *echoing(canaries, address)]
        code = place.end(place.begin(accounts, program=CRASHES))
    errors = place.said[1].decode()
    assert code == 4, errors
    assert verdicts(only_run(place.left / "runs")) == {
        "1000001": "clean",
        "1000002": "incomplete",
        "1000012": "incomplete",
    }
    for words in ("cannot be trusted", "(RuntimeError)", "(LookupError)", "Traceback", "builtins.KeyError"):
        assert words in errors
    log = place.log.read_text()
    for words in ("page read", "signed in", "sign-in refused", "asking again", "account begun", "reports written"):
        assert words in log
    assert place.leaks() == []
    assert "***" in (only_run(place.left / "runs") / "run.json").read_text(), "what was thrown back was shown"


def test_a_run_that_is_stopped_and_one_that_dies(place: Place) -> None:
    canaries = place.canaries
    endless = simulated("1000001", canaries, Fault.too_many_requests(seconds=3600, retry_after=30))
    with Simulator([endless]) as simulator:
        accounts = [table(canaries, simulator, "1000001", "oauth2")]
        for number, before in (
            (signal.SIGINT, ()),
            (signal.SIGABRT, ("sh", "-c", 'ulimit -c unlimited; exec "$@"', "-")),
        ):
            process = place.begin(accounts, *before)
            while "asking again" not in (place.log.read_text() if place.log.exists() else ""):
                assert process.poll() is None, process.communicate()
                time.sleep(0.05)
            process.send_signal(number)
            place.end(process)
            assert place.leaks() == []
            place.log.unlink()
    assert process.returncode == -signal.SIGABRT
    assert b"Fatal Python error" in place.said[1]
    assert [name for name in place.everything() if Path(name).name.startswith("core")] == []


def test_a_fault_in_the_program_itself_shows_no_words(place: Place) -> None:
    secret = place.canaries.fresh("planning")
    program = f"""
from auditor.cli import main, planning
def plan(*_):
    raise ValueError("no words: " + "{secret[::-1]}"[::-1])  # a traceback shows this line, since Python 3.13
planning.plan_accounts = plan
main()
"""
    assert place.end(place.begin([""], program=program)) == 1
    assert b"ValueError" in place.said[1]
    assert "ValueError" in place.log.read_text()
    assert b"Please report it" in place.said[1]
    assert place.leaks() == []


@pytest.mark.parametrize("name", ["log", "book.xlsx"])
def test_the_search_finds_what_it_looks_for(name: str, tmp_path: Path) -> None:
    canaries = Canaries(tmp_path / "secrets")
    secret = canaries.fresh("hidden")
    for text in (
        secret,
        quote(secret, safe=""),
        secret.replace("/", "\\/"),
        *(base64.b64encode(f"{'x' * before}{secret}!".encode()).decode() for before in range(4)),
        base64.urlsafe_b64encode(f"Basic:{secret}".encode()).decode(),
    ):
        data = f"before {text} after".encode()
        if name.endswith("xlsx"):
            kept = io.BytesIO()
            with xlsxwriter.Workbook(kept) as book:
                book.add_worksheet().write_string(0, 0, data.decode())
            data = kept.getvalue()
        assert canaries.found_in(name, data) == [secret], text


def test_the_search_reads_the_text_of_a_pdf(tmp_path: Path) -> None:
    canaries = Canaries(tmp_path / "secrets")
    secret = canaries.fresh("printed")
    data = weasyprint.HTML(
        string=f"<style>@page {{ size: 5cm }} p {{ word-break: break-all }}</style><p>{secret}"
    ).write_pdf()
    assert canaries.found_in("report.pdf", data) == [secret]
