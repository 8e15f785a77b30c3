"""Coded expense lines, and what is said of each: would NetSuite take it, and if not, for which cause."""

from __future__ import annotations

import enum
from collections import Counter

from msgspec import Struct

from auditor.model.snapshot import Coverage


class Cause(enum.Enum):
    """Why NetSuite refuses an expense. The value is the name that files for programs use."""

    NOT_FOUND = "not_found"
    INACTIVE = "inactive"
    PARENT_INACTIVE = "parent_inactive"
    NOT_OPEN = "not_open_to_subsidiary"
    OTHER_SUBSIDIARY = "project_of_another_subsidiary"
    ROLE_RESTRICTED = "role_restricted"
    CHANGED_SINCE = "changed_since_sync"
    DEFAULT_DEPARTMENT = "default_department_inactive"
    DEFAULT_REFUSED = "default_refused"
    SUPERVISOR_INACTIVE = "supervisor_inactive"
    SUPERVISOR_LIMIT = "supervisor_expense_limit"
    EMPLOYEE_INACTIVE = "employee_inactive"
    NO_EMPLOYEE = "no_such_employee"
    ROLE_OWN_SUBSIDIARY = "role_own_subsidiary"
    AMBIGUOUS = "ambiguous"
    NOT_READ = "not_read"


class Taking(enum.Enum):
    """What is said of a line. Unknown: the data that would decide it is not there."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ExpenseLine(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One coded line as the file has it. Each thing by name or by internal id; empty where the line says nothing."""

    line: int
    """Line of the file, or row of the worksheet."""
    reference: str = ""
    employee: str = ""
    employee_id: str = ""
    subsidiary: str = ""
    subsidiary_id: str = ""
    class_: str = ""
    class_id: str = ""
    department: str = ""
    department_id: str = ""
    location: str = ""
    location_id: str = ""
    project: str = ""
    project_id: str = ""


class ExpenseLines(Struct, frozen=True, kw_only=True):
    """What one file of coded lines holds."""

    name: str
    sha256: str
    lines: tuple[ExpenseLine, ...]
    unread: tuple[str, ...] = ()
    """Lines that could not be read, and why."""
    remarks: tuple[str, ...] = ()
    privacy: str = ""
    """How employees are hidden, in the words of the snapshot's own ``privacy``; empty: they are named, or hidden so
    that their texts are not the snapshot's."""


class Objection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is said against a line. ``taking`` TAKEN: a remark, that does not stop it."""

    taking: Taking
    about: str
    """employee, class, department, location, project or role."""
    cause: Cause
    text: str
    codes: tuple[str, ...] = ()
    fix: str = ""


class JudgedLine(Struct, frozen=True, gc=False):
    """One line with what is said of it. Many lines share one tuple of objections."""

    line: ExpenseLine
    taking: Taking
    objections: tuple[Objection, ...] = ()


class Preflight(Struct, frozen=True, kw_only=True):
    """All that the reports of a preflight show."""

    account: str
    taken: str
    """When the account was read, UTC ISO 8601."""
    origin: str
    file: str
    sha256: str
    lines: tuple[JudgedLine, ...]
    coverage: tuple[Coverage, ...]
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is true of every line: what cannot be read, what the role may not, how names were compared."""

    def counted(self) -> Counter[Taking]:
        return Counter(each.taking for each in self.lines)

    @property
    def exit_code(self) -> int:
        """0 all taken, 10 refused lines, 4 unknown or unread ones, 14 both."""
        counts = self.counted()
        unknown = bool(counts[Taking.UNKNOWN] or self.unread)
        return (10 if counts[Taking.REFUSED] else 0) + (4 if unknown else 0)
