"""Every fault, seen from the caller's side: that it strikes, when, how often, and that faults go together."""

from __future__ import annotations

import http.client
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import urllib3

from auditor.simulator import Endpoint, Fault, Malformed, SimulatedAccount
from tests.simulator.client import Answer, Caller

ROLES = "SELECT id FROM role ORDER BY id"
ROLE_COUNT = "SELECT COUNT(*) AS n FROM role"
PERMISSIONS = "SELECT role, permkey FROM rolepermissions ORDER BY role, permkey"


def statuses(caller: Caller, number: int, sql: str = ROLES) -> list[int]:
    return [caller.ask(sql).status for _ in range(number)]


def test_too_many_requests_so_many_times(caller: Caller, account: SimulatedAccount) -> None:
    fault = Fault.too_many_requests(2, retry_after=7)
    account.faults.append(fault)
    first = caller.ask(ROLES)
    assert (first.status, first.code, first.headers["Retry-After"]) == (429, "CONCURRENCY_LIMIT_EXCEEDED", "7")
    assert first.detail == "Concurrent request limit exceeded. Request blocked."
    assert statuses(caller, 3) == [429, 200, 200]
    assert fault.struck == 2
    assert [request.fault for request in account.requests if request.sql] == ["too many requests"] * 2 + ["", ""]


def test_too_many_requests_for_a_minute(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.too_many_requests(seconds=60))
    assert statuses(caller, 2) == [429, 429]
    assert "Retry-After" not in caller.ask(ROLES).headers
    account.clock.advance(61)
    assert statuses(caller, 2) == [200, 200]


def test_too_many_requests_of_the_token_endpoint(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.too_many_requests(1, endpoint=Endpoint.TOKEN))
    assert [caller.ask_for_token().status, caller.ask_for_token().status] == [429, 200]


def test_unauthorized_after_good_answers(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.unauthorized(after=2))
    assert statuses(caller, 4) == [200, 200, 401, 401]
    assert caller.ask(ROLES).code == "INVALID_LOGIN"


def test_unauthorized_once(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.unauthorized(1))
    assert statuses(caller, 2) == [401, 200]


def test_sign_in_refused(caller: Caller, tba: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.sign_in_refused())
    answer = caller.ask_for_token()
    assert (answer.status, answer.json) == (401, {"error": "invalid_client"})
    assert tba.ask(ROLES).status == 401
    account.faults.clear()
    caller.sign_in()
    account.faults.append(Fault.sign_in_refused())
    assert caller.ask(ROLES).status == 200  # a bearer token that was given out goes on


def test_forbidden_for_one_table(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.forbidden(table="oauthtoken"))
    assert statuses(caller, 2, "SELECT id FROM oauthtoken") == [403, 403]
    assert caller.ask("SELECT id FROM oauthtoken").code == "INSUFFICIENT_PERMISSION"
    assert statuses(caller, 1) == [200]


def test_forbidden_once(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.forbidden(1))
    assert statuses(caller, 2) == [403, 200]


def test_server_errors_have_different_error_ids(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.server_error(2))
    first, second, third = (caller.ask(ROLES) for _ in range(3))
    assert (first.status, first.code, third.status) == (500, "UNEXPECTED_ERROR", 200)
    assert first.detail.startswith("An unexpected error occurred. Error ID: ")
    assert first.detail != second.detail


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (Malformed.OTHER_JSON, b'{"message":'),
        (Malformed.LIST, b"[]"),
        (Malformed.HTML, b"<!DOCTYPE html>"),
        (Malformed.BROKEN_JSON, b'{"links":[],"count":1'),
        (Malformed.EMPTY, b""),
    ],
)
def test_malformed(caller: Caller, account: SimulatedAccount, shape: Malformed, body: bytes) -> None:
    account.faults.append(Fault.malformed(shape, 1))
    answer = caller.ask(ROLES)
    assert answer.status == 200
    assert answer.body.startswith(body)
    assert len(answer.body) < 200
    assert ("text/html" in answer.headers["Content-Type"]) == (shape is Malformed.HTML)
    assert len(caller.ask(ROLES).items) == 9


def test_malformed_token_answer(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.malformed(Malformed.HTML, 1, endpoint=Endpoint.TOKEN))
    assert caller.ask_for_token().body.startswith(b"<!DOCTYPE")


