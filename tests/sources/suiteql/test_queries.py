from __future__ import annotations

import pytest

from auditor.sources.suiteql import queries, trails
from auditor.sources.suiteql.client import only_select
from auditor.sources.suiteql.queries import (
    ACCESS_TOKENS,
    FEATURES,
    LOCATION_MAP,
    ROLE_PERMISSIONS,
    ROLES,
)
from auditor.sources.suiteql.query import Query
from auditor.sources.suiteql.trails import LOGINS, notes_since, system_notes

ALL = [
    entry
    for value in (*vars(queries).values(), *vars(trails).values())
    for entry in (value if isinstance(value, tuple) else (value,))
    if isinstance(entry, Query)
]


def test_the_text_of_a_query() -> None:
    assert ROLE_PERMISSIONS.select() == (
        "SELECT role, permkey, name, permlevel, restriction FROM rolepermissions ORDER BY role, permkey"
    )
    assert ROLE_PERMISSIONS.select({"name"}, after=-5) == (
        "SELECT role, permkey, permlevel, restriction FROM rolepermissions WHERE role > -5 ORDER BY role, permkey"
    )
    assert FEATURES.select() == "SELECT id, name, isactive FROM companyfeaturesetup ORDER BY id"
    assert ROLES.count() == "SELECT COUNT(*) AS counted FROM role"
    assert "BUILTIN.DF(role_name) AS role_shown, TO_CHAR(dcreated, 'YYYY-MM-DD HH24:MI:SS') AS created" in (
        ACCESS_TOKENS.select()
    )


def test_the_logins_are_asked_for_put_together() -> None:
    shared = "loginaudit.user, loginaudit.role, oauthappname, oauthaccesstokenname, status"
    assert LOGINS.select() == (
        "SELECT loginaudit.user AS login_user, loginaudit.role AS login_role, oauthappname, oauthaccesstokenname,"
        " status, TO_CHAR(MAX(loginaudit.date), 'YYYY-MM-DD HH24:MI:SS') AS latest, COUNT(*) AS times"
        f" FROM loginaudit WHERE oauthappname IS NOT NULL GROUP BY {shared} ORDER BY {shared}"
    )
    assert LOGINS.count() == (
        "SELECT COUNT(*) AS counted FROM (SELECT loginaudit.user AS login_user, loginaudit.role AS login_role,"
        " oauthappname, oauthaccesstokenname, status FROM loginaudit WHERE oauthappname IS NOT NULL"
        f" GROUP BY {shared})"
    )


def test_the_notes_are_those_of_roles_in_the_days_before_the_run() -> None:
    since = notes_since("2026-03-01T02:00:00Z")
    columns = "systemnote.name, oldvalue, newvalue, systemnote.role, context"
    shared = f"TO_CHAR(systemnote.date, 'YYYY-MM-DD HH24:MI:SS'), recordid, field, {columns}"
    where = "recordtypeid = -118 AND systemnote.date >= TO_DATE('2026-01-25', 'YYYY-MM-DD')"
    assert system_notes(since).select() == (
        "SELECT TO_CHAR(systemnote.date, 'YYYY-MM-DD HH24:MI:SS') AS changed, recordid, field,"
        " systemnote.name AS author, oldvalue, newvalue, systemnote.role AS author_role, context"
        f" FROM systemnote WHERE {where} GROUP BY {shared} ORDER BY {shared}"
    )
    assert system_notes(since).count().endswith(f" FROM systemnote WHERE {where} GROUP BY {shared})")


def test_a_map_is_led_by_the_column_of_its_own_kind() -> None:
    assert LOCATION_MAP.select((), 9) == (
        "SELECT location AS classification, subsidiary FROM locationsubsidiarymap WHERE location > 9"
        " ORDER BY location, subsidiary"
    )


def test_which_columns_an_identifier_is_read_into() -> None:
    assert ACCESS_TOKENS.reading("ROLE_NAME") == ("role_name", "role_shown")
    assert ACCESS_TOKENS.reading("dcreated") == ("created",)
    assert ACCESS_TOKENS.reading("tba_app_name") == ("application",)
    assert ACCESS_TOKENS.reading("role") == ()
    assert ROLES.reading("id") == ("id",)


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.source)
def test_every_entry_is_sound(query: Query) -> None:
    columns = set(query.columns)
    assert only_select(query.select())
    assert only_select(query.select((), 7))
    assert set(query.key) <= columns
    if query.numeric:
        assert query.select((), 7).count(" > 7 ORDER BY ") == 1
    assert {*query.needed, *query.somewhere, *query.shapes} <= columns
    assert {query.ended} <= {*columns, ""}
    order = ", ".join(query.shapes.get(name, name) for name in query.key)
    assert query.select().endswith(f"ORDER BY {order}")


def test_no_entry_is_missed() -> None:
    assert len(ALL) == 20
