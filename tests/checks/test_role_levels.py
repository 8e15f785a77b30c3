"""Each row of a baseline against a role: what is met, what is not, and what cannot be told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.checks.judge import judge
from auditor.model import (
    Comparison,
    Condition,
    Coverage,
    Feature,
    Gap,
    Level,
    LevelChange,
    LevelSource,
    Permission,
    Reference,
    Requirement,
    Role,
    Scope,
    Severity,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    fingerprint,
)
from tests.checks.accounts import (
    ACCOUNT,
    ADMINISTRATOR,
    BASELINE,
    CLERK,
    EXACT,
    HELD,
    OAUTH2,
    ROLE,
    baseline,
    coverage,
    found,
    judged,
    option,
    permissions,
    requirement,
    snapshot,
    token,
    without,
)
from tests.checks.flaws import SO_CALLED, TWIN, row, rows

CLASSES = "expensify:LIST_CLASS"


def test_a_row_that_is_met_says_so_and_no_more():
    finding = found(judged(snapshot()), CLASSES)
    subject = Subject(SubjectKind.ROLE, "1005", "Expensify Integration")
    assert finding.id == fingerprint(ACCOUNT, "role-levels", subject, CLASSES)
    assert (finding.status, finding.subject, finding.baseline) == (Status.PASS, subject, "expensify")
    assert finding.title == "Role 'Expensify Integration' has Classes at View"
    assert (finding.expected, finding.actual) == ("Classes: View", "View")
    assert (finding.expected_level, finding.actual_level, finding.source) == (Level.VIEW, Level.VIEW, LevelSource.ROLE)
    assert (finding.permission, finding.permission_label, finding.subtab) == ("LIST_CLASS", "Classes", "Lists")
    assert (finding.remedy, finding.codes, finding.change, finding.gap) == ((), (), None, None)


def test_a_missing_row_names_the_fix_step_by_step():
    finding = found(judged(rows(without=("LIST_CLASS",))(snapshot())), CLASSES)
    assert (finding.status, finding.severity, finding.gap) == (Status.FAIL, Severity.HIGH, Gap.MISSING)
    assert finding.title == "Role 'Expensify Integration' has no Classes permission, View is needed"
    assert (finding.actual, finding.actual_level, finding.source) == ("no row", Level.NONE, LevelSource.NOWHERE)
    assert finding.codes == ("NS0384",)
    assert finding.remedy == (
        "In NetSuite, go to Setup > Users/Roles > Manage Roles.",
        "Click Edit beside the role 'Expensify Integration' (1005).",
        "On the Permissions tab, sub-tab Lists, add Classes with level View.",
        "Save.",
    )
    assert finding.change == LevelChange(
        role="1005",
        role_name="Expensify Integration",
        role_id="1005",
        permission="LIST_CLASS",
        label="Classes",
        subtab="Lists",
        from_level=Level.NONE,
        to_level=Level.VIEW,
    )


def test_a_level_below_is_too_low():
    finding = found(judged(row("LIST_EMPLOYEE", Level.EDIT)(snapshot())), "expensify:LIST_EMPLOYEE")
    assert (finding.status, finding.gap) == (Status.FAIL, Gap.TOO_LOW)
    assert finding.title == "Role 'Expensify Integration' has Employees at Edit, Full is needed"
    assert finding.remedy[2] == "On the Permissions tab, sub-tab Lists, set the level of Employees to Full."
    assert finding.change is not None
    assert (finding.change.from_level, finding.change.to_level) == (Level.EDIT, Level.FULL)
    assert finding.reason == ""


def test_a_level_above_is_fine_unless_the_baseline_is_exact():
    above = row("LIST_CLASS", Level.FULL)(snapshot())
    assert found(judged(above), CLASSES).status is Status.PASS
    finding = found(judged(above, EXACT), "exact:LIST_CLASS")
    assert (finding.status, finding.gap, finding.severity) == (Status.FAIL, Gap.EXCESS, Severity.MEDIUM)
    assert finding.title == "Role 'Expensify Integration' has Classes at Full, only View is asked"
    assert finding.expected == "Classes: exactly View"
    assert finding.change is not None
    assert (finding.change.from_level, finding.change.to_level) == (Level.FULL, Level.VIEW)


@pytest.mark.parametrize(
    ("held", "other", "status", "gap"),
    [
        (Level.FULL, None, Status.PASS, None),
        (None, Level.VIEW, Status.PASS, None),
        (Level.FULL, Level.EDIT, Status.FAIL, Gap.EXCESS),
        (None, None, Status.FAIL, Gap.MISSING),
        (Level.EDIT, None, Status.FAIL, Gap.TOO_LOW),
        (Level.FULL, "?", Status.UNKNOWN, None),
        ("?", Level.EDIT, Status.FAIL, Gap.EXCESS),
    ],
)
def test_where_the_baseline_is_exact_no_option_may_be_exceeded(held, other, status, gap):
    either = requirement("LIST_EMPLOYEE", Level.FULL, ("LIST_CLASS", Level.VIEW), id="either")
    levels = {"LIST_EMPLOYEE": held, "LIST_CLASS": other}
    held_rows = tuple(
        Permission(ROLE.key, permission, level if isinstance(level, Level) else None)
        for permission, level in levels.items()
        if level is not None
    )
    asked = baseline(comparison=Comparison.EXACT, requirements=(either,))
    finding = found(judged(snapshot(permissions=held_rows), asked), "expensify:either")
    assert (finding.status, finding.gap) == (status, gap)


def test_a_level_that_netsuite_does_not_offer_says_why_it_does_not_work():
    finding = found(judged(row("ADMI_WEBSERVICES", Level.VIEW)(snapshot())), "expensify:ADMI_WEBSERVICES")
    assert (finding.status, finding.gap, finding.subtab) == (Status.FAIL, Gap.TOO_LOW, "Setup")
    assert finding.reason == (
        "NetSuite offers only None and Full for SOAP Web Services, so the level View that is shown does not work."
    )


def test_a_level_outside_the_table_that_is_high_enough_passes_with_a_note():
    asked = baseline(requirements=(requirement("ADMI_ACCTPERIODS", Level.VIEW),))
    held = snapshot(permissions=(Permission(ROLE.key, "ADMI_ACCTPERIODS", Level.EDIT),))
    finding = found(judged(held, asked), "expensify:ADMI_ACCTPERIODS")
    assert finding.status is Status.PASS
    assert finding.notes == (
        "NetSuite offers only None, View and Full for Manage Accounting Periods; what Edit does is not documented.",
    )


def test_an_explicit_none_is_the_same_as_no_row():
    finding = found(judged(row("LIST_CLASS", Level.NONE)(snapshot())), CLASSES)
    assert (finding.status, finding.gap, finding.actual) == (Status.FAIL, Gap.MISSING, "None")
    assert finding.notes == ("The role has a row for it at None, which is the same as no row.",)


def test_an_unreadable_level_is_unknown_and_shows_what_stood_there():
    finding = found(judged(row("LIST_CLASS", None, raw_level="ALL")(snapshot())), CLASSES)
    assert (finding.status, finding.actual, finding.actual_level) == (Status.UNKNOWN, "not known", None)
    assert finding.title == "Whether role 'Expensify Integration' has Classes at View cannot be told"
    assert finding.reason == "The role's row bears the level 'ALL', which is not one of NetSuite's five."
    assert finding.remedy
    assert finding.codes == ("NS0384",)
    assert finding.change is None


def test_rows_that_contradict_each_other_are_unknown():
    finding = found(
        judged(rows(Permission(ROLE.key, "LIST_EMPLOYEE", Level.VIEW))(snapshot())), "expensify:LIST_EMPLOYEE"
    )
    assert finding.status is Status.UNKNOWN
    assert "'Full and View'" in finding.reason


SIGN_IN = "expensify:ADMI_LOGIN_OAUTH"


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (Level.FULL, None, Status.PASS),
        (None, Level.FULL, Status.PASS),
        ("?", Level.FULL, Status.PASS),
        (Level.FULL, "?", Status.PASS),
        ("?", None, Status.UNKNOWN),
        (None, "?", Status.UNKNOWN),
        (Level.VIEW, Level.NONE, Status.FAIL),
        (None, None, Status.FAIL),
    ],
)
def test_one_of_several_ways_is_enough(first, second, status):
    asked = zip(("ADMI_LOGIN_OAUTH", "ADMI_MANAGE_OWN_OAUTH_TOKENS"), (first, second), strict=True)
    held = tuple(
        Permission(ROLE.key, permission, level if isinstance(level, Level) else None)
        for permission, level in asked
        if level is not None
    )
    finding = found(judged(snapshot(permissions=held)), SIGN_IN)
    assert finding.status is status
    assert finding.expected == "Log in using Access Tokens: Full, or User Access Tokens: Full"


def test_the_way_that_is_met_is_the_one_shown():
    finding = found(
        judged(snapshot(permissions=(Permission("1005", "ADMI_MANAGE_OWN_OAUTH_TOKENS", Level.FULL),))), SIGN_IN
    )
    assert (finding.permission, finding.title) == (
        "ADMI_MANAGE_OWN_OAUTH_TOKENS",
        "Role 'Expensify Integration' has User Access Tokens at Full",
    )


def test_where_no_way_is_met_all_are_named_and_the_first_is_the_fix():
    finding = found(judged(snapshot(permissions=(Permission("1005", "ADMI_LOGIN_OAUTH", Level.VIEW),))), SIGN_IN)
    assert finding.title == (
        "Role 'Expensify Integration' has neither Log in using Access Tokens at Full nor User Access Tokens at Full, "
        "one of them is needed"
    )
    assert finding.actual == "Log in using Access Tokens: View; User Access Tokens: no row"
    assert finding.change is not None
    assert (finding.change.permission, finding.change.from_level) == ("ADMI_LOGIN_OAUTH", Level.VIEW)


@pytest.mark.parametrize(
    ("label", "status"), [("Classes", Status.UNKNOWN), ("", Status.UNKNOWN), ("Widgets", Status.FAIL)]
)
def test_a_row_without_an_id_counts_for_what_its_label_may_mean(label, status):
    loose = rows(Permission("1005", "", Level.FULL, label=label), without=("LIST_CLASS", "LIST_EMPLOYEE"))
    finding = found(judged(loose(snapshot())), CLASSES)
    assert finding.status is status
    if label == "Classes":
        assert finding.reason == "The role has a row labelled 'Classes', which may mean this permission or not."
        assert found(judged(loose(snapshot())), "expensify:LIST_EMPLOYEE").status is Status.FAIL
    if label == "Widgets":
        assert finding.notes == ("Labels that the catalogue does not know were not compared: 'Widgets'.",)


def test_labels_that_map_to_nothing_are_named_a_few_of_them():
    unknown = tuple(Permission("1005", "", Level.FULL, label=f"Widget {number}") for number in range(40))
    finding = found(judged(rows(*unknown, without=("LIST_CLASS",))(snapshot())), CLASSES)
    assert finding.notes == (
        "Labels that the catalogue does not know were not compared: 'Widget 0', 'Widget 1', 'Widget 2', 'Widget 3', "
        "'Widget 4' and 35 more.",
    )


def test_a_permission_that_the_catalogue_lacks_is_compared_by_its_id():
    asked = baseline(requirements=(requirement("customrecord_x", Level.VIEW),))
    held = snapshot(
        permissions=(Permission("1005", "customrecord_x", Level.VIEW), Permission("1005", "ODD", Level.FULL))
    )
    finding = found(judged(held, asked), "expensify:customrecord_x")
    assert (finding.status, finding.permission_label, finding.subtab) == (
        Status.PASS,
        "customrecord_x",
        "Custom Record",
    )


class TestConditions:
    ASKED = "expensify:LIST_CURRENCY"

    def test_a_feature_that_is_off_asks_nothing(self):
        off = snapshot(features=(Feature("MULTICURRENCY", active=False),), permissions=permissions(LIST_CURRENCY=None))
        finding = found(judged(off), self.ASKED)
        assert finding.status is Status.NOT_APPLICABLE
        assert finding.reason == (
            "The row applies only if the feature MULTICURRENCY is on: no, by the account's list of features."
        )

    @pytest.mark.parametrize("held", [Level.VIEW, None])
    def test_where_nothing_says_whether_it_applies_a_met_row_passes_and_an_unmet_one_is_unknown(self, held):
        data = without(Table.FEATURES, snapshot(permissions=permissions(LIST_CURRENCY=held)))
        finding = found(judged(data), self.ASKED)
        assert finding.status is (Status.PASS if held else Status.UNKNOWN)
        if not held:
            assert finding.title == (
                "Role 'Expensify Integration' has no Currency permission, whether it is needed here cannot be told"
            )
            assert finding.remedy == ("Say --assume feature:MULTICURRENCY=yes or --assume feature:MULTICURRENCY=no.",)
            assert finding.change is None

    @pytest.mark.parametrize(("said", "status"), [(True, Status.FAIL), (False, Status.NOT_APPLICABLE)])
    def test_what_the_user_says_decides_where_the_data_does_not(self, said, status):
        data = without(Table.FEATURES, snapshot(permissions=permissions(LIST_CURRENCY=None)))
        result = judged(data, assumptions={"Feature:MultiCurrency": said})
        assert found(result, self.ASKED).status is status

    def test_a_retired_row_is_never_failed(self):
        asked = baseline(requirements=(requirement("LIST_VENDOR", Level.FULL, retired="No longer in use."),))
        finding = found(judged(snapshot(), asked), "expensify:LIST_VENDOR")
        assert (finding.status, finding.reason) == (Status.NOT_APPLICABLE, "No longer in use.")

    def test_an_open_condition_does_not_hide_an_unreadable_level(self):
        data = without(Table.FEATURES, row("LIST_CURRENCY", None, raw_level="ALL")(snapshot()))
        assert "ALL" in found(judged(data), self.ASKED).reason
        assert Condition(feature="X").key == "feature:X"


def test_a_row_of_the_baseline_sets_its_own_severity():
    asked = baseline(requirements=(requirement("LIST_VENDOR", Level.FULL, severity=Severity.CRITICAL, note="Strong."),))
    finding = found(judged(snapshot(), asked), "expensify:LIST_VENDOR")
    assert (finding.status, finding.severity, finding.notes) == (Status.FAIL, Severity.CRITICAL, ("Strong.",))


class TestAdministrator:
    def judge_rows(self, role: Role, **fields):
        data = snapshot(roles=(role,), permissions=(), tokens=(token(role=role),), **fields)
        return [each for each in judged(data).findings if each.requirement.startswith("expensify:LIST_")]

    @pytest.mark.parametrize("role", [ADMINISTRATOR, Role(key="Administrator", name="administrator ", inactive=False)])
    def test_holds_everything_and_the_assumption_is_printed(self, role):
        findings = self.judge_rows(role, coverage=coverage(role_permissions=State.NOT_AVAILABLE))
        assert {each.status for each in findings} == {Status.PASS}
        assert {each.source for each in findings} == {LevelSource.ADMINISTRATOR}
        assert {each.notes for each in findings} == {
            ("Assumed, not confirmed: the Administrator role holds every permission at Full.",)
        }

    @pytest.mark.parametrize(
        "role",
        [
            SO_CALLED,
            Role(key="c", name="Administrator", scriptid="c", inactive=False),
            Role(key="Clerk", name="Clerk", inactive=False),
            Role(key="Administrator (Web)", name="Administrator (Web)", inactive=False),
        ],
    )
    def test_another_role_does_not_even_if_it_bears_the_name(self, role):
        assert {each.status for each in self.judge_rows(role)} == {Status.FAIL}

    def test_a_name_proves_nothing_where_ids_were_lost(self):
        lost_ids = (
            *(each for each in coverage() if each.table is not Table.ROLES),
            Coverage(table=Table.ROLES, state=State.COLLECTED, columns_dropped=("ID",)),
        )
        findings = self.judge_rows(Role(key="a", name="Administrator", inactive=False), coverage=lost_ids)
        assert {each.status for each in findings} == {Status.UNKNOWN}

    def test_no_change_is_asked_of_it(self):
        data = snapshot(roles=(ADMINISTRATOR,))
        finding = found(judged(data, EXACT, roles=("3",)), "exact:LIST_CLASS")
        assert (finding.gap, finding.change) == (Gap.EXCESS, None)
        assert finding.remedy[0].startswith("Bind the integration to a role of its own")


class TestWhichRolesAreJudged:
    def why(self, data, asked=BASELINE, **scope):
        return {each.role: each.why for each in judged(data, asked, **scope).distances if each.judged}

    def test_the_role_on_the_token_and_not_the_one_that_bears_the_name(self):
        data = snapshot(tokens=(token(role=CLERK), token(key="902", role=CLERK)))
        assert self.why(data) == {"1006": "on 2 access tokens of Expensify"}

    def test_tokens_that_cannot_be_used_or_of_another_application_lead_nowhere(self):
        tokens = (token(role=CLERK, revoked=True), token(key="902", role=CLERK, application="Warehouse"))
        assert self.why(snapshot(tokens=tokens)) == {"1005": "its name or script id is one that the baseline names"}

    def test_a_token_whose_state_is_not_given_may_be_usable(self):
        assert "1006" in self.why(snapshot(tokens=(token(role=CLERK, inactive=None),)))

    def test_a_name_that_two_roles_bear_leads_to_both(self):
        by_id = snapshot(roles=(ROLE, TWIN))
        assert set(self.why(by_id)) == {"1005"}
        by_name = replace(by_id, tokens=(replace(token(), role=Reference(name="expensify  integration")),))
        assert set(self.why(by_name)) == {"1005", "1007"}
        assert "2 roles bear" in self.why(by_name)["1007"]

    def test_without_tokens_the_roles_that_the_baseline_names(self):
        data = without(Table.ACCESS_TOKENS, snapshot())
        assert set(self.why(data)) == {"1005"}
        assert set(self.why(data, baseline(role_names=(), role_scriptids=("CUSTOMROLE1006",)))) == {"1006"}

    def test_oauth2_leaves_no_token_so_names_decide(self):
        assert set(self.why(snapshot(tokens=(token(role=CLERK),)), OAUTH2)) == {"1005"}

    @pytest.mark.parametrize("text", ["Clerk", " CLERK ", "customrole1006", "1006"])
    def test_a_role_that_the_user_names_is_always_judged(self, text):
        assert self.why(snapshot(), roles=(text,)) == {
            "1005": "on an access token of Expensify",
            "1006": f"named with --role '{text.strip()}'",
        }

    def test_a_role_option_that_two_roles_bear_judges_both_and_says_so(self):
        data = snapshot(roles=(ROLE, TWIN, CLERK), tokens=())
        why = self.why(data, baseline(role_names=()), roles=("Expensify Integration",))
        assert why == dict.fromkeys(["1005", "1007"], "named with --role 'Expensify Integration', as 2 roles are")

    def test_a_role_option_that_matches_nothing_is_an_unknown_finding(self):
        result = judged(snapshot(), roles=("Nobody", "Nobody", ""))
        finding = found(result, "role-option:Nobody")
        assert (finding.status, finding.subject.kind) == (Status.UNKNOWN, SubjectKind.ACCOUNT)
        assert finding.title == "There is no role 'Nobody' to judge, though --role asks for it"
        assert found(result, "role-option:").status is Status.UNKNOWN
        assert result.incomplete

    def test_with_no_role_at_all_there_is_one_finding_that_says_what_to_give(self):
        data = without(Table.ACCESS_TOKENS, snapshot(roles=(CLERK,)))
        result = judged(data)
        finding = found(result, "role:expensify")
        assert finding.status is Status.UNKNOWN
        assert finding.title == "There is no role to hold the baseline expensify against"
        assert any("access tokens" in step for step in finding.remedy)
        assert any("--role" in step for step in finding.remedy)
        core = [each.check for each in result.findings if each.severity is not Severity.INFO]
        assert core == ["role-levels", "token-binding"]

    def test_a_role_found_by_name_in_a_list_that_is_not_whole_may_not_be_the_only_one(self):
        data = snapshot(tokens=(), coverage=coverage(roles=State.PARTIAL))
        assert found(judged(data), "all-roles:expensify").status is Status.UNKNOWN
        by_token = snapshot(coverage=coverage(roles=State.PARTIAL))
        assert not [each for each in judged(by_token).findings if each.requirement == "all-roles:expensify"]

    def test_the_others_say_why_not(self):
        others = [each.why for each in judged(snapshot()).distances if not each.judged]
        assert set(others) == {"not on a usable access token of Expensify"}


def test_a_role_that_only_a_token_leads_to_is_not_to_be_widened():
    data = snapshot(tokens=(token(role=CLERK),), roles=(ROLE, replace(CLERK, inactive=True)))
    result = judged(data)
    finding = found(result, CLASSES)
    assert (finding.subject.key, finding.status, finding.change) == ("1006", Status.FAIL, None)
    assert finding.remedy[0].startswith("An access token of the integration is bound to this role, and the baseline")
    assert found(result, "role-active").remedy == finding.remedy
    meant = found(judged(data, roles=("Clerk",)), CLASSES)
    assert meant.change is not None


@pytest.mark.parametrize("named_first", [True, False])
def test_a_role_that_one_of_the_baselines_names_may_be_made_active_again(named_first):
    own = baseline(id="own", role_names=("Clerk",))
    data = snapshot(tokens=(token(role=CLERK),), roles=(ROLE, replace(CLERK, inactive=True)))
    asked = (own, BASELINE) if named_first else (BASELINE, own)
    assert "Clear the box Inactive." in found(judged(data, *asked), "role-active").remedy


@pytest.mark.parametrize(
    ("inactive", "status", "actual"),
    [
        (False, Status.PASS, "active"),
        (True, Status.FAIL, "inactive"),
        (None, Status.UNKNOWN, "The source does not say."),
    ],
)
def test_a_judged_role_must_be_active(inactive, status, actual):
    result = judged(snapshot(roles=(replace(ROLE, inactive=inactive),)))
    finding = found(result, "role-active")
    assert (finding.status, finding.actual) == (status, actual)
    assert ("The role is inactive." in found(result, CLASSES).notes) is bool(inactive)


def test_a_role_from_its_own_file_is_whole_though_others_are_not():
    whole = replace(ROLE, permissions_whole=True)
    data = snapshot(roles=(whole, CLERK), coverage=coverage(role_permissions=State.PARTIAL, roles=State.PARTIAL))
    result = judged(data, roles=("Clerk",))
    assert found(result, CLASSES, "1005").status is Status.PASS
    assert found(result, "role-active", "1005").status is Status.PASS
    assert found(result, CLASSES, "1006").status is Status.UNKNOWN
    assert found(result, "role-active", "1006").status is Status.UNKNOWN


def test_one_role_held_against_two_baselines_has_a_finding_for_each_row_of_each():
    second = replace(BASELINE, id="second")
    result = judge(snapshot(), (BASELINE, second), Scope())
    rows_of_role = [each for each in result.findings if each.check == "role-levels"]
    assert len(rows_of_role) == 2 * len(HELD) + 1
    assert len({each.id for each in result.findings}) == len(result.findings)


def test_a_permission_that_the_vendor_calls_otherwise_is_said_to_be():
    asked = Requirement(id="LIST_JOB", options=(option("LIST_JOB", Level.VIEW, "Projects"),))
    result = judge(snapshot(), (baseline(requirements=(asked,)),), Scope())
    assert found(result, "expensify:LIST_JOB").notes == ("The vendor calls this permission Projects.",)
    same = Requirement(id="LIST_CLASS", options=(option("LIST_CLASS", Level.FULL, "classes"),))
    result = judge(snapshot(), (baseline(requirements=(same,)),), Scope())
    assert found(result, "expensify:LIST_CLASS").notes == ()
