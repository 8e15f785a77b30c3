"""Any SELECT works, or fails in NetSuite's words, over real HTTP."""

from __future__ import annotations

import json

import pytest

from auditor.simulator import SimulatedAccount
from tests.simulator.client import QUERY_PATH, Caller

SEARCH = "Invalid search query. Detailed unprocessed description follows. Search error occurred: "
UNSUPPORTED = SEARCH + "Invalid or unsupported search."


def test_an_answer_has_the_documented_shape(caller: Caller) -> None:
    answer = caller.ask("SELECT id, name FROM subsidiary ORDER BY id", limit=2)
    url = caller.base_url + QUERY_PATH
    assert answer.status == 200
    assert answer.json == {
        "links": [
            {"rel": "next", "href": f"{url}?limit=2&offset=2"},
            {"rel": "last", "href": f"{url}?limit=2&offset=2"},
            {"rel": "self", "href": f"{url}?limit=2&offset=0"},
        ],
        "count": 2,
        "hasMore": True,
        "items": [
            {"links": [], "id": "1", "name": "Brightwater Group"},
            {"links": [], "id": "2", "name": "Brightwater Europe"},
        ],
        "offset": 0,
        "totalResults": 3,
    }


def test_values_are_strings_nulls_are_left_out_and_keys_are_lower_case(caller: Caller) -> None:
    answer = caller.ask(
        "SELECT ID, Parent AS MyParent, IsInactive, 2.5 AS half FROM subsidiary WHERE id < 3 ORDER BY id"
    )
    assert answer.items == [
        {"id": "1", "isinactive": "F", "half": "2.5"},
        {"id": "2", "myparent": "1", "isinactive": "F", "half": "2.5"},
    ]


def test_an_empty_text_is_null(caller: Caller, account: SimulatedAccount) -> None:
    account.insert("role", {"id": 6000, "name": "", "scriptid": "x"})
    assert caller.ask("SELECT id, name, scriptid FROM role WHERE name IS NULL").items == [
        {"id": "6000", "scriptid": "x"}
    ]


def test_dates_come_in_the_users_format_unless_a_format_is_asked_for(caller: Caller, account: SimulatedAccount) -> None:
    account.update("oauthtoken", {"dcreated": "2025-02-03 04:05:06"}, id=11)
    sql = (
        "SELECT dcreated, TO_CHAR(dcreated, 'YYYY-MM-DD HH24:MI:SS') AS exact, TO_CHAR(dcreated, 'DD.MM.YY') AS short,"
        " inner_date, TO_CHAR(drevoked, 'YYYY') AS none"
        " FROM (SELECT t.*, dcreated AS inner_date FROM oauthtoken t) WHERE id = 11"
    )
    assert caller.ask(sql).items == [
        {"dcreated": "2/3/2025", "exact": "2025-02-03 04:05:06", "short": "03.02.25", "inner_date": "2/3/2025"}
    ]


def test_dates_compare(caller: Caller, account: SimulatedAccount) -> None:
    account.update("oauthtoken", {"dcreated": "2024-06-01 00:00:00"}, id=12)
    sql = "SELECT id FROM oauthtoken WHERE dcreated < TO_DATE('2024-12-31', 'YYYY-MM-DD') AND dcreated < SYSDATE"
    assert caller.ask(sql).items == [{"id": "12"}]


def test_builtin_df_shows_what_a_reference_points_to(caller: Caller) -> None:
    sql = (
        "SELECT BUILTIN.DF(t.entity_name) AS who, BUILTIN.DF(role_name) AS role, BUILTIN.DF(t.tba_app_name) AS app"
        " FROM oauthtoken t WHERE t.id = 14"
    )
    assert caller.ask(sql).items == [
        {"who": "Theo Ashgrove", "role": "Expensify Integration (former)", "app": "Expensify"}
    ]


def test_a_reference_is_shown_even_where_its_table_is_hidden(caller: Caller, account: SimulatedAccount) -> None:
    account.delete("rolepermissions", role=1050, permkey="LIST_EMPLOYEE_RECORD")
    assert caller.ask("SELECT id FROM employee").status == 400
    assert caller.ask("SELECT BUILTIN.DF(entity_name) AS who FROM oauthtoken WHERE id = 14").items == [
        {"who": "Theo Ashgrove"}
    ]


