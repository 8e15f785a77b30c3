"""A new user's first hour, played against simulated accounts, and with every mistake that the setup page warns of."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import Result

from auditor.model import Level
from auditor.simulator import Fault, SimulatedAccount, Simulator, WrongCertificate, clean_account, faulty_account
from auditor.simulator.accounts.builder import AUDITOR_PERMISSIONS, AUDITOR_ROLE, AUDITOR_TOKEN, AUDITOR_USER
from tests.cli.test_audit import auditor, only_run, pdf_text

DOCS = Path(__file__).parents[2] / "docs"
ID, OTHER = "1234567_SB1", "1234567"


def troubles() -> dict[str, list[str]]:
    """The table of the setup page: each mistake, and what the doctor is said to say."""
    text = (DOCS / "netsuite-setup.md").read_text(encoding="utf-8")
    rows = text.partition("## Troubles and answers")[2].partition("\n## ")[0]
    found = {}
    for line in rows.splitlines():
        if line.startswith("| ") and not line.startswith("| mistake"):
            mistake, says, _do = (cell.strip() for cell in line.strip("|").split("|"))
            assert mistake not in found, mistake
            found[mistake] = re.findall(r"`([^`]+)`", says)
    return found


class World:
    """What a new user has by the time the ids are filled in: a served account, and a folder that signs in to it."""

    def __init__(self, folder: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.simulator, self.monkeypatch = folder, simulator, monkeypatch
        self.config = folder / "accounts.toml"
        self.key = folder / f"{ID}.private-key.pem"
        self.tba = False
        self.exit_code = 3
        self.ends: list[Callable[[], None]] = []
        """What is to be done when the test is over."""

    @property
    def account(self) -> SimulatedAccount:
        return self.simulator.account(ID)

    def begin(self, *options: str, tba: bool = False) -> None:
        """``auditor init``, and what an administrator gives back."""
        self.tba = tba
        result = auditor("init", "--account", ID, "--out", self.folder, *(["--tba"] if tba else []), *options)
        assert result.exit_code == 0, result.output
        (self.folder / "ca.pem").write_bytes(self.simulator.ca_certificate)
        self.edit('# ca_file = "ca.pem"', 'ca_file = "ca.pem"')
        self.edit("# base_url = .*", f'base_url = "{self.simulator.base_url(ID)}"')
        if tba:
            token = self.account.credentials.token
            for part in ("consumer_key", "consumer_secret", "token_id", "token_secret"):
                path = self.folder / f"{ID}.{part}"
                path.write_text(getattr(token, part))
                path.chmod(0o600)
            return
        mapping = self.account.map_certificate((self.folder / f"{ID}.certificate.pem").read_bytes())
        self.edit("<client id>", mapping.client_id)
        self.edit("<certificate id>", mapping.certificate_id)

    def edit(self, old: str, new: str) -> None:
        text, count = re.subn(old, lambda _: new, self.config.read_text(), count=1)
        assert count == 1, old
        self.config.write_text(text)

    def take(self, permission: str) -> None:
        self.account.set_level(AUDITOR_ROLE, permission, Level.NONE)
        self.exit_code = 4

    def doctor(self, *options: str) -> Result:
        return auditor("doctor", "--config", self.config, *options)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # The ready-made auditor may sign in both ways; a role by the steps of init may in one.
    mine, other = clean_account(ID), clean_account(OTHER)
    with Simulator([mine, other], tls=True) as simulator:
        made = World(tmp_path / "netsuite-audit", simulator, monkeypatch)
        yield made
        for end in made.ends:
            end()


@pytest.mark.parametrize("options", [(), ("--tba",)], ids=" ".join)
def test_the_first_hour_ends_with_a_report(options: tuple[str, ...], tmp_path: Path) -> None:
    """From an empty folder: init, the administrator's part, doctor, audit; the account has the faults of NS0384."""
    folder = tmp_path / "first-hour"
    with Simulator([faulty_account("1234567")], tls=True) as simulator:
        account, config = simulator.account("1234567"), folder / "accounts.toml"
        begun = auditor("init", "--account", "1234567", "--out", folder, *options)
        assert begun.exit_code == 0, begun.output
        assert begun.stdout.endswith((folder / "netsuite-steps.txt").read_text())
        by_init(account, begun.stdout, tba="--tba" in options)
        waiting = auditor("doctor", "--config", config)
        text = config.read_text().replace("# base_url = ", f'base_url = "{simulator.base_url("1234567")}" # ')
        text = text.replace('# ca_file = "ca.pem"', 'ca_file = "ca.pem"')
        (folder / "ca.pem").write_bytes(simulator.ca_certificate)
        if "--tba" in options:
            assert waiting.exit_code == 3, waiting.output
            for part in ("consumer_key", "consumer_secret", "token_id", "token_secret"):
                path = folder / f"1234567.{part}"
                path.write_text(getattr(account.credentials.token, part))
                path.chmod(0o600)
        else:
            assert waiting.exit_code == 2, waiting.output
            mapping = account.map_certificate((folder / "1234567.certificate.pem").read_bytes())
            text = text.replace("<client id>", mapping.client_id).replace("<certificate id>", mapping.certificate_id)
        config.write_text(text)
        fit = auditor("doctor", "--config", config)
        assert (fit.exit_code, fit.stderr) == (0, ""), fit.output
        assert "1234567 fit (exit code 0)" in fit.stdout
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 10, result.output
    run = only_run(tmp_path / "runs")
    report = " ".join(pdf_text(run / "accounts" / "1234567" / "report.pdf").split())
    assert "Expensify Integration" in report
    assert "The auditor's own role 'NetSuite Auditor' is strong" in report
    assert (run / "summary.pdf").exists()


