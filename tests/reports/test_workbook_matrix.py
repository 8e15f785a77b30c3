"""The matrix says which level each role has, and says "not read" where nobody knows."""

from __future__ import annotations

import msgspec
import pytest

from auditor.model import (
    Condition,
    Gap,
    Level,
    Option,
    Permission,
    Requirement,
    Role,
    State,
    Status,
    Subject,
    SubjectKind,
)
from auditor.reports.workbook import ChangesWorkbook
from auditor.reports.workbook.matrix import MOST_ROLES, NOT_READ, headers, matrix
from tests import samples
from tests.reports.reading import load

REPLACE = msgspec.structs.replace
RESULT = samples.mixed_result()
TWICE = (("always", Level.VIEW), ("with a feature", Level.FULL), ("again", Level.VIEW))


def levels_of(result):
    """By permission id and role key."""
    content = matrix(result)
    return {
        (permission.id, role.key): level
        for permission, row in zip(content.permissions, content.levels, strict=True)
        for role, level in zip(content.roles, row, strict=True)
    }


def test_each_cell_is_the_level_that_the_role_has():
    levels = levels_of(RESULT)
    assert levels["LIST_ACCOUNT", "customrole1042"] == "Full"
    assert levels["LIST_CLASS", "customrole1042"] == "None"
    assert levels["LIST_EMPLOYEE", "customrole1042"] == "View"
    assert {levels[permission, "customrole1050"] for permission, *_ in samples.ROWS} == {"View"}
    assert len(levels) == 16


def test_the_sheet_marks_gaps_without_changing_the_value():
    page = load(ChangesWorkbook().render(RESULT, samples.run(RESULT)))["Matrix"]
    header = [cell.value for cell in page[5][:7]]
    assert header == [
        "Sub-tab",
        "Permission",
        "Permission id",
        "Asked by\nexpensify-integration",
        "Note",
        "Expensify Integration",
        "Accounts Payable Clerk\n(inactive)",
    ]
    cells = {row[2].value: row for row in page.iter_rows(min_row=6, max_row=13)}
    assert [cell.value for cell in cells["LIST_CLASS"][:7]] == [
        "Lists",
        "Classes",
        "LIST_CLASS",
        "View",
        None,
        "None",
        "View",
    ]
    formats = {key: row[5].number_format for key, row in cells.items()}
    assert {key for key, text in formats.items() if text == '@" ▲"'} == {
        "LIST_CLASS",
        "LIST_EMPLOYEE",
        "ADMI_WEBSERVICES",
    }
    assert cells["LIST_CLASS"][6].number_format == "General"
    assert page["F4"].value == "Judged"
    assert page["G4"].value == "Other roles"
    assert [page.cell(3, column).value for column in range(6, 11)] == ["None", "View", "Create", "Edit", "Full"]
    assert "▲" in page["A4"].value
    assert "2 roles (collected)" in page["A2"].value
    assert page.auto_filter.ref == "A5:G13"


def test_a_level_above_what_is_allowed_is_marked_downwards():
    finding = REPLACE(RESULT.findings[0], status=Status.FAIL, gap=Gap.EXCESS, actual_level=Level.FULL)
    result = REPLACE(RESULT, findings=(finding,))
    page = load(ChangesWorkbook().render(result, samples.run(result)))["Matrix"]
    assert page["F6"].value == "Full"
    assert page["F6"].number_format == '@" ▼"'


@pytest.mark.parametrize("state", [state for state in State if state is not State.COLLECTED])
def test_a_row_that_is_not_there_means_nothing_unless_all_were_read(state):
    result = REPLACE(RESULT, snapshot=samples.snapshot(role_permissions=state), findings=())
    levels = levels_of(result)
    assert levels["LIST_CLASS", "customrole1042"] == NOT_READ
    assert levels["LIST_ACCOUNT", "customrole1042"] == "Full"


def test_a_role_that_was_read_in_one_piece_is_sure():
    snapshot = samples.snapshot(role_permissions=State.PARTIAL)
    whole, other = snapshot.roles
    snapshot = REPLACE(snapshot, roles=(REPLACE(whole, permissions_whole=True), other), permissions=())
    levels = levels_of(REPLACE(RESULT, snapshot=snapshot, findings=()))
    assert levels["LIST_CLASS", whole.key] == "None"
    assert levels["LIST_CLASS", other.key] == NOT_READ


def test_a_level_that_is_none_of_the_five_stands_as_it_was():
    odd = Permission("customrole1042", "LIST_ACCOUNT", None, raw_level="7")
    snapshot = REPLACE(RESULT.snapshot, permissions=(odd,))
    assert levels_of(REPLACE(RESULT, snapshot=snapshot, findings=()))["LIST_ACCOUNT", "customrole1042"] == "? (7)"


def test_rows_that_disagree_are_shown_as_they_stand():
    rows = tuple(Permission("customrole1042", "LIST_ACCOUNT", level) for level in (Level.FULL, Level.VIEW))
    result = REPLACE(RESULT, snapshot=REPLACE(RESULT.snapshot, permissions=rows), findings=())
    assert levels_of(result)["LIST_ACCOUNT", "customrole1042"] == "? (Full and View)"


