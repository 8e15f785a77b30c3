"""waivers.yaml: what is read, what is refused and where, and what is added leaves the rest as it stands."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.errors import WaiverError
from auditor.model import Waiver
from auditor.waivers import parse_waivers, with_entry

CHECKS = ("role-levels", "token-binding", "waivers")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "waivers.schema.json").read_text(encoding="utf-8"))
GOOD = {
    "account": "1234567",
    "check": "role-levels",
    "subject": "1005",
    "requirement": "expensify:LIST_CLASS",
    "reason": "No classes in use.",
    "owner": "Ana Ortiz",
    "ticket": "OPS-12",
    "expires": "2027-03-31",
}


def entry(**changes: str | list[str] | None) -> dict[str, Any]:
    return {key: value for key, value in (GOOD | changes).items() if value is not None}


def refused(document: object) -> str:
    """The problems that the reader tells of, empty if it takes the document."""
    try:
        parse_waivers(json.dumps(document, ensure_ascii=False).encode(), "waivers.yaml", CHECKS)
    except WaiverError as error:
        return str(error)
    return ""


def test_an_entry_is_read_as_it_stands():
    waivers = parse_waivers(json.dumps({"waivers": [GOOD]}).encode(), "waivers.yaml", CHECKS)
    assert waivers.entries == (Waiver(**GOOD),)
    assert (waivers.file, json.loads(waivers.text)) == ("waivers.yaml", {"waivers": [GOOD]})
    wide = entry(account=None, scope=["any-subject", "any-account"], subject=None)
    (read,) = parse_waivers(json.dumps({"waivers": [wide]}).encode(), "waivers.yaml", CHECKS).entries
    assert (read.scope, read.about) == (
        "any-account, any-subject",
        ("any", "role-levels", "any", "expensify:LIST_CLASS"),
    )


def test_every_problem_is_told_at_once_with_its_place():
    text = b"""waivers:
  - account: 1234567
    chek: role-levels
    subject: "1005"
    requirement: r
    reason: why
    owner: Ana
    expires: 2026-02-30
  - {account: "1", check: role-level, subject: s, requirement: r, reason: w, owner: o, ticket: t, expires: 2027-1-1}
