"""Two production accounts of the invented company: one in which all is right, and one with the faults behind NS0384."""

from __future__ import annotations

from auditor.model import Level
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.accounts import expensify
from auditor.simulator.accounts.builder import Builder
from auditor.simulator.accounts.company import PAYABLES_CLERK, found

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


def faulty_account(account: str = "1234567") -> SimulatedAccount:
    """A production account with the faults behind NS0384: one Expensify token for each of them.

    A token on the wrong role, levels too low and missing, a revoked token, a role no longer assigned to the token's
    user, and a global permission that lowers SOAP Web Services. Their ids in ``oauthtoken`` are in
    ``auditor.simulator.accounts.production``.
    """
    builder = Builder(account, "Production, with the faults behind NS0384")
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
    return builder.build()


def add_faulty_roles(builder: Builder) -> None:
    """The integration role with its gaps, and two whose levels are right."""
    changed = expensify.PERMISSIONS | TOO_LOW_OR_MISSING
    levels = {permission: level for permission, level in changed.items() if level is not None}
    builder.role(INTEGRATION_ROLE, expensify.ROLE_NAME, levels, web_services_only=True)
    builder.role(FORMER_ROLE, "Expensify Integration (former)", expensify.PERMISSIONS, web_services_only=True)
    builder.role(COPIED_ROLE, "Copy of Expensify Integration", expensify.PERMISSIONS)
