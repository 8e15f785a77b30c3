"""What happens to the accounts between two nights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model import Level
from auditor.simulator import Fault, SimulatedAccount
from auditor.simulator.accounts import company, expensify
from auditor.simulator.accounts.production import INTEGRATION_ROLE, INTEGRATION_USER

FIRST_TOKEN, SECOND_TOKEN, NIGHT_SHIFT = 11, 12, 1060


@dataclass(frozen=True)
class Accounts:
    """One whose administrators are busy, and one that is left alone."""

    main: SimulatedAccount
    steady: SimulatedAccount


Event = Callable[[Accounts], object]


def level(permission: str, given: Level) -> Event:
    return lambda accounts: accounts.main.set_level(INTEGRATION_ROLE, permission, given)


def change(table: str, row: int, **columns: str | int) -> Event:
    return lambda accounts: accounts.main.update(table, columns, id=row)


def strike(account: str, fault: Callable[[], Fault]) -> Event:
    return lambda accounts: getattr(accounts, account).faults.append(fault())


def all_well(accounts: Accounts) -> None:
    accounts.main.faults.clear()
    accounts.steady.faults.clear()


def second_token(accounts: Accounts) -> None:
    row = {"tba_token_name": "Expensify - second", "tba_app_name": expensify.APPLICATION, "createdby": 10}
    owner = {"entity_name": INTEGRATION_USER, "role_name": INTEGRATION_ROLE, "dcreated": "2025-12-07 09:00:00"}
    accounts.main.insert("oauthtoken", {"id": SECOND_TOKEN, **row, **owner, "binactive": "F", "brevoked": "F"})


def no_second_token(accounts: Accounts) -> None:
    accounts.main.delete("oauthtoken", id=SECOND_TOKEN)


def soap_refused(accounts: Accounts) -> None:
    accounts.main.insert(
        "employeeempperms", {"employee": INTEGRATION_USER, "permkey": "ADMI_WEBSERVICES", "permlevel": 0}
    )


def soap_allowed(accounts: Accounts) -> None:
    accounts.main.delete("employeeempperms", employee=INTEGRATION_USER)


def night_shift(accounts: Accounts) -> None:
    like = next(row for row in accounts.main.rows("role") if row["id"] == company.WAREHOUSE)
    accounts.main.insert("role", like | {"id": NIGHT_SHIFT, "name": "Night Shift", "scriptid": "customrole1060"})
    accounts.main.insert("employeerolesforsearch", {"entity": 100, "role": NIGHT_SHIFT})


def no_night_shift(accounts: Accounts) -> None:
    accounts.main.delete("employeerolesforsearch", role=NIGHT_SHIFT)
    accounts.main.delete("role", id=NIGHT_SHIFT)
