"""What changes while a table cannot be read is told as soon as it can: no night without sight swallows a change."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from auditor.history.database import Place
from auditor.model import CaughtUp, ChangeKind, Drift, Level, Permission, State, Table
from auditor.reports.drift_text import caught_up_sentence
from tests.checks import accounts
from tests.history.nights import hold_night, judged, moment, told

HIDDEN: dict[str, Any] = {
    "permissions": (),
    "coverage": accounts.coverage(role_permissions=State.NOT_PERMITTED),
}
LOW = {"permissions": accounts.permissions(LIST_EMPLOYEE=Level.EDIT)}
LOWER = {"permissions": accounts.permissions(LIST_EMPLOYEE=Level.VIEW)}
IN_PART = {**LOW, "coverage": accounts.coverage(role_permissions=State.PARTIAL)}
WITHOUT_IT = {"permissions": accounts.permissions(LIST_EMPLOYEE=None), "coverage": IN_PART["coverage"]}


def drifts(place: Place, *nights: dict[str, Any]) -> list[Drift]:
    """What each night but the first says of changes."""
    found = []
    for number, fields in enumerate(nights, 1):
        drift = told(hold_night(place, number, judged(accounts.snapshot(**fields), number))).drift
        if drift:
            found.append(drift)
    return found


def said(drift: Drift) -> list[tuple[str, str, str]]:
    return [(each.kind.value, each.before, each.after) for each in drift.changes]


def test_a_change_made_while_the_table_was_hidden_is_told_when_it_is_read_again(place: Place) -> None:
    hidden, again, still_hidden, after = drifts(place, {}, HIDDEN, HIDDEN, LOW, LOW)[:4]
    assert (said(hidden), said(again)) == ([], [])
    assert [each.table for each in hidden.unproven] == [Table.ROLE_PERMISSIONS]
    assert said(still_hidden) == [("permission lowered", "Full", "Edit")]
    assert still_hidden.counts == {ChangeKind.PERMISSION_LOWERED: 1}
    assert not still_hidden.unproven
    (back,) = still_hidden.caught_up
    assert back == CaughtUp(table=Table.ROLE_PERMISSIONS, run="20261101T020000Z", since=moment(1))
    assert caught_up_sentence(back) == (
        "Role permissions were not read in full the time before, so they are held against those of "
        "2026-11-01 02:00:00 UTC (run 20261101T020000Z): what changed since then is told here."
    )
    assert (said(after), after.caught_up) == ([], ())


def test_what_was_seen_in_part_is_not_told_twice(place: Place) -> None:
    seen, whole = drifts(place, {}, IN_PART, LOW)
    assert said(seen) == [("permission lowered", "Full", "Edit")]
    assert (said(whole), len(whole.caught_up)) == ([], 1)


def test_what_is_told_of_the_night_before_is_not_told_again_from_further_back(place: Place) -> None:
    _, whole = drifts(place, {}, IN_PART, LOWER)
    assert said(whole) == [("permission lowered", "Edit", "View")]
    assert whole.total == 1


def test_a_row_that_was_seen_in_between_is_told_once(place: Place) -> None:
    as_before = {"permissions": accounts.permissions(), "coverage": IN_PART["coverage"]}
    _, whole = drifts(place, {}, as_before, LOW)
    assert said(whole) == [("permission lowered", "Full", "Edit")]


def test_what_was_changed_back_unseen_is_no_change(place: Place) -> None:
    _, whole = drifts(place, {}, WITHOUT_IT, {})
    assert (said(whole), len(whole.caught_up)) == ([], 1)


def test_a_table_that_no_run_had_in_full_stays_unproven(place: Place) -> None:
    (drift,) = drifts(place, HIDDEN, LOW)
    assert (said(drift), drift.caught_up) == ([], ())
    assert [each.table for each in drift.unproven] == [Table.ROLE_PERMISSIONS]


def test_only_what_the_run_before_lacks_is_told_from_further_back(place: Place) -> None:
    """The role was renamed twice: last night told of the first time, tonight tells of the second alone."""
    once = replace(accounts.CLERK, name="Clerk 1")
    twice = replace(accounts.CLERK, name="Clerk 2")
    rest = (accounts.ADMINISTRATOR, accounts.ROLE)
    first, second = drifts(place, {}, {**HIDDEN, "roles": (*rest, once)}, {**LOW, "roles": (*rest, twice)})
    assert said(first) == [("role renamed", accounts.CLERK.name, "Clerk 1")]
    assert said(second) == [("role renamed", "Clerk 1", "Clerk 2"), ("permission lowered", "Full", "Edit")]


@pytest.mark.parametrize("seed", range(12))
def test_whoever_follows_what_is_told_has_what_the_account_has(seed: int, place: Place) -> None:
    """Over nights that see the permissions whole, in part or not at all; known exactly on each that sees them whole."""
    chance = Random(seed)
    ids = ("LIST_CLASS", "LIST_EMPLOYEE", "LIST_VENDOR", "TRAN_SALESORD", "REPO_SALES")
    held: dict[str, Level] = dict.fromkeys(ids, Level.VIEW)
    followed: dict[str, str] = {}
    whole_before = True
    for night in range(1, 25):
        for each in chance.sample(ids, chance.randrange(3)):
            held[each] = chance.choice(list(Level))
        rows = tuple(Permission("1005", each, level) for each, level in sorted(held.items()) if level is not Level.NONE)
        seen = chance.choice(["whole", "hidden", "partial" if whole_before else "whole"]) if night > 1 else "whole"
        fields: dict[str, Any] = {"permissions": rows}
        if seen == "hidden":
            fields = HIDDEN
        elif seen == "partial":
            part = tuple(row for row in rows if chance.random() < 0.6)
            fields = {"permissions": part, "coverage": IN_PART["coverage"]}
        drift = told(hold_night(place, night, judged(accounts.snapshot(**fields), night))).drift
        if drift is None:
            followed = {row.id: row.level.value for row in rows if row.level}
        for change in drift.changes if drift else ():
            followed[change.about] = change.after
        if seen == "whole":
            assert {key: level for key, level in followed.items() if level and level != "None"} == {
                row.id: row.level.value for row in rows if row.level
            }, night
        whole_before = seen == "whole"
