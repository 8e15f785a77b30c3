"""Several files of one account: whose word counts, and what is undecided when they disagree."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Ambiguous, Directory, Level, Permission, Reference, State, Table
from auditor.sources.files.records import unique_keys
from tests.sources.given import ROLES, collect, notes, problem, role_xml, state, table

HEADER = ["Internal ID", "Script ID", "Name", "Permission", "Level", "Inactive"]


def test_a_role_file_wins_over_a_list_and_learns_its_id(tmp_path: Path):
    snapshot = collect(
        tmp_path,
        {
            "customrole1001.xml": role_xml(
                "customrole1001", "Clerk", [("LIST_ACCOUNT", "VIEW"), ("LIST_CLASS", "NONE")]
            ),
            "roles.csv": table(
                HEADER,
                [
                    ["77", "", " clerk ", "Accounts", "Full", "Yes"],
                    ["77", "", " clerk ", "Vendors", "View", "Yes"],
                    ["78", "", "Boss", "Accounts", "Full", "No"],
                ],
            ),
        },
    )
    assert [(role.key, role.id, role.inactive, role.permissions_whole) for role in snapshot.roles] == [
        ("78", "78", False, False),
        ("customrole1001", "77", True, True),
    ]
    assert snapshot.permissions == (
        Permission("78", "LIST_ACCOUNT", Level.FULL, label="Accounts"),
        Permission("customrole1001", "LIST_ACCOUNT", Level.VIEW),
        Permission("customrole1001", "LIST_CLASS", Level.NONE),
    )
    # An explicit None and no row at all are the same, so LIST_CLASS is no difference.
    assert (
        "roles.csv differs from customrole1001.xml, which is used: LIST_ACCOUNT (Full there, View here), "
        "LIST_VENDOR (View there, no row here)." in notes(snapshot)
    )
    assert state(snapshot, Table.ROLES) is State.COLLECTED
    assert state(snapshot, Table.ROLE_PERMISSIONS) is State.COLLECTED


def test_the_script_id_joins_before_the_name(tmp_path: Path):
    snapshot = collect(
        tmp_path,
        {
            "a.xml": role_xml("customrole1", "Same", [("LIST_ACCOUNT", "VIEW")]),
            "b.xml": role_xml("customrole2", "Same", [("LIST_CLASS", "VIEW")]),
            "r.csv": table(
                HEADER,
                [
                    ["12", "customrole2", "Same", "Classes", "View", ""],
                    ["11", "customrole1", "Same", "Accounts", "View", ""],
                ],
            ),
        },
    )
    assert [(role.key, role.id) for role in snapshot.roles] == [("customrole1", "11"), ("customrole2", "12")]
    assert isinstance(Directory(snapshot).role(Reference(name="same")), Ambiguous)
    assert state(snapshot, Table.ROLES) is State.COLLECTED


def test_a_name_that_two_bear_joins_nothing(tmp_path: Path):
    snapshot = collect(
        tmp_path,
        {
            "a.xml": role_xml("customrole1", "Expensify Integration", [("LIST_ACCOUNT", "VIEW")]),
            "r.csv": table(
                HEADER,
                [
                    ["11", "", "Expensify Integration", "Accounts", "View", ""],
                    ["12", "", "Expensify Integration", "Accounts", "Full", ""],
                ],
            ),
        },
    )
    assert [role.key for role in snapshot.roles] == ["11", "12", "customrole1"]
    assert isinstance(Directory(snapshot).role(Reference(name="Expensify Integration")), Ambiguous)
    assert "r.csv gives no id that tells which of them it means" in notes(snapshot)
    assert state(snapshot, Table.ROLES) is State.PARTIAL


def test_two_files_of_one_role_that_differ_leave_it_undecided(tmp_path: Path):
    new = role_xml("customrole1", "R", [("LIST_ACCOUNT", "FULL"), ("LIST_ITEM", "VIEW")])
    old = role_xml("customrole1", "R", [("LIST_ACCOUNT", "FULL"), ("LIST_ITEM", "EDIT"), ("LIST_CLASS", "VIEW")])
    snapshot = collect(tmp_path, {"new.xml": new, "old.xml": old})
    assert snapshot.permissions == (
        Permission("customrole1", "LIST_ACCOUNT", Level.FULL),
        Permission("customrole1", "LIST_CLASS", None, raw_level="View"),
        Permission("customrole1", "LIST_ITEM", None, raw_level="Edit"),
        Permission("customrole1", "LIST_ITEM", None, raw_level="View"),
    )
    assert not snapshot.roles[0].permissions_whole
    for kind in (Table.ROLES, Table.ROLE_PERMISSIONS):
        assert problem(snapshot.covered(kind)).count("stands in new.xml and in old.xml, and they differ") == 2


def test_two_files_of_one_role_that_agree_are_one(tmp_path: Path):
    data = role_xml("customrole1", "R", [("LIST_ACCOUNT", "FULL")])
    snapshot = collect(tmp_path, {"a.xml": data, "copy/a.xml": data})
    assert snapshot.permissions == (Permission("customrole1", "LIST_ACCOUNT", Level.FULL),)
    assert snapshot.roles[0].permissions_whole
    assert "stands in a.xml and in copy/a.xml, alike in both" in notes(snapshot)
    assert problem(snapshot.covered(Table.ROLES)) == ""


def test_files_that_contradict_each_other_on_inactive_leave_it_open(tmp_path: Path):
    files = {
        "a.xml": role_xml("customrole1", "R", [("LIST_ACCOUNT", "FULL")], scalars={"isinactive": "F"}),
        "r.csv": table(HEADER, [["1", "customrole1", "R", "Accounts", "Full", "Yes"]]),
    }
    snapshot = collect(tmp_path, files)
    assert snapshot.roles[0].inactive is None
    assert "contradict each other on whether it is inactive" in notes(snapshot)


def test_two_lists_are_merged_role_by_role(tmp_path: Path):
    second = table(["Name", "Permission", "Level"], [["Third", "Accounts", "View"], ["Boss", "Accounts", "View"]])
    snapshot = collect(tmp_path, {"1.csv": ROLES, "2.csv": second})
    assert [role.key for role in snapshot.roles] == ["Boss", "Clerk", "Third"]
    boss = [row for row in snapshot.permissions if row.role == "Boss"]
    assert [(row.level, row.raw_level) for row in boss] == [(None, "Full"), (None, "View")]
    assert state(snapshot, Table.ROLE_PERMISSIONS) is State.PARTIAL


def test_a_list_that_lacks_a_role_with_a_file_is_no_list_of_all(tmp_path: Path):
    extra = role_xml("customrole9", "Forgotten", [("LIST_ACCOUNT", "VIEW")])
    snapshot = collect(tmp_path, {"r.csv": ROLES, "f.xml": extra})
    assert state(snapshot, Table.ROLES) is State.PARTIAL
    assert "lacks roles that have a role file (Forgotten (customrole9))" in problem(snapshot.covered(Table.ROLES))


def test_a_comparison_yields_to_every_other_file(tmp_path: Path):
    comparison = table(["Permission", "Boss", "Stranger"], [["Accounts", "View", "Edit"]])
    snapshot = collect(tmp_path, {"r.csv": ROLES, "d.csv": comparison})
    levels = {(row.role, row.id): row.level for row in snapshot.permissions}
    assert levels[("Boss", "LIST_ACCOUNT")] is Level.FULL
    assert levels[("Stranger", "LIST_ACCOUNT")] is Level.EDIT
    assert "d.csv differs from r.csv, which is used: LIST_ACCOUNT (View there, Full here)." in notes(snapshot)


def test_roles_that_only_tokens_and_users_name_are_not_roles_that_were_read(tmp_path: Path):
    tokens = table(["Application", "User", "Role"], [["Expensify", "Ana", "Ghost"], ["Expensify", "Bo", "Clerk"]])
    snapshot = collect(tmp_path, {"r.csv": ROLES, "t.csv": tokens})
    assert [role.name for role in snapshot.roles] == ["Boss", "Clerk"]
    assert "1 role of access tokens that no role file and no role export gives: Ghost." in notes(snapshot)


@given(st.lists(st.sampled_from(["a", "a#2", "a#3", "b", "b#2"]), max_size=12))
def test_keys_are_made_unique_and_the_first_stays(keys):
    unique = unique_keys(keys)
    assert len(set(unique)) == len(keys)
    for key in set(keys):
        assert unique[keys.index(key)] == key
