from __future__ import annotations

import hashlib
import re
import textwrap
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config import (
    AccountSettings,
    Config,
    HistorySettings,
    OAuth2,
    ProbeSettings,
    SigningSettings,
    TokenBased,
    default_base_url,
    load_config,
)
from auditor.errors import ConfigurationError
from auditor.model import Severity
from auditor.secrets import SecretReference

OAUTH2 = 'client_id = "c"\ncertificate_id = "k"\nprivate_key = "env:KEY"\n'
TBA = (
    'auth = "tba"\nconsumer_key = "env:CK"\nconsumer_secret = "env:CS"\ntoken_id = "env:TI"\ntoken_secret = "env:TS"\n'
)

TOKEN = 'consumer_key = "env:CK"\nconsumer_secret = "env:CS"\ntoken_secret = "env:TS"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_config(written(tmp_path, text))
    return str(caught.value)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
        fail_on = "high"
        out = "reports"
        jobs = 3

        [signing]
        key = "file:keys/signing.pem"
        key_password = "env:SIGNING_PASSWORD"
        certificate = "keys/signing.crt"

        [defaults]
        concurrency = 2
        baselines = ["expensify"]
        ca_file = "ca.pem"
        time_budget = 600
        client_id = "client"

        [[account]]
        id = "1234567"
        name = "Production"
        certificate_id = "cert"
        private_key = "file:keys/p.pem"
        private_key_password = "keyring:netsuite/p"
        algorithm = "PS384"
        own_role = "1005"
        own_user = "audit@example.com"

        [[account]]
        id = "1234567_SB1"
        auth = "tba"
        base_url = "http://127.0.0.1:8080/"
        consumer_key = "env:CK"
        consumer_secret = "env:CS"
        token_id = "env:TI"
        token_secret = "env:TS"
        concurrency = 1
        connect_timeout = 1.5
        read_timeout = 2
        answer_timeout = 3
        time_budget = 4
        ca_file = ""
        baselines = ["a", "b"]
        roles = ["Expensify Integration"]
        assumptions = { oneworld = true, "feature:MULTICURRENCY" = false }

        [account.probe]
        consumer_key = "env:PCK"
        consumer_secret = "env:PCS"
        token_id = "env:PTI"
        token_secret = "file:probe/token"
        wsdl = "https://webservices.netsuite.com/wsdl/v2025_2_0/netsuite.wsdl"
        """,
    )
    assert load_config(path) == Config(
        file=str(path),
        fail_on=Severity.HIGH,
        out=str(tmp_path / "reports"),
        jobs=3,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        signing=SigningSettings(
            key=SecretReference("file", str(tmp_path / "keys/signing.pem")),
            key_password=SecretReference("env", "SIGNING_PASSWORD"),
            certificate=str(tmp_path / "keys/signing.crt"),
        ),
        accounts=(
            AccountSettings(
                id="1234567",
                name="Production",
                sign_in=OAuth2(
                    client_id="client",
                    certificate_id="cert",
                    private_key=SecretReference("file", str(tmp_path / "keys/p.pem")),
                    private_key_password=SecretReference("keyring", "netsuite/p"),
                    algorithm="PS384",
                ),
                base_url="https://1234567.suitetalk.api.netsuite.com",
                concurrency=2,
                time_budget=600,
                ca_file=str(tmp_path / "ca.pem"),
                own_role="1005",
                own_user="audit@example.com",
                baselines=("expensify",),
            ),
            AccountSettings(
                id="1234567_SB1",
                name="1234567_SB1",
                sign_in=TokenBased(
                    consumer_key=SecretReference("env", "CK"),
                    consumer_secret=SecretReference("env", "CS"),
                    token_id=SecretReference("env", "TI"),
                    token_secret=SecretReference("env", "TS"),
                ),
                base_url="http://127.0.0.1:8080",
                connect_timeout=1.5,
                read_timeout=2,
                answer_timeout=3,
                time_budget=4,
                baselines=("a", "b"),
                roles=("Expensify Integration",),
                assumptions={"oneworld": True, "feature:MULTICURRENCY": False},
                probe=ProbeSettings(
                    token=TokenBased(
                        consumer_key=SecretReference("env", "PCK"),
                        consumer_secret=SecretReference("env", "PCS"),
                        token_id=SecretReference("env", "PTI"),
                        token_secret=SecretReference("file", str(tmp_path / "probe/token")),
                    ),
                    wsdl="https://webservices.netsuite.com/wsdl/v2025_2_0/netsuite.wsdl",
                ),
            ),
        ),
    )


def test_the_least_that_can_be_said(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, f'[[account]]\nid = "TSTDRV123"\n{OAUTH2}'))
    assert (config.fail_on, config.out, config.jobs) == (None, None, 4)
    (account,) = config.accounts
    assert account.concurrency == 1
    assert account.base_url == "https://tstdrv123.suitetalk.api.netsuite.com"


def test_host_of_a_sandbox() -> None:
    assert default_base_url("1234567_SB1") == "https://1234567-sb1.suitetalk.api.netsuite.com"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'jbos = 3\n[[account]]\nid = "1234567"\n{OAUTH2}', ["accounts.toml:1: ", "'jbos'", "Did you mean jobs?"]),
        (f'jobs = "3"\n[[account]]\nid = "1234567"\n{OAUTH2}', ["accounts.toml:1: ", "jobs", "Expected `int`"]),
        (f'jobs = 0\n[[account]]\nid = "1234567"\n{OAUTH2}', ["accounts.toml:1: ", "jobs", ">= 1"]),
        (
            f'fail_on = "severe"\n[[account]]\nid = "1234567"\n{OAUTH2}',
            ["accounts.toml:1: ", "'severe'", "info, low, medium, high, critical"],
        ),
        (
            f'[defaults]\nconcurency = 2\n[[account]]\nid = "1234567"\n{OAUTH2}',
            ["accounts.toml:2: [defaults] ", "'concurency'", "Did you mean concurrency?"],
        ),
        (f'[defaults]\nid = "1"\n[[account]]\nid = "1234567"\n{OAUTH2}', ["accounts.toml:2: [defaults] ", "'id'"]),
        (
            f'[defaults]\nconcurrency = "2"\n[[account]]\nid = "1234567"\n{OAUTH2}',
            ["accounts.toml:2: ", "concurrency: Expected `int`, got `str`", "account 1234567"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}\n[[account]]\nid = "222"\nclientid = "x"\n{OAUTH2}',
            ["accounts.toml:9: [[account]] ", "'clientid'", "Did you mean client_id?"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}\n# again\n[[account]]\n{OAUTH2}id = "1234567"\n',
            ["accounts.toml:12: ", "1234567 is named twice (first on line 2)"],
        ),
        (f"[[account]]\nid = 1234567\n{OAUTH2}", ["accounts.toml:1: ", 'id = "1234567"']),
        (f"[[account]]\n{OAUTH2}", ["accounts.toml:1: ", 'id = "1234567"']),
        (f'[[account]]\nid = "1234567-sb1"\n{OAUTH2}', ["accounts.toml:2: ", "Did you mean 1234567_SB1?"]),
        (f'[[account]]\nid = "1234567_sb1"\n{OAUTH2}', ["accounts.toml:2: ", "Did you mean 1234567_SB1?"]),
        (f'[[account]]\nid = "https://x"\n{OAUTH2}', ["accounts.toml:2: ", "not spelt"]),
        ('[[account]]\nid = "1234567"\nclient_id = "x"', ["accounts.toml:1: ", "needs certificate_id, private_key"]),
        ('[[account]]\nid = "1234567"\nauth = "tba"', ["needs consumer_key, consumer_secret, token_id, token_secret"]),
        (f'[[account]]\nid = "1234567"\n{TBA}client_id = "x"', ["accounts.toml:8: ", 'not belong to auth = "tba"']),
        (f'[[account]]\nid = "1234567"\n{OAUTH2}token_id = "env:X"', ["accounts.toml:6: ", 'auth = "oauth2"']),
        (f'[[account]]\nid = "1234567"\nauth = "oauth"\n{OAUTH2}', ["accounts.toml:3: ", "'oauth'"]),
        (f'[[account]]\nid = "1234567"\nalgorithm = "RS256"\n{OAUTH2}', ["accounts.toml:3: ", "'RS256'"]),
        (f'[[account]]\nid = "1234567"\nconcurrency = 9\n{OAUTH2}', ["accounts.toml:3: ", "<= 4"]),
        (f'[[account]]\nid = "1234567"\nread_timeout = 0\n{OAUTH2}', ["accounts.toml:3: ", "> 0"]),
        (f'[[account]]\nid = "1234567"\nbase_url = "http://evil.example"\n{OAUTH2}', ["accounts.toml:3: ", "https://"]),
        (f'[[account]]\nid = "1234567"\nbase_url = "https://u:p@h"\n{OAUTH2}', ["accounts.toml:3: ", "no user"]),
        (f'[[account]]\nid = "1234567"\nbase_url = "https://[h"\n{OAUTH2}', ["accounts.toml:3: ", "base_url"]),
        (f'[[account]]\nid = "1234567"\nbase_url = "https://h:p"\n{OAUTH2}', ["accounts.toml:3: ", "base_url"]),
        (f'[[account]]\nid = "1234567"\nroles = "x"\n{OAUTH2}', ["accounts.toml:3: ", "roles", "Expected `array`"]),
        (f'[[account]]\nid = "1234567"\nroles = [1]\n{OAUTH2}', ["accounts.toml:3: ", "roles", "Expected `str`"]),
        (
            f'[[account]]\nid = "1234567"\nassumptions = {{ oneworld = "yes" }}\n{OAUTH2}',
            ["accounts.toml:3: ", "assumptions", "Expected `bool`"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}\n[account.probe]\nconsumer_kye = "env:X"',
            ["accounts.toml:8: [account.probe] ", "Did you mean consumer_key?"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}\n[account.probe]\n{TOKEN}token_id = ""',
            ["accounts.toml:7: [account.probe] ", "needs token_id (account 1234567)"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}\n[account.probe]\n{TOKEN}token_id = "env:T"\nwsdl = "http://x/y"',
            ["accounts.toml:12: [account.probe] ", "wsdl must begin with https://"],
        ),
        (
            f'[defaults]\ntoken_id = "env:X"\n[[account]]\nid = "1234567"\n{OAUTH2}probe = {{ consumer_key = "x" }}',
            ["accounts.toml:8: [account.probe] ", "needs consumer_secret, token_id, token_secret"],
        ),
        (
            f'[[account]]\nid = "1234567"\n{OAUTH2}probe = 1',
            ["accounts.toml:6: [[account]] ", "probe: Expected `object"],
        ),
        (f'[defaults.probe]\n{TOKEN}[[account]]\nid = "1234567"\n{OAUTH2}', ["[defaults] ", "unknown key 'probe'"]),
        ("", ["no account"]),
        ("account = []", ["no account"]),
        ('account = "x"', ["[[account]]"]),
        ("[account]\nid = 1", ["accounts.toml:1: ", "[[account]]"]),
        ("account = [1]", ["[[account]]"]),
        ("defaults = 1\n", ["[defaults]"]),
        ("[[account]\n", ["accounts.toml", "not TOML", "line 1"]),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: list[str]) -> None:
    message = refused(tmp_path, text)
    for word in words:
        assert word in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_config(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "\xe4"')
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_config(path)


@pytest.mark.parametrize(
    "key", ["private_key", "private_key_password", "consumer_key", "consumer_secret", "token_id", "token_secret"]
)
def test_an_inline_secret_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    method = OAUTH2 if key.startswith("private") else TBA
    lines = [line for line in method.splitlines() if not line.startswith(f"{key} =")]
    text = "\n".join(['[[account]]\nid = "1234567"', *lines, f'{key} = "hunter2-canary"'])
    with pytest.raises(ConfigurationError) as caught:
        load_config(written(tmp_path, text))
    shown = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in shown
    assert f":{len(text.splitlines())}: " in shown
    assert f"{key} is not a reference" in shown


@pytest.mark.parametrize("key", ["consumer_key", "consumer_secret", "token_id", "token_secret"])
def test_an_inline_secret_of_the_integration_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    lines = [line for line in TBA.splitlines()[1:] if not line.startswith(f"{key} =")]
    text = "\n".join(['[[account]]\nid = "1234567"', OAUTH2, "[account.probe]", *lines, f'{key} = "hunter2-canary"'])
    with pytest.raises(ConfigurationError) as caught:
        load_config(written(tmp_path, text))
    shown = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in shown
    assert f":{len(text.splitlines())}: [account.probe] {key} is not a reference" in shown


@given(st.text(max_size=300))
def test_no_text_makes_anything_but_a_configuration_or_its_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    with pytest.raises(ConfigurationError):
        load_config(path)


_KEYS = st.sampled_from(["id", "auth", "jobs", "client_id", "private_key", "roles", "assumptions", "base_url", "x"])
_VALUES = st.sampled_from(
    [
        '"1234567"',
        '"tba"',
        '"env:X"',
        "1",
        "0.5",
        "true",
        "[]",
        '["a"]',
        "{}",
        "{ a = true }",
        '"https://["',
        "1979-05-27",
    ]
)


@given(
    st.lists(
        st.one_of(st.just("[defaults]"), st.just("[reports]"), st.just("[[account]]"), st.tuples(_KEYS, _VALUES)),
        max_size=12,
    )
)
def test_no_combination_of_keys_crashes(tmp_path_factory: pytest.TempPathFactory, lines: list[object]) -> None:
    text = "\n".join(line if isinstance(line, str) else f"{line[0]} = {line[1]}" for line in lines)  # type: ignore[index]
    path = tmp_path_factory.getbasetemp() / "keys.toml"
    path.write_text(text, encoding="utf-8")
    try:
        config = load_config(path)
    except ConfigurationError as error:
        said = str(error)
    else:
        said = config.file
    assert str(path) in said


DOCUMENT = Path(__file__).parents[1] / "docs" / "configuration.md"


def test_every_key_is_documented() -> None:
    from auditor.config.reader import AccountTable, RunTable
    from auditor.config.tables import ReportsTable

    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    documented = {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}
    keys = {
        *AccountTable.__struct_fields__,
        *RunTable.__struct_fields__,
        *ReportsTable.__struct_fields__,
        *HistorySettings.__struct_fields__,
    }
    assert keys <= documented
    assert documented - keys == set()


def test_the_documented_examples_are_valid(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(examples) == 2
    read = [load_config(written(tmp_path, example)) for example in examples]
    assert [[account.id for account in config.accounts] for config in read] == [["1234567", "1234567_SB1"], ["7654321"]]


def test_the_documented_defaults_are_true(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, f'[[account]]\nid = "1234567"\n{OAUTH2}'))
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", DOCUMENT.read_text(), re.MULTILINE))
    account = config.accounts[0]
    assert rows.keys() == {"jobs", "concurrency", "connect_timeout", "read_timeout", "answer_timeout", "time_budget"}
    for key, value in rows.items():
        assert getattr(config if key == "jobs" else account, key) == int(value)


ACCOUNT = f'[[account]]\nid = "1234567"\n{TBA}'


def test_where_the_history_is(tmp_path: Path) -> None:
    told = f'[history]\nurl = "postgresql://auditor@db/h"\npassword = "env:DB"\n{ACCOUNT}'
    history = load_config(written(tmp_path, told)).history
    assert history is not None
    assert (history.url, str(history.password)) == ("postgresql://auditor@db/h", "env:DB")
    history = load_config(written(tmp_path, f'[history]\nurl = "past/h.sqlite"\n{ACCOUNT}')).history
    assert history is not None
    assert (history.url, history.password) == (str(tmp_path / "past" / "h.sqlite"), None)
    assert load_config(written(tmp_path, ACCOUNT)).history is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[history]\npassword = "hunter2"\n', [":2: [history] password is not a reference"]),
        ('[history]\nurl = 7\n', [":2: [history] url must be a text"]),
        ('[history]\nuri = "x"\n', [":2: [history] unknown key 'uri'. Did you mean url?"]),
        ('history = "x"\n', ["must be a table: write [history]."]),
    ],
)  # fmt: skip
def test_what_is_refused_of_the_history(tmp_path: Path, text: str, words: list[str]) -> None:
    message = refused(tmp_path, text + ACCOUNT)
    assert "hunter2" not in message
    for word in words:
        assert word in message
