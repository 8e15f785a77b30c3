"""Judges coded expense lines: would NetSuite take each of them, and if not, for which cause.

Lines are many and what they name is not, so each text is looked up once, and lines that say the same share one answer.
A line is taken only if everything that it names was found in tables that were read in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from auditor.checks.base import Case
from auditor.checks.employees_named import Employees, Filer
from auditor.checks.expenses import INTERCOMPANY, columns_dropped, roles_of
from auditor.checks.names import MOST_COMPARED, Match, Named, Names
from auditor.checks.role_reach import own_subsidiary, restricted, restrictions_of
from auditor.checks.since_sync import last_sync
from auditor.checks.standing import SEGMENTS, TABLES, Standing, project_standing
from auditor.checks.texts import role_name
from auditor.checks.vendor_codes import expense_codes, exports_expenses
from auditor.model import (
    Cause,
    Classification,
    ClassificationKind,
    ExpenseLine,
    ExpenseLines,
    JudgedLine,
    Objection,
    Preflight,
    Status,
    Table,
    Taking,
)

READ = (
    *(Table.USERS, Table.CLASSES, Table.DEPARTMENTS, Table.LOCATIONS, Table.SUBSIDIARIES, Table.SUBSIDIARY_MAPS),
    *(Table.PROJECTS, Table.ROLE_RESTRICTIONS, Table.FEATURES),
)
_PREFERENCE = (
    "Whether the accounting preference Show Projects Only for Time and Expenses hides a project is not read, as "
    "NetSuite has no table for it: Setup > Accounting > Accounting Preferences > Time & Expenses."
)
_SWITCH = (
    "Whether Expensify offers projects of other subsidiaries is its own switch, which NetSuite does not show: "
    "Workspaces > the workspace > Accounting > Configure > Advanced > Cross-Subsidiary Customers/Projects."
)
_NAMING = {"name", "entityid", "companyname"}
FIXES = {
    Cause.NOT_FOUND: "Select one that NetSuite has, or create it in NetSuite, then sync.",
    Cause.INACTIVE: "Select another one, or make it active in NetSuite, then sync.",
    Cause.PARENT_INACTIVE: "Select another one, or make what stands above it active in NetSuite, then sync.",
    Cause.NOT_OPEN: "Select one that is open to the employee's subsidiary, or add the subsidiary to it in NetSuite.",
    Cause.OTHER_SUBSIDIARY: "Select a project of the employee's subsidiary, or switch on Intercompany Time and Expense"
    " in NetSuite and Cross-Subsidiary Customers/Projects in Expensify.",
    Cause.ROLE_RESTRICTED: "Look at the tab Restrictions of the integration's role in NetSuite.",
    Cause.CHANGED_SINCE: "Sync before exporting.",
    Cause.AMBIGUOUS: "Write the full name with its parents, or the internal id.",
    Cause.NOT_READ: "Let the auditor's role read it, and run the preflight again.",
}
_Coded = dict[tuple[str, str, str | None], tuple[Objection, ...]]
"""What is said of a classification: by its text, its internal id and the employee's subsidiary."""
_TOLD: dict[ClassificationKind, Callable[[ExpenseLine], tuple[str, str]]] = {
    ClassificationKind.CLASS: attrgetter("class_", "class_id"),
    ClassificationKind.DEPARTMENT: attrgetter("department", "department_id"),
    ClassificationKind.LOCATION: attrgetter("location", "location_id"),
}


def preflight(case: Case, lines: ExpenseLines) -> Preflight:
    """Every line of *lines* with what is said of it; the same for the same arguments, whenever it is asked."""
    judge = _Judge(case, lines.privacy)
    judged = tuple(judge.lines(lines.lines))
    snapshot = case.snapshot
    return Preflight(
        account=snapshot.account,
        taken=snapshot.taken,
        origin=snapshot.origin,
        file=lines.name,
        sha256=lines.sha256,
        lines=judged,
        coverage=tuple(snapshot.covered(table) for table in READ),
        unread=lines.unread,
        notes=(*lines.remarks, *judge.notes()),
    )


