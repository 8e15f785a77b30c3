"""What NetSuite answered the integration's own token, beside what the tables say."""

from __future__ import annotations

import pytest

from auditor.checks.judge import judge
from auditor.model import (
    AccountResult,
    Finding,
    GlobalPermission,
    Level,
    ProbeOutcome,
    ProbeRow,
    Scope,
    Snapshot,
    Status,
    SubjectKind,
    Table,
    fingerprint,
)
from tests.checks.accounts import (
    ADMINISTRATOR,
    BASELINE,
    CLERK,
    EXACT,
    USER,
    baseline,
    found,
    permissions,
    reference,
    snapshot,
    token,
    without,
)

WORDS = "Permission Violation: You need  the 'Lists -> Classes' permission to access this page."


def row(outcome: ProbeOutcome = ProbeOutcome.REFUSED, **fields: object) -> ProbeRow:
    standard = {
        "record": "Classification",
        "permission": "LIST_CLASS",
        "detail": WORDS if outcome is ProbeOutcome.REFUSED else "",
        "codes": ("NS0384",) if outcome is ProbeOutcome.REFUSED else (),
    }
    return ProbeRow(outcome=outcome, **(standard | fields))


def judged(data: Snapshot, *rows: ProbeRow, baselines=(BASELINE,)) -> AccountResult:
    return judge(data, baselines, Scope(), rows)


def view(data: Snapshot, given: ProbeRow, **baselines: object) -> Finding:
    return found(judged(data, given, **baselines), f"probe:{given.record}")


def test_without_a_probe_nothing_is_said():
    result = judged(snapshot())
    assert result.probe == ()
    assert [each for each in result.findings if each.check == "probe"] == []


def test_the_table_says_view_and_netsuite_says_no():
    finding = view(snapshot(), row())
    assert finding.status is Status.FAIL
    assert finding.title == "The table says View, NetSuite says no: the integration may not read Classification"
    assert finding.actual == "refused; the tables say View"
    assert finding.reason == f"NetSuite's words: {WORDS}"
    assert (finding.permission, finding.permission_label, finding.subtab) == ("LIST_CLASS", "Classes", "Lists")
    assert finding.codes == ("NS0384",)
    assert any("global permissions" in step for step in finding.remedy)
    assert finding.subject.kind is SubjectKind.ACCOUNT
    assert finding.id == fingerprint("1234567", "probe", finding.subject, "probe:Classification")


@pytest.mark.parametrize("level", [None, Level.NONE])
def test_a_refusal_that_the_table_explains_follows_from_the_findings_about_the_role(level):
    finding = view(snapshot(permissions=permissions(LIST_CLASS=level)), row())
    assert finding.status is Status.FAIL
    assert finding.title == "NetSuite refuses the integration Classification"
    assert finding.actual == "refused; the tables say None"
    assert finding.consequence
    assert finding.remedy == (
        "Mend role 'Expensify Integration': the findings about it and its tokens have the steps.",
    )
    assert not view(snapshot(), row()).consequence, "the table says View, so no other finding tells of it"


def test_a_refusal_of_what_no_baseline_asks_for_has_the_steps_to_mend_it():
    others = tuple(each for each in BASELINE.requirements if each.id != "LIST_CLASS")
    data = snapshot(permissions=permissions(LIST_CLASS=None))
    finding = view(data, row(), baselines=(baseline(requirements=others),))
    assert (finding.status, finding.consequence) == (Status.FAIL, False)
    assert finding.remedy[1:3] == (
        "Click Edit beside the role 'Expensify Integration'.",
        "On the Permissions tab, sub-tab Lists, set Classes to View or to what the baseline asks.",
    )


def test_deleted_records_below_full_are_a_refusal_that_the_table_explains():
    given = row(record="DeletedRecord", permission="ADMI_DELETEDRECORD")
    data = snapshot(permissions=permissions(ADMI_DELETEDRECORD=Level.VIEW))
    assert view(data, given).title == "NetSuite refuses the integration DeletedRecord"
    assert view(data, given, baselines=()).remedy[0].startswith("In NetSuite")
    full = snapshot(permissions=permissions(ADMI_DELETEDRECORD=Level.FULL))
    assert view(full, given).title.startswith("The table says Full, NetSuite says no")