@pytest.mark.parametrize(
    ("sql", "items"),
    [
        ("SELECT COUNT(*) AS n FROM role", [{"n": "9"}]),
        ("SELECT COUNT(*) FROM role", [{"expr1": "9"}]),
        ("select id from role where name like 'Expensify%' order by 1", [{"id": "1040"}, {"id": "1041"}]),
        ("select id from role where name like 'expensify%'", []),
        ("SELECT id FROM role WHERE id IN (3, 1001) ORDER BY id DESC", [{"id": "1001"}, {"id": "3"}]),
        ("SELECT id FROM role WHERE id BETWEEN 1041 AND '1042' ORDER BY id", [{"id": "1041"}, {"id": "1042"}]),
        (
            "SELECT r.name, p.permlevel FROM role r JOIN rolepermissions p ON p.role = r.id"
            " WHERE r.id = 1040 AND p.permkey = 'LIST_VENDOR'",
            [{"name": "Expensify Integration", "permlevel": "1"}],
        ),
        (
            "SELECT r.id FROM role r LEFT JOIN oauthtoken t ON t.role_name = r.id"
            " WHERE t.id IS NULL AND r.id < 1002 ORDER BY r.id",
            [{"id": "3"}, {"id": "1001"}],
        ),
        (
            "SELECT role_name, COUNT(*) AS n FROM oauthtoken GROUP BY role_name HAVING COUNT(*) > 1",
            [{"role_name": "1040", "n": "2"}],
        ),
        ("WITH w AS (SELECT id FROM role WHERE id = 3) SELECT id FROM w", [{"id": "3"}]),
        ("SELECT id FROM role WHERE id = 3 UNION ALL SELECT id FROM role WHERE id = 3", [{"id": "3"}, {"id": "3"}]),
        ("SELECT NVL(parent, 0) AS p, CASE WHEN id = 1 THEN 'a' ELSE 'b' END AS c FROM subsidiary WHERE id = 1",
         [{"p": "0", "c": "a"}]),
        ("SELECT COUNT(*) AS n FROM (SELECT id FROM role WHERE ROWNUM <= 2)", [{"n": "2"}]),
        ("SELECT id FROM (SELECT id FROM role ORDER BY id DESC) WHERE ROWNUM < 3", [{"id": "1050"}, {"id": "1042"}]),
        ("SELECT id FROM role ORDER BY id FETCH FIRST 1 ROWS ONLY", [{"id": "3"}]),
        ("SELECT TOP 1 id FROM role ORDER BY id", [{"id": "3"}]),
        ("SELECT UPPER(name) || '!' AS loud FROM role WHERE id = 1004", [{"loud": "WAREHOUSE!"}]),
        ("SELECT 1 AS one FROM dual", [{"one": "1"}]),
        ("SELECT id FROM role WHERE externalid_missing = 'T' AND 1 = 0 OR id = 3", None),
        ("SELECT id /* a remark */ FROM role WHERE id = 3 -- and the rest", [{"id": "3"}]),
        ("SELECT CLASS, SUPERVISOR FROM employee WHERE id = 100", [{"class": "1", "supervisor": "10"}]),
    ],
)  # fmt: skip
def test_a_query_is_run(caller: Caller, sql: str, items: list[dict[str, str]] | None) -> None:
    answer = caller.ask(sql)
    if items is None:
        assert answer.status == 400
    else:
        assert (answer.status, answer.items if answer.status == 200 else []) == (200, items)


def test_parameters_stand_for_question_marks(caller: Caller) -> None:
    sql = "SELECT id FROM role WHERE (id = ? OR name = ?) AND isinactive = ? ORDER BY id"
    assert caller.ask(sql, 3, "Controller", False).items == [{"id": "3"}, {"id": "1001"}]
    assert caller.ask(sql, "3", None, False).items == [{"id": "3"}]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT id FROM nosuchtable", "Record 'nosuchtable' was not found."),
        ("SELECT id FROM NoSuchTable", "Record 'NoSuchTable' was not found."),
        ("SELECT name FROM sqlite_master", "Record 'sqlite_master' was not found."),
        ("SELECT name FROM pragma_table_info('role')", "Record '' was not found."),
        ("SELECT name FROM main.role", "Record 'role' was not found."),
        ("SELECT colour FROM role", "Unknown identifier 'colour'. Available identifiers are: {role=role}."),
        (
            "SELECT r.colour FROM role r JOIN oauthtoken t ON t.role_name = r.id",
            "Unknown identifier 'colour'. Available identifiers are: {r=role, t=oauthtoken}.",
        ),
        (
            "SELECT id FROM role WHERE colour = 1",
            "Unknown identifier 'colour'. Available identifiers are: {role=role}.",
        ),
        ("SELECT id FROM role ORDER BY colour", "Unknown identifier 'colour'. Available identifiers are: {role=role}."),
        (
            "SELECT rowid FROM loginaudit",
            "Unknown identifier 'rowid'. Available identifiers are: {loginaudit=loginaudit}.",
        ),
        ('SELECT "ID" FROM role', "Unknown identifier '\"ID\"'. Available identifiers are: {role=role}."),
    ],
)
def test_an_unknown_name_is_told_in_netsuites_words(caller: Caller, sql: str, text: str) -> None:
    answer = caller.ask(sql)
    assert answer.status == 400
    assert answer.json == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
        "title": "Bad Request",
        "status": 400,
        "o:errorDetails": [{"detail": SEARCH + text, "o:errorQueryParam": "q", "o:errorCode": "INVALID_PARAMETER"}],
    }


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELEC id FROM role",
        "SELECT id FROM role WHERE",
        "SELECT id FROM role; SELECT 1 FROM role",
        "SELECT id FROM role LIMIT 5",
        "SELECT id FROM role FOR UPDATE",
        "SELECT id INTO other FROM role",
        "SELECT NOSUCHFUNCTION(id) FROM role",
        "SELECT BUILTIN.CURRENCY(id) FROM role",
        "SELECT LOAD_EXTENSION('x') FROM role",
        "SELECT id FROM role WHERE id = ?",
        "SELECT id FROM role WHERE ROWNUM > 1",
        "SELECT id, ROWNUM FROM role",
        "SELECT TO_DATE('soon', 'YYYY-MM-DD') FROM role",
        "SELECT " + "(" * 3000 + "id" + ")" * 3000 + " FROM role",
        "SELECT '" + "x" * 300_000 + "' FROM role",
        "DELETE FROM role",
        "UPDATE role SET name = 'x'",
        "INSERT INTO role (id) VALUES (1)",
        "DROP TABLE role",
        "CREATE TABLE x AS SELECT * FROM role",
        "PRAGMA query_only = OFF",
        "ATTACH DATABASE 'x' AS y",
        "WITH x AS (DELETE FROM role RETURNING id) SELECT * FROM x",
    ],
    ids=lambda sql: sql[:40],
)
def test_what_is_no_single_select_is_refused_and_changes_nothing(
    caller: Caller, account: SimulatedAccount, sql: str
) -> None:
    before = account.rows("role")
    answer = caller.ask(sql)
    assert (answer.status, answer.code, answer.detail) == (400, "INVALID_PARAMETER", UNSUPPORTED)
    assert account.rows("role") == before


