"""Whether NetSuite takes a class, department, location or project from an employee: what is known of each, looked up.

Documented by NetSuite ("Creating Classes"): a class can be used on records of the subsidiaries that it is associated
with, and with Include Children on those of all below them; an inactive one is not offered. That such expenses are
refused: the vendor's page on NS0831. That an inactive parent alone is enough is not confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct

from auditor.checks.texts import shown
from auditor.model import Cause, Classification, ClassificationKind, Project, Snapshot, Subsidiary, Table

R = TypeVar("R", Classification, Subsidiary)

TABLES = {
    ClassificationKind.CLASS: Table.CLASSES,
    ClassificationKind.DEPARTMENT: Table.DEPARTMENTS,
    ClassificationKind.LOCATION: Table.LOCATIONS,
}
SEGMENTS = {
    "-101": ClassificationKind.CLASS,
    "-102": ClassificationKind.DEPARTMENT,
    "-103": ClassificationKind.LOCATION,
}
"""How the role restrictions write the three (several independent sources)."""


class Standing(Struct, frozen=True):
    """One answer. ``ok`` None: it cannot be told, and ``why`` says for want of what."""

    ok: bool | None
    why: str = ""
    cause: Cause | None = None


FINE = Standing(ok=True)


class Divisions:
    """Look-ups over one snapshot. Each answer is worked out once, however many employees or lines ask for it.

    *oneworld*: whether the account has subsidiaries, None if nothing says so.
    """

    def __init__(self, snapshot: Snapshot, *, oneworld: bool | None) -> None:
        self.oneworld = oneworld
        self._records = {(each.kind, each.id): each for each in snapshot.classifications}
        self._subsidiaries = {each.id: each for each in snapshot.subsidiaries}
        dropped = {table: set(snapshot.covered(table).columns_dropped) for table in (*TABLES.values(), _SUBSIDIARIES)}
        self._without_parent = {table for table, columns in dropped.items() if "parent" in columns}
        self._active: dict[tuple[ClassificationKind, str], Standing] = {}
        self._open: dict[tuple[ClassificationKind, str, str], Standing] = {}
        self._above: dict[str, tuple[frozenset[str], bool]] = {}

    def record(self, kind: ClassificationKind, id_: str) -> Classification | None:
        """The classification of this id, if it was read."""
        return self._records.get((kind, id_))

    def called(self, kind: ClassificationKind, id_: str) -> str:
        """What a sentence calls it: its full name, and its id where that is all there is."""
        record = self.record(kind, id_)
        return f"'{shown(record.full_name or record.name)}'" if record else f"id {shown(id_)}"

    def subsidiary_called(self, id_: str) -> str:
        """What a sentence calls a subsidiary."""
        record = self._subsidiaries.get(id_)
        return f"'{shown(record.full_name or record.name)}'" if record else f"id {shown(id_)}"

    def active(self, kind: ClassificationKind, id_: str) -> Standing:
        """Whether it is active, and all above it are."""
        if (kind, id_) not in self._active:
            self._active[kind, id_] = self._is_active(kind, id_)
        return self._active[kind, id_]

    def open_to(self, kind: ClassificationKind, id_: str, subsidiary: str | None) -> Standing:
        """Whether an employee of *subsidiary* (internal id; None: not said) may use it."""
        if self.oneworld is False:
            return FINE
        key = (kind, id_, subsidiary or "")
        if key not in self._open:
            self._open[key] = self._is_open(kind, id_, subsidiary)
        return self._open[key]

    def _is_active(self, kind: ClassificationKind, id_: str) -> Standing:
        name, unsure = self.called(kind, id_), ""
        if self.record(kind, id_) is None:
            return Standing(None, f"The {kind.value} {name} is not among the {kind.plural} that were read.")
        for record in self._line(kind, id_):
            if record is None:
                unsure = unsure or f"What stands above the {kind.value} {name} was not read."
            elif record.inactive is None:
                unsure = unsure or f"Whether the {kind.value} {name} is active was not read."
            elif record.inactive and record.id == id_:
                return Standing(False, f"The {kind.value} {name} is inactive.", Cause.INACTIVE)
            elif record.inactive:
                above = self.called(kind, record.id)
                why = f"The {kind.value} {name} stands under {above}, which is inactive."
                return Standing(False, why, Cause.PARENT_INACTIVE)
        return Standing(None, unsure) if unsure else FINE

    def _is_open(self, kind: ClassificationKind, id_: str, subsidiary: str | None) -> Standing:
        record, name = self.record(kind, id_), self.called(kind, id_)
        if record is None or record.subsidiaries is None:
            return Standing(None, f"To which subsidiaries the {kind.value} {name} is open was not read.")
        if not subsidiary:
            return Standing(None, "The employee's subsidiary was not read.")
        if subsidiary in record.subsidiaries:
            return FINE
        if record.include_children is not False:
            above, whole = self._all_above(subsidiary)
            if above & set(record.subsidiaries):
                return FINE if record.include_children else Standing(None, f"{_CHILDREN} {name} was not read.")
            if not whole:
                where = self.subsidiary_called(subsidiary)
                return Standing(None, f"Under which subsidiary {where} stands was not read.")
        where = self.subsidiary_called(subsidiary)
        return Standing(False, f"The {kind.value} {name} is not open to subsidiary {where}.", Cause.NOT_OPEN)

    def _all_above(self, subsidiary: str) -> tuple[frozenset[str], bool]:
        """The subsidiaries above this one, and whether these are all."""
        if subsidiary not in self._above:
            line = list(_climb(self._subsidiaries.get, subsidiary, shown_parents=self._shows_parents(_SUBSIDIARIES)))
            ids = frozenset(each.id for each in line[1:] if each)
            self._above[subsidiary] = (ids, None not in line)
        return self._above[subsidiary]

    def _line(self, kind: ClassificationKind, id_: str) -> Iterator[Classification | None]:
        return _climb(
            lambda each: self._records.get((kind, each)), id_, shown_parents=self._shows_parents(TABLES[kind])
        )

    def _shows_parents(self, table: Table) -> bool:
        return table not in self._without_parent


_SUBSIDIARIES = Table.SUBSIDIARIES
_CHILDREN = "Whether what is below its subsidiaries may use"


def project_standing(
    project: Project, subsidiary: str | None, *, oneworld: bool | None, shared: bool | None
) -> Standing:
    """Whether an employee of *subsidiary* may use *project*. *shared*: Intercompany Time and Expense is on."""
    name = f"'{shown(project.name)}'"
    if project.inactive is None:
        return Standing(None, f"Whether the project {name} is active was not read.")
    if project.inactive:
        return Standing(False, f"The project {name} is inactive.", Cause.INACTIVE)
    if oneworld is False or shared or (subsidiary and project.subsidiary == subsidiary):
        return FINE
    if not subsidiary or not project.subsidiary:
        return Standing(None, f"The subsidiary of the project {name}, or of the employee, was not read.")
    if shared is None:
        return Standing(None, "Whether the feature Intercompany Time and Expense is on is not known.")
    why = f"The project {name} is of another subsidiary, and Intercompany Time and Expense is off."
    return Standing(False, why, Cause.OTHER_SUBSIDIARY)


def _climb(find: Callable[[str], R | None], id_: str, *, shown_parents: bool) -> Iterator[R | None]:
    """The record and all above it; None at the end where it cannot be told what stands above."""
    seen: set[str] = set()
    while id_ and id_ not in seen:
        seen.add(id_)
        record = find(id_)
        yield record
        if record is None:
            return
        id_ = record.parent
        if not shown_parents or (not id_ and record.full_name.endswith(f" : {record.name}")):
            yield None  # its full name has a parent that its row does not name
            return
