"""Pages: their size, their order, and what is lost without an order."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from auditor.simulator import SimulatedAccount, Simulator, faulty_account
from tests.simulator.client import Caller, by_certificate


def test_pages_ordered_by_the_key_are_whole(middling: Caller) -> None:
    rows = middling.every("SELECT role, permkey FROM rolepermissions ORDER BY role, permkey", limit=500)
    total = int(middling.ask("SELECT COUNT(*) AS n FROM rolepermissions").items[0]["n"])
    keys = [(int(row["role"]), row["permkey"]) for row in rows]
    assert len(keys) == total > 1500
    assert keys == sorted(set(keys))


def test_pages_without_an_order_lose_and_repeat_rows(middling: Caller) -> None:
    ids = [row["id"] for row in middling.every("SELECT id FROM employee")]
    assert len(ids) == 2500
    assert len(set(ids)) < 2500


@pytest.mark.parametrize("order", ["role", "permlevel", "permlevel DESC, role", "UPPER(permkey)"])
def test_an_order_that_is_not_unique_loses_rows_too(middling: Caller, order: str) -> None:
    rows = middling.every(f"SELECT role, permkey FROM rolepermissions ORDER BY {order}", limit=100)
    assert len({(row["role"], row["permkey"]) for row in rows}) < len(rows)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT permkey, COUNT(*) AS n FROM rolepermissions GROUP BY permkey",
        "SELECT permkey, COUNT(*) AS n FROM rolepermissions GROUP BY permkey ORDER BY n",
        "SELECT DISTINCT permkey FROM rolepermissions",
        "SELECT permkey FROM rolepermissions WHERE role > 2000 UNION SELECT name FROM role",
    ],
)
def test_groups_and_unions_have_no_order_of_their_own(middling: Caller, sql: str) -> None:
    first, second = middling.ask(sql).items, middling.ask(sql).items
    assert first != second
    assert sorted(map(str, first)) == sorted(map(str, second))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT role, permkey FROM rolepermissions ORDER BY permlevel, role DESC, permkey",
        "SELECT p.role AS r, p.permkey AS k FROM rolepermissions p ORDER BY r, k",
        "SELECT role, permkey FROM rolepermissions ORDER BY 2, 1",
        "SELECT * FROM (SELECT role, permkey FROM rolepermissions ORDER BY role, permkey)",
        "SELECT p.role, p.permkey, r.id FROM rolepermissions p JOIN role r ON r.id = p.role"
        " ORDER BY p.role, p.permkey, r.id",
        "SELECT role, permkey FROM rolepermissions UNION SELECT id, name FROM role ORDER BY 1, 2",
        "SELECT permkey FROM rolepermissions GROUP BY permkey ORDER BY permkey",
    ],
)
def test_any_unique_order_is_whole(middling: Caller, sql: str) -> None:
    rows = [tuple(row.values()) for row in middling.every(sql, limit=250)]
    assert len(set(rows)) == len(rows) > 0
    assert rows == [tuple(row.values()) for row in middling.every(sql, limit=1000)]


def test_going_on_by_key_is_whole(middling: Caller) -> None:
    last, ids = 0, []
    while True:
        answer = middling.ask("SELECT id FROM employee WHERE id > ? ORDER BY id", last, limit=700)
        assert answer.json["totalResults"] == 2500 - len(ids)
        ids += [int(item["id"]) for item in answer.items]
        if not answer.json["hasMore"]:
            break
        last = ids[-1]
    assert ids == sorted(set(ids))
    assert len(ids) == 2500


def test_the_order_of_rows_differs_from_request_to_request_and_not_from_run_to_run(account: SimulatedAccount) -> None:
    def orders(served: SimulatedAccount) -> list[list[dict[str, Any]]]:
        with Simulator([served]) as simulator:
            caller = by_certificate(simulator, served)
            found = [caller.ask("SELECT id FROM employee").items for _ in range(3)]
            caller.pool.clear()
            return found

    first, second, third = orders(account)
    assert first != second != third
    assert orders(faulty_account("1234567")) == [first, second, third]


@pytest.mark.parametrize(
    ("limit", "offset", "parameter"),
    [
        (1001, 0, "limit"),
        (0, 0, "limit"),
        (-1, 0, "limit"),
        ("x", 0, "limit"),
        ("", 0, "limit"),
        (10, 5, "offset"),
        (10, -10, "offset"),
        (10, "x", "offset"),
        (1000, 100_000, "offset"),
        (1000, 99_000, None),
        ("\u0661", 0, "limit"),
    ],
)
def test_a_window_that_netsuite_does_not_offer_is_refused(
    caller: Caller, limit: Any, offset: Any, parameter: str | None
) -> None:
    answer = caller.ask("SELECT id FROM role ORDER BY id", limit=quote(str(limit)), offset=quote(str(offset)))
    if parameter is None:
        assert answer.status == 200
    else:
        assert (answer.status, answer.code) == (400, "INVALID_PARAMETER")
        assert answer.json["o:errorDetails"][0]["o:errorQueryParam"] == parameter


def test_a_query_gives_no_more_than_a_hundred_thousand_rows_by_offset(
    caller: Caller, account: SimulatedAccount
) -> None:
    account.insert(
        "rolepermissions", *({"role": n // 100, "permkey": f"P{n % 100:02}"} for n in range(500_000, 600_001))
    )
    sql = "SELECT role, permkey FROM rolepermissions WHERE role >= 5000 ORDER BY role, permkey"
    last = caller.ask(sql, offset=99_000)
    assert (last.json["count"], last.json["hasMore"], last.json["totalResults"]) == (1000, True, 100_001)
    assert caller.ask(sql, offset=100_000).status == 400
    assert caller.ask(sql.replace(">= 5000", ">= 6000")).items == [{"role": "6000", "permkey": "P00"}]


def test_a_page_beyond_the_end_is_empty(caller: Caller) -> None:
    answer = caller.ask("SELECT id FROM role ORDER BY id", offset=1000)
    assert (answer.json["items"], answer.json["count"], answer.json["hasMore"]) == ([], 0, False)
    assert answer.json["totalResults"] == 9