def test_cut_body(caller: Caller, account: SimulatedAccount) -> None:
    caller.sign_in()
    account.faults.append(Fault.cut_body(1))
    with pytest.raises(urllib3.exceptions.ProtocolError) as caught:
        caller.ask(ROLES)
    assert "IncompleteRead" in str(caught.value)
    assert account.requests[-1].fault == "cut body"
    assert statuses(caller, 1) == [200]


def test_slow(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.slow(0.05, chunks=4, times=1))
    begun = time.monotonic()
    assert len(caller.ask(ROLES).items) == 9
    assert time.monotonic() - begun >= 0.2
    account.faults.append(Fault.slow(5, chunks=2, times=1))
    caller.pool.connection_pool_kw["timeout"] = 0.1
    impatient = Caller(caller.base_url, caller.credentials, bearer=caller.bearer)
    impatient.pool = urllib3.PoolManager(retries=False, timeout=0.1)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        impatient.ask(ROLES)
    impatient.pool.clear()


def test_endless(caller: Caller, account: SimulatedAccount) -> None:
    caller.sign_in()
    account.faults.append(Fault.endless(pause=0.001, chunk_bytes=50_000))
    path = "/services/rest/query/v1/suiteql"
    answer = caller.pool.request(
        "POST",
        caller.base_url + path,
        body=b'{"q": "SELECT id FROM role"}',
        headers={"Prefer": "transient", "Authorization": f"Bearer {caller.bearer}"},
        preload_content=False,
    )
    body = b""
    while len(body) < 1_000_000:
        body += answer.read(65_536)
    assert body.startswith(b'{"links":[],"items":[{"links":[],"id":"0"},{')
    answer.drain_conn = lambda: None  # type: ignore[method-assign]
    answer.close()
    account.faults.clear()
    assert statuses(caller, 1) == [200]


def read_by_key(caller: Caller, limit: int) -> list[tuple[str, str]]:
    rows: list[dict[str, Any]] = []
    beyond = 0
    while True:
        sql = f"SELECT role, permkey FROM rolepermissions WHERE role > {beyond} ORDER BY role, permkey"
        answer = caller.ask(sql, limit=limit)
        rows += answer.items
        if not answer.json["hasMore"]:
            return [(row["role"], row["permkey"]) for row in rows]
        beyond = int(rows[-1]["role"])


def test_rows_repeated_between_pages_though_they_are_ordered(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.rows_repeated(1))
    first, second, third = (caller.ask(PERMISSIONS, limit=20, offset=offset) for offset in (0, 20, 40))
    assert second.items[0] == first.items[-1]
    assert len(second.items) == 20
    assert first.items[-1] not in third.items
    assert second.json["totalResults"] == first.json["totalResults"]
    assert caller.ask(ROLE_COUNT).items == [{"n": "9"}]


def test_a_first_page_is_not_repeated_into(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.rows_repeated())
    one = caller.ask(ROLES).items
    assert caller.ask(ROLES).items == one
    keys = read_by_key(caller, 40)
    assert len(keys) > len(set(keys))


def test_rows_lost(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.rows_lost(1, after=1, table="rolepermissions"))
    whole = caller.ask(PERMISSIONS, limit=40)
    short = caller.ask(PERMISSIONS, limit=40)
    assert short.items == whole.items[1:]
    assert (short.json["count"], short.json["totalResults"]) == (39, whole.json["totalResults"])
    assert caller.ask("SELECT COUNT(*) AS n FROM rolepermissions").items[0]["n"] == str(whole.json["totalResults"])


def test_empty_pages(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.empty_pages(1))
    answer = caller.ask(ROLES)
    assert (answer.json["items"], answer.json["count"], answer.json["hasMore"]) == ([], 0, True)
    assert caller.ask(ROLE_COUNT).items == [{"n": "9"}]


def test_without_total(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.without_total())
    answer = caller.ask(ROLES)
    assert "totalResults" not in answer.json
    assert len(answer.items) == 9


def counts(caller: Caller, number: int) -> list[str]:
    return [caller.ask(ROLE_COUNT).items[0]["n"] for _ in range(number)]


def test_a_row_appears_between_queries(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.row_appears("role"))
    assert counts(caller, 3) == ["9", "10", "10"]
    assert [row["id"] for row in account.rows("role")][-2:] == [1050, 1051]
    account.faults.append(Fault.row_appears("role", {"id": 7, "name": "Sudden"}, after=0))
    assert {"id": "7"} in caller.ask(ROLES).items


