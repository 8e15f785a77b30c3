"""The records that Expensify asks for, and the permission that opens each.

Source: Expensify's pages name the permissions; that each opens the record of its name is documented by NetSuite for
deleted records, seen in a published refusal for Currency, and inferred for the others. That Expensify lists custom
record types by getCustomizationId is inferred.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from auditor.model import ProbeOutcome, ProbeRow


class Operation(enum.Enum):
    """The SOAP operations that the probe uses; each reads, none writes."""

    SEARCH = "search"
    GET_ALL = "getAll"
    GET_CUSTOMIZATION_ID = "getCustomizationId"
    GET_DELETED = "getDeleted"


class RecordQuery(Struct, frozen=True):
    """One record to ask for."""

    record: str
    permission: str
    operation: Operation = Operation.SEARCH


QUERIES = (
    RecordQuery("Account", "LIST_ACCOUNT"),
    RecordQuery("Classification", "LIST_CLASS"),
    RecordQuery("Currency", "LIST_CURRENCY", Operation.GET_ALL),
    RecordQuery("CustomRecordType", "ADMI_CUSTRECORD", Operation.GET_CUSTOMIZATION_ID),
    RecordQuery("Customer", "LIST_CUSTJOB"),
    RecordQuery("DeletedRecord", "ADMI_DELETEDRECORD", Operation.GET_DELETED),
    RecordQuery("Department", "LIST_DEPARTMENT"),
    RecordQuery("Employee", "LIST_EMPLOYEE"),
    RecordQuery("ExpenseCategory", "LIST_CATEGORY"),
    RecordQuery("Item", "LIST_ITEM"),
    RecordQuery("Job", "LIST_JOB"),
    RecordQuery("Location", "LIST_LOCATION"),
    RecordQuery("Subsidiary", "LIST_SUBSIDIARY"),
    RecordQuery("Vendor", "LIST_VENDOR"),
)
"""By record."""


def failed(query: RecordQuery, why: str, remedy: str = "") -> ProbeRow:
    """The row of a record about which nothing was learned."""
    outcome = ProbeOutcome.FAILED
    return ProbeRow(record=query.record, outcome=outcome, detail=why, remedy=remedy, permission=query.permission)


def untried(why: str, remedy: str) -> tuple[ProbeRow, ...]:
    """A row for every record where the token could not be tried at all: what is not known must show."""
    return tuple(failed(query, f"The integration's own token could not be tried: {why}", remedy) for query in QUERIES)
