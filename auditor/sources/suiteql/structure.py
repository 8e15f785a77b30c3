"""How the account is divided, what roles may use of it, and which integrations logged in: one entry for each table.

None of these tables is needed to judge a role's permissions. One that is hidden is coverage, and no more than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from auditor.model import (
    Classification,
    ClassificationKind,
    Coverage,
    LoginRecord,
    Origin,
    Project,
    RoleRestriction,
    State,
    Subsidiary,
    Table,
)
from auditor.sources.suiteql import divisions, queries
from auditor.sources.suiteql.completeness import coverage
from auditor.sources.suiteql.mapping import in_order
from auditor.sources.suiteql.query import Query
from auditor.sources.suiteql.reading import Reading, TableReader
from auditor.sources.suiteql.trails import LOGINS, login

ENTRIES: dict[Table, tuple[Query, Callable[[Any], Any]]] = {
    Table.CLASSES: (queries.CLASSES, divisions.a_class),
    Table.DEPARTMENTS: (queries.DEPARTMENTS, divisions.a_department),
    Table.LOCATIONS: (queries.LOCATIONS, divisions.a_location),
    Table.SUBSIDIARIES: (queries.SUBSIDIARIES, divisions.subsidiary),
    Table.PROJECTS: (queries.PROJECTS, divisions.project),
    Table.ROLE_RESTRICTIONS: (queries.ROLE_RESTRICTIONS, divisions.role_restriction),
    Table.LOGINS: (LOGINS, login),
}
_KINDS = {
    Table.CLASSES: (ClassificationKind.CLASS, queries.CLASS_MAP),
    Table.DEPARTMENTS: (ClassificationKind.DEPARTMENT, queries.DEPARTMENT_MAP),
    Table.LOCATIONS: (ClassificationKind.LOCATION, queries.LOCATION_MAP),
}
_COLUMN = "subsidiary"
_LOGINS_ARE = (
    "Logins of integrations (by access token or OAuth 2.0) alone, put together by user, role, application and token"
    " name, as far back as NetSuite keeps its login audit trail. The dates are in a time zone that NetSuite does not"
    " name."
)


class Structure(Struct):
    """The readings of the entries above, and what the subsidiary maps said."""

    readings: dict[Table, Reading[Any]]
    maps: Maps

    @property
    def classifications(self) -> tuple[Classification, ...]:
        """Classes, departments, locations, with the subsidiaries that they are open to."""
        found: list[Classification] = []
        for table in _KINDS:
            records: list[Classification] = self.readings[table].records
            found += sorted(map(self.maps.opened, records), key=lambda each: in_order(each.id))
        return tuple(found)

    @property
    def subsidiaries(self) -> tuple[Subsidiary, ...]:
        return tuple(sorted(self.readings[Table.SUBSIDIARIES].records, key=lambda each: in_order(each.id)))

    @property
    def projects(self) -> tuple[Project, ...]:
        return tuple(sorted(self.readings[Table.PROJECTS].records, key=lambda each: in_order(each.id)))

    @property
    def role_restrictions(self) -> tuple[RoleRestriction, ...]:
        rows: list[RoleRestriction] = self.readings[Table.ROLE_RESTRICTIONS].records
        return tuple(sorted(rows, key=lambda row: (in_order(row.role), row.segment)))

    @property
    def logins(self) -> tuple[LoginRecord, ...]:
        rows: list[LoginRecord] = self.readings[Table.LOGINS].records
        return tuple(
            sorted(
                rows, key=lambda row: (in_order(row.user), in_order(row.role), row.application, row.token, row.status)
            )
        )

    def coverage(self, *, roles_whole: bool) -> tuple[Coverage, ...]:
        """Of every table here. *roles_whole*: what opens the role restrictions opened the roles, and all came."""
        found = []
        for table, reading in self.readings.items():
            proven = roles_whole and table is Table.ROLE_RESTRICTIONS
            covered = coverage(reading, empty_is_proven=proven)
            if table is Table.LOGINS and reading.records:
                covered = replace(covered, detail=f"{covered.detail} {_LOGINS_ARE}".strip())
            found.append(covered)
            if table is Table.SUBSIDIARIES:
                found.append(self.maps.coverage)
        return tuple(found)


class Maps(Struct):
    """Where each classification is open: by its own column, or by its map where the column says nothing."""

    coverage: Coverage
    told: dict[ClassificationKind, dict[str, tuple[str, ...]]]
    """By kind, where the map was asked and came whole: the subsidiaries by internal id of the classification."""

    def opened(self, record: Classification) -> Classification:
        """*record* with what the map says of it, if it was the map that told."""
        told = self.told.get(record.kind)
        return record if told is None else replace(record, subsidiaries=told.get(record.id, ()))


def read_maps(reader: TableReader, readings: dict[Table, Reading[Any]]) -> Maps:
    """Take the column where it answers, for it costs nothing; ask the map of every kind whose column does not.

    The map is not asked in an account that shows no subsidiary: what opens the one opens the other.
    """
    told: dict[ClassificationKind, dict[str, tuple[str, ...]]] = {}
    places: list[str] = []
    asked: list[Coverage] = []
    rows = 0
    for table, (kind, query) in _KINDS.items():
        records: list[Classification] = readings[table].records
        by_column = sum(record.subsidiaries is not None for record in records)
        if by_column:
            places.append(f"{kind.plural} by the column {_COLUMN} of {readings[table].query.source}")
            rows += by_column
        elif records and readings[Table.SUBSIDIARIES].records:
            reading = reader.read(query, divisions.open_to)
            asked.append(coverage(reading))
            places.append(f"{kind.plural} by {query.source}, because the column {_COLUMN} said nothing")
            rows += reading.rows
            if asked[-1].complete:
                told[kind] = _by_classification(reading.records)
    return Maps(_coverage(rows, places, asked), told)


def _coverage(rows: int, places: list[str], asked: list[Coverage]) -> Coverage:
    if not places:
        detail = "No class, department or location of a OneWorld account was read, so there is nothing to tell."
        return Coverage(table=Table.SUBSIDIARY_MAPS, state=State.NOT_AVAILABLE, detail=detail)
    worst = next((each.state for each in asked if not each.complete), State.COLLECTED)
    details = [f"Read of {'; '.join(places)}.", *(each.detail for each in asked if each.detail)]
    origins: tuple[Origin, ...] = tuple(origin for each in asked for origin in each.origins)
    return Coverage(
        table=Table.SUBSIDIARY_MAPS,
        state=worst,
        rows=rows,
        detail=" ".join(details),
        origins=origins,
        pages=sum(each.pages for each in asked),
    )


def _by_classification(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for classification, subsidiary in pairs:
        found[classification].append(subsidiary)
    return {classification: tuple(sorted(those, key=in_order)) for classification, those in found.items()}
