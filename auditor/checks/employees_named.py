"""Finds the employee who files an expense line, and says what speaks against anything that this one files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from msgspec import Struct

from auditor.checks.base import Case
from auditor.checks.employee_defaults import FIELDS
from auditor.checks.expenses import columns_dropped
from auditor.checks.names import Named, Names
from auditor.checks.supervisors import has_limit
from auditor.checks.texts import shown
from auditor.model import Cause, ClassificationKind, ExpenseLine, Objection, Table, Taking, User, folded

_NAMING = {"id", "email", "entityid", "name", "subsidiary"}
Object = Callable[..., Objection]
_FIX = {
    Cause.NO_EMPLOYEE: "Enter the address used at the vendor on the employee's record in NetSuite, in that subsidiary.",
    Cause.EMPLOYEE_INACTIVE: "Make the employee active in NetSuite, or export the report for another one.",
    Cause.SUPERVISOR_INACTIVE: "Choose another supervisor on the employee's record in NetSuite.",
    Cause.SUPERVISOR_LIMIT: "Raise or clear the supervisor's expense limit in NetSuite, if the report exceeds it.",
    Cause.DEFAULT_DEPARTMENT: "Choose another department on the employee's record, or select one at the vendor.",
    Cause.DEFAULT_REFUSED: "Choose another one on the employee's record in NetSuite, or select one at the vendor.",
    Cause.AMBIGUOUS: "Write the employee's internal id, or the subsidiary beside the address.",
    Cause.NOT_READ: "Let the auditor's role read the employees, and run the preflight again.",
}

_APART = "Give the employee's internal id, or --privacy hash with the key that the run was made with."


class Filer(Struct, frozen=True):
    """Who files a line. ``known`` False: nobody was found, so what depends on the employee is not judged."""

    known: bool
    subsidiary: str | None = None
    objections: tuple[Objection, ...] = ()
    defaults: dict[ClassificationKind, tuple[Objection, ...]] = {}
    """What is said where a line is not coded with the kind, and NetSuite may take the employee's own."""

    @property
    def place(self) -> str | None:
        """What two employees share to whom the same classifications are open."""
        return self.subsidiary if self.known else "?"


