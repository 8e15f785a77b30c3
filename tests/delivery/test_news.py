"""What is new from night to night, whom it concerns, and how it is said."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.config import NotifySettings, When
from auditor.delivery.message import message
from auditor.delivery.news import news
from auditor.delivery.notify import wanted
from auditor.errors import EvidenceError
from auditor.model import Severity, State, Status, Table, Waiver
from auditor.secrets import SecretReference
from tests.delivery.nights import account, failure, finding, night

URL = SecretReference("env", "NOWHERE")
WAIVER = Waiver(
    account="1234567",
    check="c",
    subject="s",
    requirement="r",
    reason="known",
    owner="Ana",
    ticket="T-1",
    expires="2027-01-01",
)


def names(found) -> list[str]:
    return [each.title.removeprefix("about ") for each in found]


def changes(out, *earlier):
    """New, gone and undecided of the last night of *out*."""
    nights = sorted((path for path in out.glob("2*") if path.is_dir()), reverse=True)
    what = news(nights[0], nights[1:])
    return names(what.new), names(what.gone), names(what.undecided)


def test_what_came_and_what_went(tmp_path):
    night(tmp_path, 1, account(finding("old"), finding("mended"), finding("waived"), finding("moved")))
    same = [finding("old"), finding("mended", Status.PASS), finding("waived", waiver=WAIVER)]
    night(tmp_path, 2, account(*same, finding("made", severity=Severity.LOW)))
    assert changes(tmp_path) == (["made"], ["mended", "moved", "waived"], [])


def test_what_could_not_be_read_is_not_gone(tmp_path):
    night(tmp_path, 1, account(finding("unknown now"), finding("absent now")))
    night(tmp_path, 2, account(finding("unknown now", Status.UNKNOWN), access_tokens=State.PARTIAL))
    assert changes(tmp_path) == ([], [], ["absent now", "unknown now"])


def test_a_night_that_could_not_decide_makes_nothing_new_and_nothing_gone(tmp_path):
    """What is said after a night in part is what would be said had it not been."""
    table = {"access_tokens": State.PARTIAL}
    before = ("open still", "mended meanwhile", "absent, and open still", "absent, and mended meanwhile")
    night(tmp_path, 1, account(*map(finding, before)))
    unknown = [finding(each, Status.UNKNOWN) for each in (*before[:2], "never decided")]
    for number in (2, 3):  # one such night or several
        night(tmp_path, number, account(*unknown, **table))
    after = [finding("open still"), finding("mended meanwhile", Status.PASS), finding("absent, and open still")]
    night(tmp_path, 4, account(*after, finding("made meanwhile"), finding("never decided", Status.UNKNOWN)))
    assert changes(tmp_path) == (["made meanwhile"], ["absent, and mended meanwhile", "mended meanwhile"], [])
    night(tmp_path, 5, account(*after, finding("never decided")))
    assert changes(tmp_path) == (["never decided"], ["made meanwhile"], [])


def test_what_was_decided_since_is_not_taken_from_a_night_before(tmp_path):
    night(tmp_path, 1, account(finding("a"), finding("b")))
    night(tmp_path, 2, account(finding("a", Status.PASS), finding("b", Status.PASS), users=State.PARTIAL))
    night(tmp_path, 3, account(finding("a", Status.UNKNOWN), users=State.PARTIAL, access_tokens=State.PARTIAL))
    night(tmp_path, 4, account(finding("a"), finding("b")))
    assert changes(tmp_path) == (["a", "b"], [], [])


def test_a_night_without_an_account_makes_nothing_new_and_nothing_gone(tmp_path):
    night(tmp_path, 1, account(finding("a"), finding("b")))
    night(tmp_path, 2, failures=(failure(),))
    assert changes(tmp_path) == ([], [], [])
    night(tmp_path, 3, account(finding("b"), finding("c")))
    assert changes(tmp_path) == (["c"], ["a"], [])


def test_one_that_grew_worse_is_new_to_who_is_told_of_the_worse_alone(tmp_path):
    night(tmp_path, 1, account(finding("a", severity=Severity.LOW)))
    night(tmp_path, 2, account(finding("a", severity=Severity.CRITICAL)))
    assert changes(tmp_path) == (["a"], [], [])


def test_an_earlier_run_that_cannot_be_read_counts_as_not_there_and_this_one_must_be_whole(tmp_path):
    first, second = night(tmp_path, 1, account(finding("a"))), night(tmp_path, 2, account(finding("a")))
    third = night(tmp_path, 3, account(finding("a"), finding("b")))
    (second / "accounts" / "1234567" / "findings.json").write_text("{")
    assert names(news(third, [second, first]).new) == ["b"]
    assert news(third, [second]).first
    (third / "run.json").unlink()
    with pytest.raises(EvidenceError, match=r"run\.json: cannot be read"):
        news(third, [])


def route(when: When, least: Severity = Severity.LOW) -> NotifySettings:
    return NotifySettings(name="r", url=URL, when=when, least=least)


def test_severity_and_when_decide_who_is_told(tmp_path):
    first = night(tmp_path, 1, account(finding("a", severity=Severity.MEDIUM)))
    same = night(tmp_path, 2, account(finding("a", severity=Severity.MEDIUM)))
    clean = night(tmp_path, 3, account(finding("a", Status.PASS)))
    lost = night(tmp_path, 4, failures=(failure(),))
    back = night(tmp_path, 5, account(finding("a", Status.PASS)))
    part = night(tmp_path, 6, account(finding("a", Status.UNKNOWN), users=State.PARTIAL))
    earlier: list = []
    told = {}
    for run in (first, same, clean, lost, back, part):
        what = news(run, list(reversed(earlier)))
        told[run] = [
            wanted(route(when, least), what)
            for when in (When.FINDINGS, When.CHANGE)
            for least in (Severity.LOW, Severity.HIGH)
        ]
        assert wanted(route(When.ALWAYS, Severity.CRITICAL), what)
        earlier.append(run)
    assert list(told.values()) == [
        # findings from low, from high; change from low, from high
        [True, False, True, True],  # the first run is news to who waits for a change
        [True, False, False, False],
        [False, False, True, False],
        [True, True, True, True],  # an account is not audited: that has no severity
        [False, False, True, True],  # and now it is again
        [True, True, True, True],  # it could not be read in full
    ]


def test_the_message_says_what_matters_and_bounds_the_rest(tmp_path):
    several = [finding(f"{number:02}", severity=Severity.LOW) for number in range(12)]
    night(tmp_path, 1, account(*several[:11], finding("mended")))
    one = account(*several, finding("long " * 100), finding("info", severity=Severity.INFO))
    run = night(tmp_path, 2, one, account(id="7", users=State.PARTIAL), failures=(failure("9"),))
    what = news(run, [tmp_path / "20261102T020000Z"])
    said = message(what, run, Severity.LOW, "Copy: s3://bucket")
    assert said.title == "NetSuite audit: findings, and incomplete, 2 of 3 accounts audited"
    parts = said.body.split("\n\n")
    assert parts[:3] == [
        "Run 20261103T020000Z, exit code 14.",
        "Not audited: 9: The sign-in was refused.",
        "Not read in full: 7: users",
    ]
    new = parts[3].splitlines()
    assert new[0] == "New since 20261102T020000Z: 2"
    assert new[1].startswith("- high: 1234567: about long long")
    assert new[1].endswith(" …")
    assert len(new[1]) < 220
    assert new[2] == "- low: 1234567: about 11"
    assert parts[4] == "No longer open: 1\n- high: 1234567: about mended"
    assert parts[5] == "Open in all: 13 of severity low or above."
    assert parts[6] == f"Reports: {run}\nCopy: s3://bucket"
    first = message(news(run, []), run, Severity.HIGH).body
    assert "Open findings of severity high or above: 1\n- high" in first
    many = message(news(run, []), run, Severity.INFO).body
    assert "Open findings of severity info or above: 14" in many
    assert "- and 4 more" in many


def test_hostile_text_is_one_visible_line(tmp_path):
    hostile = replace(finding("x"), title="a\n\n- critical: \x1b[31mforged\u202e")
    run = night(tmp_path, 1, account(hostile))
    body = message(news(run, []), run, Severity.LOW).body
    assert "- high: 1234567: a - critical: \u241b[31mforged\ufffd" in body
    assert "\n- critical" not in body


def test_tables_that_nobody_gave_are_no_fault(tmp_path):
    states = {table.name.lower(): State.NOT_AVAILABLE for table in (Table.FEATURES, Table.LOGINS)}
    run = night(tmp_path, 1, account(finding("a", Status.PASS), **states))
    assert news(run, []).lacking == {}


def test_a_table_that_every_audit_rests_on_is_named_however_it_came_to_lack(tmp_path):
    run = night(tmp_path, 1, account(finding("a", Status.UNKNOWN), access_tokens=State.NOT_AVAILABLE))
    what = news(run, [])
    assert what.lacking == {"1234567": ("access tokens",)}
    assert "Not read in full: 1234567: access tokens" in message(what, run, Severity.LOW).body


def test_nobody_is_told_when_system_notes_come_or_go(tmp_path):
    closed = account(finding("a", Status.PASS), system_notes=State.NOT_PERMITTED)
    one, two = night(tmp_path, 1, account(finding("a", Status.PASS))), night(tmp_path, 2, closed)
    for said in (news(two, [one]), news(one, [two])):
        assert (said.lacking, said.worse, said.better) == ({}, (), ())
