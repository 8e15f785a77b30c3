from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.model import AccessToken, GlobalPermission, Level, Permission, Reference, Role, RoleAssignment, User
from auditor.sources.suiteql import mapping
from auditor.sources.suiteql.rows import (
    EmployeePermissionRow,
    EmployeeRoleRow,
    EmployeeRow,
    EntityRoleRow,
    RolePermissionRow,
    RoleRow,
    TokenRow,
)


def test_roles() -> None:
    row = RoleRow(
        id="1005",
        name="=Expensify\x07",
        scriptid="customrole_x",
        isinactive="F",
        centertype="CLASSIC",
        iswebserviceonlyrole="T",
        subsidiaryoption="ALL",
        employeerestriction="none",
    )
    assert mapping.role(row) == Role(
        key="1005",
        id="1005",
        name="=Expensify\x07",
        scriptid="customrole_x",
        inactive=False,
        center_type="CLASSIC",
        web_services_only=True,
        subsidiary_option="ALL",
        employee_restriction="none",
    )
    assert mapping.role(RoleRow(id="7")) == Role(key="7", id="7", name="role 7")
    assert mapping.role(RoleRow(id="7", isinactive="maybe")).inactive is None
    assert mapping.role(row).permissions_whole is False


def test_permissions_and_their_levels() -> None:
    row = RolePermissionRow(role="5", permkey="LIST_ACCOUNT", name="Accounts", permlevel="4", restriction="-1")
    assert mapping.role_permission(row) == Permission("5", "LIST_ACCOUNT", Level.FULL, "Accounts", restriction="-1")
    levels = [mapping.role_permission(RolePermissionRow(permlevel=str(n))).level for n in range(5)]
    assert levels == list(Level)
    odd = mapping.role_permission(RolePermissionRow(role="5", permkey="[scriptid=customrecord_a]", permlevel="9"))
    assert odd == Permission("5", "customrecord_a", None, raw_level="9")
    assert mapping.role_permission(RolePermissionRow(role="5", permkey="X")).level is None


TEXT = st.sampled_from([None, "", "5", "7", "LIST_ACCOUNT", "[scriptid=customrecord_a]", "TRAN_SALESORD"])
LEVEL = st.sampled_from([None, "", "0", "1", "2", "3", "4", "9", "Full"])


@given(st.lists(st.builds(RolePermissionRow, role=TEXT, permkey=TEXT, name=TEXT, permlevel=LEVEL, restriction=TEXT)))
def test_a_page_of_permissions_is_its_rows(rows: list[RolePermissionRow]) -> None:
    assert mapping.role_permissions(rows) == [mapping.role_permission(row) for row in rows]
    assert mapping.role_permissions(rows) == mapping.role_permissions(rows)


def test_equal_texts_are_kept_once() -> None:
    """The texts of a page are objects of their own; the records of many pages share them."""
    rows = [
        RolePermissionRow(role=role, permkey=f"{role}_X"[4:], name=f"{role} Name"[4:], permlevel="4")
        for role in ("9000", "9001")
    ]
    assert rows[0].name is not rows[1].name
    first, second = mapping.role_permissions(rows)
    assert first.id is second.id
    assert first.label is second.label


def test_tokens() -> None:
    row = TokenRow(
        id="9",
        tba_token_name="t",
        application="Expensify",
        entity_name="77",
        entity_shown="Ada",
        role_name="1005",
        role_shown="R",
        created="2026-01-02 03:04:05",
        created_by="Bob",
        binactive="T",
        brevoked="T",
        revoked="2026-02-02 00:00:00",
    )
    assert mapping.access_token(row) == AccessToken(
        key="9",
        name="t",
        application="Expensify",
        user=Reference("77", "Ada"),
        role=Reference("1005", "R"),
        inactive=True,
        revoked=True,
        created="2026-01-02 03:04:05",
        created_by="Bob",
        revoked_on="2026-02-02 00:00:00",
    )
    bare = mapping.access_token(TokenRow(id="9", entity_name="Ada", role_name="-5"))
    assert (bare.user, bare.role) == (Reference(name="Ada"), Reference("-5"))
    assert (bare.inactive, bare.revoked, bare.usable) == (None, None, None)


def test_employees_and_who_holds_what() -> None:
    row = EmployeeRow(id="77", entityid="A-7 Ada", email="a@x", giveaccess="T", isinactive="F", rolesforsearch="1, 3,")
    person = mapping.employee(row)
    none_of_its_own = dict.fromkeys(
        ("supervisor", "classification", "department", "location", "subsidiary", "expense_limit"), ""
    )
    assert person.user == User(
        key="77", id="77", name="A-7 Ada", email="a@x", inactive=False, access=True, **none_of_its_own
    )
    assert person.assignments == (
        RoleAssignment(Reference("77"), Reference("1")),
        RoleAssignment(Reference("77"), Reference("3")),
    )
    assert mapping.employee(EmployeeRow(id="1", firstname="Ada", lastname="L")).user.name == "Ada L"
    assert mapping.employee(EmployeeRow(id="1")).user.name == "employee 1"
    assert mapping.employee(EmployeeRow(id="1")).assignments == ()
    expected = RoleAssignment(Reference("7"), Reference("3"))
    assert mapping.assignment(EntityRoleRow(entity="7", role="3")) == expected
    assert mapping.assignment(EmployeeRoleRow(employee="7", role="3")) == expected


def test_global_permissions() -> None:
    row = EmployeePermissionRow(employee="7", permkey="ADMI_WEBSERVICES", permlevel="0")
    assert mapping.global_permission(row) == GlobalPermission(Reference("7"), "ADMI_WEBSERVICES", Level.NONE)


def test_ids_sort_as_numbers() -> None:
    assert sorted(["10", "9", "x", "-5", "", "100"], key=mapping.in_order) == ["-5", "9", "10", "100", "", "x"]