def test_what_a_check_found_goes_before_the_row_but_not_what_a_token_has():
    role = Subject(SubjectKind.ROLE, "customrole1050", "Accounts Payable Clerk")
    token = Subject(SubjectKind.TOKEN, "customrole1050", "a token")
    found = REPLACE(RESULT.findings[0], subject=role, actual_level=Level.EDIT)
    effective = REPLACE(RESULT.findings[0], subject=token, actual_level=Level.CREATE)
    levels = levels_of(REPLACE(RESULT, findings=(found, effective)))
    assert levels["LIST_ACCOUNT", "customrole1050"] == "Edit"


def test_several_baselines_have_a_column_each_and_alternatives_say_so():
    login = Option(permission="ADMI_LOGIN_OAUTH", label="Log in", subtab="Setup", level=Level.FULL)
    own = Option(permission="ADMI_MANAGE_OWN_OAUTH_TOKENS", label="Own tokens", subtab="Setup", level=Level.FULL)
    other = samples.baseline(
        id="other",
        requirements=(
            Requirement(id="login", options=(login, own)),
            Requirement(
                id="currency",
                options=(Option(permission="LIST_CURRENCY", label="Currency", subtab="Lists", level=Level.VIEW),),
                when=Condition(feature="MULTICURRENCY"),
            ),
        ),
    )
    content = matrix(REPLACE(RESULT, baselines=(samples.baseline(), other)))
    assert content.baselines == ("expensify-integration", "other")
    rows = {row.id: row for row in content.permissions}
    assert rows["ADMI_LOGIN_OAUTH"].levels == {"expensify-integration": "Full", "other": "or Full"}
    assert rows["ADMI_LOGIN_OAUTH"].note == "or instead: Own tokens Full"
    assert rows["ADMI_MANAGE_OWN_OAUTH_TOKENS"].levels == {"other": "or Full"}
    assert rows["LIST_CURRENCY"].note == "asked only if feature:MULTICURRENCY"
    assert [row.subtab for row in content.permissions] == ["Lists"] * 6 + ["Setup"] * 4


def test_a_permission_that_one_baseline_asks_for_twice_shows_both_levels():
    rows = [
        Requirement(id=word, options=(Option(permission="LIST_ACCOUNT", label="x", subtab="Lists", level=level),))
        for word, level in TWICE
    ]
    (row,) = matrix(REPLACE(RESULT, baselines=(samples.baseline(requirements=tuple(rows)),))).permissions
    assert row.levels == {"expensify-integration": "View, Full"}


def test_an_alternative_that_is_also_asked_for_by_itself_stands_once():
    one = Option(permission="LIST_ACCOUNT", label="x", subtab="Lists", level=Level.FULL)
    other = Option(permission="LIST_CLASS", label="y", subtab="Lists", level=Level.FULL)
    rows = (Requirement(id="either", options=(other, one)), Requirement(id="sure", options=(one,)))
    content = matrix(REPLACE(RESULT, baselines=(samples.baseline(requirements=rows),)))
    levels = {row.id: row.levels["expensify-integration"] for row in content.permissions}
    assert levels == {"LIST_ACCOUNT": "Full", "LIST_CLASS": "or Full"}


def test_permissions_bear_netsuites_own_labels():
    option = Option(permission="LIST_ACCOUNT", label="the vendor's word", subtab="Lists", level=Level.FULL)
    named = samples.baseline(requirements=(Requirement(id="a", options=(option,)),))
    (row,) = matrix(REPLACE(RESULT, baselines=(named,))).permissions
    assert row.label == "Accounts"


def test_roles_that_are_judged_stand_first_and_others_by_name():
    roles = tuple(Role(key=key, name=name) for key, name in (("3", "alpha"), ("2", "Beta"), ("1", "gamma")))
    judged = REPLACE(RESULT.distances[0], role="1")
    content = matrix(REPLACE(RESULT, snapshot=REPLACE(RESULT.snapshot, roles=roles), distances=(judged,)))
    assert [role.name for role in content.roles] == ["gamma", "alpha", "Beta"]
    assert content.judged == 1


def test_headers_tell_roles_of_one_name_apart():
    roles = [
        Role(key="1", name="Twin"),
        Role(key="2", name=" twin "),
        Role(key="3", name=""),
        Role(key="4", name="   "),
        Role(key="5", name="x" * 300),
        Role(key="6", name="Only", inactive=True),
        Role(key="7", name="[a]:*?/\\"),
    ]
    assert headers(roles) == (
        "Twin (1)",
        "twin (2)",
        "(3)",
        "(4)",
        "x" * 60 + "…",
        "Only\n(inactive)",
        "[a]:*?/\\",
    )


def test_headers_stay_apart_whatever_the_keys_look_like():
    roles = [Role(key="k" * 70 + end, name="Twin") for end in "ab"] + [Role(key="\x00", name="\x00")]
    texts = headers(roles)
    assert len(set(texts)) == 3
    assert texts[1].endswith("#2")


def test_roles_beyond_the_bound_are_left_out_and_counted():
    roles = tuple(Role(key=str(number), name=f"Role {number}") for number in range(MOST_ROLES + 7))
    result = REPLACE(
        RESULT,
        snapshot=REPLACE(RESULT.snapshot, roles=roles, permissions=()),
        baselines=(samples.baseline(requirements=samples.baseline().requirements[:1]),),
        findings=(),
        distances=(),
    )
    assert matrix(result).left_out == 7
    page = load(ChangesWorkbook().render(result, samples.run(result)))["Matrix"]
    assert page["A2"].value.endswith("7 further roles are left out; see Roles.")
    assert page.max_column == 5 + MOST_ROLES