class Employees:
    """Every employee, looked up by id, e-mail address or name. Inactive ones too: they explain a refusal.

    *privacy*: how the lines hide their employees. If otherwise than the account does, these are found by id alone.
    """

    def __init__(self, case: Case, objection: Object, privacy: str) -> None:
        self._case = case
        self._objection = objection
        self._by_id = {user.id or user.key: user for user in case.snapshot.users}
        self._by_text: defaultdict[str, list[User]] = defaultdict(list)
        for user in case.snapshot.users:
            for text in {folded(user.email), folded(user.name)} - {""}:
                self._by_text[text].append(user)
        self._near = Names(
            "employee",
            "employees",
            (Named(user.key, user.email or user.name, (user.name,)) for user in case.snapshot.users),
            like=90,  # addresses of one company share most of their letters
        )
        self._subsidiaries = Names(
            "subsidiary",
            "subsidiaries",
            (Named(each.id, each.full_name or each.name, (each.name,)) for each in case.snapshot.subsidiaries),
        )
        self._nameless = bool(columns_dropped(case, Table.USERS) & _NAMING) or not any(
            user.email for user in case.snapshot.users
        )
        self._hidden_apart = case.snapshot.privacy != privacy
        self._found: dict[tuple[str, str, str, str], Filer] = {}

    def find(self, line: ExpenseLine) -> Filer:
        """Who files *line*, and what speaks against all of this one's lines."""
        key = (line.employee, line.employee_id, line.subsidiary, line.subsidiary_id)
        if key not in self._found:
            self._found[key] = self._filer(line)
        return self._found[key]

    def _filer(self, line: ExpenseLine) -> Filer:
        told = line.employee_id or line.employee
        if not told:
            return self._nobody(Taking.UNKNOWN, Cause.NOT_READ, "The line names no employee.")
        where, doubt = self._subsidiary(line)
        found = self._candidates(line)
        here = [user for user in found if not where or user.subsidiary in (where, None)]
        if not here:
            return self._not_found(told, where, bool(found))
        active = [user for user in here if user.inactive is not True]
        if not active:
            return self._nobody(Taking.REFUSED, Cause.EMPLOYEE_INACTIVE, f"Employee '{shown(told)}' is inactive.")
        if len(active) > 1:
            names = ", ".join(f"'{shown(user.name)}' (id {user.key})" for user in active[:3])
            return self._nobody(
                Taking.UNKNOWN, Cause.AMBIGUOUS, f"{len(active)} active employees are '{shown(told)}': {names}."
            )
        objections = self._of_reading(line, active[0], where) + doubt + self._of_supervisor(active[0])
        return Filer(True, active[0].subsidiary, tuple(objections), self._defaults(active[0]))

    def _candidates(self, line: ExpenseLine) -> list[User]:
        if line.employee_id:
            user = self._by_id.get(line.employee_id)
            return [user] if user else []
        found = self._by_text.get(folded(line.employee))
        if found:
            return found
        user = self._by_id.get(line.employee) if line.employee.isdecimal() else None
        return [user] if user else []

    def _subsidiary(self, line: ExpenseLine) -> tuple[str, list[Objection]]:
        """The internal id of the subsidiary that the line names, empty if none or unknown, and what is to be said."""
        if not (line.subsidiary or line.subsidiary_id):
            return "", []
        match = self._subsidiaries.find(line.subsidiary, line.subsidiary_id)
        if match.id:
            return match.id, []
        lack = self._case.lack(Table.SUBSIDIARIES)
        cause = Cause.AMBIGUOUS if match.ambiguous else Cause.NOT_READ if lack else Cause.NOT_FOUND
        taking = Taking.REFUSED if cause is Cause.NOT_FOUND else Taking.UNKNOWN
        why = f"{match.why} {lack.reason if lack else ''}".rstrip()
        return "", [self._objection(taking, "subsidiary", cause, why)]

    def _not_found(self, told: str, where: str, elsewhere: bool) -> Filer:
        lack = self._case.lack(Table.USERS)
        if self._hidden_apart and not told.isdecimal():
            why = f"The account's people are hidden, and employee '{shown(told)}' is not hidden in the same way."
            return self._nobody(Taking.UNKNOWN, Cause.NOT_READ, why, _APART)
        if elsewhere:
            place = self._case.divisions.subsidiary_called(where)
            why = f"Employee '{shown(told)}' is in another subsidiary than {place}."
        elif self._case.snapshot.privacy:  # stand-ins are like each other, and mean nothing by it
            why = f"There is no employee '{shown(told)}'."
        else:
            why = self._near.find(told).why or f"There is no employee '{shown(told)}'."
        if lack or self._nameless:
            doubt = lack.reason if lack else "Not every employee shows its address, name and subsidiary."
            return self._nobody(Taking.UNKNOWN, Cause.NOT_READ, f"{why} {doubt}")
        return self._nobody(Taking.REFUSED, Cause.NO_EMPLOYEE, why)

    def _nobody(self, taking: Taking, cause: Cause, why: str, fix: str = "") -> Filer:
        return Filer(False, None, (self._objection(taking, "employee", cause, why, fix or _FIX[cause]),))

    def _of_reading(self, line: ExpenseLine, user: User, where: str) -> list[Objection]:
        """Why it is not certain that this is the one, or that this one may file at all."""
        doubts = []
        if not line.employee_id and (lack := self._case.lack(Table.USERS)):
            doubts.append(f"Another employee may have the same address. {lack.reason}")
        if user.inactive is None:
            doubts.append(f"Whether employee '{shown(user.name)}' is active was not read.")
        if where and user.subsidiary is None:
            doubts.append(f"The subsidiary of employee '{shown(user.name)}' was not read.")
        return [
            self._objection(Taking.UNKNOWN, "employee", Cause.NOT_READ, why, _FIX[Cause.NOT_READ]) for why in doubts
        ]

    def _of_supervisor(self, user: User) -> list[Objection]:
        if user.supervisor == "":
            return []
        supervisor = self._by_id.get(user.supervisor or "")
        name = f"'{shown(supervisor.name)}'" if supervisor else ""
        if user.supervisor is None or supervisor is None or supervisor.inactive is None:
            # Nobody shows a supervisor: the account has none, as far as can be seen.
            if user.supervisor is None and not self._case.snapshot.covered(Table.USERS).columns_dropped:
                return []
            why = f"The supervisor of employee '{shown(user.name)}' was not read."
            return [self._objection(Taking.UNKNOWN, "employee", Cause.NOT_READ, why, _FIX[Cause.NOT_READ])]
        if supervisor.inactive:
            cause, taking, why = Cause.SUPERVISOR_INACTIVE, Taking.REFUSED, f"Supervisor {name} is inactive."
        elif has_limit(supervisor):
            cause, taking = Cause.SUPERVISOR_LIMIT, Taking.TAKEN
            why = f"Supervisor {name} has an expense limit of {shown(supervisor.expense_limit or '')}."
        else:
            return []
        return [self._objection(taking, "employee", cause, why, _FIX[cause])]

    def _defaults(self, user: User) -> dict[ClassificationKind, tuple[Objection, ...]]:
        """An inactive department of its own refuses the line (NS0655); of the others NetSuite may do without."""
        said: dict[ClassificationKind, tuple[Objection, ...]] = {}
        for kind, field in FIELDS.items():
            own = getattr(user, field)
            standing = self._case.divisions.active(kind, own) if own else None
            if standing is None or standing.ok:
                continue
            department = kind is ClassificationKind.DEPARTMENT
            why = f"The line names no {kind.value}, so that the employee's own may be taken. {standing.why}"
            if standing.ok is None:
                taking, cause = (Taking.UNKNOWN if department else Taking.TAKEN), Cause.NOT_READ
            elif department:
                taking, cause = Taking.REFUSED, Cause.DEFAULT_DEPARTMENT
            else:
                taking, cause = Taking.TAKEN, Cause.DEFAULT_REFUSED
            said[kind] = (self._objection(taking, kind.value, cause, why, _FIX[cause]),)
        return said
