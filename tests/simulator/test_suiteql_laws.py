"""Laws of the query engine, whatever the query: it answers or refuses, and nothing that is asked changes an account."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.simulator import SimulatedAccount, clean_account
from auditor.simulator.pages import Page
from auditor.simulator.suiteql import QueryRefusedError, plan

VOCABULARY = """
SELECT FROM WHERE GROUP BY ORDER HAVING AND OR NOT IN LIKE IS NULL BETWEEN EXISTS UNION ALL MINUS INTERSECT JOIN LEFT ON
AS WITH DISTINCT TOP FETCH FIRST ROWS ONLY ROWNUM CASE WHEN THEN END OVER PARTITION COUNT SUM MAX NVL TO_CHAR TO_DATE
SYSDATE BUILTIN.DF INTO DELETE UPDATE INSERT DROP ( ) , * = <> < >= || ; ? :x 'a' '2025-01-01' "ID" 1 2 0.5 -- /* */
role rolepermissions oauthtoken useroauthtoken employee dual r t id name permkey dcreated role_name
"""
WORDS = VOCABULARY.split()
WHOLE = ("SELECT id FROM role", "SELECT r.id , t.id FROM role r JOIN oauthtoken t ON t.role_name = r.id", "ORDER BY id")
queries = st.lists(st.sampled_from([*WORDS, *WHOLE]), min_size=1, max_size=14).map(" ".join)
rooted = st.tuples(st.sampled_from(WHOLE[:2]), queries).map(" ".join)


@pytest.fixture(scope="module")
def still() -> SimulatedAccount:
    return clean_account()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(queries, rooted))
def test_any_text_is_answered_or_refused_and_changes_nothing(still: SimulatedAccount, sql: str) -> None:
    before = still.store.version
    found = outcome(still, sql)
    if isinstance(found, Page):
        assert all(isinstance(value, str) for item in found.items for name, value in item.items() if name != "links")
        assert found.total is not None
        assert found.total >= len(found.items)
    else:
        assert found.startswith(("Record '", "Unknown identifier '", "Invalid or unsupported search."))
    assert still.store.version == before
    assert len(still.rows("role")) == 7


def outcome(account: SimulatedAccount, sql: str) -> Page | str:
    """The page, or in NetSuite's words why there is none."""
    try:
        planned = plan(sql)
    except QueryRefusedError as refused:
        return str(refused)
    try:
        return account.paging.page(planned, ["x"] * sql.count("?"), 1000, 0, caller=20, hidden=set())
    except sqlite3.Error as error:
        return str(planned.refusal(error))


keys = st.sampled_from(["role", "permkey", "permlevel", "name"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(keys, st.sampled_from(["", " DESC"])), max_size=3), st.integers(3, 50))
def test_pages_are_whole_whenever_the_order_holds_the_key(
    still: SimulatedAccount, order: list[tuple[str, str]], limit: int
) -> None:
    terms = [name + way for name, way in order]
    terms += [name for name in ("role", "permkey") if name not in dict(order)]
    planned = plan(f"SELECT role, permkey FROM rolepermissions ORDER BY {', '.join(terms)}")
    found: list[tuple[str, str]] = []
    while True:
        page = still.paging.page(planned, [], limit, len(found) // limit * limit, caller=20, hidden=set())
        found += [(item["role"], item["permkey"]) for item in page.items]
        if not page.has_more:
            break
    assert len(found) == len(set(found)) == page.total == len(still.rows("rolepermissions"))
