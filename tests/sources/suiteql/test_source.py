"""The source against a server that answers as an account might, and worse."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from auditor.errors import SourceError
from auditor.model import (
    Canary,
    Coverage,
    Feature,
    GlobalPermission,
    Level,
    Note,
    Reference,
    RoleAssignment,
    Snapshot,
    State,
    Table,
)
from auditor.sources.suiteql import SuiteqlSource
from auditor.sources.suiteql.structure import ENTRIES
from tests.sources.suiteql.conftest import SECRETS, Time
from tests.sources.suiteql.stub import Asked, Reply, Stub, counted, page, refused
from tests.sources.suiteql.tables import Tables, employee, hidden, permission, role

TAKEN = "2026-03-01T02:00:00Z"
Collect = Callable[..., Snapshot]


@pytest.fixture
def tables() -> Tables:
    return Tables()


@pytest.fixture
def collect(tables: Tables, serve: Callable[..., Stub], settings: Any, time: Time) -> Collect:
    def collected(**more: Any) -> Snapshot:
        source_more = {key: more.pop(key) for key in ("progress", "stop") if key in more}
        stub = serve(tables)
        return SuiteqlSource(settings(stub.url, **more), clock=time.clock, **source_more).collect(TAKEN)

    return collected


def states(snapshot: Snapshot) -> dict[Table, State]:
    return {coverage.table: coverage.state for coverage in snapshot.coverage}


ALL_COLLECTED = dict.fromkeys(Table, State.COLLECTED)


def test_a_whole_account(collect: Collect, tables: Tables) -> None:
    snapshot = collect()
    assert states(snapshot) == ALL_COLLECTED
    assert (snapshot.account, snapshot.taken, snapshot.source) == ("1234567_SB1", TAKEN, "suiteql")
    assert snapshot.origin.startswith("http://127.0.0.1:")
    assert [item.key for item in snapshot.roles] == ["3", "1005", "1006"]
    assert [(row.role, row.id, row.level) for row in snapshot.permissions] == [
        ("1005", "ADMI_MANAGEROLES", Level.FULL),
        ("1006", "LIST_ACCOUNT", Level.FULL),
        ("1006", "LIST_CLASS", Level.VIEW),
    ]
    assert [(item.key, item.application, item.role) for item in snapshot.tokens] == [
        ("1", "NetSuite Auditor", Reference("1005", "Role 1005")),
        ("2", "Expensify", Reference("1006", "Role 1006")),
    ]
    assert [user.email for user in snapshot.users] == ["auditor@example.com", "expensify@example.com"]
    assert snapshot.assignments == (
        RoleAssignment(Reference("900"), Reference("1005")),
        RoleAssignment(Reference("901"), Reference("3")),
        RoleAssignment(Reference("901"), Reference("1006")),
    )
    assert snapshot.global_permissions == (GlobalPermission(Reference("901"), "ADMI_WEBSERVICES", Level.NONE),)
    assert snapshot.features == (
        Feature("SUBSIDIARIES", active=False, name="Subsidiaries"),
        Feature("TBA", active=True, name="Token-based Authentication"),
    )
    assert snapshot.notes[0].subject == "NetSuite Auditor"
    assert "internal id 1005" in snapshot.notes[0].text
    for word in ("OAuth 2.0 grants", "Accounting preferences", "Setup > "):
        assert any(word in text for text in snapshot.not_collected)


def test_the_coverage_of_a_whole_table(collect: Collect) -> None:
    coverage = collect().covered(Table.ROLE_PERMISSIONS)
    assert coverage == Coverage(
        table=Table.ROLE_PERMISSIONS,
        state=State.COLLECTED,
        rows=3,
        origins=coverage.origins,
        pages=1,
        counted_before=3,
        counted_after=3,
        started=TAKEN,
        finished=TAKEN,
        canaries=(Canary("a permission of the caller's own role", found=True),),
    )
    (origin,) = coverage.origins
    assert origin.name == (
        "SELECT role, permkey, name, permlevel, restriction FROM rolepermissions ORDER BY role, permkey"
    )
    assert (origin.rows, origin.problem) == (3, "")


def test_the_same_account_gives_the_same_snapshot(collect: Collect, tables: Tables) -> None:
    first = collect()
    for rows in tables.rows.values():
        rows.reverse()
    second = collect(concurrency=4)
    assert first.origin != second.origin  # another port
    assert [getattr(first, name) for name in Snapshot.__struct_fields__ if name != "origin"] == [
        getattr(second, name) for name in Snapshot.__struct_fields__ if name != "origin"
    ]


def test_many_pages(collect: Collect, tables: Tables) -> None:
    tables.page_size = 1000
    tables.rows["rolepermissions"] += [permission("2000", f"P{n:05}", "1") for n in range(2500)]
    tables.rows["rolepermissions"] += [permission(str(3000 + n), "LIST_CLASS", "1") for n in range(1800)]
    tables.rows["employee"] += [employee(str(5000 + n), f"E{n}", "1005") for n in range(3100)]
    told: list[tuple[str, int, int]] = []
    snapshot = collect(progress=lambda *step: told.append(step))
    assert states(snapshot) == ALL_COLLECTED
    assert len(snapshot.permissions) == len(set(snapshot.permissions)) == 4303
    assert len(snapshot.users) == 3102
    assert snapshot.covered(Table.USERS).pages == 4
    assert [step for step in told if step[0] == "employee"] == [
        ("employee", 1, 1000),
        ("employee", 2, 2000),
        ("employee", 3, 3000),
        ("employee", 4, 3102),
    ]


NEEDS = {
    "rolepermissions": (Table.ROLE_PERMISSIONS, "Bulk Manage Roles (ADMI_MANAGEROLES) at Full"),
    "role": (Table.ROLES, "Bulk Manage Roles (ADMI_MANAGEROLES) at Full"),
    "oauthtoken": (Table.ACCESS_TOKENS, "Access Token Management (ADMI_MANAGE_OAUTH_TOKENS) at Full"),
    "employee": (Table.USERS, "Employee Record (LIST_EMPLOYEE_RECORD) at View"),
    "employeeempperms": (Table.GLOBAL_PERMISSIONS, "Employees (LIST_EMPLOYEE) at View"),
    "companyfeaturesetup": (Table.FEATURES, "LIST_COMPANY_FEATURE_SETUP"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_a_hidden_table_is_coverage(collect: Collect, tables: Tables, name: str) -> None:
    del tables.rows[name]
    table, opener = NEEDS[name]
    coverage = collect().covered(table)
    assert (coverage.state, coverage.rows, coverage.canaries) == (State.NOT_AVAILABLE, 0, ())
    assert opener in coverage.detail
    assert "Setup > Users/Roles > Manage Roles" in coverage.detail
    assert coverage.origins[0].problem == f"NetSuite says that there is no table {name}."
    assert tables.asked.count(name) == 1


@pytest.mark.parametrize("name", NEEDS)
def test_a_forbidden_table_is_asked_once_more(collect: Collect, tables: Tables, name: str) -> None:
    tables.instead[name] = refused(403, "INSUFFICIENT_PERMISSION")
    table, opener = NEEDS[name]
    coverage = collect().covered(table)
    assert coverage.state is State.NOT_PERMITTED
    assert opener in coverage.detail
    assert tables.asked.count(name) == 2


@pytest.mark.parametrize("name", [name for name in NEEDS if name != "role"])
def test_a_table_that_fails_is_coverage(collect: Collect, tables: Tables, name: str) -> None:
    tables.instead[name] = refused(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc")
    table, _ = NEEDS[name]
    snapshot = collect()
    coverage = snapshot.covered(table)
    assert coverage.state is State.FAILED
    assert "Error ID: abc" in coverage.detail
    assert "6 times in a row" in coverage.detail
    assert [other for other, state in states(snapshot).items() if state is not State.COLLECTED] == [table]


def test_roles_that_cannot_be_asked_are_the_accounts_failure(collect: Collect, tables: Tables) -> None:
    tables.instead["role"] = refused(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc")
    with pytest.raises(SourceError, match="Error ID: abc"):
        collect()
    assert set(tables.asked) == {"role"}


@pytest.mark.parametrize("reply", [refused(403, "INSUFFICIENT_PERMISSION"), None])
def test_an_account_of_which_nothing_is_seen(collect: Collect, tables: Tables, reply: Reply | None) -> None:
    if reply:
        tables.instead = dict.fromkeys(tables.rows, reply) | {"employeeroles": reply}
    else:
        tables.rows.clear()
    with pytest.raises(SourceError, match=r"Not one table could be read.*REST Web Services"):
        collect()


def broken_after(pages: int, reply: Reply) -> Callable[[Asked], Reply | None]:
    seen = 0

    def answer(asked: Asked) -> Reply | None:
        nonlocal seen
        seen += "ORDER BY" in asked.sql
        return reply if seen > pages else None

    return answer


@pytest.mark.parametrize(
    "reply",
    [
        refused(500, "UNEXPECTED_ERROR"),
        hidden("employee"),
        refused(403, "INSUFFICIENT_PERMISSION"),
        Reply(200, b"{}"),
        page(more=True),
        Reply(200, b"{", promised=9),
        refused(400, "INVALID_PARAMETER", "no"),
    ],
)
def test_a_read_that_breaks_off_keeps_what_came(collect: Collect, tables: Tables, reply: Reply) -> None:
    tables.rows["employee"] += [employee(str(5000 + n), f"E{n}", "") for n in range(1500)]
    tables.instead["employee"] = broken_after(1, reply)
    snapshot = collect()
    coverage = snapshot.covered(Table.USERS)
    assert coverage.state is State.PARTIAL
    assert coverage.rows == len(snapshot.users) == 1000
    assert "broke off after 1 pages" in coverage.detail
    assert coverage.origins[0].problem


def test_a_column_that_is_not_known_is_dropped_once(collect: Collect, tables: Tables) -> None:
    tables.unknown["role"] = ["employeerestriction", "centertype"]
    snapshot = collect()
    coverage = snapshot.covered(Table.ROLES)
    assert coverage.state is State.COLLECTED
    assert coverage.columns_dropped == ("centertype", "employeerestriction")
    assert "centertype, employeerestriction" in coverage.detail
    assert "centertype" not in coverage.origins[0].name
    assert snapshot.roles[2].center_type is None
    assert snapshot.roles[2].name == "Expensify Integration"
    assert tables.asked.count("role") == 2 + 2 + 3


@pytest.mark.parametrize(
    ("name", "identifier", "lost"),
    [
        ("oauthtoken", "TBA_App_Name", "application"),
        ("oauthtoken", "brevoked", "brevoked"),
        ("rolepermissions", "permlevel", "permlevel"),
        ("role", "scriptid", "scriptid"),
        ("role", "isinactive", "isinactive"),
        ("employee", "giveaccess", "giveaccess"),
        ("companyfeaturesetup", "isactive", "isactive"),
        ("employeeempperms", "permlevel", "permlevel"),
    ],
)
def test_a_column_that_is_needed_leaves_the_table_partial(
    collect: Collect, tables: Tables, name: str, identifier: str, lost: str
) -> None:
    tables.unknown[name] = [identifier]
    coverage = collect().covered(NEEDS[name][0])
    assert coverage.state is State.PARTIAL
    assert coverage.columns_dropped == (identifier.lower(),)
    assert f"Without the column {lost}" in coverage.detail


@pytest.mark.parametrize(("name", "identifier"), [("employeeempperms", "permkey"), ("rolepermissions", "role")])
def test_without_its_key_a_table_is_not_available(collect: Collect, tables: Tables, name: str, identifier: str) -> None:
    tables.unknown[name] = [identifier]
    coverage = collect().covered(NEEDS[name][0])
    assert coverage.state is State.NOT_AVAILABLE
    assert f"does not know the column {identifier}. It names these: id=id." in coverage.detail


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("role", "name"),
        ("role", "isinactive"),
        ("rolepermissions", "permlevel"),
        ("oauthtoken", "application"),
        ("oauthtoken", "entity_name"),
        ("oauthtoken", "role_name"),
        ("oauthtoken", "binactive"),
        ("employee", "giveaccess"),
        ("companyfeaturesetup", "isactive"),
        ("employeeempperms", "permlevel"),
    ],
)
def test_a_column_that_one_row_lacks_leaves_the_table_partial(
    collect: Collect, tables: Tables, name: str, column: str
) -> None:
    tables.rows[name][0] = {key: value for key, value in tables.rows[name][0].items() if key != column}
    coverage = collect().covered(NEEDS[name][0])
    assert coverage.state is State.PARTIAL
    assert f"1 rows lack {column}" in coverage.detail


def test_a_revoked_token_may_have_lost_its_application(collect: Collect, tables: Tables) -> None:
    del tables.rows["oauthtoken"][1]["application"]
    tables.rows["oauthtoken"][1]["brevoked"] = "T"
    snapshot = collect()
    assert states(snapshot) == ALL_COLLECTED
    assert (snapshot.tokens[1].application, snapshot.tokens[1].revoked) == ("", True)


def test_no_role_with_a_script_id(collect: Collect, tables: Tables) -> None:
    for row in tables.rows["role"]:
        row.pop("scriptid")
    coverage = collect().covered(Table.ROLES)
    assert coverage.state is State.PARTIAL
    assert "No row has scriptid" in coverage.detail


def changing(tables: Tables, name: str, change: Callable[[], None], times: int) -> Callable[[Asked], None]:
    left = times

    def answer(asked: Asked) -> None:
        nonlocal left
        if "ORDER BY" in asked.sql and left:
            left -= 1
            change()

    return answer


def test_a_change_under_the_read_is_read_again(collect: Collect, tables: Tables) -> None:
    rows = tables.rows["rolepermissions"]
    tables.instead["rolepermissions"] = changing(
        tables, "rolepermissions", lambda: rows.append(permission("1006", "LIST_ITEM", "1")), 1
    )
    snapshot = collect()
    assert states(snapshot) == ALL_COLLECTED
    assert len(snapshot.permissions) == 4
    assert tables.asked.count("rolepermissions") == 6


def test_an_account_that_keeps_changing_is_partial(collect: Collect, tables: Tables) -> None:
    rows = tables.rows["rolepermissions"]
    tables.instead["rolepermissions"] = changing(tables, "rolepermissions", lambda: rows and rows.pop() and None, 9)
    coverage = collect().covered(Table.ROLE_PERMISSIONS)
    assert coverage.state is State.PARTIAL
    assert (coverage.counted_before, coverage.rows, coverage.counted_after) == (2, 1, 1)
    assert "2 counted before, 1 read, 1 counted after" in coverage.detail


def test_rows_held_back_are_noticed(collect: Collect, tables: Tables) -> None:
    tables.instead["oauthtoken"] = lambda asked: counted(7) if "COUNT" in asked.sql else None
    coverage = collect().covered(Table.ACCESS_TOKENS)
    assert coverage.state is State.PARTIAL
    assert "7 counted before, 2 read, 7 counted after" in coverage.detail


@pytest.mark.parametrize("reply", [refused(400, "INVALID_PARAMETER", "no counting"), Reply(200, b"{}"), page()])
def test_a_table_that_cannot_be_counted_is_partial(collect: Collect, tables: Tables, reply: Reply) -> None:
    tables.instead["oauthtoken"] = lambda asked: reply if "COUNT" in asked.sql else None
    coverage = collect().covered(Table.ACCESS_TOKENS)
    assert coverage.state in (State.PARTIAL, State.FAILED)


def test_rows_that_come_twice(collect: Collect, tables: Tables) -> None:
    tables.rows["oauthtoken"].append(tables.rows["oauthtoken"][0])
    coverage = collect().covered(Table.ACCESS_TOKENS)
    assert coverage.state is State.PARTIAL
    assert coverage.rows == 2
    assert "1 rows came twice" in coverage.detail


@pytest.mark.parametrize("name", [name for name in NEEDS if name != "employeeempperms"])
def test_an_empty_answer_is_not_believed(collect: Collect, tables: Tables, name: str) -> None:
    tables.rows[name] = []
    tables.rows["useroauthtoken"] = []
    coverage = collect().covered(NEEDS[name][0])
    assert (coverage.state, coverage.rows, coverage.counted_before) == (State.PARTIAL, 0, 0)
    assert "No row came back, and that proves nothing" in coverage.detail


def test_no_global_permission_is_believed_beside_what_the_same_permission_opens(
    collect: Collect, tables: Tables
) -> None:
    tables.rows["employeeempperms"] = []
    coverage = collect().covered(Table.GLOBAL_PERMISSIONS)
    assert coverage.state is State.COLLECTED
    assert "what the same permission opens was read" in coverage.detail
    del tables.rows["employeerolesforsearch"]
    assert collect().covered(Table.GLOBAL_PERMISSIONS).state is State.PARTIAL


PROVABLE = {Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS, Table.USERS, Table.ROLE_ASSIGNMENTS}


def found(coverage: Coverage) -> dict[str, bool]:
    return {canary.what: canary.found for canary in coverage.canaries}


def test_own_tokens_tell_who_is_asking(collect: Collect) -> None:
    snapshot = collect()
    assert {table: found(snapshot.covered(table)) for table in Table} == {
        Table.ROLES: {"the caller's own role": True},
        Table.ROLE_PERMISSIONS: {"a permission of the caller's own role": True},
        Table.ACCESS_TOKENS: {"the caller's own token 1": True},
        Table.USERS: {"the caller's own user": True},
        Table.ROLE_ASSIGNMENTS: {"the caller's own role held by its own user": True},
        **{table: {} for table in Table if table not in PROVABLE},
    }


@pytest.mark.parametrize(
    ("name", "gone", "partial"),
    [
        ("role", {"id": "1005"}, Table.ROLES),
        ("rolepermissions", {"role": "1005"}, Table.ROLE_PERMISSIONS),
        ("oauthtoken", {"id": "1"}, Table.ACCESS_TOKENS),
        ("employee", {"id": "900"}, Table.USERS),
        ("employeerolesforsearch", {"entity": "900"}, Table.ROLE_ASSIGNMENTS),
    ],
)
def test_a_canary_that_is_missing_makes_its_table_partial(
    collect: Collect, tables: Tables, name: str, gone: dict[str, str], partial: Table
) -> None:
    ((key, value),) = gone.items()
    tables.rows[name] = [row for row in tables.rows[name] if row[key] != value]
    snapshot = collect()
    coverage = snapshot.covered(partial)
    assert coverage.state is State.PARTIAL
    assert False in found(coverage).values()
    assert "Not among the rows: " in coverage.detail
    assert [table for table, state in states(snapshot).items() if state is not State.COLLECTED] == [partial]


@pytest.mark.parametrize(
    ("own_role", "own_user"),
    [
        ("1005", "900"),
        ("netsuite  auditor", "auditor"),
        ("customrole_auditor", "AUDITOR@example.com"),
    ],
)
def test_the_configuration_tells_who_is_asking(collect: Collect, tables: Tables, own_role: str, own_user: str) -> None:
    del tables.rows["useroauthtoken"]
    snapshot = collect(own_role=own_role, own_user=own_user)
    assert states(snapshot) == ALL_COLLECTED
    checked = [table for table in Table if snapshot.covered(table).canaries]
    assert checked == [Table.ROLES, Table.ROLE_PERMISSIONS, Table.USERS, Table.ROLE_ASSIGNMENTS]
    assert "own tokens did not answer" in snapshot.covered(Table.ACCESS_TOKENS).detail


def test_a_wrong_name_in_the_configuration_does_not_pass(collect: Collect) -> None:
    snapshot = collect(own_role="Auditer", own_user="nobody@example.com")
    assert states(snapshot)[Table.ROLES] is State.PARTIAL
    assert states(snapshot)[Table.USERS] is State.PARTIAL
    assert snapshot.notes[0] == Note(
        Table.ROLES,
        "the role that read this account",
        "It is named Auditer in the configuration, and not among the roles that were read.",
    )


def test_where_nothing_tells_the_report_says_so(collect: Collect, tables: Tables) -> None:
    del tables.rows["useroauthtoken"]
    snapshot = collect()
    # Whose notes are a caller's own is not known where nothing tells who the caller is.
    assert states(snapshot) == {**ALL_COLLECTED, Table.SYSTEM_NOTES: State.NOT_AVAILABLE}
    for table in (Table.ROLES, Table.ROLE_PERMISSIONS, Table.USERS, Table.ROLE_ASSIGNMENTS, Table.ACCESS_TOKENS):
        coverage = snapshot.covered(table)
        assert coverage.canaries == ()
        assert "was not checked" in coverage.detail


def test_own_tokens_of_several_roles_do_not_tell_the_role(collect: Collect, tables: Tables) -> None:
    tables.rows["useroauthtoken"].append({"id": "2", "entity_name": "900", "role_name": "1006"})
    snapshot = collect()
    assert snapshot.covered(Table.ROLES).canaries == ()
    assert found(snapshot.covered(Table.ACCESS_TOKENS)) == {
        "the caller's own token 1": True,
        "the caller's own token 2": True,
    }


def test_administrator_need_not_have_rows(collect: Collect) -> None:
    coverage = collect(own_role="3").covered(Table.ROLE_PERMISSIONS)
    assert coverage.state is State.COLLECTED
    assert "Administrator" in coverage.detail


def test_who_holds_what_from_the_second_table(collect: Collect, tables: Tables) -> None:
    tables.rows["employeeroles"] = [
        {"employee": row["entity"], "role": row["role"]} for row in tables.rows.pop("employeerolesforsearch")
    ]
    snapshot = collect()
    coverage = snapshot.covered(Table.ROLE_ASSIGNMENTS)
    assert states(snapshot) == ALL_COLLECTED
    assert len(snapshot.assignments) == 3
    assert coverage.detail == "Read from employeeroles, because employeerolesforsearch did not answer."
    assert [bool(origin.problem) for origin in coverage.origins] == [False, True]


def test_who_holds_what_from_the_employees_column(collect: Collect, tables: Tables) -> None:
    del tables.rows["employeerolesforsearch"]
    snapshot = collect()
    coverage = snapshot.covered(Table.ROLE_ASSIGNMENTS)
    assert states(snapshot) == ALL_COLLECTED
    assert len(snapshot.assignments) == 3
    assert coverage.rows == 3
    assert coverage.detail.startswith("Read from the column rolesforsearch of employee, because ")
    assert [bool(origin.problem) for origin in coverage.origins] == [False, True, True]


@pytest.mark.parametrize("how", ["no employees", "no column", "empty column"])
def test_who_holds_what_from_nowhere(collect: Collect, tables: Tables, how: str) -> None:
    del tables.rows["employeerolesforsearch"]
    if how == "no employees":
        del tables.rows["employee"]
    elif how == "no column":
        tables.unknown["employee"] = ["rolesforsearch"]
    else:
        for row in tables.rows["employee"]:
            del row["rolesforsearch"]
    coverage = collect().covered(Table.ROLE_ASSIGNMENTS)
    assert coverage.state is (State.PARTIAL if how == "empty column" else State.NOT_AVAILABLE)
    assert coverage.rows == 0
    if how != "empty column":
        assert "Employees (LIST_EMPLOYEE) at View" in coverage.detail
        assert len(coverage.origins) == 2


def test_oddities_are_noted_and_kept(collect: Collect, tables: Tables) -> None:
    tables.rows["rolepermissions"] += [
        permission("1006", "X_UNKNOWN", "1"),
        permission("1005", "X_UNKNOWN", "1"),
        permission("1006", "LIST_ITEM", "7"),
        permission("1006", "ADMI_MANAGEROLES", "1"),
    ]
    snapshot = collect()
    assert len(snapshot.permissions) == 7
    assert list(snapshot.notes[1:]) == [
        Note(Table.ROLE_PERMISSIONS, "X_UNKNOWN", "Not in the catalogue; in 2 rows, kept."),
        Note(
            Table.ROLE_PERMISSIONS,
            "ADMI_MANAGEROLES",
            "Its level is View, which NetSuite's table does not offer for it; in 1 rows, kept.",
        ),
        Note(Table.ROLE_PERMISSIONS, "LIST_ITEM", "Its level is '7', which is none of the five; in 1 rows, kept."),
    ]


def test_text_of_any_kind_is_kept(collect: Collect, tables: Tables) -> None:
    name = "=HYPERLINK(1)\x00\u202e<script>" + "x" * 10_000
    tables.rows["role"].append(role("1007", name))
    assert collect().roles[-1].name == name


def test_a_credential_refused_amid_the_run(collect: Collect, tables: Tables) -> None:
    tables.instead["oauthtoken"] = refused(401, "INVALID_LOGIN", "Invalid login attempt.")
    snapshot = collect()
    assert states(snapshot) == {
        Table.ROLES: State.COLLECTED,
        Table.ROLE_PERMISSIONS: State.COLLECTED,
        Table.ACCESS_TOKENS: State.FAILED,
        Table.USERS: State.FAILED,
        Table.ROLE_ASSIGNMENTS: State.FAILED,
        Table.GLOBAL_PERMISSIONS: State.FAILED,
        Table.FEATURES: State.FAILED,
        **dict.fromkeys(ENTRIES, State.FAILED),
        Table.SUBSIDIARY_MAPS: State.NOT_AVAILABLE,
        Table.SYSTEM_NOTES: State.NOT_AVAILABLE,
    }
    assert tables.asked.count("oauthtoken") == 2
    assert tables.asked[-1] == "oauthtoken"
    for table in (Table.USERS, Table.FEATURES):
        assert "although it had accepted it earlier" in snapshot.covered(table).detail


def test_a_credential_refused_at_once(collect: Collect, tables: Tables) -> None:
    tables.instead["role"] = refused(401, "INVALID_LOGIN", "Invalid login attempt.")
    with pytest.raises(SourceError, match=r"refused the sign-in to account 1234567_SB1: 401 INVALID_LOGIN"):
        collect()
    assert tables.asked == ["role"]


def test_a_wait_beyond_the_budget_costs_only_its_own_table(collect: Collect, tables: Tables) -> None:
    tables.instead["oauthtoken"] = refused(429, "CONCURRENCY_LIMIT_EXCEEDED")
    snapshot = collect(time_budget=50)
    assert [table for table, state in states(snapshot).items() if state is not State.COLLECTED] == [Table.ACCESS_TOKENS]
    assert "budget of 50 seconds is used up" in snapshot.covered(Table.ACCESS_TOKENS).detail


def test_a_spent_budget_leaves_the_rest_unasked(collect: Collect, tables: Tables, time: Time) -> None:
    tables.instead["oauthtoken"] = lambda _: time.sleep(3600)
    snapshot = collect()
    assert set(tables.asked) == {"role", "rolepermissions", "oauthtoken"}
    assert states(snapshot)[Table.ROLE_PERMISSIONS] is State.COLLECTED
    assert states(snapshot)[Table.ACCESS_TOKENS] is State.FAILED
    assert "budget of 3600 seconds is used up" in snapshot.covered(Table.FEATURES).detail


def test_a_busy_minute_is_outwaited(collect: Collect, tables: Tables, time: Time) -> None:
    busy_until = 60.0

    def answer(_: Asked) -> Reply | None:
        return refused(429, "CONCURRENCY_LIMIT_EXCEEDED") if time.passed < busy_until else None

    tables.instead["rolepermissions"] = answer
    assert states(collect()) == ALL_COLLECTED
    assert time.passed >= busy_until


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_stop_ends_the_account(collect: Collect, tables: Tables, concurrency: int) -> None:
    stop = threading.Event()
    tables.instead["employee"] = lambda _: stop.set()
    with pytest.raises(SourceError, match="stopped before this account was read whole"):
        collect(stop=stop, concurrency=concurrency)
    assert tables.asked.count("employee") <= 1


def test_a_missing_secret_is_this_accounts_failure(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TS")
    with pytest.raises(SourceError, match=r"^Account 1234567_SB1: The environment variable TS is not set"):
        collect()


def test_the_log_tells_the_story_without_secrets_or_people(collect: Collect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="auditor.sources.suiteql")
    collect()
    read = {record.table: record for record in caplog.records if record.getMessage() == "table read"}  # type: ignore[attr-defined]
    assert set(read) == {
        "role",
        "rolepermissions",
        "oauthtoken",
        "employee",
        "employeerolesforsearch",
        "employeeempperms",
        "companyfeaturesetup",
        "useroauthtoken",
        *(query.source for query, _ in ENTRIES.values()),
        "systemnote",
    }
    assert read["employee"].account == "1234567_SB1"  # type: ignore[attr-defined]
    assert read["employee"].rows == 2  # type: ignore[attr-defined]
    text = "".join(f"{vars(record)}" for record in caplog.records)
    for word in (*SECRETS.values(), "example.com", "Auditor"):
        assert word not in text