def by_init(account: SimulatedAccount, told: str, *, tba: bool) -> None:
    """Give the auditor's role what the printed steps list for every account, and nothing else."""
    always = told.partition("     Sub-tab")[2].partition("   Only where")[0]
    listed = re.findall(r"^ {5}\S+ +.*? {2,}(View|Create|Edit|Full) +(\w+)$", always, re.MULTILINE)
    assert len(listed) == 8
    for permission in AUDITOR_PERMISSIONS:
        account.set_level(AUDITOR_ROLE, permission, Level.NONE)
    for level, permission in listed:
        account.set_level(AUDITOR_ROLE, permission, Level(level))
    assert ("Full", "ADMI_LOGIN_OAUTH" if tba else "ADMI_LOGIN_OAUTH2") in listed
    # The simulated company has OneWorld and exports expenses, for which the steps list more.
    perhaps = told.partition("   Only where")[2]
    rows = re.findall(
        r"^ {5}\S+ +.*? {2,}(View|Full) +(\w+) +(with OneWorld|for classification checks)$", perhaps, re.MULTILINE
    )
    assert len(rows) == 5
    for level, permission, _ in rows:
        account.set_level(AUDITOR_ROLE, permission, Level(level))


# Every mistake of the page: what is done wrong in a world that was right. The last assignment of exit_code says how the
# doctor ends: 3 unless stated, for nothing could be signed in to.

Mistake = Callable[[World], None]
MISTAKES: dict[str, Mistake] = {}


def mistake(heading: str) -> Callable[[Mistake], Mistake]:
    def keep(play: Mistake) -> Mistake:
        assert heading not in MISTAKES
        MISTAKES[heading] = play
        return play

    return keep


@mistake("A placeholder is not filled in")
def _(world: World) -> None:
    world.begin()
    world.edit('client_id = ".*?"', 'client_id = "<client id>"')
    world.exit_code = 2


@mistake("The account id is spelt as in an address")
def _(world: World) -> None:
    world.begin()
    world.edit(f'id = "{ID}"', 'id = "1234567-sb1"')
    world.exit_code = 2


@mistake("A secret stands in accounts.toml itself")
def _(world: World) -> None:
    world.begin()
    world.edit('private_key = ".*?"', 'private_key = "-----BEGIN PRIVATE KEY-----"')
    world.exit_code = 2


@mistake("The private key can be read by others")
def _(world: World) -> None:
    world.begin()
    world.key.chmod(0o644)


@mistake("The private key is not there")
def _(world: World) -> None:
    world.begin()
    world.key.unlink()


@mistake("An environment variable is not set")
def _(world: World) -> None:
    world.begin()
    world.monkeypatch.delenv("NETSUITE_KEY", raising=False)
    world.edit('private_key = ".*?"', 'private_key = "env:NETSUITE_KEY"')


@mistake("The password of the key is not named")
def _(world: World) -> None:
    world.monkeypatch.setenv("KEY_PASSWORD", "correct horse")
    world.begin("--password", "env:KEY_PASSWORD")
    world.edit("private_key_password = .*", "")


@mistake("The certificate was named in the place of the key")
def _(world: World) -> None:
    world.begin()
    world.key.write_bytes((world.folder / f"{ID}.certificate.pem").read_bytes())


