"""The causes of NS0384 and the codes that go with them: found where they are, absent where not, unknown without data.

One row for each cause that Expensify's page names, and for each code that its own and the neighbouring pages name.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from auditor.baselines import baseline_folders, find_baseline
from auditor.checks.judge import judge
from auditor.model import (
    AccountResult,
    Baseline,
    GlobalPermission,
    Level,
    LevelSource,
    Permission,
    Role,
    Scope,
    Severity,
    Snapshot,
    Status,
    Table,
    TokenCause,
    TokenVerdict,
    Verdict,
)
from tests.checks.accounts import (
    BASELINE,
    CLERK,
    OTHER_USER,
    ROLE,
    USER,
    assignment,
    baseline,
    found,
    permissions,
    reference,
    requirement,
    snapshot,
    token,
    without,
)

SHIPPED = find_baseline("expensify-integration", baseline_folders(None))
EXPORTS = find_baseline("expensify-exports", baseline_folders(None))
RIGHT = {row.asked.permission: row.asked.level for row in SHIPPED.requirements}


def account(**levels: Level | None) -> Snapshot:
    """An account whose role meets the shipped baseline, but for the named levels."""
    held = {permission: level for permission, level in (RIGHT | levels).items() if level is not None}
    return snapshot(permissions=tuple(Permission(ROLE.key, permission, level) for permission, level in held.items()))


def changed(**fields: object) -> Snapshot:
    return replace(account(), **fields)


def judged(data: Snapshot, *asked: Baseline, **scope: object) -> AccountResult:
    assumptions = {"oneworld": True, "feature:TAX_OVERHAULING": True, "invoice-export": True}
    assumptions |= {"approvalstatus-refused": True, "invoice-not-offered": True}
    return judge(data, asked or (SHIPPED,), Scope(assumptions=assumptions, **scope))  # type: ignore[arg-type]


def verdict(data: Snapshot, **scope: object) -> TokenVerdict:
    (line,) = [line for line in judged(data, **scope).tokens if line.token == "901"]
    return line


def cause(line: TokenVerdict, name: str) -> TokenCause:
    (chosen,) = [each for each in line.checked if each.id == name]
    return chosen


EXPECTED = {"expected": {"user": "sync@example.com"}}
TWIN = Role(key="1007", id="1007", name="Expensify Integration", inactive=False)
COPY = Role(key="1008", id="1008", name="Expensify Integration (copy)", inactive=False)
LOWERED = (GlobalPermission(reference(USER), "ADMI_WEBSERVICES", Level.VIEW),)
ON_CLERK = changed(tokens=(token(role=CLERK),), assignments=(assignment(USER, CLERK),))

# cause → where it holds, and the table without which it cannot be told
CAUSES: dict[str, tuple[Snapshot, Table]] = {
    "token-role": (ON_CLERK, Table.ROLES),
    "list-permissions": (account(LIST_CLASS=None), Table.ROLE_PERMISSIONS),
    "setup-permissions": (account(ADMI_DELETEDRECORD=None), Table.ROLE_PERMISSIONS),
    "token-user": (changed(tokens=(token(user=OTHER_USER),), assignments=(assignment(OTHER_USER),)), Table.USERS),
    "not-usable": (changed(assignments=(assignment(OTHER_USER),)), Table.ROLE_ASSIGNMENTS),
    "global-permission": (changed(global_permissions=LOWERED), Table.GLOBAL_PERMISSIONS),
    "another-role": (changed(roles=(*snapshot().roles, TWIN)), Table.ROLES),
}


@pytest.mark.parametrize("name", CAUSES)
class TestEveryCauseOfThePage:
    def test_is_found_where_it_is(self, name: str):
        holding = cause(verdict(CAUSES[name][0], **EXPECTED), name)
        assert (holding.status, bool(holding.because)) == (Status.FAIL, True)

    def test_is_absent_where_it_is_not(self, name: str):
        assert cause(verdict(account(), **EXPECTED), name).status is Status.PASS

    def test_is_unknown_where_its_data_was_not_collected(self, name: str):
        data, table = CAUSES[name]
        for each in (data, account()):
            # A token by ids alone, so that nothing but the table can tell.
            held = tuple(
                replace(one, role=reference(ROLE, by="id"), user=reference(USER, by="id")) for one in each.tokens
            )
            left = without(table, replace(each, tokens=held))
            assert cause(verdict(left, **EXPECTED), name).status is Status.UNKNOWN

    def test_no_other_cause_is_called_holding_for_it(self, name: str):
        line = verdict(CAUSES[name][0], **EXPECTED)
        holding = {each.id for each in line.checked if each.status is Status.FAIL}
        along = {"token-role": {"list-permissions", "setup-permissions"}}.get(name, set())
        assert holding == {name} | along


def lacking(permission: str) -> Callable[[], Snapshot]:
    return lambda: account(**{permission: None})


# code → where it is to be expected
CODES: dict[str, Snapshot] = {
    "NS0384": account(LIST_CLASS=None),
    "NS0565": account(LIST_ACCOUNT=Level.VIEW),
    "NS0228": changed(assignments=()),
    "NS0739": changed(global_permissions=LOWERED),
    "NS0634": account(LIST_EMPLOYEE=Level.VIEW),
    "NS0844": account(LIST_VENDOR=Level.VIEW),
    "NS0377": account(LIST_VENDOR=None),
    "NS0469": account(LIST_CURRENCY=None),
}
OF_EXPORTS = {
    "NS0159": "TRAN_VENDPYMT",
    "NS0445": "TRAN_CUSTINVC",
    "NS0056": "LIST_TAXDETAILSTAB",
    "NS0377": "LIST_VENDOR",
    "NS0844": "LIST_VENDOR",
    "NS0634": "LIST_EMPLOYEE",
    "NS0469": "LIST_CURRENCY",
    "NS0739": "ADMI_WEBSERVICES",
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_named_where_it_is_to_be_expected_and_nowhere_else(code: str):
    assert code in verdict(CODES[code]).codes
    assert verdict(account()).codes == ()


@pytest.mark.parametrize("code", OF_EXPORTS)
def test_every_code_of_an_export_comes_from_its_row(code: str):
    rows = {row.asked.permission: row.asked.level for row in EXPORTS.requirements}

    def codes(held: dict[str, Level]) -> set[str]:
        data = snapshot(permissions=tuple(Permission(ROLE.key, *row) for row in held.items()))
        return {code for finding in judged(data, EXPORTS).findings for code in finding.codes}

    assert codes(rows) == set()
    assert code in codes({key: level for key, level in rows.items() if key != OF_EXPORTS[code]})
    unknown = judged(without(Table.ROLE_PERMISSIONS, snapshot()), EXPORTS)
    assert unknown.verdict is Verdict.INCOMPLETE


class TestTheVerdict:
    def test_has_the_whole_chain_in_its_order(self):
        line = verdict(account(), **EXPECTED)
        assert [link.requirement for link in line.links] == [
            *("active", "user", "role", "role-active", "user-active", "assigned", "effective-levels")
        ]
        assert {link.status for link in line.links} == {Status.PASS}
        assert (line.user_id, line.role_id, line.steps) == ("7", "1005", ())
        assert len(line.levels) == line.asked == line.met == 18

    def test_gives_every_level_with_its_source(self):
        line = verdict(replace(account(LIST_CLASS=None), global_permissions=LOWERED))
        levels = {each.permission: each for each in line.levels}
        assert (levels["LIST_CLASS"].held, levels["LIST_CLASS"].source) == (Level.NONE, LevelSource.NOWHERE)
        assert levels["ADMI_WEBSERVICES"].source is LevelSource.GLOBAL_PERMISSION
        assert (levels["LIST_ACCOUNT"].held, levels["LIST_ACCOUNT"].source) == (Level.FULL, LevelSource.ROLE)
        lost = verdict(without(Table.ROLE_PERMISSIONS, account()))
        assert {(each.held, each.source, each.status) for each in lost.levels} == {(None, None, Status.UNKNOWN)}

    def test_ends_in_the_whole_fix_web_and_mobile_too(self):
        steps = verdict(replace(account(LIST_CLASS=None, LIST_EMPLOYEE=Level.VIEW), global_permissions=LOWERED)).steps
        text = "\n".join(steps)
        for part in (
            "Global Permissions, set SOAP Web Services to Full",
            "Click Edit beside the role 'Expensify Integration' (1005).",
            "sub-tab Lists, set Classes to View.",
            "sub-tab Lists, set Employees to Full.",
            "On the web:",
            "on a mobile:",
        ):
            assert part in text
        assert steps[-3:] == SHIPPED.after_fix

    def test_asks_for_a_new_token_and_not_for_a_wider_role_where_the_role_is_another(self):
        steps = "\n".join(verdict(ON_CLERK).steps)
        assert "Click New Access Token." in steps
        assert "the role Expensify Integration" in steps
        assert "Clerk" not in steps.replace("'Clerk'", "") or "set Classes" not in steps
        assert "set Classes" not in steps

    def test_two_causes_with_one_fix_are_mended_once(self):
        """On another role, which its user no longer holds either: one new token mends both."""
        steps = verdict(changed(tokens=(token(role=CLERK),), assignments=())).steps
        assert sum("Click New Access Token." in step for step in steps) == 1
        assert len(set(steps)) == len(steps)

    def test_a_waived_cause_says_so(self):
        from auditor.model import Waiver, Waivers

        about = {"account": "1234567", "check": "token-binding", "subject": "901"}
        asked = {"requirement": "expensify-integration:assigned", "reason": "r", "owner": "o", "ticket": "t"}
        entry = Waiver(**about, **asked, expires="2027-01-01")
        result = judge(changed(assignments=()), (SHIPPED,), Scope(), waivers=Waivers(entries=(entry,)))
        assert any(text.endswith("(waived)") for text in result.tokens[0].causes)


class TestExpected:
    @pytest.mark.parametrize(
        ("user", "status"),
        [
            ("sync@example.com", Status.PASS),
            ("SYNC@example.com", Status.PASS),
            ("7", Status.PASS),
            ("sync user", Status.PASS),
            ("ana@example.com", Status.FAIL),
            ("8", Status.FAIL),
            ("Ana Ortiz", Status.FAIL),
        ],
    )
    def test_the_user_by_id_mail_or_name(self, user: str, status: Status):
        assert found(judged(account(), expected={"user": user}), "expensify-integration:user").status is status

    @pytest.mark.parametrize(
        ("role", "status"), [("1005", Status.PASS), ("customrole1005", Status.PASS), ("1007", Status.FAIL)]
    )
    def test_the_role_by_id_tells_two_of_one_name_apart(self, role: str, status: Status):
        data = changed(roles=(*snapshot().roles, TWIN))
        finding = found(judged(data, expected={"role": role}), "expensify-integration:role")
        assert finding.status is status

    def test_the_application(self):
        result = judged(account(), expected={"application": "Expensify 2"})
        finding = found(result, "active-token:expensify-integration")
        assert (finding.status, finding.title) == (
            Status.FAIL,
            "Expensify 2 has no active access token, so it cannot sign in",
        )
        assert result.baselines == (SHIPPED,)

    def test_a_baseline_may_name_its_users(self):
        asked = replace(BASELINE, users=("ana@example.com",))
        assert found(judge(snapshot(), (asked,), Scope()), "expensify:user").status is Status.FAIL

    def test_nobody_is_asked_for_where_nobody_is_expected(self):
        assert not [f for f in judged(account()).findings if f.requirement.endswith(":user")]
        assert cause(verdict(account()), "token-user").status is Status.NOT_APPLICABLE

    def test_an_integration_by_oauth2_is_left_as_its_baseline_says(self):
        oauth2 = replace(BASELINE, id="oauth2", connection="oauth2")
        result = judge(snapshot(), (oauth2,), Scope(expected={"role": "Nobody"}))
        assert result.verdict is Verdict.CLEAN


def test_no_active_token_of_the_application_is_a_finding_of_its_own():
    for tokens in ((), (token(inactive=True),), (token(inactive=True, revoked=True),)):
        finding = found(judged(changed(tokens=tokens)), "active-token:expensify-integration")
        assert (finding.status, finding.codes) == (Status.FAIL, ("NS0384",))
        assert finding.remedy


def test_a_role_that_looks_like_a_copy_is_named_as_inferred():
    line = verdict(changed(roles=(*snapshot().roles, COPY)))
    text = cause(line, "another-role").because
    assert "inferred" in text
    assert "1008" in text


class TestSeverity:
    def test_a_row_may_raise_or_lower_it_and_the_token_follows(self):
        for severity in Severity:
            asked = baseline(requirements=(requirement("LIST_CLASS", Level.VIEW, severity=severity),))
            data = snapshot(permissions=permissions(LIST_CLASS=None))
            result = judge(data, (asked,), Scope())
            assert found(result, "expensify:LIST_CLASS").severity is severity
            assert found(result, "expensify:effective-levels").severity is severity

    @pytest.mark.parametrize("fail_on", Severity)
    def test_fail_on_goes_by_it(self, fail_on: Severity):
        asked = baseline(requirements=(requirement("LIST_CLASS", Level.VIEW, severity=Severity.LOW),))
        result = judge(snapshot(permissions=permissions(LIST_CLASS=None)), (asked,), Scope(fail_on=fail_on))
        assert (result.verdict is Verdict.CLEAN) is (fail_on.rank > Severity.LOW.rank)
