"""run.json says what became of a run, and is held to its schema."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from auditor.model import AccountFailure, Verdict
from auditor.reports.run_json import RunJson
from tests import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "run.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
FULL_RUN = samples.run(samples.mixed_result(), samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def written(run):
    return json.loads(RunJson().render(run))


def test_it_says_what_became_of_every_account():
    assert written(FULL_RUN) == {
        "format": "netsuite-auditor/run",
        "version": 1,
        "run": "20261121T020000Z",
        "started": "2026-11-21T02:00:00Z",
        "tool": {"name": "netsuite-auditor", "version": "0.1.0"},
        "replay_of": "",
        "verdict": "findings, and incomplete",
        "exit_code": 14,
        "expected": 3,
        "audited": 2,
        "failed": 1,
        "accounts": [
            {
                "account": "1234567",
                "verdict": "findings, and incomplete",
                "taken": "2026-11-21T02:00:00Z",
                "counts": {
                    "fail": 3,
                    "unknown": 1,
                    "pass": 6,
                    "not_applicable": 1,
                    "waived": 0,
                    "noted": 0,
                    "failed_by_severity": {"info": 0, "low": 0, "medium": 0, "high": 3, "critical": 0},
                },
                "incomplete": {"features": "not available"},
                "folder": "accounts/1234567",
            },
            {
                "account": "7654321_SB1",
                "verdict": "clean",
                "taken": "2026-11-21T02:00:00Z",
                "counts": {
                    "fail": 0,
                    "unknown": 0,
                    "pass": 6,
                    "not_applicable": 0,
                    "waived": 0,
                    "noted": 0,
                    "failed_by_severity": {"info": 0, "low": 0, "medium": 0, "high": 0, "critical": 0},
                },
                "incomplete": {},
                "folder": "accounts/7654321_SB1",
            },
        ],
        "failures": [
            {
                "account": "9999999",
                "cause": "The folder holds no file that can be read.",
                "remedy": "Give the folder that holds the exports.",
            }
        ],
    }


@pytest.mark.parametrize(
    "run",
    [
        FULL_RUN,
        samples.run(samples.clean_result()),
        samples.run(failures=(samples.FAILED_ACCOUNT,)),
        msgspec.structs.replace(samples.run(samples.mixed_result("../a b")), replay_of="20261120T020000Z"),
        samples.run(failures=(AccountFailure(account="\ud800", cause="\x00\ud800", remedy=""),)),
    ],
)
def test_the_schema_accepts_what_is_written(run):
    VALIDATOR.validate(written(run))


def test_the_schema_knows_every_verdict():
    assert SCHEMA["properties"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]


@pytest.mark.parametrize(
    ("place", "field", "value"),
    [
        (lambda run: run, "version", "1"),
        (lambda run: run, "exit_code", 1),
        (lambda run: run, "verdict", "fine"),
        (lambda run: run, "expected", -1),
        (lambda run: run, "extra", None),
        (lambda run: run["accounts"][0], "folder", "../elsewhere"),
        (lambda run: run["accounts"][0], "verdict", "not audited"),
        (lambda run: run["accounts"][0]["incomplete"], "items", "failed"),
        (lambda run: run["accounts"][0]["incomplete"], "users", "collected"),
        (lambda run: run["accounts"][0]["counts"], "forgiven", 0),
        (lambda run: run["failures"][0], "cause", ""),
    ],
)
def test_the_schema_refuses_what_is_broken(place, field, value):
    document = written(FULL_RUN)
    place(document)[field] = value
    assert not VALIDATOR.is_valid(document)


def test_the_schema_refuses_a_document_that_lacks_a_part():
    for part in written(FULL_RUN):
        assert not VALIDATOR.is_valid({key: value for key, value in written(FULL_RUN).items() if key != part}), part
