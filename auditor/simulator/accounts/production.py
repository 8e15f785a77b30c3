"""Two accounts of the invented company: one in which all is right, and one with the faults of NS0384 and NS0831."""

from __future__ import annotations

from auditor.model import Level
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.accounts import expensify
from auditor.simulator.accounts.builder import AFTERWARDS, Builder
from auditor.simulator.accounts.company import ADMINISTRATOR_USER, FIRST_NAMES, LAST_NAMES, PAYABLES_CLERK, found
from auditor.simulator.store import Row

INTEGRATION_USER, FORMER_USER, LIMITED_USER = 30, 31, 32
INTEGRATION_ROLE, FORMER_ROLE, COPIED_ROLE = 1040, 1041, 1042
WRONG_ROLE_TOKEN, LOW_LEVELS_TOKEN, REVOKED_TOKEN, UNASSIGNED_TOKEN, LOWERED_TOKEN = range(11, 16)

TOO_LOW_OR_MISSING = {
    "LIST_CLASS": None,
    "LIST_SUBSIDIARY": Level.NONE,
    "LIST_VENDOR": Level.VIEW,
    "ADMI_CUSTRECORD": Level.VIEW,
    "ADMI_DELETEDRECORD": None,
}
"""What the integration role of the faulty account has in the place of the vendor's levels; None is no row at all."""


def clean_account(account: str = "7654321") -> SimulatedAccount:
    """A production account in which all is right: its Expensify token, role and levels meet the vendor's table."""
    builder = Builder(account, "Production, all right")
    found(builder)
    builder.role(INTEGRATION_ROLE, expensify.ROLE_NAME, expensify.PERMISSIONS, web_services_only=True)
    builder.employee(INTEGRATION_USER, "Expensify", "Integration", roles=[INTEGRATION_ROLE], title="Service user")
    builder.integration_token = builder.token(11, expensify.APPLICATION, INTEGRATION_USER, INTEGRATION_ROLE)
    return builder.build()


INACTIVE_CLASS, UNDER_INACTIVE_CLASS, NORDIC_CLASS, INACTIVE_DEPARTMENT, INACTIVE_SUPERVISOR = 4, 5, 7, 5, 40
EMPLOYEES_OF = {
    "inactive class": 131,
    "class under an inactive one": 132,
    "class not open to the subsidiary": 133,
    "class open to subsidiaries below": 134,
    "inactive department": 135,
    "inactive supervisor": 136,
    "supervisor with an expense limit": 137,
    "no e-mail address": 138,
}
"""Employees of the faulty account, one for each trouble that keeps an expense from NetSuite; the fourth has none."""


def faulty_account(account: str = "1234567") -> SimulatedAccount:
    """A production account with the faults behind NS0384 and NS0831: one Expensify token for each of the former.

    A token on the wrong role, levels too low and missing, a revoked token, a role no longer assigned to the token's
    user, and a global permission that lowers SOAP Web Services; and employees whose class, department or supervisor
    keeps their expenses from NetSuite, one for each cause. Their ids in ``oauthtoken`` are in
    ``auditor.simulator.accounts.production``.
    """
    builder = Builder(account, "Production, with the faults behind NS0384 and NS0831")
    found(builder)
    add_faulty_roles(builder)
    builder.employee(
        INTEGRATION_USER, "Expensify", "Integration", roles=[INTEGRATION_ROLE, PAYABLES_CLERK], title="Service user"
    )
    builder.employee(FORMER_USER, "Theo", "Ashgrove", roles=[PAYABLES_CLERK], title="Payables Clerk")
    builder.employee(LIMITED_USER, "Paula", "Winterborne", roles=[COPIED_ROLE], title="Payables Clerk")
    builder.global_permission(LIMITED_USER, "ADMI_WEBSERVICES", Level.NONE)
    builder.token(WRONG_ROLE_TOKEN, expensify.APPLICATION, INTEGRATION_USER, PAYABLES_CLERK)
    builder.integration_token = builder.token(
        LOW_LEVELS_TOKEN, expensify.APPLICATION, INTEGRATION_USER, INTEGRATION_ROLE
    )
    builder.token(REVOKED_TOKEN, expensify.APPLICATION, INTEGRATION_USER, INTEGRATION_ROLE, state="revoked")
    builder.token(UNASSIGNED_TOKEN, expensify.APPLICATION, FORMER_USER, FORMER_ROLE)
    builder.token(LOWERED_TOKEN, expensify.APPLICATION, LIMITED_USER, COPIED_ROLE)
    add_faulty_classes(builder)
    return builder.build()