@mistake("The key is of a length that NetSuite does not take")
def _(world: World) -> None:
    world.begin()
    short = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    world.key.write_bytes(short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@mistake("The host name does not resolve")
def _(world: World) -> None:
    world.begin()

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    world.monkeypatch.setattr(socket, "getaddrinfo", unknown)


@mistake("A firewall is in between")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.connection_refused())


@mistake("Something inspects TLS, or the authority is unknown")
def _(world: World) -> None:
    world.begin()
    world.edit("ca_file = .*", "")


@mistake("The certificate of the host has expired")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.wrong_certificate(WrongCertificate.EXPIRED))


@mistake("base_url leads to another host than it says")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.wrong_certificate(WrongCertificate.OTHER_HOST))


@mistake("base_url leads to something that is not NetSuite")
def _(world: World) -> None:
    world.begin()
    world.edit("base_url = .*", f'base_url = "{_some_web_server(world)}"')


@mistake("base_url leads to another account")
def _(world: World) -> None:
    world.begin()
    world.edit("base_url = .*", f'base_url = "{world.simulator.base_url(OTHER)}"')


@mistake("The clock is an hour off")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.clock_skew(3630))


@mistake("The clock is two minutes off")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.clock_skew(150))
    world.exit_code = 10


@mistake("The certificate id is wrong")
def _(world: World) -> None:
    world.begin()
    world.edit('certificate_id = ".*?"', 'certificate_id = "of-another-one"')


@mistake("The client id is that of another integration")
def _(world: World) -> None:
    world.begin()
    world.edit('client_id = ".*?"', f'client_id = "{world.account.credentials.client_id}"')


@mistake("The certificate is not mapped in this account")
def _(world: World) -> None:
    """Mapped in production, and used in the sandbox."""
    world.begin()
    mapping = world.simulator.account(OTHER).map_certificate((world.folder / f"{ID}.certificate.pem").read_bytes())
    world.edit('client_id = ".*?"', f'client_id = "{mapping.client_id}"')
    world.edit('certificate_id = ".*?"', f'certificate_id = "{mapping.certificate_id}"')


@mistake("The certificate has ended")
def _(world: World) -> None:
    world.begin()
    world.account.faults.append(Fault.expired_certificate())


@mistake("The certificate will soon end")
def _(world: World) -> None:
    world.begin("--days", "20")
    world.exit_code = 10


@mistake("The feature OAuth 2.0 is off")
def _(world: World) -> None:
    world.begin()
    world.account.update("companyfeaturesetup", {"isactive": "F"}, id="OAUTH2")


@mistake("The credential is locked after five refusals")
def _(world: World) -> None:
    world.begin()
    right = world.config.read_text()
    world.edit('client_id = ".*?"', 'client_id = "wrong"')
    for _try in range(5):
        assert world.doctor().exit_code == 3
    world.config.write_text(right)


@mistake("The role was taken from the user")
def _(world: World) -> None:
    world.begin()
    world.account.delete("employeerolesforsearch", entity=AUDITOR_USER)


@mistake("The user or the role is inactive")
def _(world: World) -> None:
    world.begin()
    world.account.update("role", {"isinactive": "T"}, id=AUDITOR_ROLE)


@mistake("The token was revoked")
def _(world: World) -> None:
    world.begin(tba=True)
    world.account.update("oauthtoken", {"brevoked": "T", "binactive": "T"}, id=AUDITOR_TOKEN)


@mistake("The token is that of another account")
def _(world: World) -> None:
    world.begin(tba=True)
    other = world.simulator.account(OTHER).credentials.token
    (world.folder / f"{ID}.token_id").write_text(other.token_id)
    (world.folder / f"{ID}.token_secret").write_text(other.token_secret)


@mistake("The realm is the wrong account's")
def _(world: World) -> None:
    world.begin(tba=True)
    world.edit(f'id = "{ID}"', f'id = "{OTHER}"')


@mistake("The token's secret is wrong")
def _(world: World) -> None:
    world.begin(tba=True)
    (world.folder / f"{ID}.token_secret").write_text("0" * 64)


@mistake("The role lacks Log in using OAuth 2.0 Access Tokens")
def _(world: World) -> None:
    world.begin()
    world.take("ADMI_LOGIN_OAUTH2")
    world.exit_code = 3


@mistake("The role lacks Log in using Access Tokens")
def _(world: World) -> None:
    world.begin(tba=True)
    world.take("ADMI_LOGIN_OAUTH")
    world.exit_code = 3


