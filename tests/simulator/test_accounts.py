"""The ready-made accounts: what is right and wrong in them, that they hang together and are always the same."""

from __future__ import annotations

import gc
import weakref

import pytest

from auditor.baselines import baseline_folders, find_baseline
from auditor.catalog import load_catalog
from auditor.simulator import SimulatedAccount, Simulator, clean_account, faulty_account, large_account
from auditor.simulator.accounts.expensify import PERMISSIONS
from auditor.simulator.schema import TABLES
from tests.simulator.client import by_certificate, by_token

# Expensify's page on NS0384, labels and levels as it prints them.
VENDOR_TABLE = {
    "Accounts": 4, "Classes": 1, "Currency": 1, "Customers": 1, "Departments": 4, "Employees": 4,
    "Expense Categories": 1, "Items": 1, "Locations": 1, "Projects": 1, "Subsidiaries": 1, "Vendors": 4,
    "Access Token Management": 4, "Log in using Access Tokens": 4, "User Access Tokens": 4, "SOAP Web Services": 4,
    "Custom Record Types": 4, "Deleted Records": 4,
}  # fmt: skip
MAKERS = [clean_account, faulty_account, lambda: large_account(roles=20, employees=200, classes=60)]
STORED = [table for table in TABLES if table != "useroauthtoken"]


def levels(account: SimulatedAccount, role: int) -> dict[str, int]:
    catalog = load_catalog()
    found = {}
    for row in account.rows("rolepermissions"):
        if row["role"] == role:
            (label,) = [
                name for name in VENDOR_TABLE if row["permkey"] in {entry.id for entry in catalog.named(name)}
            ] or [str(row["permkey"])]
            found[label] = int(row["permlevel"])
    return found


def tokens(account: SimulatedAccount) -> dict[int, dict[str, str | int]]:
    return {int(row["id"]): row for row in account.rows("oauthtoken") if row["tba_app_name"] == "Expensify"}


def assigned(account: SimulatedAccount) -> set[tuple[str | int, str | int]]:
    return {(row["entity"], row["role"]) for row in account.rows("employeerolesforsearch")}


def test_all_is_right_in_the_clean_account() -> None:
    account = clean_account()
    (token,) = tokens(account).values()
    assert (token["binactive"], token["brevoked"]) == ("F", "F")
    assert levels(account, int(token["role_name"])) == VENDOR_TABLE
    assert (token["entity_name"], token["role_name"]) in assigned(account)
    assert account.rows("employeeempperms") == []
    assert {row["isinactive"] for row in account.rows("role")} == {"F"}


def test_every_cause_of_ns0384_is_in_the_faulty_account() -> None:
    account = faulty_account()
    wrong_role, low, revoked, unassigned, lowered = (row for _, row in sorted(tokens(account).items()))
    names = {row["id"]: row["name"] for row in account.rows("role")}

    assert names[wrong_role["role_name"]] == "Payables Clerk"
    assert (wrong_role["entity_name"], wrong_role["role_name"]) in assigned(account)

    assert names[low["role_name"]] == "Expensify Integration"
    assert levels(account, int(low["role_name"])) == {
        name: level for name, level in VENDOR_TABLE.items() if name not in ("Classes", "Deleted Records")
    } | {"Subsidiaries": 0, "Vendors": 1, "Custom Record Types": 1}

    assert (revoked["brevoked"], revoked["binactive"]) == ("T", "T")
    assert "drevoked" in revoked

    assert (unassigned["entity_name"], unassigned["role_name"]) not in assigned(account)
    assert levels(account, int(unassigned["role_name"])) == VENDOR_TABLE
    assert unassigned["binactive"] == "F"

    assert (lowered["entity_name"], lowered["role_name"]) in assigned(account)
    assert levels(account, int(lowered["role_name"])) == VENDOR_TABLE
    assert account.rows("employeeempperms") == [
        {"employee": lowered["entity_name"], "permkey": "ADMI_WEBSERVICES", "name": "SOAP Web Services", "permlevel": 0}
    ]


