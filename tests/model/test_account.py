"""What a token's two columns say of it, what a reference is called, and what a table that nobody spoke of is."""

from __future__ import annotations

import pytest

from auditor.model import AccessToken, Condition, Coverage, Reference, Snapshot, State, Table


@pytest.mark.parametrize(
    ("inactive", "revoked", "usable"),
    [
        (False, False, True),
        (True, False, False),
        (False, True, False),
        (True, True, False),
        (True, None, False),
        (None, True, False),
        (False, None, None),
        (None, False, None),
        (None, None, None),
    ],
)
def test_a_token_is_usable_only_if_both_columns_say_so(inactive, revoked, usable):
    token = AccessToken(
        key="1", name="", application="", user=Reference(), role=Reference(), inactive=inactive, revoked=revoked
    )
    assert token.usable is usable


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Reference("7", "Ana", "ana@example.com"), "Ana"),
        (Reference("7", "", "ana@example.com"), "ana@example.com"),
        (Reference("7"), "id 7"),
        (Reference(), "(not given)"),
    ],
)
def test_a_reference_is_called_by_the_best_that_is_known(reference, text):
    assert str(reference) == text


def test_a_table_that_nobody_spoke_of_is_not_available():
    roles = Coverage(table=Table.ROLES, state=State.COLLECTED)
    data = Snapshot(account="1", taken="", source="files", origin="", coverage=(roles,))
    assert data.covered(Table.ROLES) is roles
    assert roles.complete
    for table in set(Table) - {Table.ROLES}:
        assert data.covered(table).state is State.NOT_AVAILABLE
        assert not data.covered(table).complete


@pytest.mark.parametrize("state", [state for state in State if state is not State.COLLECTED])
def test_only_a_collected_table_is_complete(state):
    assert not Coverage(table=Table.ROLES, state=state).complete


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        (Condition(feature="MULTICURRENCY"), "feature:MULTICURRENCY"),
        (Condition(oneworld=True), "oneworld"),
        (Condition(oneworld=False), "oneworld"),
        (Condition(option="sync-tax"), "sync-tax"),
    ],
)
def test_a_condition_has_a_key_to_assume_it_by(condition, key):
    assert condition.key == key