def test_a_query_that_takes_too_long_is_broken_off(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.simulator.store.QUERY_SECONDS", 0.05)
    tables = ", ".join(f"rolepermissions t{number}" for number in range(6))
    assert caller.ask(f"SELECT COUNT(*) AS n FROM {tables}").detail == UNSUPPORTED
    assert caller.ask("SELECT COUNT(*) AS n FROM role").status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"sql": "x"}', b'{"q": 5}', b'{"q": "SELECT 1", "params": [{}]}'])
def test_a_body_that_is_no_question_is_refused(caller: Caller, body: bytes) -> None:
    path = f"{QUERY_PATH}?limit=1"
    headers = {"Prefer": "transient", "Authorization": caller.authorization(caller.base_url + path)}
    answer = caller.send("POST", path, body, headers)
    assert (answer.status, answer.code) == (400, "INVALID_CONTENT")


def test_without_the_header_prefer_a_query_is_refused(caller: Caller) -> None:
    caller.sign_in()
    answer = caller.send(
        "POST", QUERY_PATH, b'{"q": "SELECT id FROM role"}', {"Authorization": f"Bearer {caller.bearer}"}
    )
    assert (answer.status, answer.code) == (400, "INVALID_HEADER")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods_and_paths_are_refused_and_recorded(
    caller: Caller, account: SimulatedAccount, method: str
) -> None:
    assert caller.send(method, QUERY_PATH, None, {}).status == 405
    assert caller.send("POST", "/services/rest/record/v1/role", b"", {}).status == 404
    assert [(request.method, request.status) for request in account.requests] == [(method, 405), ("POST", 404)]


def test_hostile_text_comes_through_as_it_is(caller: Caller, account: SimulatedAccount) -> None:
    names = [
        "=1+1",
        "<b>&amp;",
        "a\x00b\x1fc",
        "\u202eevil",
        "lone \ud800 surrogate \udfff",
        "x" * 10_000,
        "\U0010ffff",
    ]
    for number, name in enumerate(names):
        account.insert("role", {"id": 5000 + number, "name": name})
    answer = caller.ask("SELECT name FROM role WHERE id >= 5000 ORDER BY id")
    assert [item["name"] for item in answer.items] == names
    assert [row["name"] for row in account.rows("role") if int(row["id"]) >= 5000] == names
    assert json.loads(answer.body.decode("utf-8")) == answer.json


def test_every_request_is_recorded_without_what_signs_it(caller: Caller, account: SimulatedAccount) -> None:
    caller.ask("SELECT id FROM role WHERE id = ?", 3, limit=10)
    caller.ask("SELECT colour FROM role")
    token, good, bad = account.requests
    assert (token.method, token.path, token.status, token.sql) == (
        "POST", "/services/rest/auth/oauth2/v1/token", 200, "",
    )  # fmt: skip
    assert (good.path, good.query, good.sql, good.params, good.status, good.rows, good.refusal) == (
        QUERY_PATH, {"limit": "10", "offset": "0"}, "SELECT id FROM role WHERE id = ?", (3,), 200, 1, "",
    )  # fmt: skip
    assert good.headers["authorization"] == "Bearer …"
    assert good.headers["prefer"] == "transient"
    assert (bad.status, bad.rows) == (400, 0)
    assert "colour" in bad.refusal
    assert caller.bearer not in repr(account.requests)
    account.forget_requests()
    assert account.requests == ()
