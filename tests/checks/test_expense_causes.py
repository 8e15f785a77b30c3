"""Every cause behind NS0831 and its neighbours: found where it is, absent where it is not, unknown without its data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from auditor.checks import INFOS
from auditor.model import (
    AccountResult,
    Baseline,
    Feature,
    Finding,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    SubjectKind,
    Table,
)
from tests.checks import accounts
from tests.checks.accounts import BASELINE, baseline, found, without
from tests.checks.damage import losses, lost
from tests.checks.divided import (
    CLASS,
    DEPARTMENT,
    FEATURES,
    LATE,
    LOCATION,
    LOGINS,
    column_dropped,
    divided,
    employee,
    restricted_by,
    with_class,
    with_role,
    with_user,
)
from tests.checks.test_law import hold

Change = Callable[[Snapshot], Snapshot]
FAMILIES = ("employee-defaults", "classification")
BESIDE = tuple(info.id for info in INFOS if info.id not in (*FAMILIES, "role-levels", "token-binding", "waivers"))
"""Checks that are not about expenses, and lack what they need in these accounts."""


def judged(data: Snapshot, *baselines: Baseline, **scope: object) -> AccountResult:
    return accounts.judged(data, *baselines, skipped_checks=BESIDE, **scope)


def about_expenses(data: Snapshot, **scope: object) -> list[Finding]:
    return [finding for finding in judged(data, **scope).findings if finding.check in FAMILIES]


CAUSES: dict[str, tuple[Change, str, str, tuple[str, ...], str, Change]] = {
    # cause: (what makes it so, the subject's key, requirement, codes, what says that all is well, without its data)
    "a class is inactive": (
        lambda data: with_class(data, CLASS, "2", inactive=True),
        "class 2",
        "default:active",
        ("NS0831",),
        "defaults:class",
        lambda data: lost(data, Table.CLASSES, State.NOT_PERMITTED),
    ),
    "what stands above a class is inactive": (
        lambda data: with_class(data, CLASS, "1", inactive=True),
        "class 2",
        "default:active",
        ("NS0831",),
        "defaults:class",
        lambda data: column_dropped(data, Table.CLASSES, "parent"),
    ),
    "a location is inactive": (
        lambda data: with_class(data, LOCATION, "1", inactive=True),
        "location 1",
        "default:active",
        ("NS0831",),
        "defaults:location",
        lambda data: lost(data, Table.LOCATIONS, State.FAILED),
    ),
    "the employee's department is inactive": (
        lambda data: with_class(data, DEPARTMENT, "1", inactive=True),
        "department 1",
        "default:active",
        ("NS0655",),
        "defaults:department",
        lambda data: lost(data, Table.DEPARTMENTS, State.NOT_AVAILABLE),
    ),
    "a class is not open to the employee's subsidiary": (
        lambda data: with_class(data, CLASS, "2", subsidiaries=("4",)),
        "class 2",
        "default:open:2",
        ("NS0831",),
        "defaults:class",
        lambda data: with_class(data, CLASS, "2", subsidiaries=None),
    ),
    "a class is open to the subsidiary above, and not below": (
        lambda data: with_class(data, CLASS, "3", include_children=False),
        "class 3",
        "default:open:3",
        ("NS0831",),
        "defaults:class",
        lambda data: with_class(data, CLASS, "3", include_children=None),
    ),
    "the employee's subsidiary is not known": (
        lambda data: with_class(data, CLASS, "2", subsidiaries=("4",)),
        "class 2",
        "default:open:2",
        ("NS0831",),
        "defaults:class",
        lambda data: with_user(data, "21", subsidiary=None),
    ),
    "the role is restricted by class": (
        lambda data: restricted_by(data, "-101"),
        "1005",
        "restrictions",
        ("NS0831",),
        "restrictions",
        lambda data: lost(data, Table.ROLE_RESTRICTIONS, State.NOT_PERMITTED),
    ),
    "the role sees its own subsidiary alone": (
        lambda data: with_role(data, subsidiary_option="OWN"),
        "1005",
        "subsidiaries",
        ("NS0521", "NS0756"),
        "subsidiaries",
        lambda data: with_role(data, subsidiary_option=None),
    ),
    "the supervisor is inactive": (
        lambda data: with_user(data, "20", inactive=True),
        "20",
        "supervisor:active",
        ("NS0538",),
        "supervisors",
        lambda data: column_dropped(data, Table.USERS, "supervisor"),
    ),
    "the supervisor has an expense limit": (
        lambda data: with_user(data, "20", expense_limit="500.00"),
        "20",
        "supervisor:limit",
        ("NS0919",),
        "supervisor-limits",
        lambda data: column_dropped(data, Table.USERS, "expenselimit"),
    ),
    "an employee has no e-mail address": (
        lambda data: with_user(data, "21", email=""),
        "1234567",
        "e-mail",
        ("NS0023",),
        "e-mail",
        lambda data: lost(data, Table.USERS, State.PARTIAL),
    ),
    "a class was changed after the last sync": (
        lambda data: with_class(data, CLASS, "1", modified=LATE),
        "1234567",
        "changed-since-sync",
        ("NS0831",),
        "changed-since-sync",
        lambda data: with_class(data, CLASS, "1", modified=""),
    ),
    "an employee was changed after the last sync": (
        lambda data: with_user(data, "21", modified=LATE),
        "1234567",
        "changed-since-sync",
        ("NS0831",),
        "changed-since-sync",
        lambda data: lost(data, Table.LOGINS, State.FAILED),
    ),
    "an active class stands under an inactive one": (
        lambda data: with_class(data, CLASS, "1", inactive=True),
        "1234567",
        "under-inactive:class",
        ("NS0831",),
        "under-inactive:class",
        lambda data: column_dropped(data, Table.CLASSES, "parent"),
    ),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_found_where_it_is(cause: str):
    change, key, requirement, codes, _, _ = CAUSES[cause]
    finding = found(judged(change(divided())), requirement, key)
    assert finding.status is Status.FAIL
    assert set(codes) <= set(finding.codes)
    assert finding.remedy
    assert finding.check in FAMILIES


@pytest.mark.parametrize("cause", CAUSES)
def test_absent_where_it_is_not(cause: str):
    _, key, requirement, _, well, _ = CAUSES[cause]
    result = judged(divided())
    assert [each.status for each in result.findings if each.requirement == well] == [Status.PASS]
    assert not [
        each
        for each in result.findings
        if (each.requirement, each.subject.key) == (requirement, key) and each.status is not Status.PASS
    ]


@pytest.mark.parametrize("cause", CAUSES)
def test_unknown_without_its_data(cause: str):
    *_, well, blind = CAUSES[cause]
    result = judged(blind(divided()))
    (finding,) = (each for each in result.findings if each.requirement == well)
    assert finding.status is Status.UNKNOWN
    assert finding.reason
    assert finding.remedy
    if finding.severity is not Severity.INFO:
        assert result.incomplete


def test_an_account_in_good_order_passes_and_asks_for_nothing():
    findings = about_expenses(divided())
    assert {finding.status for finding in findings} == {Status.PASS}
    assert len(findings) == 13
    assert judged(divided()).verdict.value == "clean"


def test_the_last_step_says_where_to_sync_to_its_end():
    finding = found(judged(with_class(divided(), CLASS, "2", inactive=True)), "default:active", "class 2")
    assert finding.remedy[-1].endswith("> Sync Now.")
    assert finding.notes == (
        "As long as it is so, NetSuite can refuse an expense that one of them files with this class.",
    )


def test_what_only_inactive_employees_have_is_no_finding():
    """Gone has the inactive class 4, and a supervisor who is nobody."""
    assert not [finding for finding in about_expenses(divided()) if finding.status is not Status.PASS]


def test_many_employees_with_one_cause_are_one_finding():
    crowd = tuple(employee(str(number), f"E{number:04}", classification="4") for number in range(100, 1100))
    data = divided()
    finding = found(judged(replace(data, users=(*data.users, *crowd))), "default:active", "class 4")
    assert finding.title == "The class 'Old' is inactive, and 1,000 active employees have it by default"
    assert finding.actual == "not so for E0100, E0101, E0102, E0103, E0104 and 995 more"
    assert finding.subject.kind is SubjectKind.CLASSIFICATION


def test_a_class_that_nobody_has_is_counted_and_no_more():
    finding = found(judged(divided()), "under-inactive:class")
    assert (finding.status, finding.actual) == (Status.PASS, "3 active, 1 inactive")


def test_who_has_a_class_that_was_not_read_is_not_called_well():
    finding = found(judged(with_user(divided(), "21", classification="77")), "defaults:class")
    assert finding.status is Status.UNKNOWN
    assert "The class id 77 is not among the classes that were read. It is about 1 active employee." in finding.reason


def test_nobody_has_a_class_of_its_own():
    data = divided()
    for user in data.users:
        data = with_user(data, user.key, classification="")
    assert found(judged(data), "defaults:class").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("fields", [{"full_name": "Services : Training"}, {"full_name": "A : B : Training"}])
def test_a_parent_that_the_row_does_not_name_is_not_taken_for_none(fields: dict[str, str]):
    data = with_class(divided(), CLASS, "2", parent="", **fields)
    assert found(judged(data), "defaults:class").status is Status.UNKNOWN


def test_limits_that_are_not_shown_are_asked_for_no_more_once_somebody_looked():
    data = column_dropped(divided(), Table.USERS, "expenselimit")
    for user in data.users:
        data = with_user(data, user.key, expense_limit=None)
    assert found(judged(data), "supervisor-limits").status is Status.UNKNOWN
    result = judged(data, assumptions={"expense-limits": False})
    assert found(result, "supervisor-limits").status is Status.NOT_APPLICABLE
    assert not result.incomplete


def test_classes_that_stand_under_one_another_in_a_ring_end():
    data = with_class(with_class(divided(), CLASS, "1", parent="2"), CLASS, "2", parent="1")
    assert found(judged(data), "defaults:class").status is Status.PASS


def test_without_subsidiaries_nothing_is_closed():
    features = tuple(replace(each, active=False) if each.id == "SUBSIDIARIES" else each for each in FEATURES)
    data = with_class(divided(features=features), CLASS, "2", subsidiaries=("4",))
    data = with_role(data, subsidiary_option="OWN")
    result = judged(data)
    assert found(result, "defaults:class").status is Status.PASS
    assert found(result, "subsidiaries").status is Status.NOT_APPLICABLE
    assert not [finding for finding in result.findings if finding.requirement == "intercompany"]


@pytest.mark.parametrize(
    ("active", "status"), [(True, Status.PASS), (False, Status.NOT_APPLICABLE), (None, Status.NOT_APPLICABLE)]
)
def test_the_feature_for_other_subsidiaries(active: bool | None, status: Status):
    others = tuple(each for each in FEATURES if each.id != "INTERCOMPANYTIMEEXPENSE")
    own = () if active is None else (Feature("INTERCOMPANYTIMEEXPENSE", active=active),)
    finding = found(judged(divided(features=(*others, *own))), "intercompany")
    assert finding.status is status
    assert bool(finding.reason) is (status is Status.NOT_APPLICABLE)


def test_the_last_sync_that_the_user_gives_goes_before_the_logins():
    data = lost(with_class(divided(), CLASS, "1", modified=LATE), Table.LOGINS, State.NOT_PERMITTED)
    assert not [finding for finding in judged(data).findings if finding.requirement == "changed-since-sync"]
    before = found(judged(data, last_sync="2026-11-09 00:00:00"), "changed-since-sync")
    assert (before.status, before.severity) == (Status.FAIL, Severity.INFO)
    assert before.actual == "classes: Services"
    assert "as given with --last-sync" in before.notes[0]
    assert found(judged(data, last_sync="2026-11-11 00:00:00"), "changed-since-sync").status is Status.PASS


def test_a_login_of_another_application_is_no_sync():
    logins = tuple(replace(each, application="Payroll Bridge") for each in LOGINS)
    assert found(judged(divided(logins=logins)), "changed-since-sync").status is Status.NOT_APPLICABLE


def test_a_role_that_sees_selected_subsidiaries_is_told_which_employees_are_outside():
    data = with_role(divided(), subsidiary_option="SELECTED", effective_subsidiaries=("1", "2"))
    finding = found(judged(data), "subsidiaries")
    assert finding.status is Status.PASS
    assert finding.notes == ("Active employees are in subsidiaries that it does not see: 'Group : Europe : Nordic'.",)


def test_a_restriction_that_says_none_restricts_nothing():
    assert found(judged(restricted_by(divided(), "-102", "NONE")), "restrictions").status is Status.PASS


def test_a_restriction_of_a_segment_of_one_s_own_is_named_as_it_stands():
    assert found(judged(restricted_by(divided(), "cseg_fund")), "restrictions").actual == (
        "restricted by segment cseg_fund"
    )


def test_accounts_of_files_and_of_other_vendors_are_not_judged():
    assert about_expenses(divided(source="files")) == []
    stitch = judged(divided(), baseline(vendor="Stitch"))
    assert [finding for finding in stitch.findings if finding.check in FAMILIES] == []
    assert about_expenses(divided(), assumptions={"classification-checks": False}) == []


def test_features_that_are_off_hide_their_tables_and_are_no_gap():
    features = tuple(replace(each, active=each.id != "LOCATIONS") for each in FEATURES)
    data = without(Table.FEATURES, divided())
    data = lost(divided(features=features), Table.LOCATIONS, State.NOT_AVAILABLE)
    for user in data.users:
        data = with_user(data, user.key, location="")
    result = judged(data)
    assert found(result, "under-inactive:location").status is Status.NOT_APPLICABLE
    assert found(result, "defaults:location").status is Status.NOT_APPLICABLE
    assert not result.incomplete


FLAWED = {cause: change for cause, (change, *_) in CAUSES.items()} | {"in order": lambda data: data}


@pytest.mark.parametrize("flaw", FLAWED)
def test_no_single_loss_makes_anything_pass(flaw: str):
    account = FLAWED[flaw](divided())
    for scope in (Scope(), Scope(last_sync="2026-11-05 00:00:00", fail_on=Severity.INFO)):
        fields = {"last_sync": scope.last_sync, "fail_on": scope.fail_on}
        before = judged(account, BASELINE, **fields)
        for loss, left in losses(account):
            hold(before, judged(left, BASELINE, **fields), f"{flaw}; {loss}")
