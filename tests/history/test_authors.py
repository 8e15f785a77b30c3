"""Who changed a role: one person, two, nobody, and the cases in which system notes cannot say it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.history import packing
from auditor.history.drift import compare
from auditor.history.reading import Reading
from auditor.model import (
    Author,
    Change,
    Drift,
    Level,
    Reference,
    Role,
    Snapshot,
    State,
    SystemNote,
    Table,
    Telling,
    User,
)
from auditor.reports.drift_text import changed_at, changed_by, on_authors
from tests.checks import accounts, damage

ROLE, CLERK = accounts.ROLE, accounts.CLERK
MARTA = User(key="10", id="10", name="Marta Quill", email="marta@example.com")
ADA = User(key="11", id="11", name="Ada Bell", email="ada@example.com")
BEFORE, AFTER = "2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z"
AT = "2026-11-20 15:30:00"


def note(author: User | str = MARTA, at: str = AT, **fields: Any) -> SystemNote:
    id_ = author if isinstance(author, str) else author.id or ""
    return SystemNote(**({"role": CLERK.key, "at": at, "author": Reference(id=id_)} | fields))


def read(
    taken: str, *notes: SystemNote, since: str = "2026-10-17", state: State = State.COLLECTED, **fields: Any
) -> Snapshot:
    """An account with two people who may change roles."""
    plain = accounts.snapshot(
        taken=taken, users=(accounts.USER, accounts.OTHER_USER, MARTA, ADA), system_notes=notes, **fields
    )
    coverage = tuple(
        replace(each, state=state, since=since) if each.table is Table.SYSTEM_NOTES else each for each in plain.coverage
    )
    return replace(plain, coverage=coverage)


def roles(**fields: Any) -> tuple[Role, ...]:
    return (accounts.ADMINISTRATOR, ROLE, replace(CLERK, **fields))


def drift(earlier: Snapshot, later: Snapshot) -> Drift:
    return compare(Reading.of_snapshot(earlier), Reading.of_snapshot(later))


def one(earlier: Snapshot, later: Snapshot) -> Change:
    (change,) = drift(earlier, later).changes
    return change


def renamed(*notes: SystemNote, **fields: Any) -> Change:
    return one(read(BEFORE), read(AFTER, *notes, roles=roles(name="A/P Clerk"), **fields))


NAMED = {"field": "ROLE.NAME", "before": "Clerk", "after": "A/P Clerk"}
OF_MARTA = Author(name="Marta Quill (id 10)", first=AT, last=AT)


def test_a_note_with_the_very_values_is_of_the_change() -> None:
    change = renamed(note(**NAMED), note(ADA, before="ALL", after="OWN"), note(role="1005", **NAMED))
    assert (change.telling, change.authors) == (Telling.THIS_CHANGE, (OF_MARTA,))
    assert (changed_by(change), changed_at(change)) == ("Marta Quill (id 10)", AT)


def test_two_people_who_made_the_same_change_are_both_told_the_first_one_first() -> None:
    later = "2026-11-20 22:00:00"
    change = renamed(note(ADA, at=later, **NAMED), note(**NAMED), note(ADA, at="2026-11-20 20:00:00", **NAMED))
    assert change.telling is Telling.THIS_CHANGE
    assert change.authors == (
        OF_MARTA, Author(name="Ada Bell (id 11)", first="2026-11-20 20:00:00", last=later, notes=2)
    )  # fmt: skip
    assert changed_by(change) == "Marta Quill (id 10); Ada Bell (id 11)"
    assert changed_at(change) == f"{AT}; 2026-11-20 20:00:00 to {later}"


def test_other_notes_of_the_role_are_told_as_that_and_no_more() -> None:
    change = renamed(
        note(field="ROLE.SUBSIDIARYOPTION", before="ALL", after="OWN"), note(ADA, at="2026-11-20 16:00:00")
    )
    assert change.telling is Telling.THIS_RECORD
    assert [author.name for author in change.authors] == ["Marta Quill (id 10)", "Ada Bell (id 11)"]
    assert changed_by(change) == ("not told; notes of this role by Marta Quill (id 10); Ada Bell (id 11)")


def test_a_role_without_notes_has_none_that_say_it() -> None:
    for notes in ((), (note(role="1005"),), (note(at="2026-11-18 09:00:00", **NAMED),), (note(at="soon", **NAMED),)):
        change = renamed(*notes)
        assert (change.telling, change.authors) == (Telling.NO_NOTE, ())
        assert (changed_by(change), changed_at(change)) == ("no system note says it", "")


SWITCHED = {"field": "ROLE.ISINACTIVE", "before": "F", "after": "T"}


@pytest.mark.parametrize(
    ("changed", "fields", "telling"),
    [
        ({"inactive": True}, SWITCHED, Telling.THIS_CHANGE),
        ({"inactive": True}, {**SWITCHED, "before": "T", "after": "F"}, Telling.THIS_RECORD),
        ({"inactive": True}, {**SWITCHED, "field": "ROLE.ISSALESROLE"}, Telling.THIS_RECORD),
        ({"name": "Boss"}, {**NAMED, "after": "boss "}, Telling.THIS_CHANGE),
        ({"name": "Boss"}, {**NAMED, "before": "", "after": "Boss"}, Telling.THIS_RECORD),
        ({"name": "Boss"}, NAMED, Telling.THIS_RECORD),
        ({"subsidiary_option": "OWN"}, {"before": "ALL", "after": "OWN"}, Telling.THIS_CHANGE),
        ({"subsidiary_option": "OWN"}, {"before": "OWN", "after": "ALL"}, Telling.THIS_RECORD),
    ],
)
def test_which_notes_are_of_which_change_of_a_role(
    changed: dict[str, Any], fields: dict[str, str], telling: Telling
) -> None:
    earlier = read(BEFORE, roles=roles(subsidiary_option="ALL"))
    later = read(AFTER, note(**fields), roles=roles(**({"subsidiary_option": "ALL"} | changed)))
    assert one(earlier, later).telling is telling


@pytest.mark.parametrize(
    ("fields", "telling"),
    [
        ({"field": "ROLE.LIST_CLASS"}, Telling.THIS_CHANGE),
        ({"after": "list_class: Edit"}, Telling.THIS_CHANGE),
        ({"before": "Classes"}, Telling.THIS_CHANGE),
        ({"after": "LIST_CLASSIFICATION"}, Telling.THIS_RECORD),
        ({"after": "XLIST_CLASS"}, Telling.THIS_RECORD),
        ({"after": "All Classes"}, Telling.THIS_RECORD),
        ({"after": "Edit"}, Telling.THIS_RECORD),
    ],
)
def test_a_note_is_of_a_permission_that_it_names(fields: dict[str, str], telling: Telling) -> None:
    raised = tuple(replace(row, label="Classes") for row in accounts.permissions(LIST_CLASS=Level.EDIT))
    earlier = read(BEFORE, permissions=tuple(replace(row, label="Classes") for row in accounts.permissions()))
    later = read(AFTER, note(role=ROLE.key, **fields), permissions=raised)
    assert one(earlier, later).telling is telling


def test_the_time_zone_of_a_note_may_be_any() -> None:
    """Twelve hours behind UTC to fourteen ahead: what is outside of that in every zone is of another time."""
    inside = ("2026-11-19 14:00:00", "2026-11-21 16:00:00")
    outside = ("2026-11-19 13:59:59", "2026-11-21 16:00:01")
    assert [renamed(note(at=at, **NAMED)).telling for at in inside] == [Telling.THIS_CHANGE] * 2
    assert [renamed(note(at=at, **NAMED)).telling for at in outside] == [Telling.NO_NOTE] * 2


@pytest.mark.parametrize("state", [state for state in State if state is not State.COLLECTED])
def test_without_the_table_nothing_is_told(state: State) -> None:
    found = drift(read(BEFORE), read(AFTER, note(**NAMED), roles=roles(name="A/P Clerk"), state=state))
    (change,) = found.changes
    assert (change.telling, change.authors, changed_by(change)) == (Telling.NOT_COLLECTED, (), "not collected")
    assert found.notes_lacking == f"System notes: {state.value}."
    said = on_authors(found)
    assert said[0] == found.notes_lacking
    assert "Setup > Users/Roles > Manage Roles" in said[1]
    assert found.counts
    assert not found.partial, "notes are not compared"


def test_a_window_that_begins_after_the_earlier_read_tells_nothing() -> None:
    later = {"roles": roles(name="A/P Clerk"), "since": "2026-11-19"}
    assert one(read(BEFORE), read(AFTER, note(**NAMED), **later)).telling is Telling.THIS_CHANGE
    found = drift(read("2026-11-19T11:59:59Z"), read(AFTER, note(**NAMED), **later))
    assert [change.telling for change in found.changes] == [Telling.NOT_COLLECTED]
    assert found.notes_lacking == "System notes were read from 2026-11-19 on, which is too late for the earlier read."


@pytest.mark.parametrize("since", ["", "soon"])
def test_a_window_that_nobody_knows_tells_nothing(since: str) -> None:
    change = renamed(note(**NAMED), since=since)
    assert (change.telling, change.authors) == (Telling.NOT_COLLECTED, ())


def test_reads_named_the_wrong_way_round_are_told_without_authors() -> None:
    found = drift(read(AFTER, roles=roles(name="A/P Clerk")), read(BEFORE, note(**NAMED)))
    assert [change.telling for change in found.changes] == [Telling.NOT_COLLECTED]
    assert "the later read is named first" in found.notes_lacking


def test_what_notes_of_roles_do_not_tell_is_not_collected() -> None:
    """Tokens, users and what they hold; and a role that is gone, with whose record its notes went (documented)."""
    earlier = read(BEFORE)
    later = read(
        AFTER, note(role="901"), note(role="8"), note(role=CLERK.key, **NAMED), roles=roles()[:2],
        tokens=(accounts.token(inactive=True),), assignments=(),
    )  # fmt: skip
    found = drift(earlier, later)
    assert {change.kind.value for change in found.changes} == {"role deleted", "token inactivated", "role taken away"}
    assert {change.telling for change in found.changes} == {Telling.NOT_COLLECTED}
    assert found.notes_lacking == "", "no role changed of which a note could tell"


def test_an_author_that_is_no_employee_is_told_by_id() -> None:
    assert renamed(note("-4", **NAMED)).authors[0].name == "id -4"
    assert renamed(note("", **NAMED)).authors[0].name == "(not given)"


def test_notes_change_no_account_and_take_no_room() -> None:
    plain, noted = read(AFTER), read(AFTER, *(note(at=f"2026-11-20 15:30:{n:02}") for n in range(60)))
    assert packing.digest(plain) == packing.digest(noted)
    assert packing.deflate(packing.pack(plain)) == packing.deflate(packing.pack(noted))
    assert drift(read(BEFORE), noted).total == 0


LATER = read(AFTER, note(**NAMED), note(ADA), note(role=ROLE.key), roles=roles(name="A/P Clerk"),
             permissions=accounts.permissions(LIST_CLASS=Level.EDIT))  # fmt: skip
LOSSES = dict(damage.losses(LATER))


@given(st.sampled_from(sorted(LOSSES)), st.sampled_from(sorted(LOSSES)))
def test_whatever_is_lost_nothing_more_is_claimed(first: str, second: str) -> None:
    claims = [Telling.NOT_COLLECTED, Telling.NO_NOTE, Telling.THIS_RECORD, Telling.THIS_CHANGE]
    hurt = dict(damage.losses(LOSSES[first])).get(second, LOSSES[first])
    truth = {(change.kind, change.subject.key, change.about): change for change in drift(read(BEFORE), LATER).changes}
    for change in drift(read(BEFORE), hurt).changes:
        true = truth.get((change.kind, change.subject.key, change.about))
        if true is None or change.telling is None or true.telling is None:
            continue
        if change.telling is Telling.NO_NOTE:
            assert hurt.covered(Table.SYSTEM_NOTES).complete
        assert claims.index(change.telling) <= claims.index(true.telling)