@mistake("The role lacks REST Web Services")
def _(world: World) -> None:
    world.begin()
    world.take("ADMI_RESTWEBSERVICES")


@mistake("The role lacks SuiteAnalytics Workbook")
def _(world: World) -> None:
    world.begin()
    world.take("REPO_ANALYTICS")


@mistake("The role lacks Bulk Manage Roles")
def _(world: World) -> None:
    world.begin()
    world.take("ADMI_MANAGEROLES")


@mistake("The role lacks Access Token Management")
def _(world: World) -> None:
    world.begin()
    world.take("ADMI_MANAGE_OAUTH_TOKENS")


@mistake("The role lacks Employee Record")
def _(world: World) -> None:
    world.begin()
    world.take("LIST_EMPLOYEE_RECORD")


@mistake("The role lacks Employees")
def _(world: World) -> None:
    world.begin()
    world.take("LIST_EMPLOYEE")


@mistake("The role lacks Company Feature Setup")
def _(world: World) -> None:
    world.begin()
    world.take("LIST_COMPANY_FEATURE_SETUP")


@mistake("The role lacks Subsidiaries in an account with OneWorld")
def _(world: World) -> None:
    world.begin()
    world.take("LIST_SUBSIDIARY")
    world.exit_code = 10


@mistake("The role holds more than it needs")
def _(world: World) -> None:
    world.begin()
    world.account.set_level(AUDITOR_ROLE, "LIST_VENDOR", Level.FULL)
    world.exit_code = 10


@mistake("The auditor signs in as Administrator")
def _(world: World) -> None:
    world.begin(tba=True)
    world.account.insert("employeerolesforsearch", {"entity": AUDITOR_USER, "role": 3})
    world.account.update("oauthtoken", {"role_name": 3}, id=AUDITOR_TOKEN)
    world.edit("own_role = .*", 'own_role = "Administrator"')
    world.exit_code = 10


@mistake("own_role names no role")
def _(world: World) -> None:
    world.begin()
    world.edit("own_role = .*", 'own_role = "NetSuite Auditor (old)"')
    world.exit_code = 4


@mistake("A global permission of the user lowers the role")
def _(world: World) -> None:
    world.begin()
    lowered = {"employee": AUDITOR_USER, "permkey": "LIST_EMPLOYEE", "permlevel": Level.NONE.rank}
    world.account.insert("employeeempperms", lowered)
    world.exit_code = 4


@mistake("The feature Token-based Authentication is off")
def _(world: World) -> None:
    world.begin()
    world.account.update("companyfeaturesetup", {"isactive": "F"}, id="TBA")
    world.exit_code = 4


def _some_web_server(world: World) -> str:
    """The address of a web server that knows nothing of NetSuite; it ends with the test."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(404)
            self.send_header("Content-Length", "26")
            self.end_headers()
            self.wfile.write(b"<h1>There is no such page<")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()

    world.ends += [server.shutdown, thread.join, server.server_close]
    return f"http://127.0.0.1:{server.server_port}"


def test_every_mistake_of_the_page_is_played_and_no_other() -> None:
    assert list(troubles()) == list(MISTAKES)
    assert all(troubles().values())


@pytest.mark.parametrize("heading", list(MISTAKES))
def test_what_the_page_says_of_a_mistake_is_what_the_doctor_says(heading: str, world: World) -> None:
    MISTAKES[heading](world)
    result = world.doctor()
    said = " ".join(result.output.split())
    assert result.exit_code == world.exit_code, result.output
    for words in troubles()[heading]:
        assert words in said, result.output
    assert "Traceback" not in said
    for secret in secrets_of(world):
        assert secret not in result.output


def secrets_of(world: World) -> list[str]:
    token = world.account.credentials.token
    found = [token.consumer_secret, token.token_secret, token.token_id, "correct horse"]
    if world.key.exists() and "PRIVATE KEY" in world.key.read_text():
        found.append(world.key.read_text().splitlines()[1])
    return found


@pytest.mark.parametrize("options", [(), ("--key", "rsa-3072", "--days", "730")], ids=" ".join)
def test_without_a_mistake_it_is_fit(world: World, options: tuple[str, ...]) -> None:
    world.begin(*options)
    result = world.doctor()
    assert result.exit_code == 0, result.output
    assert f"{ID} fit (exit code 0)" in result.stdout
    assert "trouble" not in result.stdout


def test_what_the_doctor_calls_not_fit_would_not_be_a_clean_audit(world: World, tmp_path: Path) -> None:
    """The doctor's answer is worth what the night after it brings."""
    world.begin()
    assert auditor("audit", "--config", world.config, "--out", tmp_path / "runs").exit_code == 0
    world.take("ADMI_MANAGE_OAUTH_TOKENS")
    assert world.doctor().exit_code == 4
    assert auditor("audit", "--config", world.config, "--out", tmp_path / "runs").exit_code == 4


