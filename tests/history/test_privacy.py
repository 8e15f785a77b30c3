"""The night on which people begin to be hidden: nothing of theirs comes back out of the history."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from auditor.checks.judge import judge
from auditor.config import Privacy
from auditor.history.database import Place
from auditor.history.drift import compare
from auditor.history.reading import Reading
from auditor.history.schema import findings
from auditor.model import AccountResult, ChangeKind, Scope, Snapshot, State, Subject, SubjectKind, Table, User
from auditor.model.drift import NAMES
from auditor.privacy import Hiding, hiding
from auditor.reports.drift_text import unproven_sentence
from auditor.secrets import Secret
from tests.checks import accounts
from tests.history.nights import hold_night, moment, told

KEY, OTHER_KEY = Secret("the first of two secret keys"), Secret("the second of two secret keys")
PEOPLE_TABLES = {Table.ACCESS_TOKENS, Table.USERS, Table.ROLE_ASSIGNMENTS, Table.GLOBAL_PERMISSIONS}
USER = User(key="7", id="7", name="Xanthippe Quux", email="xq@example.com", inactive=True, access=True)
FILED = accounts.token(key="Expensify / Xanthippe Quux / R / T", user=USER)
BAD = accounts.snapshot(users=(USER,), tokens=(FILED,), assignments=(accounts.assignment(USER),))
GOOD = replace(BAD, users=(replace(USER, inactive=False),))


def night(number: int, snapshot: Snapshot, way: Hiding) -> AccountResult:
    hidden, scope = way.account(replace(snapshot, taken=moment(number)), Scope())
    return judge(hidden, (accounts.BASELINE,), scope)


def texts(value: object) -> str:
    return msgspec.json.encode(value).decode().casefold()


def test_what_was_named_before_is_told_without_a_name_and_forgotten(place: Place) -> None:
    plain, hashed = hiding(None, None), hiding(Privacy.HASH, KEY)
    hold_night(place, 1, night(1, BAD, plain))
    first = told(hold_night(place, 2, night(2, GOOD, hashed)))
    assert first.resolved
    for one in first.resolved:
        assert one.subject == Subject(SubjectKind.TOKEN, "(not shown)", "a token (not shown)")
        assert one.title.startswith("A finding of the check ")
    assert first.drift is not None
    assert first.drift.changes == ()
    assert {each.table for each in first.drift.unproven if NAMES in each.columns} == PEOPLE_TABLES
    assert "Users: not compared, because the two reads name people in different ways." in [
        unproven_sentence(each) for each in first.drift.unproven
    ]
    with place.opened(make=False) as engine, engine.connect() as connection:
        rows = connection.execute(select(findings.c.title, findings.c.subject_name)).all()
    assert rows
    for left in (texts(first), str([tuple(row) for row in rows]).casefold()):
        assert "quux" not in left
        assert "xq@example" not in left
    second = told(hold_night(place, 3, night(3, BAD, hashed)))
    assert second.drift is not None
    assert [change.kind for change in second.drift.changes] == [ChangeKind.USER_INACTIVATED]
    assert not second.drift.unproven
    third = told(hold_night(place, 4, night(4, GOOD, hashed)))
    assert hashed.person("Xanthippe Quux") in texts(third.resolved), "among reads that name alike all is told"


def test_what_could_not_be_decided_on_that_night_is_told_without_a_name_later_too(place: Place) -> None:
    hashed = hiding(Privacy.HASH, KEY)
    hold_night(place, 1, night(1, replace(BAD, tokens=(accounts.token(user=USER),)), hiding(None, None)))
    part = accounts.without(Table.USERS, replace(BAD, users=(), tokens=(accounts.token(user=USER),)), State.FAILED)
    unknown = told(hold_night(place, 2, night(2, part, hashed)))
    assert not unknown.resolved
    mended = told(hold_night(place, 3, night(3, replace(GOOD, tokens=(accounts.token(user=USER),)), hashed)))
    assert mended.resolved
    assert "quux" not in texts(mended)


def test_another_key_or_way_is_another_naming_and_roles_are_compared_all_the_same() -> None:
    role = replace(accounts.CLERK, name="Chief Clerk")
    later = replace(GOOD, roles=(accounts.ADMINISTRATOR, accounts.ROLE, role))
    ways = [hiding(None, None), hiding(Privacy.HASH, KEY), hiding(Privacy.HASH, OTHER_KEY), hiding(Privacy.OMIT, None)]
    for one in ways:
        for other in ways:
            drift = compare(
                Reading.of_snapshot(one.account(GOOD, Scope())[0]),
                Reading.of_snapshot(other.account(later, Scope())[0]),
            )
            assert [change.kind for change in drift.changes] == [ChangeKind.ROLE_RENAMED]
            unlike = {each.table for each in drift.unproven}
            assert unlike == (set() if one is other else PEOPLE_TABLES)