def test_the_large_account_has_as_many_rows_as_asked_for() -> None:
    account = large_account(roles=30, permissions=800, tokens=40, employees=300, classes=60)
    assert {table: len(account.rows(table)) for table in ("role", "oauthtoken", "employee", "classification")} == {
        "role": 30, "oauthtoken": 40, "employee": 300, "classification": 60,
    }  # fmt: skip
    made = [row for row in account.rows("rolepermissions") if int(row["role"]) >= 2000]
    assert len(made) == (30 - 9) * 800
    least = large_account(roles=0, permissions=5, tokens=0, employees=0, classes=0)
    assert [len(least.rows(table)) for table in ("role", "oauthtoken", "employee", "classification")] == [9, 2, 27, 5]


@pytest.mark.parametrize(
    "make", [clean_account, faulty_account, lambda: large_account(roles=20, employees=200, classes=60)]
)
def test_an_account_is_the_same_every_time_but_for_its_secrets(make: type[SimulatedAccount]) -> None:
    first, second = make(), make()
    assert {table: first.rows(table) for table in STORED} == {table: second.rows(table) for table in STORED}
    assert first.credentials.private_key_pem != second.credentials.private_key_pem
    assert first.credentials.token != second.credentials.token
    shown = repr(first.credentials) + repr(first.integration)
    assert "PRIVATE KEY" not in shown
    assert first.credentials.token.token_secret not in shown
    assert first.credentials.token.consumer_secret not in shown


@pytest.mark.parametrize(
    "make", [clean_account, faulty_account, lambda: large_account(roles=20, employees=200, classes=60)]
)
def test_every_reference_points_to_a_row(make: type[SimulatedAccount]) -> None:
    account = make()
    ids = {table: {row.get("id") for row in account.rows(table)} for table in STORED}
    for table in STORED:
        rows = account.rows(table)
        assert rows or table in ("rolerestrictions", "employeeempperms"), table
        for column in TABLES[table].columns.values():
            if column.refers_to:
                values = {row[column.name] for row in rows if column.name in row}
                assert values <= ids[column.refers_to], (table, column.name)
    for row in account.rows("employee"):
        held = {role for entity, role in assigned(account) if entity == row["id"]}
        assert row.get("rolesforsearch", "") == ", ".join(map(str, sorted(map(int, held))))
        assert str(row.get("email", "@example.com")).endswith("@example.com")
    assert {row["permkey"] for row in account.rows("rolepermissions")} <= {entry.id for entry in load_catalog()}


def test_the_auditor_signs_in_both_ways_and_reads_every_table() -> None:
    for account in (clean_account(), faulty_account(), large_account(roles=20, tokens=20, employees=50, classes=20)):
        with Simulator([account]) as simulator:
            for caller in (by_certificate(simulator, account), by_token(simulator, account)):
                for table in STORED:
                    asked = caller.ask(f"SELECT COUNT(*) AS n FROM {table}")
                    assert asked.items == [{"n": str(len(account.rows(table)))}]
                caller.pool.clear()


def test_an_account_that_nobody_needs_gives_its_memory_back() -> None:
    account = clean_account()
    with Simulator([account]) as simulator:
        caller = by_certificate(simulator, account)
        assert caller.ask("SELECT BUILTIN.DF(role_name) AS r, SYSDATE AS now FROM oauthtoken").status == 200
        caller.pool.clear()
    gone = weakref.ref(account.store)
    del account, simulator, caller
    gc.collect()
    assert gone() is None


def test_a_column_that_a_table_lacks_is_a_mistake_of_the_test(account: SimulatedAccount) -> None:
    with pytest.raises(KeyError, match="The table role has no column colour"):
        account.insert("role", {"id": 1, "colour": "red"})


def test_what_the_simulated_role_is_made_of_is_what_the_shipped_baseline_asks() -> None:
    asked = find_baseline("expensify-integration", baseline_folders(None)).requirements
    assert {each.asked.permission: each.asked.level for each in asked} == PERMISSIONS
