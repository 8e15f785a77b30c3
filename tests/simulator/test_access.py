"""Which tables a caller sees, by the effective levels of its role."""

from __future__ import annotations

import pytest

from auditor.model import Level
from auditor.simulator import SimulatedAccount
from auditor.simulator.credentials import new_credentials
from auditor.simulator.schema import TABLES
from tests.simulator.client import Caller

OPENED_BY = {
    "role": ("ADMI_MANAGEROLES", Level.FULL),
    "rolepermissions": ("ADMI_MANAGEROLES", Level.FULL),
    "rolerestrictions": ("ADMI_MANAGEROLES", Level.FULL),
    "oauthtoken": ("ADMI_MANAGE_OAUTH_TOKENS", Level.FULL),
    "employee": ("LIST_EMPLOYEE_RECORD", Level.VIEW),
    "employeerolesforsearch": ("LIST_EMPLOYEE", Level.VIEW),
    "employeeempperms": ("LIST_EMPLOYEE", Level.VIEW),
    "classification": ("LIST_CLASS", Level.VIEW),
    "department": ("LIST_DEPARTMENT", Level.VIEW),
    "location": ("LIST_LOCATION", Level.VIEW),
    "subsidiary": ("LIST_SUBSIDIARY", Level.VIEW),
    "classificationsubsidiarymap": ("LIST_SUBSIDIARY", Level.VIEW),
    "departmentsubsidiarymap": ("LIST_SUBSIDIARY", Level.VIEW),
    "locationsubsidiarymap": ("LIST_SUBSIDIARY", Level.VIEW),
    "job": ("LIST_JOB", Level.VIEW),
    "companyfeaturesetup": ("LIST_COMPANY_FEATURE_SETUP", Level.VIEW),
    "loginaudit": ("ADMI_AUDITLOGIN", Level.FULL),
    "systemnote": ("LIST_SYSTEMNOTES", Level.VIEW),
}


def sees(caller: Caller, table: str) -> bool:
    answer = caller.ask(f"SELECT COUNT(*) AS n FROM {table}")
    if answer.status == 200:
        return True
    assert answer.detail.endswith(f"Search error occurred: Record '{table}' was not found.")
    assert answer.code == "INVALID_PARAMETER"
    return False


def test_every_table_is_opened_by_its_permission_and_no_other(caller: Caller, account: SimulatedAccount) -> None:
    assert set(OPENED_BY) | {"useroauthtoken"} == set(TABLES)
    for permission in sorted({permission for permission, _ in OPENED_BY.values()}):
        account.set_level(1050, permission, Level.NONE)
        closed = {table for table, opener in OPENED_BY.items() if opener[0] == permission}
        assert {table for table in OPENED_BY if not sees(caller, table)} == closed
        for level in (Level.VIEW, Level.CREATE, Level.EDIT, Level.FULL):
            account.set_level(1050, permission, level)
            assert {sees(caller, table) for table in closed} == {level >= OPENED_BY[min(closed)][1]}


def test_a_hidden_table_says_what_a_misspelt_one_says(caller: Caller, account: SimulatedAccount) -> None:
    account.set_level(1050, "ADMI_MANAGEROLES", Level.NONE)
    hidden, misspelt = caller.ask("SELECT id FROM role"), caller.ask("SELECT id FROM rule")
    assert hidden.body.replace(b"'role'", b"'rule'") == misspelt.body
    joined = caller.ask("SELECT t.id FROM oauthtoken t WHERE t.role_name IN (SELECT id FROM role)")
    assert joined.detail.endswith("Record 'role' was not found.")


def test_a_global_permission_wins_even_where_it_is_lower(caller: Caller, account: SimulatedAccount) -> None:
    row = {"employee": 20, "permkey": "ADMI_MANAGEROLES", "permlevel": 0}
    account.insert("employeeempperms", row)
    assert not sees(caller, "role")
    account.update("employeeempperms", {"permlevel": 4}, employee=20)
    account.set_level(1050, "ADMI_MANAGEROLES", Level.NONE)
    assert sees(caller, "role")


def test_administrator_sees_everything_whatever_the_tables_say(caller: Caller, account: SimulatedAccount) -> None:
    account.insert("employeerolesforsearch", {"entity": 20, "role": 3})
    account.insert("employeeempperms", {"employee": 20, "permkey": "LIST_CLASS", "permlevel": 0})
    assert not sees(caller, "classification")
    caller.credentials, mapping = new_credentials("1234567", user=20, role=3)
    account.client_credentials.add(mapping)
    caller.sign_in()
    assert all(sees(caller, table) for table in TABLES)


@pytest.mark.parametrize(
    ("permission", "label"),
    [("ADMI_RESTWEBSERVICES", "Setup -> REST Web Services"), ("REPO_ANALYTICS", "Reports -> SuiteAnalytics Workbook")],
)
def test_a_role_without_rest_is_forbidden_to_ask(
    caller: Caller, account: SimulatedAccount, permission: str, label: str
) -> None:
    account.set_level(1050, permission, Level.VIEW)
    answer = caller.ask("SELECT id FROM role")
    assert (answer.status, answer.code) == (403, "INSUFFICIENT_PERMISSION")
    assert answer.detail == (
        f"Permission Violation: You need  the '{label}' permission to access this page. "
        "Please contact your account administrator."
    )


def test_tokens_are_hidden_while_their_feature_is_off(caller: Caller, account: SimulatedAccount) -> None:
    account.update("companyfeaturesetup", {"isactive": "F"}, id="TBA")
    assert not sees(caller, "oauthtoken")
    assert not sees(caller, "useroauthtoken")


def test_own_tokens_are_the_callers_alone(caller: Caller, tba: Caller, account: SimulatedAccount) -> None:
    assert caller.ask("SELECT id, entity_name, role_name FROM useroauthtoken").items == [
        {"id": "1", "entity_name": "20", "role_name": "1050"}
    ]
    tba.tba = account.integration
    account.set_level(1040, "ADMI_RESTWEBSERVICES", Level.FULL)
    account.set_level(1040, "REPO_ANALYTICS", Level.EDIT)
    assert tba.ask("SELECT u.id FROM useroauthtoken u ORDER BY u.id").items == [
        {"id": "11"},
        {"id": "12"},
        {"id": "13"},
    ]
    sql = "SELECT COUNT(*) AS n FROM oauthtoken o JOIN useroauthtoken u ON u.id = o.id"
    assert tba.ask(sql).items == [{"n": "3"}]
