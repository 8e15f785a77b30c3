"""The tables of accounts.toml that are about the run: where it goes, and how people are named in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.config import (
    Deliveries,
    NotifySettings,
    Privacy,
    PrivacySettings,
    UploadSettings,
    When,
    load_config,
    load_deliveries,
)
from auditor.config.tables import NOTIFY_KEYS, UPLOAD_KEYS
from auditor.errors import ConfigurationError
from auditor.model import Severity
from auditor.secrets import SecretReference
from tests.test_config import OAUTH2, written

ACCOUNT = f'\n[[account]]\nid = "1234567"\n{OAUTH2}'
ENV = SecretReference("env", "URL")


def test_everything_that_can_be_said_of_deliveries(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
        [[notify]]
        name = "on-call"
        url = "env:URL"
        when = "change"
        from = "high"
        attach = false
        time_limit = 20

        [[notify]]
        name = "Team 7"
        url = "file:url"

        [upload]
        url = "s3://bucket/audit"
        time_limit = 120
        [upload.options]
        secret = "env:URL"
        anon = false
        timeout = 5
        endpoint_url = "https://store.example.com"
        """,
    )
    deliveries = Deliveries(
        notify=(
            NotifySettings(name="on-call", url=ENV, when=When.CHANGE, least=Severity.HIGH, attach=False, time_limit=20),
            NotifySettings(name="Team 7", url=SecretReference("file", str(tmp_path / "url"))),
        ),
        upload=UploadSettings(
            url="s3://bucket/audit",
            options={"anon": False, "endpoint_url": "https://store.example.com", "secret": ENV, "timeout": 5},
            time_limit=120,
        ),
    )
    assert load_deliveries(path) == deliveries
    path.write_text(path.read_text() + ACCOUNT)
    assert load_config(path).deliveries == deliveries


def test_what_is_not_said(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, ACCOUNT))
    assert config.deliveries == Deliveries()
    assert config.privacy == PrivacySettings()


def test_a_share_is_meant_from_the_folder_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[upload]\nurl = "share/runs"\n')
    upload = load_deliveries(path).upload
    assert upload is not None
    assert upload.url == str(tmp_path / "share/runs")


NOTIFY = '[[notify]]\nname = "a"\nurl = "env:URL"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notify = 3", "[notify] must be a list of tables: write [[notify]] for each route."),
        ('[notify]\nname = "a"', "[notify] must be a list of tables"),
        ('\n[[notify]]\nurl = "env:URL"', ":2: [[notify]] needs name"),
        ('[[notify]]\nname = "a"', ":1: [[notify]] needs url, a reference to an Apprise URL"),
        ('[[notify]]\nname = "a"\nurl = "mailto://canary"', ":3: [[notify]] url is not a reference to a secret."),
        (f"{NOTIFY}form = 1", ":4: [[notify]] unknown key 'form'. Did you mean from?"),
        (f'{NOTIFY}when = "never"', ":4: [[notify]] when: Invalid enum value 'never'. It is one of always, findings"),
        (f'{NOTIFY}{NOTIFY}from = "worst"', ":7: [[notify]] from: Invalid enum value 'worst'. It is one of info, low"),
        (f"{NOTIFY}attach = 1", ":4: [[notify]] attach: Expected `bool`, got `int`."),
        (f"{NOTIFY}time_limit = 0", ":4: [[notify]] time_limit: Expected `float` > 0.0."),
        (f"{NOTIFY}{NOTIFY}", ":5: [[notify]] route 'a' is named twice (first on line 2)."),
        ('[[notify]]\nname = "a\\n"\nurl = "env:URL"', ":2: [[notify]] name: Expected `str` matching regex"),
        ("upload = 3", "[upload] must be a table: write [upload]."),
        ("\n[upload]\noptions = {}", ":2: [upload] needs url, in quotes"),
        ('[upload]\nurl = "s3://b"\nuser = 1', ":3: [upload] unknown key 'user'."),
        ('[upload]\nurl = "sftp://me:canary@host/x"', ":2: [upload] url bears a password."),
        ('[upload]\nurl = "s3://b"\noptions = { secret = "canary" }', ":3: [upload.options] secret is to be a"),
        ('[upload]\nurl = "s3://b"\n[upload.options]\nkey = "env:no-name"', ":4: [upload.options] key does not name"),
        ('[upload]\nurl = "s3://b"\n[upload.options]\nkey = [1]', ":3: [upload] options: Expected `bool | int"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_deliveries(written(tmp_path, text))
    assert said in str(caught.value)
    assert "canary" not in str(caught.value)


def test_how_people_are_named(tmp_path: Path) -> None:
    hashed = load_config(written(tmp_path, f'privacy = "hash"\nprivacy_key = "env:URL"\n{ACCOUNT}'))
    assert hashed.privacy == PrivacySettings(way=Privacy.HASH, key=ENV)
    assert load_config(written(tmp_path, f'privacy = "omit"\n{ACCOUNT}')).privacy == PrivacySettings(way=Privacy.OMIT)
    waiting = load_config(written(tmp_path, f'privacy_key = "env:URL"\n{ACCOUNT}'))
    assert waiting.privacy == PrivacySettings(key=ENV)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('privacy = "hash"', ':1: privacy = "hash" needs privacy_key. Without a secret key the hash of an e-mail'),
        ('privacy = "hush"', ":1: privacy: Invalid enum value 'hush'. It is one of hash, omit."),
        ('privacy = "hash"\nprivacy_key = "canary"', ":2: privacy_key is not a reference to a secret."),
    ],
)
def test_what_is_wrong_about_privacy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_config(written(tmp_path, f"{text}\n{ACCOUNT}"))
    assert said in str(caught.value)
    assert "canary" not in str(caught.value)


DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize(("page", "keys"), [("notifications.md", NOTIFY_KEYS), ("upload.md", UPLOAD_KEYS)])
def test_every_key_is_documented_and_the_examples_are_valid(tmp_path: Path, page: str, keys: frozenset[str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == keys
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    deliveries = load_deliveries(written(tmp_path, example))
    assert deliveries.notify or deliveries.upload


def test_the_documented_example_of_privacy_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (DOCS / "privacy.md").read_text(encoding="utf-8"), re.DOTALL)
    assert load_config(written(tmp_path, f"{example}{ACCOUNT}")).privacy.way is Privacy.HASH
