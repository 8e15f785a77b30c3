"""Real exports, counted independently. They are not part of the project; without them these tests are skipped."""

from __future__ import annotations

import csv
import os
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from auditor.model import State, Table
from auditor.sources.files import FileSource
from tests.sources.given import TAKEN, problem, state

DATA = Path(os.environ.get("AUDITOR_REAL_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
pytestmark = [pytest.mark.real, pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here")]


def test_every_permission_row_of_every_role_file_is_kept():
    snapshot = FileSource("1", DATA / "customroles").collect(TAKEN)
    wanted: Counter[tuple[str, str, str]] = Counter()
    names = {}
    for path in (DATA / "customroles").glob("*.xml"):
        root = ET.parse(path).getroot()
        names[root.attrib["scriptid"]] = root.findtext("name").strip()
        for row in root.iter("permission"):
            wanted[(root.attrib["scriptid"], row.findtext("permkey"), row.findtext("permlevel"))] += 1
    assert len(names) == 53
    assert wanted.total() == 6703
    found = Counter((row.role, row.id, row.level.value.upper()) for row in snapshot.permissions)
    assert found == wanted
    assert {role.key: role.name for role in snapshot.roles} == names
    assert all(role.permissions_whole for role in snapshot.roles)
    assert problem(snapshot.covered(Table.ROLES)) == ""
    assert snapshot.covered(Table.ROLE_PERMISSIONS).rows == 6703


def test_both_csv_exports_read_without_help():
    snapshot = FileSource("1", DATA / "exports").collect(TAKEN)
    with (DATA / "exports" / "users_and_roles.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    start = lines.index(["Name", "Email", "Role", "Phone"])
    rows = [line for line in lines[start + 1 :] if line]
    pairs = {(line[0], line[1], line[2]) for line in rows}
    assert len(rows) == len(pairs) == len(snapshot.assignments) == snapshot.covered(Table.ROLE_ASSIGNMENTS).rows
    assert {(a.user.name, a.user.email, a.role.name) for a in snapshot.assignments} == pairs
    assert {(user.name, user.email) for user in snapshot.users} == {(line[0], line[1]) for line in rows}
    assert snapshot.covered(Table.USERS).origins[0].rows == len(rows)
    with (DATA / "exports" / "employee_global_permissions.csv").open(newline="") as file:
        permissions = list(csv.DictReader(file))
    assert Counter((g.user.id, g.label, g.level.value) for g in snapshot.global_permissions) == Counter(
        (row["Internal ID"], row["Global Permission"], row["Global Permission Level"]) for row in permissions
    )
    assert all(row.id for row in snapshot.global_permissions)
    for table in (Table.USERS, Table.ROLE_ASSIGNMENTS, Table.GLOBAL_PERMISSIONS):
        assert state(snapshot, table) is State.COLLECTED
    assert state(snapshot, Table.ACCESS_TOKENS) is State.NOT_AVAILABLE
