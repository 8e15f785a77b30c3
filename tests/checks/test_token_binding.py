"""Each token of an integration's application, link by link."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.model import (
    Gap,
    GlobalPermission,
    Level,
    LevelSource,
    Reference,
    Role,
    RoleAssignment,
    Severity,
    Snapshot,
    State,
    Status,
    SubjectKind,
    Table,
    User,
)
from tests.checks.accounts import (
    ADMINISTRATOR,
    BASELINE,
    CLERK,
    EXACT,
    HYGIENE,
    OAUTH2,
    OTHER_USER,
    ROLE,
    USER,
    assignment,
    baseline,
    coverage,
    found,
    judged,
    permissions,
    reference,
    snapshot,
    statuses,
    token,
    without,
)
from tests.checks.flaws import NAMESAKE, SAME_MAIL, TWIN

NAME = "Expensify - Sync User, Expensify Integration"
CHAIN = ["active", "role", "role-active", "user-active", "assigned", "effective-levels"]


def link(data: Snapshot, name: str, key: str = "901", asked=BASELINE):
    return found(judged(data, asked), f"{asked.id}:{name}", key)


def test_a_token_in_good_order_passes_every_link():
    result = judged(snapshot())
    links = [each for each in result.findings if each.subject.kind is SubjectKind.TOKEN]
    assert {each.requirement for each in links} == {f"expensify:{name}" for name in CHAIN}
    assert {each.status for each in links} == {Status.PASS}
    assert all(each.title and each.expected and each.actual for each in links)
    assert not any(each.remedy or each.codes or each.reason for each in links)
    assert {each.subject.name for each in links} == {NAME}


class TestActive:
    @pytest.mark.parametrize(
        ("inactive", "revoked", "status", "state"),
        [
            (False, False, Status.PASS, "active"),
            (True, False, Status.FAIL, "inactive"),
            (True, True, Status.FAIL, "revoked"),
            (None, True, Status.FAIL, "revoked"),
            (True, None, Status.FAIL, "inactive"),
            (None, None, Status.UNKNOWN, "not given"),
            (False, None, Status.UNKNOWN, "not given"),
            (None, False, Status.UNKNOWN, "not given"),
        ],
    )
    def test_needs_both_columns(self, inactive, revoked, status, state):
        finding = link(snapshot(tokens=(token(inactive=inactive, revoked=revoked),)), "active")
        assert (finding.status, finding.actual) == (status, state)
        if status is Status.FAIL:
            assert finding.codes == ("NS0384",)
            assert finding.title == f"The token is {state}, and no other token of the application is active"
            assert ("clear the box Inactive" in finding.remedy[0]) is (state == "inactive")
            assert finding.remedy[-1] == "Then revoke the token that is no longer used."

    def test_another_active_token_makes_it_not_applicable(self):
        data = snapshot(tokens=(token(revoked=True), token(key="902")))
        finding = link(data, "active")
        assert finding.status is Status.NOT_APPLICABLE
        assert finding.reason == "NetSuite does not show which of several tokens the vendor's side uses."
        assert link(data, "active", "902").status is Status.PASS

    def test_another_token_that_may_be_active_leaves_it_open(self):
        nothing_given = token(key="902", inactive=None, revoked=None)
        assert link(snapshot(tokens=(token(revoked=True), nothing_given)), "active").status is Status.UNKNOWN

    def test_a_token_without_application_may_be_the_one_that_serves(self):
        homeless = token(key="902", application="")
        data = snapshot(tokens=(token(revoked=True), homeless))
        assert link(data, "active").status is Status.UNKNOWN
        assert found(judged(data), "active-token:expensify").status is Status.UNKNOWN

    def test_nothing_more_is_said_of_a_token_that_cannot_be_used(self):
        result = judged(snapshot(tokens=(token(revoked=True),)))
        assert [each.requirement for each in result.findings if each.subject.kind is SubjectKind.TOKEN] == [
            "expensify:active"
        ]

    def test_of_several_active_tokens_it_is_said_that_one_cannot_see_which_is_used(self):
        assert link(snapshot(tokens=(token(), token(key="902"))), "active").notes


class TestTheApplication:
    def test_without_an_active_token_it_cannot_sign_in(self):
        for tokens in ((), (token(revoked=True),), (token(application="Warehouse"),)):
            finding = found(judged(snapshot(tokens=tokens)), "active-token:expensify")
            assert (finding.status, finding.severity) == (Status.FAIL, Severity.HIGH)
            assert finding.title == "Expensify has no active access token, so it cannot sign in"
            assert finding.codes == ("NS0384",)
            assert "Click New Access Token." in finding.remedy[0]

    def test_tokens_that_were_not_given_are_unknown_with_what_to_give(self):
        result = judged(without(Table.ACCESS_TOKENS, snapshot()))
        finding = found(result, "active-token:expensify")
        assert (finding.status, finding.subject.kind) == (Status.UNKNOWN, SubjectKind.ACCOUNT)
        assert finding.reason == "The access tokens were not given."
        assert "Token Name, Application, User, Role, Inactive and Revoked" in finding.remedy[0]
        assert [each.check for each in result.findings].count("token-binding") == 1

    def test_a_live_source_is_told_otherwise_than_a_folder_of_files(self):
        data = replace(without(Table.ACCESS_TOKENS, snapshot(), State.NOT_PERMITTED), source="suiteql")
        finding = found(judged(data), "active-token:expensify")
        assert finding.reason == "The access tokens may not be read by the role that was used."
        assert "let the auditor's role read access tokens" in finding.remedy[0]

    def test_a_baseline_without_application_is_not_applicable(self):
        finding = found(judged(snapshot(), EXACT), "active-token:exact")
        assert finding.status is Status.NOT_APPLICABLE
        assert "names no application" in finding.reason

    def test_oauth2_leaves_nothing_to_list_and_says_where_to_look(self):
        result = judged(snapshot(tokens=()), OAUTH2)
        finding = found(result, "active-token:oauth2")
        assert finding.status is Status.NOT_APPLICABLE
        assert "not confirmed" in finding.reason
        assert "OAuth 2.0 Authorized Applications" in finding.reason
        assert not result.incomplete


class TestRole:
    def test_another_role_than_the_one_named(self):
        finding = link(snapshot(tokens=(token(role=CLERK),), assignments=(assignment(USER, CLERK),)), "role")
        assert finding.status is Status.FAIL
        assert finding.title == "Bound to role 'Clerk', not to Expensify Integration"
        assert (finding.expected, finding.actual) == ("The role is Expensify Integration", "Clerk (1006)")
        assert finding.codes == ("NS0384", "NS0228", "NS0565")

    def test_the_id_decides_between_two_of_one_name(self):
        assert link(snapshot(roles=(ROLE, TWIN)), "role").status is Status.PASS

    def test_a_name_that_two_bear_decides_nothing(self):
        data = snapshot(roles=(ROLE, TWIN), tokens=(replace(token(), role=reference(ROLE, by="name")),))
        for name in ("role", "role-active", "effective-levels"):
            finding = link(data, name)
            assert finding.status is Status.UNKNOWN
            assert "2 roles bear the name Expensify Integration" in finding.reason

    def test_a_role_of_another_id_is_not_the_one_of_that_name(self):
        ghost = replace(token(), role=Reference(id="999", name="Expensify Integration"))
        finding = link(snapshot(tokens=(ghost,)), "role")
        assert finding.status is Status.UNKNOWN
        assert "not among the roles that were read" in finding.reason

    def test_a_role_that_was_not_read_but_has_another_name_is_the_wrong_one(self):
        ghost = replace(token(), role=Reference(id="999", name="Ghost"))
        assert link(snapshot(tokens=(ghost,)), "role").status is Status.FAIL
        by_scriptid = baseline(role_scriptids=("customrole1005",))
        assert link(snapshot(tokens=(ghost,)), "role", asked=by_scriptid).status is Status.UNKNOWN

    def test_a_token_without_role_is_unknown(self):
        data = snapshot(tokens=(replace(token(), role=Reference()),))
        assert [link(data, name).status for name in CHAIN] == [
            Status.PASS,
            Status.UNKNOWN,
            Status.UNKNOWN,
            Status.PASS,
            Status.UNKNOWN,
            Status.UNKNOWN,
        ]

    def test_the_script_id_is_enough_and_a_copy_is_noted(self):
        asked = baseline(role_scriptids=("customrole1005",))
        renamed = replace(ROLE, name="Spend Sync")
        assert (
            link(snapshot(roles=(renamed,), tokens=(token(role=renamed),)), "role", asked=asked).status is Status.PASS
        )
        copy = link(snapshot(roles=(ROLE, TWIN), tokens=(token(role=TWIN),)), "role", asked=asked)
        assert copy.status is Status.PASS
        assert "customrole1007 does not: a copy, perhaps" in copy.notes[0]
        nameless = replace(renamed, scriptid=None)
        unsure = link(snapshot(roles=(nameless,), tokens=(token(role=nameless),)), "role", asked=asked)
        assert unsure.status is Status.UNKNOWN

    def test_administrator_is_never_a_role_that_a_baseline_names_by_script_id(self):
        asked = baseline(role_names=(), role_scriptids=("customrole1005",))
        assert link(snapshot(tokens=(token(role=ADMINISTRATOR),)), "role", asked=asked).status is Status.FAIL

    def test_a_baseline_that_names_no_role_takes_any(self):
        finding = link(snapshot(tokens=(token(role=CLERK),)), "role", asked=baseline(role_names=()))
        assert (finding.status, finding.reason) == (Status.NOT_APPLICABLE, "The baseline names no role.")

    @pytest.mark.parametrize(
        ("inactive", "status"), [(True, Status.FAIL), (False, Status.PASS), (None, Status.UNKNOWN)]
    )
    def test_it_must_be_active(self, inactive, status):
        assert link(snapshot(roles=(replace(ROLE, inactive=inactive),)), "role-active").status is status


class TestUser:
    @pytest.mark.parametrize(
        ("inactive", "access", "status", "actual"),
        [
            (False, True, Status.PASS, "active, and may log in"),
            (True, True, Status.FAIL, "inactive"),
            (True, None, Status.FAIL, "inactive"),
            (False, False, Status.FAIL, "without access"),
            (None, False, Status.FAIL, "without access"),
            (None, True, Status.UNKNOWN, "not known"),
            (False, None, Status.UNKNOWN, "not known"),
        ],
    )
    def test_must_be_active_and_have_access(self, inactive, access, status, actual):
        data = snapshot(users=(replace(USER, inactive=inactive, access=access),))
        finding = link(data, "user-active")
        assert (finding.status, finding.actual) == (status, actual)
        assert bool(finding.remedy) is (status is not Status.PASS)

    def test_who_is_not_in_the_list_is_unknown(self):
        assert link(snapshot(users=(OTHER_USER,)), "user-active").status is Status.UNKNOWN
        not_given = link(without(Table.USERS, snapshot()), "user-active")
        assert (not_given.status, not_given.reason) == (Status.UNKNOWN, "The users were not given.")

    @pytest.mark.parametrize(
        ("by", "namesake", "status"),
        [
            ("name", None, Status.PASS),
            ("email", None, Status.PASS),
            ("name", NAMESAKE, Status.UNKNOWN),
            ("email", SAME_MAIL, Status.UNKNOWN),
            ("id", NAMESAKE, Status.PASS),
            ("name email", NAMESAKE, Status.PASS),
        ],
    )
    def test_is_found_by_what_no_other_bears(self, by, namesake, status):
        users = (USER, replace(namesake, inactive=True)) if namesake else (USER,)
        data = snapshot(users=users, tokens=(replace(token(), user=reference(USER, by=by)),))
        assert link(data, "user-active").status is status


class TestAssigned:
    def test_taking_the_role_away_leaves_a_token_that_does_not_work(self):
        finding = link(snapshot(assignments=(assignment(USER, CLERK), assignment(OTHER_USER, ROLE))), "assigned")
        assert (finding.status, finding.actual, finding.codes) == (
            Status.FAIL,
            "not assigned",
            ("NS0384", "NS0228", "NS0565"),
        )
        assert finding.title == (
            "User 'Sync User' no longer holds role 'Expensify Integration', so the token does not work"
        )
        assert finding.remedy[1] == "On the Access tab, sub-tab Roles, add the role 'Expensify Integration'."

    def test_a_role_that_the_baseline_does_not_name_is_not_given_back(self):
        data = snapshot(tokens=(token(role=ADMINISTRATOR),))
        finding = link(data, "assigned")
        assert finding.status is Status.FAIL
        assert not any("add the role" in step for step in finding.remedy)
        assert "Click New Access Token." in finding.remedy[0]

    @pytest.mark.parametrize("state", [State.PARTIAL, State.NOT_AVAILABLE, State.FAILED])
    def test_a_list_that_is_not_whole_decides_nothing(self, state):
        assert link(snapshot(coverage=coverage(role_assignments=state)), "assigned").status is Status.UNKNOWN

    @pytest.mark.parametrize(
        ("user", "role", "status"),
        [
            (reference(USER, by="name"), reference(ROLE, by="name"), Status.PASS),
            (reference(USER, by="email"), reference(ROLE, by="id"), Status.PASS),
            (reference(USER), reference(TWIN), Status.FAIL),
            (reference(NAMESAKE), reference(ROLE), Status.FAIL),
            (Reference(), reference(ROLE), Status.UNKNOWN),
            (reference(USER), Reference(), Status.UNKNOWN),
        ],
    )
    def test_users_and_roles_are_matched_by_what_is_given(self, user, role, status):
        data = snapshot(roles=(ROLE, CLERK), assignments=(RoleAssignment(user, role),))
        assert link(data, "assigned").status is status

    def test_a_name_that_two_bear_is_not_enough(self):
        for twins in (
            snapshot(
                users=(USER, NAMESAKE), assignments=(RoleAssignment(reference(USER, by="name"), reference(ROLE)),)
            ),
            snapshot(roles=(ROLE, TWIN), assignments=(RoleAssignment(reference(USER), reference(ROLE, by="name")),)),
        ):
            assert link(twins, "assigned").status is Status.UNKNOWN

    def test_a_user_who_is_not_in_the_list_of_users_may_hold_roles_that_the_list_does_not_show(self):
        finding = link(snapshot(users=(OTHER_USER,), assignments=()), "assigned")
        assert finding.status is Status.UNKNOWN
        held = link(snapshot(users=(OTHER_USER,)), "assigned")
        assert held.status is Status.PASS


def lowered(level: Level | None = Level.VIEW, permission: str = "ADMI_WEBSERVICES", user: User = USER, **fields):
    return GlobalPermission(reference(user), permission, level, **fields)


class TestEffectiveLevels:
    def test_a_global_permission_wins_over_the_role_even_where_it_is_lower(self):
        result = judged(snapshot(global_permissions=(lowered(),)))
        finding = found(result, "expensify:effective-levels")
        assert finding.status is Status.FAIL
        assert finding.title == "The token really has 4 of 5 permissions at the level that is asked"
        assert (finding.actual, finding.reason) == ("4 of 5", "SOAP Web Services View (global permission)")
        assert finding.remedy == (
            "Mend the global permissions of 'Sync User': the findings about this token have the steps.",
        )
        gap = found(result, "global:expensify:ADMI_WEBSERVICES")
        assert (gap.status, gap.gap, gap.source) == (Status.FAIL, Gap.TOO_LOW, LevelSource.GLOBAL_PERMISSION)
        assert gap.title == "A global permission of 'Sync User' sets SOAP Web Services to View, Full is needed"
        assert gap.codes == ("NS0384", "NS0565", "NS0739")
        assert (gap.expected_level, gap.actual_level, gap.change) == (Level.FULL, Level.VIEW, None)
        assert "The role's own level is Full." in gap.reason
        assert "so the level View that is shown does not work." in gap.reason
        assert gap.remedy == (
            "In NetSuite, go to Lists > Employees > Employees and click Edit beside 'Sync User'.",
            "On the Access tab, sub-tab Global Permissions, set SOAP Web Services to Full, "
            "or remove its row if the role has it.",
            "Save.",
        )
        assert found(result, "expensify:ADMI_WEBSERVICES").status is Status.PASS

    def test_a_global_permission_at_none_takes_the_level_away(self):
        gap = found(judged(snapshot(global_permissions=(lowered(Level.NONE),))), "global:expensify:ADMI_WEBSERVICES")
        assert (gap.gap, gap.actual_level) == (Gap.MISSING, Level.NONE)

    def test_codes_of_another_vendor_are_not_expensifys(self):
        asked = baseline(vendor="Acme")
        gap = found(judged(snapshot(global_permissions=(lowered(),)), asked), "global:expensify:ADMI_WEBSERVICES")
        assert gap.codes == ("NS0384",)
        assert link(snapshot(tokens=(token(role=CLERK),)), "role", asked=asked).codes == ()

    def test_a_row_that_the_role_lacks_may_come_from_a_global_permission(self):
        data = snapshot(
            permissions=permissions(LIST_CLASS=None), global_permissions=(lowered(Level.VIEW, "LIST_CLASS"),)
        )
        assert link(data, "effective-levels").status is Status.PASS
        assert found(judged(data), "expensify:LIST_CLASS").status is Status.FAIL

    def test_the_role_and_the_user_may_both_be_at_fault(self):
        data = snapshot(permissions=permissions(LIST_CLASS=None), global_permissions=(lowered(),))
        finding = link(data, "effective-levels")
        assert finding.reason == "Classes None (no row); SOAP Web Services View (global permission)"
        assert finding.remedy == (
            "Mend role 'Expensify Integration': the findings about it have the steps.",
            "Mend the global permissions of 'Sync User': the findings about this token have the steps.",
        )

    def test_a_row_that_is_certainly_too_low_is_not_hidden_by_one_that_cannot_be_told(self):
        data = snapshot(permissions=permissions(LIST_CLASS=None), global_permissions=(lowered(None),))
        finding = link(data, "effective-levels")
        assert finding.status is Status.FAIL
        assert "3 of 5" in finding.title
        assert "SOAP Web Services" not in finding.actual

    def test_codes_of_signing_in_belong_to_the_permissions_of_signing_in(self):
        rows = (lowered(Level.VIEW, "LIST_EMPLOYEE"),)
        gap = found(judged(snapshot(global_permissions=rows)), "global:expensify:LIST_EMPLOYEE")
        assert gap.codes == ("NS0384",)

    def test_not_for_administrator(self):
        data = snapshot(
            tokens=(token(role=ADMINISTRATOR),),
            global_permissions=(lowered(),),
            coverage=coverage(global_permissions=State.NOT_AVAILABLE),
        )
        finding = link(data, "effective-levels")
        assert finding.status is Status.PASS
        assert finding.notes == ("Assumed, not confirmed: the Administrator role holds every permission at Full.",)

    @pytest.mark.parametrize("table", [Table.GLOBAL_PERMISSIONS, Table.ROLE_PERMISSIONS])
    def test_without_one_of_the_two_lists_it_is_unknown(self, table):
        assert link(without(table, snapshot()), "effective-levels").status is Status.UNKNOWN

    @pytest.mark.parametrize(
        "row",
        [
            GlobalPermission(reference(USER), "", Level.VIEW, label="SOAP Web Services"),
            GlobalPermission(reference(USER), "", Level.VIEW, label="web services"),
            GlobalPermission(reference(USER), "", Level.VIEW),
            lowered(None, raw_level="ALL"),
            GlobalPermission(Reference(), "ADMI_WEBSERVICES", Level.FULL),
        ],
    )
    def test_a_row_that_cannot_be_read_or_matched_leaves_it_open(self, row):
        finding = link(snapshot(global_permissions=(row,)), "effective-levels")
        assert finding.status is Status.UNKNOWN
        assert finding.reason
        assert finding.remedy
        assert not [
            each for each in judged(snapshot(global_permissions=(row,))).findings if "global:" in each.requirement
        ]

    def test_rows_that_contradict_each_other_leave_it_open(self):
        for rows in ((lowered(), lowered(Level.FULL)), (lowered(Level.FULL), lowered())):
            assert link(snapshot(global_permissions=rows), "effective-levels").status is Status.UNKNOWN

    def test_rows_of_others_do_not_count(self):
        rows = (lowered(user=OTHER_USER), lowered(user=NAMESAKE))
        assert link(snapshot(global_permissions=rows, users=(USER, NAMESAKE)), "effective-levels").status is Status.PASS

    def test_a_namesakes_row_without_id_leaves_it_open(self):
        row = GlobalPermission(reference(USER, by="name"), "ADMI_WEBSERVICES", Level.FULL)
        data = snapshot(users=(USER, NAMESAKE), global_permissions=(row,))
        finding = link(data, "effective-levels")
        assert (finding.status, "somebody who may be the token's user" in finding.reason) == (Status.UNKNOWN, True)

    def test_a_token_without_user_has_no_levels_that_can_be_told(self):
        data = snapshot(tokens=(replace(token(), user=Reference()),))
        assert link(data, "effective-levels").reason == "The list of access tokens does not give the token's user."

    def test_the_wrong_role_is_not_to_be_widened(self):
        finding = link(snapshot(tokens=(token(role=CLERK),)), "effective-levels")
        assert finding.status is Status.FAIL
        assert "the finding about its role has the steps" in finding.remedy[0]
        assert "Click New Access Token." in link(snapshot(tokens=(token(role=CLERK),)), "role").remedy[1]

    def test_an_exact_baseline_fails_on_more_than_it_asks(self):
        asked = replace(EXACT, applications=("Expensify",))
        data = snapshot(global_permissions=(lowered(Level.FULL, "LIST_CLASS"),))
        assert link(data, "effective-levels", asked=asked).status is Status.FAIL
        gap = found(judged(data, asked), "global:exact:LIST_CLASS")
        assert (gap.gap, gap.severity) == (Gap.EXCESS, Severity.MEDIUM)

    def test_a_baseline_of_which_no_row_applies_asks_nothing(self):
        asked = baseline(requirements=())
        assert link(snapshot(), "effective-levels", asked=asked).status is Status.NOT_APPLICABLE


class TestLines:
    def lines(self, data, *asked):
        return {(line.token, line.baseline): line for line in judged(data, *asked).tokens}

    def test_every_token_of_the_account_has_a_line(self):
        other = token(key="950", application="Warehouse", role=CLERK)
        revoked = token(key="902", revoked=True, inactive=True)
        lines = self.lines(snapshot(tokens=(other, revoked, token())))
        assert [(line.token, line.state, line.status, line.met, line.asked) for line in lines.values()] == [
            ("901", "active", Status.PASS, 5, 5),
            ("902", "revoked", Status.NOT_APPLICABLE, 0, 0),
            ("950", "active", Status.NOT_APPLICABLE, 0, 0),
        ]
        assert lines["950", ""].baseline == ""
        assert (lines["901", "expensify"].user, lines["901", "expensify"].role) == (
            "Sync User",
            "Expensify Integration",
        )

    def test_the_causes_stand_in_the_order_of_the_chain(self):
        data = snapshot(
            tokens=(token(role=CLERK),),
            users=(replace(USER, inactive=True),),
            assignments=(),
            global_permissions=(lowered(),),
        )
        line = self.lines(data)["901", "expensify"]
        assert line.status is Status.FAIL
        assert [cause.split("'")[0] for cause in line.causes] == [
            "Bound to role ",
            "User ",
            "User ",
            "The token really has 0 of 5 permissions at the level that is asked",
            "A global permission of ",
        ]
        assert "Bound to role 'Clerk'" in line.causes[0]
        assert line.codes == ("NS0228", "NS0384", "NS0565", "NS0739")
        assert (line.met, line.asked) == (0, 5)

    def test_unknown_is_not_hidden_and_fail_is_worse(self):
        assert self.lines(without(Table.USERS, snapshot()))["901", "expensify"].status is Status.UNKNOWN
        both = without(Table.USERS, snapshot(assignments=()))
        assert self.lines(replace(both, tokens=(token(role=CLERK),)))["901", "expensify"].status is Status.FAIL

    def test_two_baselines_of_one_application_have_a_line_each(self):
        lines = self.lines(snapshot(), BASELINE, replace(BASELINE, id="classic"))
        assert set(lines) == {("901", "expensify"), ("901", "classic")}

    def test_two_tokens_that_only_their_state_tells_apart_are_one_subject(self):
        """A list without internal ids: a token was revoked and made again with the same name."""
        again = snapshot(tokens=(token(key="k", revoked=True), token(key="k"), token(key="k", inactive=True)))
        result = judged(again)
        assert found(result, "expensify:active", "k").status is Status.PASS
        assert [(line.state, line.status) for line in result.tokens] == [
            ("revoked", Status.NOT_APPLICABLE),
            ("active", Status.PASS),
            ("inactive", Status.NOT_APPLICABLE),
        ]

    def test_two_tokens_with_one_key_that_bind_differently_are_two_subjects(self):
        tokens = (token(key="k"), token(key="k", role=CLERK), token(key="k (2)", user=OTHER_USER))
        result = judged(snapshot(tokens=tokens))
        roles = [each for each in result.findings if each.requirement == "expensify:role"]
        assert {each.subject.key for each in roles} == {"k", "k (2)", "k (2) (2)"}
        assert len({each.id for each in result.findings}) == len(result.findings)


def test_files_that_give_names_alone_are_enough_when_nothing_is_borne_twice():
    """What a folder of exports looks like: role files with script ids, users by e-mail, tokens by name."""
    role = Role(
        key="customrole5", name="Expensify Integration", scriptid="customrole5", inactive=False, permissions_whole=True
    )
    user = User(key="sync@example.com", name="Sync User", email="sync@example.com", inactive=False, access=True)
    held = token(role=role, user=user, key="Expensify · Sync User")
    data = snapshot(
        roles=(role,),
        permissions=permissions(role),
        users=(user,),
        tokens=(replace(held, user=Reference(name="Sync User"), role=Reference(name="Expensify Integration")),),
        assignments=(RoleAssignment(Reference(name="Sync User", email="sync@example.com"), Reference(name=role.name)),),
        global_permissions=(
            GlobalPermission(Reference(id="17", name="Sync User", email="sync@example.com"), "LIST_CLASS", Level.FULL),
        ),
    )
    result = judged(data, skipped_checks=HYGIENE)
    assert statuses(result, Status.FAIL) == statuses(result, Status.UNKNOWN) == []
