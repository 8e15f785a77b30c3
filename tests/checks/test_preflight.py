"""Every cause for which NetSuite refuses a coded line: found where it is, absent where not, unknown without data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.catalog import load_catalog
from auditor.checks.base import Case
from auditor.checks.preflight import preflight
from auditor.model import (
    Cause,
    ExpenseLine,
    ExpenseLines,
    JudgedLine,
    Preflight,
    Scope,
    Snapshot,
    State,
    Table,
    Taking,
)
from tests.checks.accounts import BASELINE
from tests.checks.damage import RECORDS, losses, lost, thinned
from tests.checks.divided import (
    CLASS,
    DEPARTMENT,
    FEATURES,
    LATE,
    column_dropped,
    divided,
    employee,
    one,
    restricted_by,
    with_class,
    with_role,
    with_user,
)

ADA = "ada@example.com"


def flown(data: Snapshot, *lines: ExpenseLine, **scope: object) -> Preflight:
    given_ = ExpenseLines(name="lines.csv", sha256="ab" * 32, lines=lines)
    return preflight(Case(data, (BASELINE,), Scope(**scope), load_catalog()), given_)  # type: ignore[arg-type]


def said(data: Snapshot, **line: str) -> JudgedLine:
    standard = {"employee": ADA, "department": "Finance"}
    (judged,) = flown(data, ExpenseLine(line=2, **(standard | line))).lines
    return judged


Change = Callable[[Snapshot], Snapshot]


def as_it_is(data: Snapshot) -> Snapshot:
    return data


CAUSES: dict[str, tuple[Cause, tuple[str, ...], dict[str, str], Change, dict[str, str], Change]] = {
    # cause: (cause, codes, a line that meets it, in which account, a line that does not, without the data)
    "there is no such class": (
        Cause.NOT_FOUND, ("NS0831",), {"class_": "Consulting"}, as_it_is, {"class_": "Services"},
        lambda data: lost(data, Table.CLASSES, State.NOT_PERMITTED),
    ),
    "there is no such department": (
        Cause.NOT_FOUND, ("NS0831",), {"department": "Nowhere"}, as_it_is, {"department": "Finance"},
        lambda data: lost(data, Table.DEPARTMENTS, State.FAILED),
    ),
    "there is no such location": (
        Cause.NOT_FOUND, ("NS0831",), {"location": "Nowhere"}, as_it_is, {"location": "Northport"},
        lambda data: lost(data, Table.LOCATIONS, State.NOT_AVAILABLE),
    ),
    "there is no such project": (
        Cause.NOT_FOUND, ("NS0831",), {"project": "PRJ-77"}, as_it_is, {"project": "PRJ-1"},
        lambda data: lost(data, Table.PROJECTS, State.FAILED),
    ),
    "the class is inactive": (
        Cause.INACTIVE, ("NS0831",), {"class_": "Old"}, as_it_is, {"class_": "Services"},
        lambda data: with_class(data, CLASS, "4", inactive=None),
    ),
    "the project is inactive": (
        Cause.INACTIVE, ("NS0831",), {"project": "PRJ-2"}, as_it_is, {"project": "PRJ-1"},
        lambda data: replace(data, projects=tuple(replace(each, inactive=None) for each in data.projects)),
    ),
    "what stands above the class is inactive": (
        Cause.PARENT_INACTIVE, ("NS0831",), {"class_": "Services : Training"},
        lambda data: with_class(data, CLASS, "1", inactive=True), {"class_": "Below Europe"},
        lambda data: column_dropped(data, Table.CLASSES, "parent"),
    ),
    "the class is not open to the employee's subsidiary": (
        Cause.NOT_OPEN, ("NS0831",), {"class_": "Services"},
        lambda data: with_class(data, CLASS, "1", subsidiaries=("4",)), {"class_": "Below Europe"},
        lambda data: with_class(data, CLASS, "1", subsidiaries=None),
    ),
    "the project is of another subsidiary": (
        Cause.OTHER_SUBSIDIARY, ("NS0831",), {"project": "PRJ-3"},
        lambda data: replace(
            data, features=tuple(replace(each, active=not each.id.startswith("INTER")) for each in FEATURES)
        ),
        {"project": "PRJ-1"},
        lambda data: lost(data, Table.FEATURES, State.NOT_PERMITTED),
    ),
    "the employee is inactive": (
        Cause.EMPLOYEE_INACTIVE, ("NS0995",), {"employee": "gone@example.com"}, as_it_is, {"employee": ADA},
        lambda data: lost(data, Table.USERS, State.NOT_PERMITTED),
    ),
    "nobody has that address": (
        Cause.NO_EMPLOYEE, ("NS0023",), {"employee": "who@example.com"}, as_it_is, {"employee": ADA},
        lambda data: thinned(data, Table.USERS, {0}),
    ),
    "nobody has that address in that subsidiary": (
        Cause.NO_EMPLOYEE, ("NS0023",), {"subsidiary": "Group : Asia"}, as_it_is, {"subsidiary": "Group : Europe"},
        lambda data: lost(data, Table.SUBSIDIARIES, State.NOT_PERMITTED),
    ),
    "the supervisor is inactive": (
        Cause.SUPERVISOR_INACTIVE, ("NS0538",), {}, lambda data: with_user(data, "20", inactive=True),
        {"employee": "limited@example.com"}, lambda data: with_user(data, "20", inactive=None),
    ),
    "the employee's department is inactive": (
        Cause.DEFAULT_DEPARTMENT, ("NS0655",), {"department": ""},
        lambda data: with_class(data, DEPARTMENT, "1", inactive=True), {"employee": "limited@example.com"},
        lambda data: lost(data, Table.DEPARTMENTS, State.PARTIAL),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CAUSES)
def test_refused_where_it_is(name: str):
    cause, codes, line, change, _, _ = CAUSES[name]
    judged = said(change(divided()), **line)
    assert judged.taking is Taking.REFUSED
    (objection,) = (each for each in judged.objections if each.taking is Taking.REFUSED)
    assert (objection.cause, objection.codes) == (cause, codes)
    assert objection.fix


@pytest.mark.parametrize("name", CAUSES)
def test_taken_where_it_is_not(name: str):
    *_, line, _ = CAUSES[name]
    assert said(divided(), **line).taking is Taking.TAKEN


@pytest.mark.parametrize("name", CAUSES)
def test_unknown_without_its_data(name: str):
    _, _, line, change, _, blind = CAUSES[name]
    judged = said(blind(change(divided())), **line)
    assert judged.taking is Taking.UNKNOWN
    assert all(objection.text and objection.fix for objection in judged.objections)


def test_a_role_that_is_restricted_leaves_lines_of_that_kind_unknown():
    data = restricted_by(divided(), "-101")
    judged = said(data, class_="Services")
    assert (judged.taking, judged.objections[0].cause) == (Taking.UNKNOWN, Cause.ROLE_RESTRICTED)
    assert said(data).taking is Taking.TAKEN


def test_what_is_true_of_every_line_is_noted():
    notes = " ".join(flown(with_role(divided(), subsidiary_option="OWN"), ExpenseLine(line=2, employee=ADA)).notes)
    assert "sees its user's own subsidiary alone (NS0521, NS0756)" in notes
    assert "Show Projects Only for Time and Expenses" in notes
    assert "Cross-Subsidiary Customers/Projects" in notes


@pytest.mark.parametrize(
    "text", ["Services : Training", "services:training", "  SERVICES  :TRAINING ", "Training", "2"]
)
def test_names_are_matched_as_netsuite_shows_them(text: str):
    assert said(divided(), class_=text).taking is Taking.TAKEN


def test_an_id_goes_before_a_name():
    assert said(divided(), class_="Old", class_id="1").taking is Taking.TAKEN
    judged = said(divided(), class_id="99")
    assert judged.objections[0].text == "There is no class with the internal id 99."


def test_a_class_whose_name_is_a_number_is_meant_before_the_id():
    data = divided()
    data = replace(data, classifications=(*data.classifications, one(CLASS, "9", "4")))
    assert said(data, class_="4").taking is Taking.TAKEN


def test_a_short_name_that_two_bear_is_said_to_be_ambiguous():
    data = divided()
    data = replace(data, classifications=(*data.classifications, one(CLASS, "9", "Products : Training", parent="1")))
    judged = said(data, class_="training")
    assert (judged.taking, judged.objections[0].cause) == (Taking.UNKNOWN, Cause.AMBIGUOUS)
    assert judged.objections[0].text == (
        "2 classes are called 'training': 'Services : Training' (id 2), 'Products : Training' (id 9)."
    )
    data = with_class(data, CLASS, "9", inactive=True)
    assert said(data, class_="training").taking is Taking.TAKEN


def test_a_near_name_is_suggested():
    judged = said(divided(), class_="Servics : Trainin")
    assert judged.objections[0].text == "There is no class 'Servics : Trainin'. Is 'Services : Training' meant?"
    judged = said(divided(), employee="adda@example.com")
    assert "Is 'ada@example.com' meant?" in judged.objections[0].text


def test_full_names_are_made_of_parents_where_netsuite_gives_none():
    data = divided()
    data = replace(data, classifications=tuple(replace(each, full_name="") for each in data.classifications))
    assert said(data, class_="Services : Training").taking is Taking.TAKEN
    ring = with_class(with_class(data, CLASS, "1", parent="2"), CLASS, "2", parent="1")
    assert said(ring, class_="Training").taking is Taking.TAKEN


def test_one_address_of_two_employees_is_told_apart_by_the_subsidiary():
    data = divided()
    data = replace(data, users=(*data.users, employee("30", "Twin", email=ADA, subsidiary="1")))
    assert said(data).objections[0].cause is Cause.AMBIGUOUS
    assert said(data, subsidiary="Europe").taking is Taking.TAKEN
    assert said(data, employee="", employee_id="21").taking is Taking.TAKEN
    assert said(data, employee="Ada").taking is Taking.TAKEN


def test_a_limit_and_a_late_change_are_remarks_that_stop_nothing():
    data = with_class(with_user(divided(), "20", expense_limit="500"), CLASS, "1", modified=LATE)
    judged = said(data, class_="Services")
    assert judged.taking is Taking.TAKEN
    assert {(each.taking, each.cause) for each in judged.objections} == {
        (Taking.TAKEN, Cause.SUPERVISOR_LIMIT),
        (Taking.TAKEN, Cause.CHANGED_SINCE),
    }


def test_a_default_class_that_is_inactive_is_a_remark():
    judged = said(with_class(divided(), CLASS, "2", inactive=True))
    assert (judged.taking, judged.objections[0].cause) == (Taking.TAKEN, Cause.DEFAULT_REFUSED)


def test_a_line_without_an_employee_is_unknown_and_its_class_still_judged():
    judged = said(divided(), employee="", class_="Old")
    assert judged.taking is Taking.REFUSED
    assert [each.about for each in judged.objections] == ["employee", "class"]


def test_exit_codes():
    fine, bad = ExpenseLine(line=2, employee=ADA), ExpenseLine(line=3, employee=ADA, class_="Old")
    lack = ExpenseLine(line=4)
    assert flown(divided(), fine).exit_code == 0
    assert flown(divided(), fine, bad).exit_code == 10
    assert flown(divided(), fine, lack).exit_code == 4
    assert flown(divided(), lack, bad).exit_code == 14
    assert replace(flown(divided(), fine), unread=("line 9: short",)).exit_code == 4


MANY = (
    ExpenseLine(line=2, employee=ADA, class_="Services : Training", department="Finance", project="PRJ-1"),
    ExpenseLine(line=3, employee="bo@example.com", class_="Below Europe", location="Northport"),
    ExpenseLine(line=4, employee=ADA, class_="Old", subsidiary="Group : Europe"),
    ExpenseLine(line=5, employee="gone@example.com", project="PRJ-2"),
    ExpenseLine(line=6, employee="who@example.com", class_="Trainings", department="Old Sales"),
    ExpenseLine(line=7, employee_id="24", class_id="1", project="PRJ-3"),
)


def softer(before: Preflight, after: Preflight, what: str) -> None:
    """The law: less data never makes a line that was not taken a taken one, nor refuses one that was taken."""
    for was, now in zip(before.lines, after.lines, strict=True):
        assert now.taking in (was.taking, Taking.UNKNOWN), (what, was, now)


def test_no_single_loss_makes_a_line_taken():
    before = flown(divided(), *MANY)
    assert {each.taking for each in before.lines} == {Taking.TAKEN, Taking.REFUSED}
    for loss, left in losses(divided()):
        if not loss.startswith("logins"):  # these give remarks alone
            softer(before, flown(left, *MANY), loss)


@pytest.mark.parametrize("table", [Table.USERS, Table.CLASSES, Table.DEPARTMENTS, Table.PROJECTS])
def test_what_was_read_in_part_takes_nothing_by_name(table: Table):
    after = flown(thinned(divided(), table, set()), MANY[0])
    assert after.lines[0].taking is Taking.UNKNOWN


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_losses_together_make_a_line_taken(data: st.DataObject):
    left, names = divided(), []
    for _ in range(data.draw(st.integers(1, 3))):
        name, left = data.draw(st.sampled_from(list(losses(left))))
        names.append(name)
    softer(flown(divided(), *MANY), flown(left, *MANY), "; ".join(names))


def test_nothing_read_takes_nothing():
    nothing = divided()
    for table in RECORDS:
        nothing = lost(nothing, table, State.NOT_AVAILABLE)
    assert {each.taking for each in flown(nothing, *MANY).lines} == {Taking.UNKNOWN}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=5, max_size=5))
def test_nothing_that_a_line_holds_makes_it_raise(texts: list[str]):
    employee_, class_, department, location, project = texts
    line = ExpenseLine(
        line=2, employee=employee_, class_=class_, department=department, location=location, project=project
    )
    assert len(flown(divided(), line).lines) == 1