class _Judge:
    """Everything that is looked up, each once."""

    def __init__(self, case: Case, privacy: str) -> None:
        self._case = case
        self._vendors = tuple(filter(exports_expenses, case.baselines))
        self._roles = roles_of(case, self._vendors)
        self._employees = Employees(case, self._objection, privacy)
        self._names = {kind: _named(case, kind) for kind in ClassificationKind}
        self._projects = {each.id: each for each in case.snapshot.projects}
        self._project_names = Names(
            "project",
            "projects",
            (
                Named(each.id, each.name, (each.company_name, f"{each.name} {each.company_name}"), not each.inactive)
                for each in case.snapshot.projects
            ),
        )
        self._restricted = {
            SEGMENTS[row.segment]: role_name(role)
            for role in self._roles
            for row in restrictions_of(case, role)
            if row.segment in SEGMENTS
        }
        self._shared_projects = case.conditions.applies(INTERCOMPANY)
        self._synced, _ = last_sync(case, self._vendors)
        self._coded = [(kind, tells, _Coded()) for kind, tells in _TOLD.items()]

    def lines(self, lines: Iterable[ExpenseLine]) -> Iterator[JudgedLine]:
        """The hot loop: what was met before is looked up, and of most lines there is nothing to say."""
        find = self._employees.find
        for line in lines:
            filer = find(line)
            said = filer.objections
            for kind, tells, told in self._coded:
                text, id_ = tells(line)
                if text or id_:
                    key = (text, id_, filer.place)
                    found = told.get(key)
                    if found is None:
                        found = told[key] = tuple(self._of_classification(kind, text, id_, filer))
                    said += found
                elif filer.defaults:
                    said += filer.defaults.get(kind, ())
            if line.project or line.project_id:
                said += tuple(self._project(line, filer))
            yield JudgedLine(line, _worst(said), said) if said else JudgedLine(line, Taking.TAKEN)

    def _of_classification(self, kind: ClassificationKind, text: str, id_: str, filer: Filer) -> Iterator[Objection]:
        match = self._names[kind].find(text, id_)
        if match.id is None:
            yield self._unmatched(kind.value, match, TABLES[kind])
            return
        if not match.surely and (lack := self._case.lack(TABLES[kind])):
            yield self._objection(Taking.UNKNOWN, kind.value, Cause.NOT_READ, f"Another may be meant. {lack.reason}")
        divisions = self._case.divisions
        standings = [divisions.active(kind, match.id)]
        if filer.known:
            standings.append(divisions.open_to(kind, match.id, filer.subsidiary))
        for standing in standings:
            yield from self._of_standing(kind.value, standing)
        if kind in self._restricted:
            why = f"Role '{self._restricted[kind]}' is restricted by {kind.value}, and which it may use is not read."
            yield self._objection(Taking.UNKNOWN, kind.value, Cause.ROLE_RESTRICTED, why)
        record = divisions.record(kind, match.id)
        if record and self._synced and record.modified > self._synced:
            name = divisions.called(kind, match.id)
            why = f"The {kind.value} {name} was changed after the last sync ({self._synced})."
            yield self._objection(Taking.TAKEN, kind.value, Cause.CHANGED_SINCE, why)

    def _project(self, line: ExpenseLine, filer: Filer) -> Iterator[Objection]:
        match = self._project_names.find(line.project, line.project_id)
        if match.id is None:
            yield self._unmatched("project", match, Table.PROJECTS)
            return
        if not match.surely and (lack := self._case.lack(Table.PROJECTS)):
            yield self._objection(Taking.UNKNOWN, "project", Cause.NOT_READ, f"Another may be meant. {lack.reason}")
        standing = project_standing(
            self._projects[match.id],
            filer.subsidiary,
            oneworld=self._case.divisions.oneworld if filer.known else False,
            shared=self._shared_projects,
        )
        yield from self._of_standing("project", standing)

    def _unmatched(self, about: str, match: Match, table: Table) -> Objection:
        lack = self._case.lack(table)
        if match.ambiguous:
            return self._objection(Taking.UNKNOWN, about, Cause.AMBIGUOUS, match.why)
        dropped = columns_dropped(self._case, table) & _NAMING
        if lack or dropped:
            doubt = lack.reason if lack else f"NetSuite does not give {', '.join(sorted(dropped))} of any."
            return self._objection(Taking.UNKNOWN, about, Cause.NOT_READ, f"{match.why} {doubt}")
        return self._objection(Taking.REFUSED, about, Cause.NOT_FOUND, match.why)

    def _of_standing(self, about: str, standing: Standing) -> Iterator[Objection]:
        if standing.ok is None:
            yield self._objection(Taking.UNKNOWN, about, Cause.NOT_READ, standing.why)
        elif standing.cause:
            yield self._objection(Taking.REFUSED, about, standing.cause, standing.why)

    def _objection(self, taking: Taking, about: str, cause: Cause, text: str, fix: str = "") -> Objection:
        codes = expense_codes(self._vendors, cause)
        return Objection(
            taking=taking, about=about, cause=cause, text=text, codes=codes, fix=fix or FIXES.get(cause, "")
        )

    def notes(self) -> Iterator[str]:
        """What is true of every line."""
        for role in self._roles:
            for ruling in (restricted(self._case, role), own_subsidiary(self._case, role)):
                if ruling.status in (Status.FAIL, Status.UNKNOWN):
                    codes = ", ".join(expense_codes(self._vendors, ruling.cause)) if ruling.cause else ""
                    yield f"{ruling.title}{f' ({codes})' if codes else ''}. {ruling.reason}".strip()
        yield _PREFERENCE
        yield _SWITCH
        if any(names.compared >= MOST_COMPARED for names in (*self._names.values(), self._project_names)):
            yield f"Only the first {MOST_COMPARED:,} names that fit nothing were held against all names for a near one."


def _worst(said: tuple[Objection, ...]) -> Taking:
    takings = [objection.taking for objection in said]
    return next((each for each in (Taking.REFUSED, Taking.UNKNOWN) if each in takings), Taking.TAKEN)


def _named(case: Case, kind: ClassificationKind) -> Names:
    """The classifications of one kind; a full name that NetSuite did not give is made of the names above."""
    divisions = case.divisions
    records = [each for each in case.snapshot.classifications if each.kind is kind]
    by_id = {each.id: each for each in records}

    def full(record: Classification) -> str:
        names = [record.full_name or record.name]
        seen = {record.id}
        while not record.full_name and record.parent in by_id and record.parent not in seen:
            seen.add(record.parent)
            record = by_id[record.parent]
            names.append(record.full_name or record.name)
        return " : ".join(reversed(names))

    return Names(
        kind.value,
        kind.plural,
        (Named(each.id, full(each), (each.name,), divisions.active(kind, each.id).ok is not False) for each in records),
    )