def test_rows_appear_in_every_kind_of_table(caller: Caller, account: SimulatedAccount) -> None:
    for table in ("rolepermissions", "loginaudit", "companyfeaturesetup", "employeerolesforsearch"):
        before = len(account.rows(table))
        account.faults.append(Fault.row_appears(table, after=0, times=2))
        for _ in range(3):
            assert caller.ask(f"SELECT COUNT(*) AS n FROM {table}").status == 200
        assert len(account.rows(table)) == before + 2


def test_rows_disappear_between_queries(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.row_disappears("oauthtoken", times=2))
    sql = "SELECT COUNT(*) AS n FROM oauthtoken"
    assert [caller.ask(sql).items[0]["n"] for _ in range(4)] == ["6", "5", "4", "4"]
    assert [row["id"] for row in account.rows("oauthtoken")] == [1, 11, 12, 13]


def test_an_account_that_keeps_changing(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.row_appears("role", times=None))
    assert counts(caller, 4) == ["9", "10", "11", "12"]


def test_a_table_vanishes_in_the_middle(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.table_vanishes("rolepermissions", after=1))
    assert caller.ask(PERMISSIONS, limit=40).status == 200
    answer = caller.ask(PERMISSIONS, limit=40, offset=40)
    assert answer.detail.endswith("Record 'rolepermissions' was not found.")
    assert statuses(caller, 1) == [200]


def test_a_column_is_dropped(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.column_dropped("role", "scriptid"))
    answer = caller.ask("SELECT r.id, r.scriptid FROM role r")
    assert answer.detail.endswith("Unknown identifier 'scriptid'. Available identifiers are: {r=role}.")
    assert caller.ask("SELECT id FROM role WHERE SCRIPTID = 'x'").status == 400
    assert all("scriptid" not in item for item in caller.ask("SELECT * FROM role").items)
    assert statuses(caller, 1) == [200]


def test_clock_skew(caller: Caller, tba: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.clock_skew(-3600))
    answer = caller.ask_for_token()
    assert answer.status == 401
    assert account.requests[-1].refusal == "assertion is not valid at this time"
    refused = tba.ask(ROLES)
    assert refused.status == 401
    assert account.requests[-1].refusal == "timestamp is more than five minutes off"
    assert abs(parsedate_to_datetime(refused.headers["Date"]).timestamp() - (time.time() - 3600)) < 5
    account.faults.clear()
    assert caller.ask_for_token().status == 200


def test_an_expired_certificate(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.expired_certificate())
    assert caller.ask_for_token().json == {"error": "invalid_client"}
    assert account.requests[-1].refusal == "certificate has expired"


def test_faults_strike_one_after_the_other(caller: Caller, account: SimulatedAccount) -> None:
    account.faults.append(Fault.server_error(1))
    account.faults.append(Fault.too_many_requests(1))
    account.faults.append(Fault.unauthorized(after=2))
    account.faults.append(Fault.rows_lost())
    account.faults.append(Fault.without_total())
    assert statuses(caller, 2) == [500, 429]
    answer: Answer = caller.ask(ROLES)
    assert len(answer.items) == 8
    assert "totalResults" not in answer.json
    assert account.requests[-1].fault == "rows lost, without total"
    assert statuses(caller, 2) == [200, 401]


def test_a_fault_can_be_taken_away(caller: Caller, account: SimulatedAccount) -> None:
    fault = Fault.server_error()
    account.faults.append(fault)
    assert statuses(caller, 2) == [500, 500]
    account.faults.remove(fault)
    assert len(account.faults) == 0
    assert statuses(caller, 1) == [200]


def test_the_connection_is_refused_while_the_fault_lasts(caller: Caller, account: SimulatedAccount) -> None:
    assert statuses(caller, 1) == [200]
    for _ in range(3):
        fault = Fault.connection_refused()
        account.faults.append(fault)
        with pytest.raises((urllib3.exceptions.ProtocolError, urllib3.exceptions.NewConnectionError)):
            caller.ask(ROLES)  # the connection that was open is closed
        connection = http.client.HTTPConnection("127.0.0.1", int(caller.base_url.rpartition(":")[2]))
        with pytest.raises(ConnectionRefusedError):
            connection.connect()
        account.faults.remove(fault)
        assert statuses(caller, 1) == [200]