def validated(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    schema = json.loads((DOCS / "doctor.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def test_json_has_its_documented_form_whatever_happens(world: World) -> None:
    world.begin()
    (first,) = validated(world.doctor("--json").stdout)["accounts"]
    assert first["fitness"] == "fit"
    assert {table["source"]: table["rows"] for table in first["tables"]} == {
        source: len(world.account.rows(source))
        for source in (
            "role", "rolepermissions", "oauthtoken", "employee", "employeerolesforsearch", "employeeempperms",
            "companyfeaturesetup",
        )
    }  # fmt: skip
    assert (first["role"], first["role_id"]) == ("NetSuite Auditor", str(AUDITOR_ROLE))
    assert [row["permission"] for row in first["role_rows"]] == ["ADMI_MANAGEROLES", "ADMI_MANAGE_OAUTH_TOKENS"]
    world.account.faults.append(Fault.column_dropped("oauthtoken", "createdby"))
    world.account.faults.append(Fault.column_dropped("oauthtoken", "brevoked"))
    world.take("LIST_SUBSIDIARY")
    world.account.set_level(AUDITOR_ROLE, "LIST_VENDOR", Level.EDIT)
    result = world.doctor("--json")
    document = validated(result.stdout)
    (account,) = document["accounts"]
    tables = {table["source"]: table for table in account["tables"]}
    assert tables["oauthtoken"]["dropped_columns"] == ["brevoked", "createdby"]
    assert (tables["oauthtoken"]["mark"], tables["oauthtoken"]["state"]) == ("trouble", "partial")
    assert {(row["kind"], row["permission"]) for row in account["role_rows"]} >= {
        ("lacking", "LIST_SUBSIDIARY"),
        ("more than needed", "LIST_VENDOR"),
    }
    assert document["exit_code"] == result.exit_code == 14
    world.account.faults.append(Fault.connection_refused())
    (account,) = validated(world.doctor("--json").stdout)["accounts"]
    assert [step["mark"] for step in account["steps"]] == ["ok", "trouble", "ok", *["not reached"] * 4]


def test_one_accounts_failure_does_not_hide_anothers(world: World) -> None:
    world.begin()
    text = world.config.read_text()
    mine = text.partition("[[account]]")[2]
    lost = mine.replace(f'id = "{ID}"', 'id = "7654321"').replace(world.key.name, "nowhere.pem")
    world.config.write_text(f"{text}\n[[account]]{lost}")
    result = world.doctor()
    assert result.exit_code == 4
    assert f"{ID} fit; 7654321 not fit (exit code 4)" in result.stdout
    assert world.doctor("--account", ID).exit_code == 0
    assert world.doctor("--account", "7654321").exit_code == 3
    unknown = world.doctor("--account", "9")
    assert (unknown.exit_code, unknown.stdout) == (2, "")


def test_a_doctor_signs_in_once_and_only_reads(world: World) -> None:
    world.begin()
    world.doctor()
    asked = world.account.requests
    assert sum(request.path.endswith("/token") for request in asked) == 1
    assert {request.method for request in asked} == {"POST"}
    assert all(request.sql.startswith("SELECT ") for request in asked if request.sql)
    assert len(asked) < 30
    world.account.forget_requests()
    world.edit('client_id = ".*?"', 'client_id = "wrong"')
    world.doctor()
    assert len(world.account.requests) == 1, "a refused sign-in is not tried again"


def test_hostile_names_are_shown_and_not_obeyed(world: World) -> None:
    world.begin()
    name = "Auditor \x1b[31m [bold]not markup[/bold] \u202e"
    world.account.update("role", {"name": name}, id=AUDITOR_ROLE)
    world.edit("own_role = .*", f'own_role = "{AUDITOR_ROLE}"')
    world.account.set_level(AUDITOR_ROLE, "customrecord_[red]x", Level.FULL)
    result = world.doctor()
    assert result.exit_code == 10
    assert "[bold]not markup[/bold]" in result.stdout
    assert "customrecord_[red]x" in result.stdout
    assert not {"\x1b", "\u202e"} & set(result.stdout)
