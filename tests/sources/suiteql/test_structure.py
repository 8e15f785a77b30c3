"""How an account is divided: where each fact comes from, and what is said where it does not come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from auditor.model import Classification, ClassificationKind, LoginRecord, Snapshot, State, Table
from auditor.simulator import Fault, clean_account, faulty_account
from auditor.sources.snapshot_file import read_snapshot, write_snapshot
from tests.sources.suiteql.bench import Bench, states
from tests.sources.suiteql.stub import refused
from tests.sources.suiteql.tables import Tables
from tests.sources.suiteql.test_source import Collect, collect, tables  # noqa: F401  (fixtures)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(stack, monkeypatch)


def of_kind(snapshot: Snapshot, kind: ClassificationKind) -> dict[str, Classification]:
    return {each.id: each for each in snapshot.classifications if each.kind is kind}


def test_where_a_class_is_open_comes_from_its_own_column(bench: Bench) -> None:
    account = bench.serve(faulty_account())
    snapshot = bench.collect()
    assert of_kind(snapshot, ClassificationKind.CLASS)["6"].subsidiaries == ("2",)
    covered = snapshot.covered(Table.SUBSIDIARY_MAPS)
    assert covered.rows == len(snapshot.classifications)
    assert "classes by the column subsidiary of classification" in covered.detail
    assert not [request for request in account.requests if "subsidiarymap" in request.sql]


def test_the_map_answers_where_the_column_does_not(bench: Bench) -> None:
    account = bench.serve(faulty_account())
    whole = bench.collect()
    account.faults.append(Fault.column_dropped("classification", "subsidiary"))
    snapshot = bench.collect()
    assert snapshot.classifications == whole.classifications
    assert snapshot.covered(Table.CLASSES).columns_dropped == ("subsidiary",)
    covered = snapshot.covered(Table.SUBSIDIARY_MAPS)
    assert covered.state is State.COLLECTED
    assert "classes by classificationsubsidiarymap, because the column subsidiary said nothing" in covered.detail
    assert "locations by the column" in covered.detail
    assert [origin.name for origin in covered.origins] == [
        "SELECT classification, subsidiary FROM classificationsubsidiarymap ORDER BY classification, subsidiary"
    ]


def test_a_class_that_the_whole_map_does_not_name_is_open_nowhere(bench: Bench) -> None:
    account = bench.serve(faulty_account())
    account.faults.append(Fault.column_dropped("classification", "subsidiary"))
    account.delete("classificationsubsidiarymap", classification=6)
    assert of_kind(bench.collect(), ClassificationKind.CLASS)["6"].subsidiaries == ()


def test_a_map_that_is_not_whole_tells_of_no_class_where_it_is_open(bench: Bench) -> None:
    account = bench.serve(faulty_account())
    account.faults.append(Fault.column_dropped("classification", "subsidiary"))
    account.faults.append(Fault.rows_lost(table="classificationsubsidiarymap"))
    snapshot = bench.collect()
    assert snapshot.covered(Table.SUBSIDIARY_MAPS).state is State.PARTIAL
    assert {each.subsidiaries for each in of_kind(snapshot, ClassificationKind.CLASS).values()} == {None}
    assert of_kind(snapshot, ClassificationKind.LOCATION)["1"].subsidiaries == ("1", "2")


def test_without_subsidiaries_no_map_is_asked(bench: Bench) -> None:
    account = bench.serve(clean_account())
    for table in ("classification", "department", "location"):
        account.update(table, {"subsidiary": None})
    account.delete("subsidiary")
    snapshot = bench.collect()
    assert states(snapshot)[Table.SUBSIDIARY_MAPS] is State.NOT_AVAILABLE
    assert not [request for request in account.requests if "subsidiarymap" in request.sql]


@pytest.mark.parametrize(
    ("name", "table"), [("classification", Table.CLASSES), ("job", Table.PROJECTS), ("loginaudit", Table.LOGINS)]
)
def test_none_of_them_is_no_broken_read(bench: Bench, name: str, table: Table) -> None:
    """Many accounts have no project: that they are not permitted looks the same, so nothing is proven by it."""
    account = bench.serve(clean_account())
    account.delete(name)
    covered = bench.collect().covered(table)
    assert (covered.state, covered.rows) == (State.NOT_AVAILABLE, 0)
    assert "No row came back, and that proves nothing" in covered.detail


def test_no_restricted_role_is_believed_since_the_roles_came(bench: Bench) -> None:
    bench.serve(clean_account())
    snapshot = bench.collect()
    assert (snapshot.covered(Table.ROLE_RESTRICTIONS).state, snapshot.role_restrictions) == (State.COLLECTED, ())


def test_logins_of_one_token_are_one_record_for_each_outcome(bench: Bench) -> None:
    account = bench.serve(clean_account())
    account.delete("loginaudit")
    told = {"user": 30, "role": 1040, "oauthappname": "Expensify", "oauthaccesstokenname": "x"}
    account.insert(
        "loginaudit",
        {**told, "date": "2025-11-01 10:00:00", "status": "Success"},
        {**told, "date": "2025-11-03 10:00:00", "status": "Success"},
        {**told, "date": "2025-11-04 10:00:00", "status": "Failure"},
        {"user": 10, "role": 3, "date": "2025-11-05 10:00:00", "status": "Success"},
    )
    record = LoginRecord(
        user="30", role="1040", application="Expensify", token="x", status="Failure", latest="2025-11-04 10:00:00",
        times=1,
    )  # fmt: skip
    found = bench.collect()
    assert found.logins == (
        record,
        LoginRecord(
            user="30", role="1040", application="Expensify", token="x", status="Success",
            latest="2025-11-03 10:00:00", times=2,
        ),
    )  # fmt: skip
    assert [each.succeeded for each in found.logins] == [False, True]
    assert "Logins of integrations" in found.covered(Table.LOGINS).detail


def test_a_trail_that_netsuite_does_not_put_together_breaks_nothing(collect: Collect, tables: Tables) -> None:  # noqa: F811
    detail = "Search error occurred: Invalid or unsupported search."
    tables.instead["loginaudit"] = refused(400, "INVALID_PARAMETER", detail)
    covered = collect().covered(Table.LOGINS)
    assert covered.state is State.NOT_AVAILABLE
    assert "unsupported search" in covered.detail


@pytest.mark.parametrize("column", ["class", "department", "location", "supervisor"])
def test_a_column_that_no_employee_shows_is_not_said(bench: Bench, column: str) -> None:
    account = bench.serve(clean_account())
    field = {"class": "classification"}.get(column, column)
    assert {getattr(user, field) for user in bench.collect().users} > {"", "1"} - {"1"}
    account.update("employee", {column: None})
    assert {getattr(user, field) for user in bench.collect().users} == {None}


def test_what_a_role_may_see_of_the_subsidiaries(bench: Bench) -> None:
    bench.serve(faulty_account())
    roles = {role.id: role for role in bench.collect().roles}
    assert (roles["1041"].subsidiary_option, roles["1041"].effective_subsidiaries) == ("ALL", ("1", "2", "3"))
    assert (roles["1040"].subsidiary_option, roles["1040"].effective_subsidiaries) == ("OWN", None)
    assert (roles["1040"].device_restriction, roles["1040"].core_administration) == (False, False)


def test_a_snapshot_with_all_of_it_is_read_as_it_was_written(bench: Bench) -> None:
    bench.serve(faulty_account())
    snapshot = bench.collect()
    data = write_snapshot(snapshot)
    assert read_snapshot(data, "x") == snapshot
    assert write_snapshot(read_snapshot(data, "x")) == data


def test_a_snapshot_of_an_earlier_version_still_loads() -> None:
    old = (
        b'{"format":"netsuite-auditor/snapshot","version":1,"snapshot":{"account":"1","taken":"2026-01-01T00:00:00Z",'
        b'"source":"suiteql","origin":"x","users":[{"key":"7","name":"Ana","id":"7"}],"roles":[{"key":"3","name":"A"}],'
        b'"coverage":[{"table":"roles","state":"collected","rows":1}]}}'
    )
    snapshot = read_snapshot(old, "x")
    assert (snapshot.users[0].department, snapshot.roles[0].effective_subsidiaries) == (None, None)
    assert snapshot.covered(Table.CLASSES).state is State.NOT_AVAILABLE
    assert snapshot.classifications == ()
