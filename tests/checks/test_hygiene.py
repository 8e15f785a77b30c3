"""Hygiene: each family found where it is, absent where it is not, unknown where its data was not collected."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.checks.judge import judge
from auditor.model import (
    AccountResult,
    Finding,
    GlobalPermission,
    Level,
    LoginRecord,
    Permission,
    Reference,
    Role,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    Table,
    User,
    Verdict,
)
from tests.checks.accounts import (
    BASELINE,
    CLERK,
    LOGIN,
    OAUTH2,
    OTHER_USER,
    ROLE,
    USER,
    assignment,
    baseline,
    found,
    permissions,
    requirement,
    snapshot,
    token,
    without,
)

ANOTHER = token("910", role=CLERK, user=OTHER_USER, application="Warehouse", name="Warehouse")
GONE = replace(OTHER_USER, inactive=True)


def judged(data: Snapshot, *asked: object, **scope: object) -> AccountResult:
    return judge(data, asked or (BASELINE,), Scope(**scope))  # type: ignore[arg-type]


def said(data: Snapshot, requirement_name: str, *asked: object) -> Finding:
    return found(judged(data, *asked), requirement_name)


def login(latest: str, **fields: str) -> LoginRecord:
    return replace(LOGIN, latest=latest, **fields)


def role(**fields: object) -> tuple[Role, ...]:
    return tuple(replace(each, **fields) if each.key == ROLE.key else each for each in snapshot().roles)


FOUND = {
    "strong": snapshot(permissions=permissions(ADMI_MANAGEROLES=Level.FULL, ADMI_INTEGRAPP=Level.FULL)),
    "more": snapshot(permissions=permissions(TRAN_JOURNAL=Level.VIEW)),
    "web-services-only": snapshot(roles=role(web_services_only=False)),
    "human-on-role": snapshot(assignments=(assignment(), assignment(OTHER_USER), assignment(OTHER_USER, CLERK))),
    "two-factor": snapshot(roles=role(two_factor="OFF"), permissions=permissions(ADMI_MANAGE_OAUTH_TOKENS=Level.FULL)),
    "several-tokens:expensify": snapshot(tokens=(token(), token("902"))),
    "inactive-user-tokens": snapshot(tokens=(token(), ANOTHER), users=(USER, GONE)),
    "idle-tokens": snapshot(logins=(login("2026-08-01 00:00:00"),)),
    "readiness:expensify": snapshot(),
    "readiness": snapshot(tokens=(token(), ANOTHER)),
}
ABSENT = {
    **dict.fromkeys(FOUND, snapshot()),
    "two-factor": snapshot(permissions=permissions(ADMI_MANAGE_OAUTH_TOKENS=Level.FULL)),
    "readiness:expensify": snapshot(tokens=(token(inactive=True),)),
}
NEEDS = {
    "strong": Table.ROLE_PERMISSIONS,
    "more": Table.ROLE_PERMISSIONS,
    "human-on-role": Table.ROLE_ASSIGNMENTS,
    "two-factor": Table.ROLE_PERMISSIONS,
    "several-tokens:expensify": Table.ACCESS_TOKENS,
    "inactive-user-tokens": Table.USERS,
    "idle-tokens": Table.LOGINS,
    "readiness:expensify": Table.ACCESS_TOKENS,
    "readiness": Table.ACCESS_TOKENS,
}


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found_where_it_is_with_a_way_out(name: str):
    finding = said(FOUND[name], name)
    assert finding.status is Status.FAIL
    assert finding.remedy
    assert finding.severity is (Severity.MEDIUM if name == "strong" else Severity.INFO)


@pytest.mark.parametrize("name", ABSENT)
def test_it_is_absent_where_it_is_not(name: str):
    assert said(ABSENT[name], name).status is Status.PASS


@pytest.mark.parametrize("state", [State.NOT_AVAILABLE, State.NOT_PERMITTED, State.FAILED])
@pytest.mark.parametrize("name", NEEDS)
def test_it_is_unknown_where_its_data_was_not_collected(name: str, state: State):
    finding = said(without(NEEDS[name], FOUND[name], state), name)
    assert finding.status is Status.UNKNOWN
    assert finding.reason
    assert finding.remedy


def test_a_setting_that_the_source_does_not_give_is_unknown():
    silent = snapshot(
        roles=role(web_services_only=None, two_factor=None),
        permissions=permissions(ADMI_MANAGE_OAUTH_TOKENS=Level.FULL),
    )
    assert said(silent, "web-services-only").status is Status.UNKNOWN
    assert said(silent, "two-factor").status is Status.UNKNOWN


def test_what_is_for_information_makes_nothing_fail_or_incomplete_unless_it_is_asked_to():
    data = without(Table.LOGINS, snapshot())
    assert judged(data).verdict is Verdict.CLEAN
    assert judged(data, fail_on=Severity.INFO).verdict is Verdict.FINDINGS_AND_INCOMPLETE
    assert judged(FOUND["more"]).verdict is Verdict.CLEAN
    assert judged(FOUND["strong"]).verdict is Verdict.FINDINGS


@pytest.mark.parametrize("name", FOUND)
def test_a_family_that_is_switched_off_says_nothing(name: str):
    check = said(FOUND[name], name).check
    result = judged(FOUND[name], skipped_checks=(check,))
    assert not [each for each in result.findings if each.check == check]
    assert result.scope.skipped_checks == (check,)


class TestLeastPrivilege:
    def test_one_finding_names_the_strong_ones_first_and_another_counts_the_rest(self):
        many = {f"TRAN_{number:03}": Level.VIEW for number in range(200)}
        data = snapshot(permissions=permissions(ADMI_MANAGEROLES=Level.FULL, **many))
        result = judged(data)
        assert found(result, "strong").actual == "Bulk Manage Roles Full"
        more = found(result, "more")
        assert "200 other permissions" in more.title
        assert len(more.actual) < 500

    def test_a_level_above_what_is_asked_is_more_too(self):
        finding = said(snapshot(permissions=permissions(LIST_CLASS=Level.FULL)), "more")
        assert (finding.status, finding.actual) == (Status.FAIL, "Classes Full")

    def test_what_another_baseline_of_the_audit_asks_is_not_beyond(self):
        other = baseline(id="exports", requirements=(requirement("TRAN_JOURNAL", Level.VIEW),))
        assert said(FOUND["more"], "more", BASELINE, other).status is Status.PASS

    def test_a_strong_permission_that_is_asked_is_told_all_the_same(self):
        asks = baseline(requirements=(requirement("ADMI_MANAGE_OAUTH_TOKENS", Level.FULL),))
        finding = said(snapshot(permissions=permissions(ADMI_MANAGE_OAUTH_TOKENS=Level.FULL)), "strong", asks)
        assert finding.status is Status.PASS
        assert "strong all the same: Access Token Management" in finding.notes[0]

    def test_a_row_that_names_no_permission_may_be_a_strong_one(self):
        loose = Permission(ROLE.key, "", Level.FULL, label="")
        assert said(snapshot(permissions=(*permissions(), loose)), "strong").status is Status.UNKNOWN
        harmless = Permission(ROLE.key, "", Level.FULL, label="Our own thing")
        assert said(snapshot(permissions=(*permissions(), harmless)), "strong").status is Status.PASS
        assert said(snapshot(permissions=(*permissions(), harmless)), "more").status is Status.UNKNOWN

    def test_only_judged_roles_are_looked_at(self):
        rows = (*permissions(), *permissions(CLERK, ADMI_MANAGEROLES=Level.FULL))
        strong = [f for f in judged(snapshot(permissions=rows)).findings if f.requirement == "strong"]
        assert [finding.subject.key for finding in strong] == [ROLE.key]


class TestHumans:
    def test_it_is_called_inferred(self):
        finding = said(FOUND["human-on-role"], "human-on-role")
        assert finding.actual == "inferred: Ana Ortiz"
        assert "inferred" in finding.title

    def test_a_user_with_another_role_for_web_services_only_is_no_person(self):
        other = replace(CLERK, web_services_only=True)
        data = replace(FOUND["human-on-role"], roles=(ROLE, other))
        assert said(data, "human-on-role").status is Status.PASS

    def test_a_user_who_cannot_be_told_from_another_is_not_named(self):
        twin = User(key="9", id="9", name=OTHER_USER.name, inactive=False, access=True)
        by_name = Reference(name=OTHER_USER.name)
        rows = tuple(
            replace(each, user=by_name) if each.user.id == OTHER_USER.id else each
            for each in FOUND["human-on-role"].assignments
        )
        data = replace(FOUND["human-on-role"], users=(USER, OTHER_USER, twin), assignments=rows)
        assert said(data, "human-on-role").status is Status.UNKNOWN


class TestIdle:
    @pytest.mark.parametrize(
        ("latest", "status"),
        [
            ("2026-11-20 00:00:00", Status.PASS),
            ("2026-08-23 00:00:00", Status.PASS),
            ("2026-08-22 23:59:59", Status.FAIL),
        ],
    )
    def test_ninety_days(self, latest: str, status: Status):
        assert said(snapshot(logins=(login(latest),)), "idle-tokens").status is status

    def test_the_days_are_the_users_to_say(self):
        data = snapshot(logins=(login("2026-11-01 00:00:00"),))
        assert found(judged(data, idle_days=10), "idle-tokens").status is Status.FAIL

    def test_only_a_login_that_succeeded_and_was_that_tokens_counts(self):
        for record in (
            login("2026-11-20", status="Failure"),
            login("2026-11-20", application="Warehouse"),
            login("2026-11-20", token="Another"),
        ):
            finding = said(snapshot(logins=(record,)), "idle-tokens")
            assert finding.status is Status.FAIL
            assert token().name in finding.actual

    def test_two_tokens_of_one_name_cannot_be_told_apart_and_that_is_said(self):
        finding = said(snapshot(tokens=(token(), token("902"))), "idle-tokens")
        assert (finding.status, finding.actual) == (Status.UNKNOWN, "ambiguous")
        assert token().name in finding.notes[0]
        old = snapshot(tokens=(token(), token("902")), logins=(login("2026-01-01"),))
        assert said(old, "idle-tokens").status is Status.FAIL

    def test_a_token_that_was_made_since_is_not_asked(self):
        data = snapshot(tokens=(token(created="2026-11-19 08:00:00"),), logins=())
        assert said(data, "idle-tokens").status is Status.PASS


def test_an_integration_without_access_tokens_is_not_asked_about_them():
    requirements = {finding.requirement for finding in judged(snapshot(), OAUTH2).findings}
    assert not {"several-tokens:oauth2", "readiness:oauth2"} & requirements


def test_three_hundred_tokens_and_their_global_permissions_make_no_more_findings():
    tokens = tuple(
        token(str(number), role=CLERK, user=OTHER_USER, application=f"App {number}") for number in range(300)
    )
    given = tuple(GlobalPermission(Reference(id="8"), f"LIST_{number}", Level.FULL) for number in range(300))
    small, large = judged(snapshot()), judged(snapshot(tokens=(token(), *tokens), global_permissions=given))
    assert len(large.findings) == len(small.findings)
    assert all(len(text) < 1500 for each in large.findings for text in (each.title, each.actual, each.reason))
