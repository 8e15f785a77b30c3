"""The tables that SuiteQL shows, their columns, and the permission that opens each.

Columns are those seen in real queries; what is opened by which permission comes from several independent sources
each, and was never tried on a live account. Unconfirmed in particular: the columns of ``employeeempperms`` (no source
shows them; the names follow those of ``rolepermissions``), ``employee.expenselimit`` and ``job.lastmodifieddate`` (they
bear the names of the same fields elsewhere in NetSuite), the words in ``systemnote.field`` and ``type``, and that bulk
managing roles and managing tokens open their tables at Full only. Documented, and not so here: without its permission
``systemnote`` shows a caller the notes of its own changes alone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from auditor.model import Level


class ColumnKind(enum.Enum):
    """What a column holds; the value is its declared type in the embedded engine."""

    INTEGER = "INTEGER"
    TEXT = "TEXT"
    DATE = "nsdate TEXT"
    """Kept as ``YYYY-MM-DD HH:MM:SS``, given to callers in the user's date format."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``refers_to`` names the table that its values are ids of."""

    name: str
    kind: ColumnKind
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table. ``key`` is empty where no combination of columns is known to be unique."""

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    opened_by: tuple[str, Level] | None
    display: str = ""
    """The column that ``BUILTIN.DF`` shows for a reference to this table."""
    needs_feature: str = ""


_KINDS = {"int": ColumnKind.INTEGER, "date": ColumnKind.DATE, "": ColumnKind.TEXT}


def _column(text: str) -> Column:
    """``name``, ``name:kind`` or ``name:kind>table it refers to``."""
    name, _, rest = text.partition(":")
    kind, _, refers_to = rest.partition(">")
    return Column(name, _KINDS[kind], refers_to)


def _table(
    name: str,
    columns: str,
    *,
    key: str = "",
    opened_by: tuple[str, Level] | None,
    display: str = "",
    needs_feature: str = "",
) -> TableSchema:
    parsed = [_column(text) for text in columns.split()]
    return TableSchema(
        name, {column.name: column for column in parsed}, tuple(key.split()), opened_by, display, needs_feature
    )


_ROLES = ("ADMI_MANAGEROLES", Level.FULL)
_EMPLOYEES = ("LIST_EMPLOYEE", Level.VIEW)
_SUBSIDIARIES = ("LIST_SUBSIDIARY", Level.VIEW)
_TOKEN = (
    "id:int tba_token_name tba_app_name entity_name:int>employee role_name:int>role dcreated:date "
    "createdby:int>employee binactive brevoked drevoked:date"
)
_CLASSIFICATION = (
    "id:int externalid name fullname parent:int>{} isinactive includechildren subsidiary lastmodifieddate:date"
)

_ALL = (
    _table(
        "role",
        "id:int name scriptid isinactive centertype issalesrole issupportrole ispartnerrole iswebserviceonlyrole "
        "issinglesignononly restrictbydevice employeerestriction subsidiaryoption effectivesubsidiaries "
        "subsidiaryviewingallowed coreadminpermission accountingbooksoption restricttimeandexpenses",
        key="id",
        opened_by=_ROLES,
        display="name",
    ),
    _table(
        "rolepermissions",
        "role:int>role permkey name permlevel:int restriction:int",
        key="role permkey",
        opened_by=_ROLES,
    ),
    _table(
        "rolerestrictions",
        "role:int>role segment:int restriction:int itemsrestricted viewingallowed",
        key="role segment",
        opened_by=_ROLES,
    ),
    _table("oauthtoken", _TOKEN, key="id", opened_by=("ADMI_MANAGE_OAUTH_TOKENS", Level.FULL), needs_feature="TBA"),
    _table("useroauthtoken", _TOKEN, key="id", opened_by=None, needs_feature="TBA"),
    _table(
        "employee",
        "id:int entityid firstname lastname email title supervisor:int>employee class:int>classification "
        "department:int>department location:int>location subsidiary:int>subsidiary expenselimit giveaccess isinactive "
        "rolesforsearch lastmodifieddate:date",
        key="id",
        opened_by=("LIST_EMPLOYEE_RECORD", Level.VIEW),
        display="entityid",
    ),
    _table("employeerolesforsearch", "entity:int>employee role:int>role", key="entity role", opened_by=_EMPLOYEES),
    _table(
        "employeeempperms",
        "employee:int>employee permkey name permlevel:int",
        key="employee permkey",
        opened_by=_EMPLOYEES,
    ),
    *(
        _table(name, _CLASSIFICATION.format(name), key="id", opened_by=(permission, Level.VIEW), display="fullname")
        for name, permission in (
            ("classification", "LIST_CLASS"),
            ("department", "LIST_DEPARTMENT"),
            ("location", "LIST_LOCATION"),
        )
    ),
    _table(
        "subsidiary",
        "id:int name fullname parent:int>subsidiary isinactive iselimination country currency:int",
        key="id",
        opened_by=_SUBSIDIARIES,
        display="fullname",
    ),
    *(
        _table(
            f"{name}subsidiarymap",
            f"{name}:int>{name} subsidiary:int>subsidiary",
            key=f"{name} subsidiary",
            opened_by=_SUBSIDIARIES,
        )
        for name in ("classification", "department", "location")
    ),
    _table(
        "job",
        "id:int entityid companyname isinactive subsidiary:int>subsidiary lastmodifieddate:date",
        key="id",
        opened_by=("LIST_JOB", Level.VIEW),
        display="entityid",
    ),
    _table(
        "companyfeaturesetup",
        "id name isavailable isactive",
        key="id",
        opened_by=("LIST_COMPANY_FEATURE_SETUP", Level.VIEW),
    ),
    _table(
        "loginaudit",
        "date:date status user:int>employee role:int>role emailaddress ipaddress requesturi detail oauthappname "
        "oauthaccesstokenname",
        opened_by=("ADMI_AUDITLOGIN", Level.FULL),
    ),
    _table(
        "systemnote",
        "date:date name:int>employee field oldvalue newvalue record recordid:int recordtypeid:int role:int>role type "
        "context",
        opened_by=("LIST_SYSTEMNOTES", Level.VIEW),
    ),
)

ROLE_RECORD = -118
"""``systemnote.recordtypeid`` of a role: one source, which asks production accounts so."""
TABLES = {table.name: table for table in _ALL}
