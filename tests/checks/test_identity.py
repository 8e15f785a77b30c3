"""Who is meant by a reference, and by how much that is certain."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.checks.identity import ByPerson, Identities, Person, same_person
from auditor.model import Directory, GlobalPermission, Level, Reference, State, User
from tests.checks.accounts import OTHER_USER, USER, coverage, snapshot

texts = st.sampled_from(["", "1", "2", "a", "b"])
references = st.builds(Reference, id=texts, name=texts, email=texts)
people = st.builds(Person, texts, texts, texts, texts)
users = st.builds(
    lambda number, name, email, has_id: User(
        key=f"k{number}", id=str(number) if has_id else None, name=name, email=email
    ),
    st.integers(1, 3),
    texts,
    texts,
    st.booleans(),
)


def identities(*of: User, state: State = State.COLLECTED) -> Identities:
    data = snapshot(users=of, coverage=coverage(users=state))
    return Identities(data, Directory(data))


@given(people, people)
def test_to_be_the_same_person_goes_both_ways(first, second):
    assert same_person(first, second) is same_person(second, first)


@given(people)
def test_nobody_is_somebody_else_than_himself(person):
    assert same_person(person, person) is not False


@settings(max_examples=300)
@given(
    st.lists(users, max_size=3, unique_by=lambda user: user.key).map(tuple),
    st.sampled_from([State.COLLECTED, State.PARTIAL]),
    st.lists(references, max_size=5),
    references.filter(lambda reference: reference != Reference()),
)
def test_the_index_finds_the_rows_that_a_search_through_all_of_them_finds(everybody, state, of, wanted):
    known = identities(*everybody, state=state)
    rows = [GlobalPermission(reference, f"P{number}", Level.VIEW) for number, reference in enumerate(of)]
    certain, perhaps = ByPerson(rows, known).of(wanted)
    answers = {row.id: same_person(known.person(wanted), known.person(row.user)) for row in rows}
    assert {row.id for row in certain} == {row for row, same in answers.items() if same}
    assert {row.id for row in perhaps} == {row for row, same in answers.items() if same is None}


def test_an_id_is_certain_in_any_list_and_a_name_in_a_whole_one_alone():
    by_id, by_name = Reference(id="7"), Reference(name="Sync User")
    whole, part = identities(USER, OTHER_USER), identities(USER, OTHER_USER, state=State.PARTIAL)
    assert whole.user(by_id) == part.user(by_id) == whole.user(by_name) == USER
    assert "may bear the same name" in part.user(by_name).reason


def test_what_cannot_be_found_says_what_it_is():
    known = identities(USER)
    assert known.user(Reference()).reason == "The user is not given."
    assert known.user(Reference(id="99")).reason == "The user id 99 is not among the users that were read."
    assert known.role(Reference(name="Ghost")).reason == "The role Ghost is not among the roles that were read."


def test_equal_mail_addresses_without_a_list_of_users_are_not_enough():
    one, other = Person("", "", "sync@example.com", "sync user"), Person("", "", "sync@example.com", "sync user")
    assert same_person(one, other) is None
    assert same_person(one, Person("", "", "ana@example.com", "sync user")) is False
    assert same_person(one, Person("", "7", "", "ana")) is False
    assert same_person(Person("k", "7", "", ""), Person("", "8", "", "")) is False


def test_roles_are_told_apart_by_id_and_by_different_names():
    known = identities(USER)
    assert known.same_role(Reference(id="1005"), Reference(name="Expensify Integration")) is True
    assert known.same_role(Reference(id="1005"), Reference(id="1006")) is False
    assert known.same_role(Reference(id="999"), Reference(id="998")) is False
    assert known.same_role(Reference(id="999"), Reference(id="999")) is True
    assert known.same_role(Reference(name="Ghost"), Reference(name="ghost")) is None
    assert known.same_role(Reference(name="Ghost"), Reference(name="Clerk")) is False
    assert known.same_role(Reference(id="999"), Reference(name="Ghost")) is None
    assert known.same_role(Reference(), Reference(id="1005")) is None