def add_faulty_classes(builder: Builder) -> None:
    """The faults behind NS0831 and its neighbours: classes, what employees have by default, what roles may use."""
    builder.change("classification", INACTIVE_CLASS, isinactive="T", lastmodifieddate=builder.moment(*AFTERWARDS))
    builder.change("department", INACTIVE_DEPARTMENT, isinactive="T")
    builder.tables["classification"] += [
        _open_to(builder, 6, "Europe", "2", include_children="T"),
        _open_to(builder, NORDIC_CLASS, "Nordic", "3", include_children="F"),
        _open_to(builder, 8, "Group alone", "1", include_children="F"),
    ]
    builder.tables["classificationsubsidiarymap"] += [
        {"classification": row, "subsidiary": subsidiary} for row, subsidiary in ((6, 2), (NORDIC_CLASS, 3), (8, 1))
    ]
    for row in builder.tables["employee"]:  # the others keep to what is right
        if row.get("class") in (INACTIVE_CLASS, UNDER_INACTIVE_CLASS):
            builder.change("employee", int(row["id"] or 0), **{"class": 2})
        if row.get("department") == INACTIVE_DEPARTMENT:
            builder.change("employee", int(row["id"] or 0), department=4)
    _troubled_employees(builder)
    builder.change("role", INTEGRATION_ROLE, subsidiaryoption="OWN", effectivesubsidiaries=None)
    builder.restrict(INTEGRATION_ROLE, -101)


def _open_to(builder: Builder, row: int, name: str, subsidiaries: str, *, include_children: str) -> Row:
    return {
        "id": row,
        "name": name,
        "fullname": name,
        "isinactive": "F",
        "includechildren": include_children,
        "subsidiary": subsidiaries,
        "lastmodifieddate": builder.moment(),
    }


def _troubled_employees(builder: Builder) -> None:
    builder.employee(INACTIVE_SUPERVISOR, "Edwin", "Larkspur", title="Manager", details={"isinactive": "T"})
    builder.employee(INACTIVE_SUPERVISOR + 1, "Hanna", "Brook", title="Manager", details={"expenselimit": "500"})
    right = {"class": 2, "department": 1, "location": 1, "supervisor": ADMINISTRATOR_USER}
    wrong: dict[str, Row] = {
        "inactive class": {"class": INACTIVE_CLASS},
        "class under an inactive one": {"class": UNDER_INACTIVE_CLASS},
        "class not open to the subsidiary": {"class": NORDIC_CLASS, "subsidiary": 2},
        "class open to subsidiaries below": {"class": 6, "subsidiary": 3, "department": None, "location": None},
        "inactive department": {"department": INACTIVE_DEPARTMENT},
        "inactive supervisor": {"supervisor": INACTIVE_SUPERVISOR},
        "supervisor with an expense limit": {"supervisor": INACTIVE_SUPERVISOR + 1},
        "no e-mail address": {"email": None},
    }
    for number, (trouble, employee) in enumerate(EMPLOYEES_OF.items()):
        details = {**right, **wrong[trouble]}
        builder.employee(employee, FIRST_NAMES[number], LAST_NAMES[-1 - number], title="Consultant", details=details)


def add_faulty_roles(builder: Builder) -> None:
    """The integration role with its gaps, and two whose levels are right."""
    changed = expensify.PERMISSIONS | TOO_LOW_OR_MISSING
    levels = {permission: level for permission, level in changed.items() if level is not None}
    builder.role(INTEGRATION_ROLE, expensify.ROLE_NAME, levels, web_services_only=True)
    builder.role(FORMER_ROLE, "Expensify Integration (former)", expensify.PERMISSIONS, web_services_only=True)
    builder.role(COPIED_ROLE, "Copy of Expensify Integration", expensify.PERMISSIONS)
