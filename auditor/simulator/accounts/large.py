"""A sandbox of the faulty account, filled up to any size: for benchmarks, paging and the demo."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.model import Level
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.accounts import expensify
from auditor.simulator.accounts.builder import Builder
from auditor.simulator.accounts.company import FIRST_NAMES, LAST_NAMES, found
from auditor.simulator.accounts.production import INTEGRATION_ROLE, INTEGRATION_USER, add_faulty_roles

_FIRST_ROLE, _FIRST_EMPLOYEE, _FIRST_TOKEN = 2001, 10_001, 101
_APPLICATIONS = ("Payroll Bridge", "Shop Connector", "Warehouse Scanner", "Data Lake", "Tax Engine")
_AREAS = ("Payables", "Receivables", "Inventory", "Planning", "Support", "Reporting", "Treasury", "Purchasing")
_CLASSES_IN_USE = 60
"""So many of the classes are some employee's own: the others are there, and old."""
_STATES = ("active",) * 22 + ("inactive",) * 2 + ("revoked",)


def large_account(
    account: str = "1234567_SB1",
    *,
    roles: int = 150,
    permissions: int = 120,
    tokens: int = 300,
    employees: int = 20_000,
    classes: int = 5_000,
) -> SimulatedAccount:
    """A sandbox with that many roles, tokens, employees and classes; the roles made have *permissions* rows each.

    It has the roles of the faulty account, as a copy of it would, and tokens of its own, as NetSuite copies none. A
    number below what every simulated account has (9 roles, 2 tokens, 27 employees, 5 classes) gives those.
    """
    builder = Builder(account, f"Sandbox with {roles} roles")
    found(builder)
    add_faulty_roles(builder)
    builder.employee(INTEGRATION_USER, "Expensify", "Integration", roles=[INTEGRATION_ROLE], title="Service user")
    builder.integration_token = builder.token(11, expensify.APPLICATION, INTEGRATION_USER, INTEGRATION_ROLE)
    made = _roles(builder, roles - len(builder.tables["role"]), permissions)
    _classes(builder, classes)
    staff = _employees(builder, employees - len(builder.tables["employee"]), made)
    _tokens(builder, tokens - len(builder.tables["oauthtoken"]), staff)
    return builder.build()


def _roles(builder: Builder, number: int, permissions: int) -> list[int]:
    offered = {
        entry.id: [level for level in entry.levels if level is not Level.NONE] or [Level.VIEW, Level.EDIT, Level.FULL]
        for entry in load_catalog()
    }
    for custom in range(permissions - len(offered)):
        offered[f"customrecord_{custom:05}"] = [Level.VIEW, Level.EDIT, Level.FULL]
    keys = sorted(offered)
    made = []
    for role in range(_FIRST_ROLE, _FIRST_ROLE + number):
        chosen = {key: builder.random.choice(offered[key]) for key in builder.random.sample(keys, permissions)}
        made.append(builder.role(role, f"{_AREAS[role % len(_AREAS)]} {role - _FIRST_ROLE + 1:03}", chosen))
    return made


def _employees(builder: Builder, number: int, roles: list[int]) -> list[int]:
    chance = builder.random
    return [
        builder.employee(
            employee,
            chance.choice(FIRST_NAMES),
            chance.choice(LAST_NAMES),
            roles=chance.sample(roles, min(len(roles), chance.randrange(1, 3))),
            details={
                "class": chance.randrange(1, min(len(builder.tables["classification"]), _CLASSES_IN_USE) + 1),
                "department": chance.randrange(1, 6),
                "location": chance.randrange(1, 4),
                "subsidiary": chance.randrange(1, 3),
                "isinactive": "F" if chance.randrange(20) else "T",
            },
        )
        for employee in range(_FIRST_EMPLOYEE, _FIRST_EMPLOYEE + number)
    ]


def _classes(builder: Builder, number: int) -> None:
    """Classes beside the usual ones, ten under each, some inactive, most of them open to both subsidiaries in use."""
    chance = builder.random
    rows = builder.tables["classification"]
    first = len(rows) + 1
    top = ""
    for row in range(first, number + 1):
        name = f"Line {row:05}"
        is_top = (row - first) % 11 == 0
        top = name if is_top else top
        rows.append(
            {
                "id": row,
                "name": name,
                "fullname": name if is_top else f"{top} : {name}",
                "parent": None if is_top else int(top[5:]),
                "isinactive": "F" if chance.randrange(50) else "T",
                "includechildren": "T",
                "subsidiary": "1, 2" if chance.randrange(20) else "2",
                "lastmodifieddate": builder.moment(),
            }
        )


def _tokens(builder: Builder, number: int, staff: list[int]) -> None:
    holders = [employee for employee in staff if builder.roles_of(employee)]
    if not holders:
        return
    for token in range(_FIRST_TOKEN, _FIRST_TOKEN + number):
        user = builder.random.choice(holders)
        role = builder.random.choice(builder.roles_of(user))
        state = builder.random.choice(_STATES)
        builder.token(token, builder.random.choice(_APPLICATIONS), user, role, state=state)
