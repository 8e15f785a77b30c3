"""The example accounts are what their README says, and no lost piece of them makes anything look better."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.model import Directory, Level, Snapshot, State, Table
from auditor.simulator.accounts.expensify import PERMISSIONS as ASKED
from auditor.sources.files import FileSource
from auditor.sources.piece import FILE_TABLES
from tests.sources.given import EXAMPLES, TAKEN, WORTH


def read(account: str, folder: Path = EXAMPLES) -> Snapshot:
    return FileSource(account, folder / account).collect(TAKEN)


def gaps(snapshot: Snapshot, role: str) -> dict[str, Level | None]:
    held = Directory(snapshot).permissions(role)
    levels = {permission: held[permission].level if permission in held else None for permission in ASKED}
    return {permission: level for permission, level in levels.items() if level is None or level < ASKED[permission]}


def test_the_faulty_account_has_the_faults_that_its_readme_tells():
    snapshot = read("1234567")
    assert {coverage.table for coverage in snapshot.coverage if not coverage.complete} == set(Table) - set(FILE_TABLES)
    assert gaps(snapshot, "customrole1042") == {
        "LIST_CLASS": None,
        "LIST_EMPLOYEE": Level.VIEW,
        "ADMI_MANAGE_OAUTH_TOKENS": Level.VIEW,
    }
    usable = {(t.key, str(t.user), str(t.role)) for t in snapshot.tokens if t.application == "Expensify" and t.usable}
    assert usable == {
        ("501", "Expensify Sync", "Expensify Integration"),
        ("502", "Ines Albrecht", "A/P Clerk"),
        ("504", "Tom Verhoeven", "Expensify Integration"),
    }
    held = {(str(a.user), str(a.role)) for a in snapshot.assignments}
    assert ("Tom Verhoeven", "Expensify Integration") not in held
    assert ("Ines Albrecht", "A/P Clerk") in held
    lowered = [
        (str(g.user), g.id, g.level) for g in snapshot.global_permissions if g.id in ASKED and g.level is Level.NONE
    ]
    assert lowered == [("Expensify Sync", "ADMI_WEBSERVICES", Level.NONE)]
    assert len(snapshot.roles) == 12
    assert [role.key for role in snapshot.roles if not role.scriptid] == ["1060"]  # the one that a bundle locks
    assert not [note for note in snapshot.notes if "differs from" in note.text]


def test_the_clean_account_is_clean():
    snapshot = read("7654321_SB1")
    assert {coverage.table for coverage in snapshot.coverage if not coverage.complete} == set(Table) - set(FILE_TABLES)
    directory = Directory(snapshot)
    for token in snapshot.tokens:
        role, user = directory.role(token.role), directory.user(token.user)
        assert token.usable
        assert (str(user.name), role.name) in {(str(a.user), str(a.role)) for a in snapshot.assignments}
    assert gaps(snapshot, "1042") == {}
    assert not {g.id for g in snapshot.global_permissions} & set(ASKED)


@pytest.mark.parametrize("account", ["1234567", "7654321_SB1"])
def test_the_examples_name_nobody_real(account: str):
    snapshot = read(account)
    for user in snapshot.users:
        assert user.email.endswith("@example.com")


FILES = sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.is_file() and path.suffix != ".md")
WHOLE = {account: read(account) for account in ("1234567", "7654321_SB1")}


def worse(before: Snapshot, after: Snapshot) -> bool:
    """No table is worth more than it was."""
    return all(WORTH.get(after.covered(t).state, 0) <= WORTH.get(before.covered(t).state, 0) for t in Table)


def tables_of(name: str, snapshot: Snapshot) -> list[Table]:
    return [each.table for each in snapshot.coverage if any(origin.name == name for origin in each.origins)]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_removing_a_file_only_makes_things_less_sure(path: Path, tmp_path: Path):
    account = path.parts[0]
    shutil.copytree(EXAMPLES / account, tmp_path / account)
    (tmp_path / path).unlink()
    after = read(account, tmp_path)
    assert worse(WHOLE[account], after)
    if path.suffix == ".csv":
        for kind in tables_of(path.name, WHOLE[account]):
            assert not after.covered(kind).complete


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(path=st.sampled_from(FILES), share=st.integers(0, 1_000_000))
def test_cutting_a_file_only_makes_things_less_sure(path: Path, share: int, tmp_path: Path):
    account = path.parts[0]
    here = tmp_path / account
    if not here.exists():
        shutil.copytree(EXAMPLES / account, here)
    data = (EXAMPLES / path).read_bytes()
    cut = data[: share % len(data.rstrip())]
    (tmp_path / path).write_bytes(cut)
    try:
        after = read(account, tmp_path)
    finally:
        (tmp_path / path).write_bytes(data)
    assert worse(WHOLE[account], after)
    at_a_line_end = cut.endswith(b"\n") and path.suffix == ".csv"
    if not at_a_line_end or cut.count(b"\n") < 2:
        name = path.relative_to(account).as_posix()
        for kind in tables_of(name, WHOLE[account]):
            assert after.covered(kind).state in (State.PARTIAL, State.FAILED)
            assert name in after.covered(kind).detail or "no rows" in after.covered(kind).detail


@pytest.mark.parametrize("path", FILES, ids=str)
def test_an_emptied_file_is_a_loss(path: Path, tmp_path: Path):
    account = path.parts[0]
    shutil.copytree(EXAMPLES / account, tmp_path / account)
    (tmp_path / path).write_bytes(b"")
    after = read(account, tmp_path)
    assert worse(WHOLE[account], after)
    assert not after.covered(Table.ROLES).complete
    with pytest.raises(SourceError):
        FileSource("1", tmp_path / path).collect(TAKEN)
