"""What is told as a change between two reads, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.history.drift import compare
from auditor.history.reading import Reading
from auditor.model import (
    CHANGES_IN,
    Change,
    ChangeKind,
    Drift,
    Feature,
    GlobalPermission,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    Snapshot,
    State,
    Table,
    User,
)
from tests.checks import accounts, damage

GOOD = accounts.snapshot()
USER, OTHER, ROLE, CLERK = accounts.USER, accounts.OTHER_USER, accounts.ROLE, accounts.CLERK
GLOBAL = GlobalPermission(accounts.reference(USER), "LIST_CLASS", Level.VIEW)

ODD = (Permission("1006", "", Level.VIEW, "A label that names no id"), Permission("1006", "LIST_ITEM", None, "", "7"))


def drift(before: Snapshot, after: Snapshot) -> Drift:
    return compare(Reading.of_snapshot(before), Reading.of_snapshot(after))


def told(change: Change) -> tuple[str, str, str, str, str]:
    return change.kind.value, change.subject.name, change.about, change.before, change.after


def roles(*changed: Role) -> dict[str, Any]:
    return {"roles": (accounts.ADMINISTRATOR, *changed)}


TOKEN = accounts.token()
NAME = TOKEN.name
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str, str, str]]]] = {
    "role made": (roles(ROLE), roles(ROLE, CLERK), [("role made", "Clerk", "", "", "0 permission rows")]),
    "role deleted": (roles(ROLE, CLERK), roles(ROLE), [("role deleted", "Clerk", "", "0 permission rows", "")]),
    "role renamed": (
        roles(ROLE, CLERK), roles(ROLE, replace(CLERK, name="A/P Clerk")),
        [("role renamed", "A/P Clerk", "", "Clerk", "A/P Clerk")],
    ),
    "role inactivated": (
        roles(ROLE, CLERK), roles(ROLE, replace(CLERK, inactive=True)), [("role inactivated", "Clerk", "", "", "")],
    ),
    "role activated": (
        roles(ROLE, replace(CLERK, inactive=True)), roles(ROLE, CLERK), [("role activated", "Clerk", "", "", "")],
    ),
    "role setting": (
        roles(replace(ROLE, two_factor="OFF", web_services_only=False)),
        roles(replace(ROLE, two_factor="TOTP", web_services_only=True)),
        [
            ("role setting changed", ROLE.name, "two_factor", "OFF", "TOTP"),
            ("role setting changed", ROLE.name, "web_services_only", "no", "yes"),
        ],
    ),
    "permission added": (
        {"permissions": accounts.permissions(LIST_CLASS=None)}, {},
        [("permission added", ROLE.name, "LIST_CLASS", "None", "View")],
    ),
    "permission raised": (
        {}, {"permissions": accounts.permissions(LIST_CLASS=Level.EDIT)},
        [("permission raised", ROLE.name, "LIST_CLASS", "View", "Edit")],
    ),
    "permission lowered": (
        {}, {"permissions": accounts.permissions(LIST_EMPLOYEE=Level.CREATE)},
        [("permission lowered", ROLE.name, "LIST_EMPLOYEE", "Full", "Create")],
    ),
    "a row at None is no row": (
        {}, {"permissions": accounts.permissions(LIST_CLASS=Level.NONE)},
        [("permission removed", ROLE.name, "LIST_CLASS", "View", "None")],
    ),
    "nothing where a row at None goes": (
        {"permissions": accounts.permissions(LIST_CLASS=Level.NONE)},
        {"permissions": accounts.permissions(LIST_CLASS=None)}, [],
    ),
    "a level that is none of the five": (
        {}, {"permissions": (*accounts.permissions(LIST_CLASS=None), Permission("1005", "LIST_CLASS", None, "", "9"))},
        [("permission changed", ROLE.name, "LIST_CLASS", "View", "9")],
    ),
    "a restriction": (
        {}, {"permissions": (*accounts.permissions(LIST_CLASS=None),
                             Permission("1005", "LIST_CLASS", Level.VIEW, restriction="-1"))},
        [("permission changed", ROLE.name, "LIST_CLASS", "restriction none", "restriction -1")],
    ),
    "token made": (
        {"tokens": ()}, {},
        [("token made", NAME, "", "",
          "Expensify, Sync User (id 7), Expensify Integration (id 1005), active")],
    ),
    "token deleted": (
        {}, {"tokens": ()},
        [("token deleted", NAME, "",
          "Expensify, Sync User (id 7), Expensify Integration (id 1005), active", "")],
    ),
    "token revoked, which also shows as inactive": (
        {}, {"tokens": (replace(TOKEN, inactive=True, revoked=True, revoked_on="2026-11-20"),)},
        [("token revoked", NAME, "", "", "2026-11-20")],
    ),
    "token inactivated": (
        {}, {"tokens": (replace(TOKEN, inactive=True),)}, [("token inactivated", NAME, "", "", "")],
    ),
    "token moved to another role": (
        {}, {"tokens": (replace(TOKEN, role=accounts.reference(CLERK)),)},
        [("token moved", NAME, "role", "Expensify Integration (id 1005)", "Clerk (id 1006)")],
    ),
    "token moved to another user": (
        {}, {"tokens": (replace(TOKEN, user=accounts.reference(OTHER)),)},
        [("token moved", NAME, "user", "Sync User (id 7)", "Ana Ortiz (id 8)")],
    ),
    "a token whose role was renamed has not moved": (
        {"tokens": (replace(TOKEN, role=Reference(name=ROLE.name)),)},
        {**roles(replace(ROLE, name="Sync"), CLERK), "tokens": (replace(TOKEN, role=Reference(name="Sync")),)},
        [("role renamed", "Sync", "", ROLE.name, "Sync")],
    ),
    "a token that is named in another way has not moved": (
        {"tokens": (replace(TOKEN, role=Reference(name=ROLE.name), user=Reference(email=USER.email)),)}, {}, [],
    ),
    "role assigned and taken away": (
        {}, {"assignments": (accounts.assignment(OTHER, CLERK),)},
        [("role assigned", "Ana Ortiz", "1006", "", "Clerk"),
         ("role taken away", "Sync User", "1005", "Expensify Integration", "")],
    ),
    "global permission added at None": (
        {}, {"global_permissions": (replace(GLOBAL, level=Level.NONE),)},
        [("global permission added", "Sync User", "LIST_CLASS", "", "None")],
    ),
    "global permission raised from None": (
        {"global_permissions": (replace(GLOBAL, level=Level.NONE),)}, {"global_permissions": (GLOBAL,)},
        [("global permission raised", "Sync User", "LIST_CLASS", "None", "View")],
    ),
    "global permission removed": (
        {"global_permissions": (GLOBAL,)}, {}, [("global permission removed", "Sync User", "LIST_CLASS", "View", "")],
    ),
    "user made, inactivated, kept out, renamed": (
        {"users": (USER, replace(OTHER, name="Anna Ortiz"))},
        {"users": (replace(USER, inactive=True, access=False), OTHER, User(key="9", id="9", name="New", email="n@x"))},
        [("user made", "New", "", "", "n@x"), ("user renamed", "Ana Ortiz", "name", "Anna Ortiz", "Ana Ortiz"),
         ("user inactivated", "Sync User", "", "", ""), ("access taken", "Sync User", "", "", "")],
    ),
    "features": (
        {}, {"features": (Feature("MULTICURRENCY", active=False), Feature("OAUTH2", active=True))},
        [("feature switched on", accounts.ACCOUNT, "OAUTH2", "", ""),
         ("feature switched off", accounts.ACCOUNT, "MULTICURRENCY", "", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_told_as_what_it_is(case: str) -> None:
    before, after, expected = CHANGES[case]
    found = drift(accounts.snapshot(**before), accounts.snapshot(**after))
    assert [told(change) for change in found.changes] == expected
    assert not found.partial
    assert sum(found.counts.values()) == len(expected) == found.total


def test_a_permission_of_a_role_that_was_made_is_not_told_again() -> None:
    made = replace(GOOD, permissions=(*GOOD.permissions, Permission("1006", "LIST_ITEM", Level.FULL)))
    found = drift(replace(made, roles=(accounts.ADMINISTRATOR, ROLE), permissions=GOOD.permissions), made)
    assert [told(change) for change in found.changes] == [("role made", "Clerk", "", "", "1 permission row")]


POOR = {
    Table.ROLES: ("roles", GOOD.roles[:1]),
    Table.ROLE_PERMISSIONS: ("permissions", GOOD.permissions[:2]),
    Table.ACCESS_TOKENS: ("tokens", ()),
    Table.USERS: ("users", ()),
    Table.ROLE_ASSIGNMENTS: ("assignments", ()),
}


@pytest.mark.parametrize("state", [state for state in State if state is not State.COLLECTED])
@pytest.mark.parametrize("table", POOR)
def test_an_absence_in_a_read_that_is_not_whole_is_counted_and_never_a_change(table: Table, state: State) -> None:
    field, rows = POOR[table]
    poor = accounts.snapshot(coverage=accounts.coverage(**{table.name.lower(): state}), **{field: rows})
    lost = len(getattr(GOOD, field)) - len(rows)
    for before, after, counts in ((GOOD, poor, (0, lost)), (poor, GOOD, (lost, 0))):
        found = drift(before, after)
        assert found.changes == ()
        (unproven,) = found.unproven
        assert (unproven.table, unproven.appeared, unproven.vanished) == (table, *counts)


def test_what_a_whole_read_lacked_is_new_even_if_the_later_read_is_not_whole() -> None:
    partial = accounts.coverage(access_tokens=State.PARTIAL)
    found = drift(GOOD, accounts.snapshot(tokens=(accounts.token("902"),), coverage=partial))
    assert [change.kind for change in found.changes] == [ChangeKind.TOKEN_MADE]
    assert [(each.table, each.vanished) for each in found.unproven] == [(Table.ACCESS_TOKENS, 1)]


def test_a_level_is_compared_where_the_account_knows_another_permission_too() -> None:
    more = (*accounts.permissions(LIST_CLASS=Level.EDIT), Permission("1006", "LIST_ITEM", Level.VIEW))
    found = drift(GOOD, accounts.snapshot(permissions=more))
    assert [told(change) for change in found.changes] == [
        ("permission added", "Clerk", "LIST_ITEM", "None", "View"),
        ("permission raised", ROLE.name, "LIST_CLASS", "View", "Edit"),
    ]


def test_a_role_that_came_in_one_piece_is_compared_whatever_the_others_are() -> None:
    whole = replace(ROLE, permissions_whole=True)
    partial = {**roles(whole, CLERK), "coverage": accounts.coverage(role_permissions=State.PARTIAL)}
    found = drift(
        accounts.snapshot(**partial), accounts.snapshot(**partial, permissions=accounts.permissions(LIST_CLASS=None))
    )
    assert [change.kind for change in found.changes] == [ChangeKind.PERMISSION_REMOVED]


def test_a_dropped_column_is_said_and_makes_no_change() -> None:
    dropped = tuple(
        replace(each, columns_dropped=("isinactive",)) if each.table is Table.ROLES else each for each in GOOD.coverage
    )
    less = accounts.snapshot(roles=tuple(replace(role, inactive=None) for role in GOOD.roles), coverage=dropped)
    for before, after in ((GOOD, less), (less, GOOD)):
        found = drift(before, after)
        assert found.changes == ()
        assert [(each.table, each.columns) for each in found.unproven] == [(Table.ROLES, ("isinactive",))]
    assert not drift(less, less).partial


def test_a_table_in_which_no_change_is_looked_for_is_not_spoken_of() -> None:
    hidden = accounts.snapshot(coverage=accounts.coverage(classes=State.NOT_PERMITTED, logins=State.FAILED))
    for before, after in ((GOOD, hidden), (hidden, GOOD), (hidden, hidden)):
        assert not drift(before, after).partial


def test_a_table_that_was_never_given_is_no_part_of_the_comparison() -> None:
    lean = accounts.snapshot(features=(), coverage=accounts.coverage(features=State.NOT_AVAILABLE))
    assert not drift(lean, lean).partial


def test_accounts_read_by_different_sources_are_the_same_account() -> None:
    """Role files know a role by its script id and a user by name; queries know both by internal id."""
    renamed = {role.key: replace(role, key=role.scriptid or role.key, id=None) for role in GOOD.roles}
    files = accounts.snapshot(
        roles=tuple(renamed.values()),
        permissions=tuple(replace(row, role=renamed[row.role].key) for row in GOOD.permissions),
        users=tuple(replace(user, key=user.email, id=None) for user in GOOD.users),
        assignments=(RoleAssignment(Reference(email=USER.email), Reference(name=ROLE.name)),),
        tokens=(replace(TOKEN, user=Reference(name=USER.name), role=Reference(name=ROLE.name)),),
    )
    assert drift(files, GOOD).changes == ()
    assert drift(GOOD, files).changes == ()


def test_two_roles_of_one_name_and_different_ids_are_two() -> None:
    again = Role(key="2000", id="2000", name="Clerk", inactive=False)
    found = drift(GOOD, accounts.snapshot(roles=(accounts.ADMINISTRATOR, ROLE, again)))
    assert [change.kind.value for change in found.changes] == ["role made", "role deleted"]


RICH = accounts.snapshot(global_permissions=(GLOBAL,), permissions=(*GOOD.permissions, *ODD))
LOSSES = dict(damage.losses(RICH))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_read_that_lost_something_makes_no_change(loss: str) -> None:
    hurt = LOSSES[loss]
    for before, after in ((RICH, hurt), (hurt, RICH), (hurt, hurt)):
        found = drift(before, after)
        assert [told(change) for change in found.changes] == []
    table, _, _ = loss.partition(":")
    assert drift(RICH, hurt).partial is (Table(table) in CHANGES_IN), "of nothing else is anything compared"


def test_a_role_that_is_known_by_its_id_here_and_by_its_key_there_is_one() -> None:
    """A token whose role is an id alone, in a read whose roles bear none, was not moved."""
    nameless = dict(damage.losses(RICH))["access tokens: no role.name"]
    hurt = dict(damage.losses(nameless))["roles: no id"]
    assert drift(hurt, RICH).changes == drift(RICH, hurt).changes == ()


@given(st.sampled_from(sorted(LOSSES)), st.data())
def test_several_losses_make_no_change(first: str, data: st.DataObject) -> None:
    hurt = LOSSES[first]
    for _ in range(2):
        further = dict(damage.losses(hurt))
        hurt = further[data.draw(st.sampled_from(sorted(further)))]
    assert drift(RICH, hurt).changes == drift(hurt, RICH).changes == ()


def test_the_way_back_is_told_the_other_way_round() -> None:
    back = {"made": "deleted", "deleted": "made", "added": "removed", "removed": "added", "raised": "lowered"}
    for before, after, expected in CHANGES.values():
        found = drift(accounts.snapshot(**after), accounts.snapshot(**before))
        assert bool(found.total) == bool(expected) or "token revoked" in str(expected)
        for kind, *_ in expected:
            *head, word = kind.split()
            if word in back:
                assert " ".join([*head, back[word]]) in {change.kind.value for change in found.changes}
