"""Look-ups by id and name, and what they say when two fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Ambiguous, Directory, Level, Permission, Reference, Role, Snapshot, User, folded

ids = st.sampled_from([None, "1", "2", "3"])
names = st.sampled_from(["", "Sales", "sales ", "Sales  Rep", "SALES REP", "Ops"])
mails = st.sampled_from(["", "a@example.com", "A@example.com", "b@example.com"])


def numbered(make, rows):
    """Records with keys and ids that no other bears."""
    seen: set[str] = set()
    records = []
    for number, (ident, *fields) in enumerate(rows):
        own = None if ident in seen else ident
        seen.add(own or "")
        records.append(make(f"k{number}", own, *fields))
    return tuple(records)


roles = st.lists(st.tuples(ids, names), max_size=5).map(
    lambda rows: numbered(lambda key, ident, name: Role(key=key, id=ident, name=name), rows)
)
users = st.lists(st.tuples(ids, names, mails), max_size=5).map(
    lambda rows: numbered(lambda key, ident, name, mail: User(key=key, id=ident, name=name, email=mail), rows)
)
references = st.builds(Reference, id=ids.map(lambda ident: ident or ""), name=names, email=mails)


def directory(**tables) -> Directory:
    return Directory(Snapshot(account="1", taken="", source="files", origin="", **tables))


def meant(found, expected):
    """None, the one record, or all that fit, by key."""
    if not expected:
        return found is None
    if len(expected) == 1:
        return found == expected[0]
    return found == Ambiguous(tuple(sorted(record.key for record in expected)))


@given(roles, references)
def test_a_role_is_the_one_of_that_id_else_those_of_that_name_with_no_other_id(rows, reference):
    by_id = [role for role in rows if reference.id and role.id == reference.id]
    by_name = [
        role
        for role in rows
        if reference.name and folded(role.name) == folded(reference.name) and not (reference.id and role.id)
    ]
    assert meant(directory(roles=rows).role(reference), by_id or by_name)


@given(users, references)
def test_a_user_is_the_one_of_that_id_else_of_that_mail_else_of_that_name(rows, reference):
    fitting = [user for user in rows if reference.id and user.id == reference.id]
    if not fitting:
        others = [user for user in rows if not (reference.id and user.id)]
        if reference.email:
            fitting = [user for user in others if user.email and folded(user.email) == folded(reference.email)]
        elif reference.name:
            fitting = [user for user in others if folded(user.name) == folded(reference.name)]
    assert meant(directory(users=rows).user(reference), fitting)


def test_another_id_is_another_role_even_with_the_name():
    one = directory(roles=(Role(key="1", id="1", name="Sales"),))
    assert one.role(Reference(id="2", name="Sales")) is None
    assert one.role(Reference(name="sales")) == Role(key="1", id="1", name="Sales")
    assert one.role(Reference()) is None


def test_nothing_is_found_by_an_empty_reference():
    blank = directory(roles=(Role(key="k", name=""),), users=(User(key="k", name=""),))
    assert blank.role(Reference()) is None
    assert blank.user(Reference()) is None


permissions = st.lists(
    st.builds(
        Permission,
        st.sampled_from(["r1", "r2", ""]),
        st.sampled_from(["", "LIST_A", "LIST_B"]),
        st.one_of(st.none(), st.sampled_from(Level)),
        label=st.sampled_from(["", "A"]),
    ),
    max_size=8,
).map(tuple)


@given(permissions)
def test_every_row_is_counted_and_none_is_preferred(rows):
    known = directory(permissions=rows)
    for key in ("r1", "r2", "", "r3"):
        mine = [row for row in rows if row.role == key]
        assert known.row_count(key) == len(mine)
        assert list(known.unnamed(key)) == [row for row in mine if not row.id]
        held = known.permissions(key)
        assert set(held) == {row.id for row in mine if row.id}
        for permission, row in held.items():
            levels = {each.level for each in mine if each.id == permission}
            assert row.level is (levels.pop() if len(levels) == 1 else None)


@pytest.mark.parametrize(
    ("first", "second", "raw"), [(Level.FULL, Level.VIEW, "Full and View"), (Level.NONE, None, "None and ALL")]
)
def test_rows_that_disagree_name_both_levels(first, second, raw):
    rows = (Permission("r", "P", first), Permission("r", "P", second, raw_level="" if second else "ALL"))
    assert directory(permissions=rows).permissions("r")["P"] == Permission("r", "P", None, raw_level=raw)


@given(st.text(), st.text())
def test_folding_is_stable_and_forgets_case_and_space_alone(one, other):
    assert folded(folded(one)) == folded(one)
    assert folded(f" {one}\t{other}\n") == folded(f"{one} {other}")
