"""Who holds which role: three places may tell, tried in order, and which one answered is recorded."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from auditor.model import Coverage, Origin, RoleAssignment, Table
from auditor.sources.suiteql import mapping
from auditor.sources.suiteql.caller import Proof
from auditor.sources.suiteql.completeness import coverage
from auditor.sources.suiteql.faults import HiddenTableError, NotPermittedError, UnknownColumnError
from auditor.sources.suiteql.mapping import Person
from auditor.sources.suiteql.queries import ROLE_ASSIGNMENTS, USERS
from auditor.sources.suiteql.query import Opener
from auditor.sources.suiteql.reading import Reading, TableReader

_COLUMN = "rolesforsearch"


class Holders(Struct):
    """The readings that were tried, the last of them being the one that counts."""

    readings: list[Reading[Any]]

    @property
    def records(self) -> list[RoleAssignment]:
        records: list[RoleAssignment] = self.readings[-1].records
        return records

    @property
    def opener(self) -> Opener:
        """The permission that opens the place that answered."""
        return self.readings[-1].query.opener

    def settled(self, employees: Reading[Person]) -> Holders:
        """These, or what the employees' own column says if no table answered."""
        if not _silent(self.readings[-1]) or not employees.records or _COLUMN in employees.lost:
            return self
        assignments = [assignment for person in employees.records for assignment in person.assignments]
        query = msgspec.structs.replace(
            USERS, table=Table.ROLE_ASSIGNMENTS, somewhere=(_COLUMN,), needed=(), empty_doubt="the caller holds one"
        )
        column = msgspec.structs.replace(
            employees, query=query, records=assignments, missing={}, absent=() if assignments else (_COLUMN,)
        )
        return Holders([*self.readings, column])

    def coverage(self, proof: Proof) -> Coverage:
        """The coverage of the one that answered; the others stand among its origins with what they said."""
        *tried, last = self.readings
        if not tried:
            return coverage(last, proof)
        covered = coverage(last, proof)
        if _silent(last):  # none answered: the first one is the one to open
            covered = coverage(tried[0], proof)
            return msgspec.structs.replace(covered, origins=(*covered.origins, *map(_origin, self.readings[1:])))
        asked = ", ".join(reading.query.source for reading in tried)
        place = f"the column {_COLUMN} of employee" if last.query.source == USERS.source else last.query.source
        detail = f"Read from {place}, because {asked} did not answer. {covered.detail}".rstrip()
        return msgspec.structs.replace(covered, detail=detail, origins=(*covered.origins, *map(_origin, tried)))


def read_holders(reader: TableReader) -> Holders:
    """Ask one table after the other until one answers."""
    readings: list[Reading[Any]] = []
    for query in ROLE_ASSIGNMENTS:
        readings.append(reader.read(query, mapping.assignment))
        if not _silent(readings[-1]):
            break
    return Holders(readings)


def _silent(reading: Reading[Any]) -> bool:
    """It did not answer, for a reason for which another place may."""
    return not reading.records and isinstance(
        reading.problem, HiddenTableError | NotPermittedError | UnknownColumnError
    )


def _origin(reading: Reading[Any]) -> Origin:
    return Origin(name=reading.sql, problem=reading.problem.message if reading.problem else "")
