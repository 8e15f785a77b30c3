"""Whatever a library does in its own process, the audit hears why in one line, without a secret."""

from __future__ import annotations

import base64

import pytest
from msgspec import Struct

from auditor.delivery import apart as room
from auditor.delivery.apart import apart
from auditor.secrets import Secret

SECRET = "canary/5+3 ü"


class Order(Struct):
    how: str
    secret: str = SECRET


def problem(how: str, limit: float = 30, secret: str = SECRET) -> str:
    return apart("tests.delivery.misbehaving", Order(how, secret), limit, [Secret(SECRET)])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("", ""),
        ("raise", "LookupError: 'no bucket for ***'"),
        ("fail", "refused ***!!!"),
    ],
)
def test_what_it_answers_or_raises_is_told(how, said):
    found = problem(how)
    assert found.replace('"', "").replace("'", "").startswith(said.replace("'", ""))
    assert bool(found) is bool(said)
    assert len(found) <= 300


def test_one_that_ends_without_a_word_is_told_by_what_it_complained_of_last():
    assert problem("end") == "and complains: ***"


def test_secrets_are_hidden_in_other_forms_too():
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert encoded not in problem("raise", secret=encoded)


def test_one_that_hangs_is_ended():
    assert problem("hang", limit=0.5) == "it was not done within 0.5 seconds, and was given up"


def test_a_program_that_cannot_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(room.sys, "executable", str(tmp_path / "nowhere"))
    assert problem("") == "no process could be started for it (No such file or directory)"
