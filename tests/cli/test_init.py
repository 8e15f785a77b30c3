"""``auditor init`` as a new user meets it: what it writes, what it never touches, and what it prints."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from auditor.baselines import own_baseline
from auditor.beginning.files import NewFile, write_new
from auditor.catalog import load_catalog
from auditor.config import OAuth2, TokenBased, load_config
from auditor.config.reader import AccountTable, RunTable
from auditor.errors import ConfigurationError
from auditor.simulator import clean_account
from tests.cli.test_audit import auditor, files

SECRET = "correct horse battery staple"


def filled(folder: Path) -> Path:
    """The configuration once the administrator has answered."""
    config = folder / "accounts.toml"
    text = config.read_text().replace("<client id>", "c1").replace("<certificate id>", "k1")
    config.write_text(text.replace("<account id>", "1234567"))
    return config


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_writes_a_configuration_that_loads_once_it_is_filled_in(tmp_path: Path) -> None:
    result = auditor("init", "--account", "1234567", "--account", "1234567_SB1", "--out", tmp_path / "new")
    assert (result.exit_code, result.stderr) == (0, "")
    assert set(files(tmp_path / "new")) == {
        "accounts.toml",
        "netsuite-steps.txt",
        *(f"{account}.{what}.pem" for account in ("1234567", "1234567_SB1") for what in ("private-key", "certificate")),
    }
    assert mode(tmp_path / "new") == 0o700
    for account in ("1234567", "1234567_SB1"):
        assert mode(tmp_path / "new" / f"{account}.private-key.pem") == 0o600
    config = load_config(filled(tmp_path / "new"))
    assert [(each.id, each.name, each.own_role) for each in config.accounts] == [
        ("1234567", "Production", "NetSuite Auditor"),
        ("1234567_SB1", "Sandbox", "NetSuite Auditor"),
    ]
    for each in config.accounts:
        assert isinstance(each.sign_in, OAuth2)
        assert Path(each.sign_in.private_key.target) == (tmp_path / "new" / f"{each.id}.private-key.pem").absolute()


@pytest.mark.parametrize("options", [(), ("--tba",), ("--no-certificate",)])
def test_every_line_that_is_commented_out_is_a_key_that_works(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Each key of the configuration is in the file, and may be switched on as it stands there."""
    assert auditor("init", "--out", tmp_path / "new", *options).exit_code == 0
    config = filled(tmp_path / "new")
    text = re.sub(r"(?m)^# (?=(\w+ = |\[account))", "", config.read_text())
    config.write_text(text)
    load_config(config)
    data = tomllib.loads(text)
    keys = {*data, *data["defaults"], *data["account"][0]}
    asked = {*RunTable.__struct_fields__, *AccountTable.__struct_fields__}
    of_other_way = (
        {"client_id", "certificate_id", "private_key", "private_key_password", "algorithm"}
        if "--tba" in options
        else {"consumer_key", "consumer_secret", "token_id", "token_secret"}
    )
    assert asked - of_other_way <= keys


def test_without_an_account_a_placeholder_stands_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert auditor("init").exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "accounts.toml",
        "netsuite-steps.txt",
        "account.private-key.pem",
        "account.certificate.pem",
    }
    with pytest.raises(ConfigurationError, match=r"accounts\.toml:\d+: .*id is not filled in yet") as caught:
        load_config(Path("accounts.toml"))
    number = int(re.findall(r"toml:(\d+)", caught.value.message)[0])
    assert Path("accounts.toml").read_text().splitlines()[number - 1].startswith('id = "<account id>"')


