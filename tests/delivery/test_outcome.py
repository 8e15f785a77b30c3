"""The record of deliveries, and what is read of it."""

from __future__ import annotations

import pytest

from auditor.delivery.outcome import BEGUN, FILE, Outcome, failed, keep
from auditor.errors import EvidenceError


def outcome(run: str, route: str = "", problem: str = "", kind: str = "notify") -> Outcome:
    return Outcome(run=run, at="2026-11-01T02:00:00Z", kind=kind, route=route, problem=problem)


def test_the_last_attempt_counts_and_one_that_did_not_end_has_failed(tmp_path):
    assert failed(tmp_path, "r1") == ()
    keep(tmp_path, [outcome("r1", "mail", BEGUN), outcome("r1", "chat", BEGUN), outcome("r2", "mail", "refused")])
    keep(tmp_path, [outcome("r1", "mail"), outcome("r1", problem="no room", kind="upload")])
    assert [(each.what, each.problem) for each in failed(tmp_path, "r1")] == [
        ("the upload", "no room"),
        ("the notification chat", BEGUN),
    ]
    keep(tmp_path, [outcome("r1", "chat"), outcome("r1", kind="upload")])
    assert failed(tmp_path, "r1") == ()
    assert [each.route for each in failed(tmp_path, "r2")] == ["mail"]


def test_lines_that_cannot_be_read_count_for_nothing(tmp_path):
    keep(tmp_path, [outcome("r1", "mail", "refused")])
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"run": "r1"\n\xff\n{"run": 3}\n')
    assert [each.route for each in failed(tmp_path, "r1")] == ["mail"]


def test_a_record_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(EvidenceError, match=r"deliveries\.jsonl: cannot be written"):
        keep(tmp_path / "nowhere", [outcome("r1")])