def test_a_global_permission_is_part_of_what_the_tables_say():
    lowered = GlobalPermission(user=reference(USER), id="LIST_CLASS", level=Level.NONE)
    assert view(snapshot(global_permissions=(lowered,)), row()).actual == "refused; the tables say None"


@pytest.mark.parametrize(
    "data",
    [
        without(Table.ROLE_PERMISSIONS, snapshot()),
        without(Table.ACCESS_TOKENS, snapshot()),
        without(Table.GLOBAL_PERMISSIONS, snapshot()),
        snapshot(tokens=()),
        snapshot(tokens=(token(revoked=True),)),
    ],
)
def test_a_refusal_stays_a_failure_where_the_tables_cannot_tell(data):
    finding = view(data, row())
    assert finding.status is Status.FAIL
    assert finding.title == "NetSuite refuses the integration Classification"
    assert finding.actual == "refused; the tables do not say"


def two_tokens(**clerk: Level | None) -> Finding:
    tokens = (token(), token("902", CLERK))
    return view(snapshot(tokens=tokens, permissions=(*permissions(), *permissions(CLERK, **clerk))), row())


def test_several_tokens_are_compared_by_the_lowest_of_their_levels():
    same = two_tokens()
    assert (same.actual, same.notes) == ("refused; the tables say View", ())
    enough = two_tokens(LIST_CLASS=Level.FULL)
    assert enough.actual == "refused; the tables say View or Full, by token"
    assert enough.title.startswith("The table says View or Full, NetSuite says no")
    lower = two_tokens(LIST_CLASS=None)
    assert lower.actual == "refused; the tables say None or View, by token"
    assert lower.title == "NetSuite refuses the integration Classification"
    assert lower.remedy == ("Mend role 'Clerk': the findings about it and its tokens have the steps.",)
    assert lower.notes == (
        "The integration has several usable tokens ('Clerk' None, 'Expensify Integration' View), and which of them "
        "was tried is not known here.",
    )


def test_one_record_is_one_record():
    assert view(snapshot(), row(ProbeOutcome.ALLOWED, count=1)).actual == "allowed, 1 record; the tables say View"


def test_administrator_holds_everything():
    assert view(snapshot(tokens=(token(role=ADMINISTRATOR),)), row()).title.startswith("The table says Full")


def test_what_is_allowed_passes_and_notes_a_table_that_says_otherwise():
    allowed = row(ProbeOutcome.ALLOWED, count=12)
    finding = view(snapshot(), allowed)
    assert (finding.status, finding.notes, finding.remedy, finding.codes) == (Status.PASS, (), (), ())
    assert finding.actual == "allowed, 12 records; the tables say View"
    odd = view(snapshot(permissions=permissions(LIST_CLASS=None)), allowed)
    assert odd.status is Status.PASS
    assert "another role" in odd.notes[0]


@pytest.mark.parametrize("outcome", [ProbeOutcome.EMPTY, ProbeOutcome.FAILED])
@pytest.mark.parametrize("held", [Level.VIEW, None])
def test_what_is_empty_or_failed_is_never_a_pass(outcome, held):
    finding = view(snapshot(permissions=permissions(LIST_CLASS=held)), row(outcome, detail="Why it is so."))
    assert finding.status is Status.UNKNOWN
    assert (finding.reason, finding.codes) == ("Why it is so.", ())
    assert finding.remedy


def test_one_finding_for_each_row_whatever_the_baselines():
    rows = (row(ProbeOutcome.ALLOWED), row(record="Job", permission="LIST_JOB"))
    twice = judged(snapshot(), *rows, baselines=(BASELINE, baseline(id="classic"), EXACT))
    probed = [each for each in twice.findings if each.check == "probe"]
    assert [each.requirement for each in probed] == ["probe:Classification", "probe:Job"]
    assert twice.probe == rows


@pytest.mark.parametrize("permission", ["", "customrecord_x", "\ud800"])
def test_a_permission_that_the_catalogue_lacks(permission):
    assert view(snapshot(), row(permission=permission)).status is Status.FAIL