@pytest.mark.parametrize(
    ("options", "kind", "bits"),
    [((), ec.EllipticCurvePrivateKey, 256), (("--key", "rsa-3072"), rsa.RSAPrivateKey, 3072)],
)
def test_the_pair_is_one_that_netsuite_takes(
    tmp_path: Path, options: tuple[str, ...], kind: type[object], bits: int
) -> None:
    out = tmp_path / "new"
    assert auditor("init", "--account", "1234567", "--out", out, "--days", "730", *options).exit_code == 0
    key = load_pem_private_key((out / "1234567.private-key.pem").read_bytes(), None)
    pem = (out / "1234567.certificate.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    assert isinstance(key, kind)
    assert key.key_size == bits  # type: ignore[attr-defined]
    assert certificate.public_key().public_numbers() == key.public_key().public_numbers()  # type: ignore[union-attr]
    certificate.verify_directly_issued_by(certificate)
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert life == timedelta(days=730)
    assert certificate.not_valid_before_utc <= datetime.now(UTC)
    assert b"PRIVATE" not in pem
    clean_account("1234567").map_certificate(pem)


@pytest.mark.parametrize("days", ["0", "731"])
def test_more_than_two_years_is_refused(tmp_path: Path, days: str) -> None:
    assert auditor("init", "--out", tmp_path / "new", "--days", days).exit_code == 2
    assert not (tmp_path / "new").exists()


def test_the_key_is_encrypted_with_a_password_that_is_named_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY_PASSWORD", SECRET)
    out = tmp_path / "new"
    result = auditor("init", "--account", "1234567", "--out", out, "--password", "env:KEY_PASSWORD")
    assert result.exit_code == 0
    pem = (out / "1234567.private-key.pem").read_bytes()
    load_pem_private_key(pem, SECRET.encode())
    with pytest.raises(TypeError, match="encrypted"):
        load_pem_private_key(pem, None)
    (account,) = load_config(filled(out)).accounts
    assert isinstance(account.sign_in, OAuth2)
    assert str(account.sign_in.private_key_password) == "env:KEY_PASSWORD"
    left = b"".join(files(out).values()) + result.output.encode()
    assert SECRET.encode() not in left


@pytest.mark.parametrize("reference", ["hunter22", "env:NOT_SET_ANYWHERE", "file:nowhere"])
def test_a_password_that_is_not_there_writes_nothing_and_is_not_repeated(tmp_path: Path, reference: str) -> None:
    result = auditor("init", "--account", "1234567", "--out", tmp_path / "new", "--password", reference)
    assert result.exit_code == 2
    assert "--password" in result.stderr
    assert "hunter22" not in result.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "there",
    ["accounts.toml", "netsuite-steps.txt", "1234567.private-key.pem", "1234567.certificate.pem"],
)
@pytest.mark.parametrize("as_link", [False, True])
def test_it_overwrites_nothing_and_writes_nothing_beside_it(tmp_path: Path, there: str, as_link: bool) -> None:
    out = tmp_path / "new"
    out.mkdir()
    if as_link:
        (out / there).symlink_to(tmp_path / "elsewhere")
    else:
        (out / there).write_text("mine")
    result = auditor("init", "--account", "1234567", "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Nothing was written: {out / there} is there already." in result.stderr
    assert [path.name for path in out.iterdir()] == [there]
    assert not (tmp_path / "elsewhere").exists()
    assert as_link or (out / there).read_text() == "mine"


def test_every_file_that_is_there_is_named(tmp_path: Path) -> None:
    assert auditor("init", "--account", "1234567", "--out", tmp_path).exit_code == 0
    before = files(tmp_path)
    result = auditor("init", "--account", "1234567", "--out", tmp_path)
    assert result.exit_code == 2
    for name in before:
        assert name in result.stderr
    assert files(tmp_path) == before


def test_a_file_that_appears_meanwhile_is_left_and_the_others_taken_back(tmp_path: Path) -> None:
    """Between the look and the write somebody else writes one: what was written goes, what was not ours stays."""
    made = [NewFile(name="a", content=b"1"), NewFile(name="nowhere/b", content=b"2")]
    with pytest.raises(ConfigurationError, match="Nothing was written"):
        write_new(tmp_path, made)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigurationError, match="Nothing was written"):
        write_new(tmp_path, [NewFile(name="same", content=b"1"), NewFile(name="same", content=b"2")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    result = auditor("init", "--out", tmp_path / "new")
    assert result.exit_code == 2
    assert "Nothing was written" in result.stderr


@pytest.mark.parametrize("account", ["1234567-sb1", "12", "../../etc", "<account id>"])
def test_an_account_id_that_is_none_is_refused(tmp_path: Path, account: str) -> None:
    result = auditor("init", "--account", account, "--out", tmp_path / "new")
    assert result.exit_code == 2
    assert "is not spelt as NetSuite spells account ids." in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("tba", [False, True])
def test_the_role_is_that_of_the_baseline_row_by_row(tmp_path: Path, tba: bool) -> None:
    told = auditor("init", "--account", "1234567", "--out", tmp_path, *(["--tba"] if tba else [])).stdout
    table = re.findall(r"^ {5}(\S+) +(.*?) {2,}(View|Create|Edit|Full) +(\w+)", told, re.MULTILINE)
    catalog = load_catalog()
    log_in = "ADMI_LOGIN_OAUTH" if tba else "ADMI_LOGIN_OAUTH2"
    wanted = set()
    for row in own_baseline().requirements:
        option = next((each for each in row.options if each.permission == log_in), row.asked)
        subtab = catalog.subtab(option.permission)
        label = catalog.label(option.permission) if catalog.get(option.permission) else option.label
        wanted.add((subtab, label, option.level.value, option.permission))
    assert {row[3] for row in table} == {row[3] for row in wanted}
    assert {(row[0], row[2], row[3]) for row in table} == {(row[0], row[2], row[3]) for row in wanted}
    always = told.partition("Only where it says so")[0]
    assert all((row.asked.permission in always) is (row.when is None) for row in own_baseline().requirements[1:])
    assert own_baseline().role_names[0] in told


@pytest.mark.parametrize(
    ("options", "said", "unsaid"),
    [
        (
            (),
            ("Client Credentials (Machine to Machine) Grant", "1234567.certificate.pem", "M2M"),
            ("New Access Token", "Consumer Secret"),
        ),
        (
            ("--tba",),
            ("New Access Token", "1234567.token_secret", "TBA: Authorization Flow"),
            ("M2M", "certificate.pem", "Check OAuth 2.0"),
        ),
        (("--no-certificate",), ("the certificate of your own key", "M2M"), ("1234567.certificate.pem",)),
    ],
    ids=" ".join,
)
def test_the_steps_are_those_of_the_way_of_signing_in(
    tmp_path: Path, options: tuple[str, ...], said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    told = " ".join(auditor("init", "--account", "1234567", "--out", tmp_path, *options).stdout.split())
    for words in (*said, "tried on no live account", "each refresh clears them"):
        assert words in told
    for words in unsaid:
        assert words not in told
    assert (tmp_path / "1234567.private-key.pem").exists() is not bool(options)


def test_tba_names_files_for_all_four_parts(tmp_path: Path) -> None:
    assert auditor("init", "--tba", "--account", "1234567", "--out", tmp_path).exit_code == 0
    (account,) = load_config(tmp_path / "accounts.toml").accounts
    assert isinstance(account.sign_in, TokenBased)
    assert Path(account.sign_in.token_secret.target).name == "1234567.token_secret"