"""
    with pytest.raises(WaiverError) as caught:
        parse_waivers(text, "waivers.yaml", CHECKS)
    told = str(caught.value).splitlines()
    assert [re.match(r"waivers.yaml:(\d+):\d+: (.*)", line).groups() for line in told] == [
        ("2", "Waiver 1 lacks 'ticket'."),
        ("2", "'account' is read as a number. Put it in quotes: '1234567'."),
        ("3", "Waiver 1 has no key 'chek'. Did you mean 'check'?"),
        ("8", "2026-02-30 is no day of the calendar."),
        ("9", "There is no check 'role-level'. Did you mean 'role-levels'?"),
        ("9", "'expires' is '2027-1-1'; write it like 2027-03-31."),
    ]


BAD = {
    "no list": {"waivers": {}},
    "another key": {"waivers": [], "version": "1"},
    "nothing": {},
    "an entry that is a text": {"waivers": ["all"]},
    **{f"no {key}": {"waivers": [entry(**{key: None})]} for key in GOOD},
    **{f"empty {key}": {"waivers": [entry(**{key: " "})]} for key in GOOD},
    "a star": {"waivers": [entry(account="*")]},
    "unknown scope": {"waivers": [entry(scope=["everything"])]},
    "a scope that is no list": {"waivers": [entry(scope="any-account")]},
    "scope beside what it leaves open": {"waivers": [entry(scope=["any-account"])]},
    "all of it open": {
        "waivers": [
            entry(account=None, subject=None, requirement=None, scope=["any-account", "any-subject", "any-requirement"])
        ]
    },
}
BEYOND_A_SCHEMA = {
    "unknown check": {"waivers": [entry(check="role-leve")]},
    "the check on waivers": {"waivers": [entry(check="waivers")]},
    "no such day": {"waivers": [entry(expires="2026-02-30")]},
    "the same twice": {"waivers": [GOOD, entry(reason="another")]},
}


@pytest.mark.parametrize("case", [*BAD, *BEYOND_A_SCHEMA])
def test_what_is_not_good_is_refused(case: str):
    told = refused((BAD | BEYOND_A_SCHEMA)[case])
    assert re.match(r"waivers\.yaml:\d+:\d+: ", told), case


@pytest.mark.parametrize("case", BAD)
def test_the_schema_refuses_it_too(case: str):
    assert list(Draft202012Validator(SCHEMA).iter_errors(BAD[case]))


def test_schema_and_reader_take_the_good_ones():
    for good in (
        {"waivers": []},
        {"waivers": [GOOD]},
        {"waivers": [entry(account=None, scope=["any-account"]), entry(subject=None, scope=["any-subject"])]},
    ):
        assert not refused(good)
        Draft202012Validator(SCHEMA).validate(good)
    Draft202012Validator.check_schema(SCHEMA)


@given(st.sampled_from([*GOOD, "scope"]), st.sampled_from([1, None, "", [], {}, True, "x", ["any-subject"]]))
def test_whatever_the_schema_refuses_the_reader_refuses_too(key: str, junk: object):
    document = copy.deepcopy({"waivers": [GOOD | {key: junk}]})
    if list(Draft202012Validator(SCHEMA).iter_errors(document)):
        assert refused(document)


@pytest.mark.parametrize(
    "text",
    ["waivers: &a []\n", "waivers: !!python/object:os.system []\n", "waivers: []\n---\nwaivers: []\n", "[" * 200, ""],
)
def test_what_yaml_can_do_beyond_data_is_refused(text: str):
    with pytest.raises(WaiverError, match=r"waivers\.yaml:\d+:\d+: "):
        parse_waivers(text.encode(), "waivers.yaml", CHECKS)


COMMENTED = """# ours
waivers:
- account: '9'   # the old account
  check: role-levels
  subject: x
  requirement: y
  reason: r
  owner: o
  ticket: t
  expires: 2027-01-01
# the end"""


@pytest.mark.parametrize("text", [COMMENTED, COMMENTED + "\n", COMMENTED.replace("\n", "\r\n"), COMMENTED + "\n\n"])
def test_an_entry_is_added_behind_what_stands_there(text: str):
    waiver = Waiver(**entry(reason='He said "no": # really? \\ é 中', scope=""))
    added = with_entry(text, waiver, "waivers.yaml", CHECKS)
    assert added.startswith(text)
    assert parse_waivers(added.encode(), "waivers.yaml", CHECKS).entries[1:] == (waiver,)
    assert ("\r\n" in text) == ("\r\n" in added.removeprefix(text))
    with pytest.raises(WaiverError, match="already"):
        with_entry(added, waiver, "waivers.yaml", CHECKS)


@given(st.text(max_size=30))
def test_any_reason_is_read_back_as_it_was_given_or_refused(reason: str):
    waiver = Waiver(**entry(reason=" ".join(reason.split()) or "x", scope=""))
    try:
        added = with_entry("", waiver, "waivers.yaml", CHECKS)
    except WaiverError:
        return
    assert parse_waivers(added.encode(), "waivers.yaml", CHECKS).entries == (waiver,)


def test_a_file_that_cannot_be_added_to_is_left_alone_and_the_entry_is_shown():
    with pytest.raises(WaiverError, match="Write it in yourself:\n  - account:"):
        with_entry("waivers: []\n", Waiver(**GOOD), "waivers.yaml", CHECKS)
    with pytest.raises(WaiverError, match=r"waivers\.yaml:1"):
        with_entry("waiver: []\n", Waiver(**GOOD), "waivers.yaml", CHECKS)
