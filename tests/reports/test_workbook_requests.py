"""Change requests: one for each change, the highest level asked, and nothing that failed is lost."""

from __future__ import annotations

import msgspec

from auditor.model import Gap, Level, LevelChange, Severity, Status, Subject, SubjectKind
from auditor.reports.workbook.change_requests import change_requests
from tests import samples

RESULT = samples.mixed_result()
ROLE = RESULT.snapshot.roles[0]
REPLACE = msgspec.structs.replace


def with_findings(*findings):
    return REPLACE(RESULT, findings=findings)


def asked(baseline, permission, needed, held, identity, *, exact=False):
    """One finding of the sample role: *baseline* needs a level of a permission."""
    failed = held < needed or (exact and held > needed)
    base = samples.role_finding(0, RESULT.account, ROLE, samples.baseline(id=baseline))
    change = LevelChange(
        role=ROLE.key,
        role_name=ROLE.name,
        role_id="customrole1042",
        permission=permission,
        label=f"Label of {permission}",
        subtab="Lists",
        from_level=held,
        to_level=needed,
    )
    return REPLACE(
        base,
        id=identity,
        requirement=f"{baseline}:{permission}",
        baseline=baseline,
        permission=permission,
        status=Status.FAIL if failed else Status.PASS,
        title=f"{baseline} needs {needed.value}",
        codes=(f"CODE-{baseline}",),
        expected_level=needed,
        actual_level=held,
        gap=(Gap.EXCESS if held > needed else Gap.TOO_LOW) if failed else None,
        remedy=(f"Set it to {needed.value}.",) if failed else (),
        change=change if failed else None,
    )


def test_each_change_stands_once_with_all_that_is_known_of_it():
    requests = change_requests(RESULT)
    assert [(each.subtab, each.label, each.from_level, each.to_level) for each in requests] == [
        ("Lists", "Classes", Level.NONE, Level.VIEW),
        ("Lists", "Employees", Level.VIEW, Level.FULL),
        ("Setup", "SOAP Web Services", Level.VIEW, Level.FULL),
    ]
    first = requests[0]
    assert (first.account, first.name, first.id, first.key) == (
        "1234567",
        "Expensify Integration",
        "customrole1042",
        "customrole1042",
    )
    assert (first.permission, first.codes, first.severity) == ("LIST_CLASS", ("NS0384",), Severity.HIGH)
    assert first.finding == RESULT.findings[1].id
    assert first.steps == RESULT.findings[1].remedy
    assert first.why == (RESULT.findings[1].title,)


def test_what_several_baselines_ask_for_stands_once_at_the_highest_level():
    low = REPLACE(asked("a", "LIST_CLASS", Level.EDIT, Level.VIEW, "1" * 16), severity=Severity.CRITICAL)
    high = asked("b", "LIST_CLASS", Level.FULL, Level.VIEW, "2" * 16)
    other = asked("a", "LIST_DEPARTMENT", Level.FULL, Level.VIEW, "3" * 16)
    requests = change_requests(with_findings(low, high, other))
    assert [(each.permission, each.to_level) for each in requests] == [
        ("LIST_CLASS", Level.FULL),
        ("LIST_DEPARTMENT", Level.FULL),
    ]
    merged = requests[0]
    assert (merged.finding, merged.also) == ("2" * 16, ("1" * 16,))
    assert merged.codes == ("CODE-a", "CODE-b")
    assert merged.severity is Severity.CRITICAL
    assert merged.steps == ("Set it to Full.",)
    assert merged.why == ("a needs Edit", "b needs Full", "Baselines ask for different levels: a Edit, b Full.")
    turned = change_requests(with_findings(other, high, low))
    assert [(each.finding, each.to_level) for each in turned] == [(each.finding, each.to_level) for each in requests]


def test_a_level_is_not_lowered_below_what_another_baseline_needs():
    excess = asked("a", "LIST_CLASS", Level.VIEW, Level.FULL, "1" * 16, exact=True)
    needed = asked("b", "LIST_CLASS", Level.EDIT, Level.FULL, "2" * 16)
    (request,) = change_requests(with_findings(excess, needed))
    assert (request.from_level, request.to_level, request.sets_level) == (Level.FULL, Level.EDIT, True)
    assert request.steps[1] == "On the Permissions tab, sub-tab Lists, set Label of LIST_CLASS to Edit."
    assert request.why[-1] == "Baselines ask for different levels: a View, b Edit."


def test_baselines_that_cannot_both_be_met_are_left_to_the_reader():
    excess = asked("a", "LIST_CLASS", Level.VIEW, Level.FULL, "1" * 16, exact=True)
    needed = asked("b", "LIST_CLASS", Level.FULL, Level.FULL, "2" * 16)
    (request,) = change_requests(with_findings(excess, needed))
    assert not request.sets_level
    assert request.steps[0].startswith("Decide which baseline holds for this role")


def test_what_an_undecided_finding_asks_for_does_not_count():
    excess = asked("a", "LIST_CLASS", Level.VIEW, Level.FULL, "1" * 16, exact=True)
    undecided = REPLACE(asked("b", "LIST_CLASS", Level.FULL, Level.FULL, "2" * 16), status=Status.UNKNOWN)
    (request,) = change_requests(with_findings(excess, undecided))
    assert request.to_level is Level.VIEW


def test_a_failure_that_no_level_mends_says_what_to_do_instead():
    token = REPLACE(
        samples.token_finding("1234567", "assigned", Status.FAIL, title="The role was taken from the user"),
        remedy=("Assign the role again.", "Sync now."),
    )
    requests = change_requests(with_findings(token, *RESULT.findings[:2]))
    assert [each.kind for each in requests] == [SubjectKind.ROLE, SubjectKind.TOKEN]
    last = requests[-1]
    assert (last.id, last.from_level, last.to_level, last.sets_level) == ("901", None, None, False)
    assert last.steps == ("Assign the role again.", "Sync now.")
    assert last.finding == token.id


def test_only_failures_are_requests():
    assert change_requests(samples.clean_result()) == ()
    assert len(change_requests(RESULT)) == sum(finding.status is Status.FAIL for finding in RESULT.findings)


def test_roles_stand_in_the_order_of_their_names_then_sub_tabs():
    findings = []
    for number, name in enumerate(("zeta", "Alpha", "beta")):
        subject = Subject(SubjectKind.ROLE, str(number), name)
        for index in (7, 1):
            finding = samples.role_finding(index, "1234567", ROLE, samples.baseline())
            change = REPLACE(finding.change, role=str(number), role_name=name)
            findings.append(REPLACE(finding, id=f"{number}{index}" * 8, subject=subject, change=change))
    requests = change_requests(with_findings(*findings))
    assert [(each.name, each.subtab) for each in requests] == [
        ("Alpha", "Lists"),
        ("Alpha", "Setup"),
        ("beta", "Lists"),
        ("beta", "Setup"),
        ("zeta", "Lists"),
        ("zeta", "Setup"),
    ]
