from __future__ import annotations

import base64
import json
import logging
import pickle
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import keyring
import keyring.backend
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ConfigurationError
from auditor.secrets import Secret, SecretReference, hidden, parse_reference, resolve

CANARY = "s3cr3t-canary-value"


class Keyring(keyring.backend.KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self, entries: dict[tuple[str, str], str], locked: bool = False) -> None:
        self.entries = entries
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked(CANARY)
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing is ever stored")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("nothing is ever deleted")


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    ring = Keyring({("netsuite", "1234567"): CANARY, ("a/b", "c"): "slashed"})
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_secret_shows_itself_only_when_asked(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("%s %r %s", secret, secret, {"key": secret})
    shown = f"{secret} {secret!r} {secret!s} {[secret]} {caplog.text}"
    assert CANARY not in shown
    assert secret.reveal() == CANARY
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env:NS_KEY", SecretReference("env", "NS_KEY")),
        ("file:/etc/ns/key.pem", SecretReference("file", "/etc/ns/key.pem")),
        ("file:keys/key.pem", SecretReference("file", "/conf/keys/key.pem")),
        ("keyring:netsuite/1234567", SecretReference("keyring", "netsuite/1234567")),
    ],
)
def test_references(text: str, expected: SecretReference) -> None:
    assert parse_reference(text, Path("/conf")) == expected


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        "",
        f"plain:{CANARY}",
        f"env:{CANARY} x",
        "env:",
        "file:",
        "file:  ",
        "keyring:",
        f"keyring:{CANARY}",
        "keyring:/x",
        "keyring:x/",
        f"ENV:{CANARY}",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_reference(text, Path("/conf"))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert "env:NAME" in str(caught.value)


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NS_KEY", CANARY)
    assert resolve(SecretReference("env", "NS_KEY")).reveal() == CANARY
    monkeypatch.setenv("NS_KEY", "")
    with pytest.raises(ConfigurationError, match=r"env:NS_KEY is empty"):
        resolve(SecretReference("env", "NS_KEY"))
    monkeypatch.delenv("NS_KEY")
    with pytest.raises(ConfigurationError, match=r"variable NS_KEY is not set"):
        resolve(SecretReference("env", "NS_KEY"))


def test_file_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(CANARY + "\n")
    path.chmod(0o600)
    assert resolve(SecretReference("file", str(path))).reveal() == CANARY
    path.chmod(0o400)
    assert resolve(SecretReference("file", str(path))).reveal() == CANARY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o660, 0o601])
def test_file_that_others_reach_is_refused_with_the_command(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "my secret"
    path.write_text(CANARY)
    path.chmod(mode)
    with pytest.raises(ConfigurationError) as caught:
        resolve(SecretReference("file", str(path)))
    assert f"chmod 600 '{path}'" in caught.value.remedy
    assert f"{mode:04o}" in caught.value.message
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_file_of_the_wrong_kind(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        resolve(SecretReference("file", str(tmp_path / "none")))
    with pytest.raises(ConfigurationError, match="Is a directory"):
        resolve(SecretReference("file", str(tmp_path)))
    for content, words in [(b"\xff" + CANARY.encode(), "not UTF-8"), (b"x" * 70_000, "larger"), (b"\n", "is empty")]:
        path = tmp_path / "file"
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(ConfigurationError, match=words) as caught:
            resolve(SecretReference("file", str(path)))
        assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_keyring(ring: Keyring) -> None:
    assert resolve(SecretReference("keyring", "netsuite/1234567")).reveal() == CANARY
    assert resolve(SecretReference("keyring", "a/b/c")).reveal() == "slashed"
    with pytest.raises(ConfigurationError, match=r"no entry other of service netsuite.* keyring set netsuite other"):
        resolve(SecretReference("keyring", "netsuite/other"))
    ring.locked = True
    with pytest.raises(ConfigurationError, match="KeyringLocked") as caught:
        resolve(SecretReference("keyring", "netsuite/1234567"))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


SENT = st.text(st.characters(exclude_categories=("Cs",)), min_size=8, max_size=40)


@given(SENT, st.text(max_size=7), st.text(max_size=7))
def test_what_the_other_side_repeats_is_hidden_in_whatever_form(value: str, before: str, after: str) -> None:
    escaped = quote(value, safe="")
    for sent in (value, escaped):
        for text in (
            sent,
            quote(sent, safe=""),
            quote_plus(sent),
            json.dumps(sent),
            base64.b64encode(f"{before}{sent}{after}".encode("utf-8", "replace")).decode(),
            base64.urlsafe_b64encode(f"{before}{sent}{after}".encode("utf-8", "replace")).decode(),
        ):
            shown = hidden(f"({text})", [Secret("another"), Secret(value)])
            assert "***" in shown
            assert sent not in shown or sent in "(***)"
            assert text not in shown or text in "(***)"


def test_what_is_no_secret_stays_as_it_is() -> None:
    assert hidden("NetSuite is busy", [Secret(CANARY), Secret("")]) == "NetSuite is busy"


def test_a_secret_that_no_encoding_can_hold_is_hidden_too() -> None:
    assert hidden("a \udcff-secret", [Secret("\udcff-secret")]) == "a ***"
