"""What every simulated account has: an invented company with its structure, its usual roles and people, its auditor."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model import Level
from auditor.simulator.access import ADMINISTRATOR
from auditor.simulator.accounts.builder import (
    AUDITOR_APPLICATION,
    AUDITOR_PERMISSIONS,
    AUDITOR_ROLE,
    AUDITOR_TOKEN,
    AUDITOR_USER,
    Builder,
)
from auditor.simulator.schema import ROLE_RECORD
from auditor.simulator.store import Row

ADMINISTRATOR_USER = 10
CONTROLLER, PAYABLES_CLERK, EMPLOYEE_CENTER, WAREHOUSE = 1001, 1002, 1003, 1004

FIRST_NAMES = [
    "Ada",
    "Bruno",
    "Carla",
    "Dario",
    "Elena",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Leon",
    "Mira",
    "Nils",
    "Olga",
    "Pavel",
    "Quirin",
    "Rosa",
    "Sven",
    "Tilda",
    "Umberto",
    "Vera",
    "Wanda",
    "Xenia",
    "Yannis",
    "Zora",
]
LAST_NAMES = [
    "Abendroth",
    "Birkholt",
    "Castellan",
    "Dornfeld",
    "Ellerbrook",
    "Falkenau",
    "Grimsdale",
    "Hollister",
    "Ingvarsson",
    "Jorrit",
    "Kestrel",
    "Lindqvist",
    "Marchbank",
    "Northam",
    "Oakhurst",
    "Pellegrin",
    "Quistgaard",
    "Rosenlund",
    "Silverdale",
    "Thornbury",
    "Ulverston",
    "Vandermeer",
    "Westerling",
    "Yarrow",
    "Zellweg",
]

_ROLES: dict[int, tuple[str, dict[str, Level]]] = {
    ADMINISTRATOR: ("Administrator", {}),
    CONTROLLER: (
        "Controller",
        {
            "LIST_ACCOUNT": Level.FULL,
            "LIST_VENDOR": Level.EDIT,
            "LIST_CURRENCY": Level.EDIT,
            "TRAN_JOURNAL": Level.FULL,
            "TRAN_VENDBILL": Level.FULL,
            "ADMI_ACCTPERIODS": Level.FULL,
        },
    ),
    PAYABLES_CLERK: (
        "Payables Clerk",
        {
            "LIST_ACCOUNT": Level.VIEW,
            "LIST_VENDOR": Level.EDIT,
            "TRAN_VENDBILL": Level.EDIT,
            "TRAN_VENDPYMT": Level.CREATE,
            "ADMI_LOGIN_OAUTH": Level.FULL,
        },
    ),
    EMPLOYEE_CENTER: ("Staff Self-Service", {"TRAN_EXPREPT": Level.CREATE, "LIST_CATEGORY": Level.VIEW}),
    WAREHOUSE: ("Warehouse", {"LIST_ITEM": Level.VIEW, "LIST_LOCATION": Level.VIEW, "TRAN_ITEMRCPT": Level.EDIT}),
}
_FEATURES = {
    "TBA": "Token-based Authentication",
    "OAUTH2": "OAuth 2.0",
    "RESTWEBSERVICES": "REST Web Services",
    "WEBSERVICESEXTERNAL": "SOAP Web Services",
    "SUBSIDIARIES": "Subsidiaries",
    "MULTICURRENCY": "Multiple Currencies",
    "CLASSES": "Classes",
    "DEPARTMENTS": "Departments",
    "LOCATIONS": "Locations",
    "ADVANCEDJOBS": "Project Management",
    "INTERCOMPANYTIMEEXPENSE": "Intercompany Time and Expense",
}
_OFF = {"INTERCOMPANYTIMEEXPENSE"}
_STRUCTURE = {
    "classification": ("Services", "Services : Consulting", "Services : Training", "Products", "Products : Hardware"),
    "department": ("Finance", "Finance : Payables", "Sales", "Operations", "Operations : Warehouse"),
    "location": ("Northport", "Southgate", "Southgate : Dock 2"),
}
_PEOPLE_TITLES = {
    CONTROLLER: "Controller",
    PAYABLES_CLERK: "Payables Clerk",
    EMPLOYEE_CENTER: "Consultant",
    WAREHOUSE: "Warehouse Lead",
}


def found(builder: Builder) -> None:
    """Give the account its structure, features, usual roles and people, and its auditor."""
    for subsidiary, (name, parent, country) in enumerate(
        (("Brightwater Group", None, "US"), ("Brightwater Europe", 1, "DE"), ("Brightwater Nordic", 2, "SE")), start=1
    ):
        full = name if parent is None else f"{builder.tables['subsidiary'][parent - 1]['fullname']} : {name}"
        builder.tables["subsidiary"].append(
            {
                "id": subsidiary,
                "name": name,
                "fullname": full,
                "parent": parent,
                "isinactive": "F",
                "iselimination": "F",
                "country": country,
                "currency": subsidiary,
            }
        )
    for table, names in _STRUCTURE.items():
        builder.tables[table] += _tree(names, builder)
        builder.tables[f"{table}subsidiarymap"] += [
            {table: row["id"], "subsidiary": subsidiary} for row in builder.tables[table] for subsidiary in (1, 2)
        ]
    builder.tables["job"] += [
        {
            "id": 500 + number,
            "entityid": f"PRJ-{number:03}",
            "companyname": f"Harbour {number}",
            "isinactive": "F",
            "subsidiary": 1,
            "lastmodifieddate": builder.moment(),
        }
        for number in range(1, 6)
    ]
    builder.tables["companyfeaturesetup"] += [
        {"id": feature, "name": name, "isavailable": "T", "isactive": "F" if feature in _OFF else "T"}
        for feature, name in _FEATURES.items()
    ]
    for role, (name, permissions) in _ROLES.items():
        builder.role(role, name, permissions, scriptid="administrator" if role == ADMINISTRATOR else "")
    _people(builder)
    _auditor(builder)


def _tree(names: Iterable[str], builder: Builder) -> list[Row]:
    """Classifications of these full names, each under the one whose name it begins with."""
    ids = {full: number for number, full in enumerate(names, start=1)}
    return [
        {
            "id": number,
            "name": full.rpartition(" : ")[2],
            "fullname": full,
            "parent": ids.get(full.rpartition(" : ")[0]),
            "isinactive": "F",
            "includechildren": "T",
            "subsidiary": "1, 2",
            "lastmodifieddate": builder.moment(),
        }
        for full, number in ids.items()
    ]


def _people(builder: Builder) -> None:
    builder.employee(ADMINISTRATOR_USER, "Marta", "Quill", roles=[ADMINISTRATOR], title="System Administrator")
    for number in range(24):
        role = (CONTROLLER, PAYABLES_CLERK, EMPLOYEE_CENTER, EMPLOYEE_CENTER, WAREHOUSE)[number % 5]
        builder.employee(
            100 + number,
            FIRST_NAMES[number],
            LAST_NAMES[number],
            roles=[role],
            title=_PEOPLE_TITLES[role],
            details={
                "supervisor": ADMINISTRATOR_USER,
                "class": number % 5 + 1,
                "department": number % 5 + 1,
                "location": number % 3 + 1,
                "subsidiary": number % 2 + 1,
            },
        )


def _auditor(builder: Builder) -> None:
    builder.role(
        AUDITOR_ROLE,
        "NetSuite Auditor",
        AUDITOR_PERMISSIONS,
        scriptid="customrole_netsuite_auditor",
        web_services_only=True,
    )
    builder.employee(AUDITOR_USER, "Nightly", "Audit", roles=[AUDITOR_ROLE], title="Service user")
    builder.token(AUDITOR_TOKEN, AUDITOR_APPLICATION, AUDITOR_USER, AUDITOR_ROLE)
    # Notes of a role's main fields alone: Oracle documents that what is on its tabs has none.
    builder.tables["systemnote"] += [
        {
            "date": builder.moment(),
            "name": ADMINISTRATOR_USER,
            "field": field,
            "newvalue": value,
            "record": "NetSuite Auditor",
            "recordid": AUDITOR_ROLE,
            "recordtypeid": ROLE_RECORD,
            "role": ADMINISTRATOR,
            "type": "2",
            "context": "UIF",
        }
        for field, value in (("ROLE.NAME", "NetSuite Auditor"), ("ROLE.ISINACTIVE", "F"))
    ]
