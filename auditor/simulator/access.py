"""What a caller may do: sign in at all, use REST, and see a table.

Documented: a user's global permission wins over the role's, even when it is lower, except for Administrator; a token
whose role was taken from its user stays active and is unusable.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model import Level
from auditor.simulator.schema import TABLES
from auditor.simulator.store import Store

ADMINISTRATOR = 3

_LOG_IN = {
    "OAuth 2.0": ("ADMI_LOGIN_OAUTH2",),
    # Documented: User Access Tokens includes logging in with a token.
    "token": ("ADMI_LOGIN_OAUTH", "ADMI_MANAGE_OWN_OAUTH_TOKENS"),
}
_REST = (
    ("ADMI_RESTWEBSERVICES", Level.FULL, "Setup -> REST Web Services"),
    # Documented among the prerequisites of REST web services; the level is the only one that it offers.
    ("REPO_ANALYTICS", Level.EDIT, "Reports -> SuiteAnalytics Workbook"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an employee in one of the employee's roles, signed in one way."""

    user: int
    role: int
    way: str
    """``OAuth 2.0`` or ``token``."""


class Access:
    """Looks every right up in the account's own tables, so that changing a row changes what callers may do."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def level(self, caller: Caller, permission: str) -> Level:
        """The caller's effective level."""
        if caller.role == ADMINISTRATOR:
            return Level.FULL
        row = self._store.one("employeeempperms", employee=caller.user, permkey=permission) or self._store.one(
            "rolepermissions", role=caller.role, permkey=permission
        )
        return (Level.parse(str(row["permlevel"])) if row else None) or Level.NONE

    def sign_in_refusal(self, caller: Caller) -> str:
        """Why the caller may not sign in; empty if nothing speaks against it."""
        user = self._store.one("employee", id=caller.user)
        role = self._store.one("role", id=caller.role)
        if user is None or user["isinactive"] == "T":
            return "user missing or inactive"
        if user["giveaccess"] != "T":
            return "user has no access"
        if role is None or role["isinactive"] == "T":
            return "role missing or inactive"
        if self._store.one("employeerolesforsearch", entity=caller.user, role=caller.role) is None:
            return "role not assigned to user"
        if all(self.level(caller, permission) < Level.FULL for permission in _LOG_IN[caller.way]):
            return f"role lacks {' or '.join(_LOG_IN[caller.way])}"
        return ""

    def missing_for_rest(self, caller: Caller) -> str:
        """The permission that the caller lacks for asking over REST, as NetSuite calls it; empty if none."""
        for permission, least, label in _REST:
            if self.level(caller, permission) < least:
                return label
        return ""

    def sees(self, caller: Caller, table: str) -> bool:
        """Whether the table exists for this caller."""
        schema = TABLES[table]
        if schema.needs_feature and not self.feature(schema.needs_feature):
            return False
        return schema.opened_by is None or self.level(caller, schema.opened_by[0]) >= schema.opened_by[1]

    def feature(self, name: str) -> bool:
        """Whether a feature is on; one that the account does not list counts as on."""
        row = self._store.one("companyfeaturesetup", id=name)
        return row is None or row["isactive"] == "T"
