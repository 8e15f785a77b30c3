"""Puts an account together, row by row. All names are invented; the same calls make the same rows every time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from auditor.catalog import load_catalog
from auditor.model import Level
from auditor.simulator.account import SimulatedAccount
from auditor.simulator.store import Row

AUDITOR_USER, AUDITOR_ROLE, AUDITOR_TOKEN = 20, 1050, 1
AUDITOR_APPLICATION = "NetSuite Auditor"
AUDITOR_PERMISSIONS = {
    "ADMI_LOGIN_OAUTH2": Level.FULL,
    "ADMI_LOGIN_OAUTH": Level.FULL,
    "ADMI_RESTWEBSERVICES": Level.FULL,
    "REPO_ANALYTICS": Level.EDIT,
    "ADMI_MANAGEROLES": Level.FULL,
    "ADMI_MANAGE_OAUTH_TOKENS": Level.FULL,
    "ADMI_AUDITLOGIN": Level.FULL,
    "LIST_EMPLOYEE": Level.VIEW,
    "LIST_EMPLOYEE_RECORD": Level.VIEW,
    "LIST_CLASS": Level.VIEW,
    "LIST_DEPARTMENT": Level.VIEW,
    "LIST_LOCATION": Level.VIEW,
    "LIST_SUBSIDIARY": Level.VIEW,
    "LIST_JOB": Level.VIEW,
    "LIST_COMPANY_FEATURE_SETUP": Level.VIEW,
    "LIST_SYSTEMNOTES": Level.VIEW,
}
LAST_LOGINS, AFTERWARDS = (320, 325), (326, 330)
"""Days of an account's history: when its integrations logged in, and the days after that."""
_EPOCH = datetime(2025, 1, 6, 8)  # noqa: DTZ001  (NetSuite's dates bear no zone)


class Builder:
    """Collects the rows of an account, and makes the account of them."""

    def __init__(self, account: str, title: str) -> None:
        self.id = account
        self._title = title
        self.random = random.Random(account)
        self.integration_token: int | None = None
        """Row of ``oauthtoken`` that the Expensify integration signs in with."""
        self.tables: defaultdict[str, list[Row]] = defaultdict(list)
        self._roles: dict[int, str] = {}
        self._people: dict[int, str] = {}
        self._held: defaultdict[int, list[int]] = defaultdict(list)
        self._catalog = load_catalog()

    def role(
        self,
        role: int,
        name: str,
        permissions: Mapping[str, Level],
        *,
        scriptid: str = "",
        web_services_only: bool = False,
    ) -> int:
        """A role and its permissions; an explicit NONE becomes a row at level 0, as it occurs in real accounts."""
        self._roles[role] = name
        self.tables["role"].append(
            {
                "id": role,
                "name": name,
                "scriptid": scriptid or f"customrole{role}",
                "isinactive": "F",
                "centertype": "ACCOUNTCENTER",
                "issalesrole": "F",
                "issupportrole": "F",
                "ispartnerrole": "F",
                "iswebserviceonlyrole": _flag(web_services_only),
                "issinglesignononly": "F",
                "restrictbydevice": "F",
                "employeerestriction": "NONE",
                "subsidiaryoption": "ALL",
                "effectivesubsidiaries": "1, 2, 3",
                "subsidiaryviewingallowed": "T",
                "coreadminpermission": "F",
                "accountingbooksoption": "ALL",
                "restricttimeandexpenses": "F",
            }
        )
        self.tables["rolepermissions"] += [
            {"role": role, "permkey": key, "name": self._catalog.label(key), "permlevel": level.rank}
            for key, level in permissions.items()
        ]
        return role

    def employee(
        self,
        employee: int,
        first: str,
        last: str,
        *,
        roles: Iterable[int] = (),
        title: str = "",
        details: Row | None = None,
    ) -> int:
        """An employee who may log in if there are *roles*; *details* are further columns."""
        held = sorted(roles)
        self._held[employee] = held
        self._people[employee] = f"{first} {last}"
        row: dict[str, str | int | None] = {
            "id": employee,
            "entityid": f"{first} {last}",
            "firstname": first,
            "lastname": last,
            "email": f"{first}.{last}.{employee}@example.com".lower().replace(" ", "."),
            "title": title,
            "subsidiary": 1,
            "giveaccess": _flag(bool(held)),
            "isinactive": "F",
            "rolesforsearch": ", ".join(map(str, held)),
            "lastmodifieddate": self.moment(),
        }
        self.tables["employee"].append(row | dict(details or {}))
        self.tables["employeerolesforsearch"] += [{"entity": employee, "role": role} for role in held]
        return employee

    def global_permission(self, employee: int, permission: str, level: Level) -> None:
        """A permission given to the employee directly."""
        self.tables["employeeempperms"].append(
            {
                "employee": employee,
                "permkey": permission,
                "name": self._catalog.label(permission),
                "permlevel": level.rank,
            }
        )

    def token(self, token: int, application: str, user: int, role: int, *, state: str = "active") -> int:
        """An access token; *state* is active, inactive or revoked, and a revoked one shows as inactive, too."""
        created = self.moment()
        name = f"{application} - {self._people[user]}, {self._roles[role]}"
        self.tables["oauthtoken"].append(
            {
                "id": token,
                "tba_token_name": name,
                "tba_app_name": application,
                "entity_name": user,
                "role_name": role,
                "dcreated": created,
                "createdby": 10,
                "binactive": _flag(state != "active"),
                "brevoked": _flag(state == "revoked"),
                "drevoked": self.moment() if state == "revoked" else None,
            }
        )
        if state == "active":
            self.tables["loginaudit"].append(
                {
                    "date": self.moment(*LAST_LOGINS),
                    "status": "Success",
                    "user": user,
                    "role": role,
                    "ipaddress": f"192.0.2.{self.random.randrange(1, 255)}",
                    "requesturi": "/services/NetSuitePort_2023_2",
                    "oauthappname": application,
                    "oauthaccesstokenname": name,
                }
            )
        return token

    def restrict(self, role: int, segment: int) -> None:
        """Hold the role to some of the classes (-101), departments (-102) or locations (-103)."""
        self.tables["rolerestrictions"].append(
            {"role": role, "segment": segment, "restriction": 1, "itemsrestricted": "T", "viewingallowed": "F"}
        )

    def change(self, table: str, row: int, **columns: str | int | None) -> None:
        """Write *columns* over those of the row of *table* whose internal id is *row*."""
        rows = self.tables[table]
        (place,) = (number for number, each in enumerate(rows) if each["id"] == row)
        rows[place] = {**rows[place], **columns}

    def roles_of(self, employee: int) -> list[int]:
        """The roles that the employee holds."""
        return self._held[employee]

    def moment(self, first: int = 0, last: int = 300) -> str:
        """Some minute between two days of the account's history, in which integrations log in on the last ones."""
        return f"{_EPOCH + timedelta(minutes=self.random.randrange(first * 24 * 60, last * 24 * 60)):%Y-%m-%d %H:%M:%S}"

    def build(self) -> SimulatedAccount:
        """The account, ready to be served."""
        account = SimulatedAccount(
            self.id, user=AUDITOR_USER, role=AUDITOR_ROLE, token=AUDITOR_TOKEN, title=self._title
        )
        for table, rows in self.tables.items():
            account.store.insert(table, rows)
        if self.integration_token is not None:
            account.add_integration_token(self.integration_token)
        return account


def _flag(value: bool) -> str:
    return "T" if value else "F"
