"""The employee-defaults check: what NetSuite takes for an employee's expenses unless told otherwise, is it usable.

Judged are the active employees, with access or without: one who files expenses at the vendor needs no access here. A
class that nobody has by default is no finding, whatever its state: what the vendor has selected is not in NetSuite, and
is what ``auditor preflight`` is for. Thousands of employees may share one cause, so a finding is about the cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from auditor.checks.base import Case, CheckInfo
from auditor.checks.expenses import (
    INTERCOMPANY,
    SYNC,
    Ruling,
    baselines_of,
    columns_dropped,
    employees,
    filed,
    some,
    way_out_of,
)
from auditor.checks.standing import TABLES, Standing
from auditor.checks.subjects import account_subject
from auditor.checks.supervisors import judge_supervisors
from auditor.checks.texts import SAVE, shown
from auditor.model import (
    Baseline,
    Cause,
    ClassificationKind,
    Finding,
    Severity,
    Status,
    Subject,
    SubjectKind,
    Table,
    User,
)

INFO = CheckInfo(
    id="employee-defaults",
    title="Employees' defaults",
    what="For every active employee: whether its own class, department and location are active, with all that stands "
    "above them, and open to the employee's subsidiary; whether its supervisor is active, and without an expense "
    "limit; and whether it has an e-mail address. A finding is about the cause, and counts the employees that it "
    "meets.",
    why="What an expense is not coded with, NetSuite may take from the employee. A default that NetSuite refuses stops "
    "the export of everything that this employee files, whatever was selected at the vendor.",
    severity=Severity.MEDIUM,
    severity_reason="It stops the exports of the employees that it meets, and of nobody else. An expense limit of a "
    "supervisor stops only what exceeds it, so it is low; an employee without an e-mail address stops nobody who files "
    "no expense, so it is info.",
    source="The vendor's pages on NS0831, NS0655, NS0538, NS0919 and NS0023. Subsidiaries of a class and what Include "
    "Children adds: NetSuite's documentation, documented. Columns: seen in several independent "
    "public queries, that of the expense limit in none. That an inactive parent alone is enough is not confirmed. "
    "Not judged for accounts read from exported files, which give none of it.",
)
FIELDS = {
    ClassificationKind.CLASS: "classification",
    ClassificationKind.DEPARTMENT: "department",
    ClassificationKind.LOCATION: "location",
}
"""Where a user's own one stands."""
_COLUMNS = {"classification": {"class", "classification"}}
_LIST = {
    ClassificationKind.CLASS: "Setup > Company > Classifications > Classes",
    ClassificationKind.DEPARTMENT: "Setup > Company > Classifications > Departments",
    ClassificationKind.LOCATION: "Setup > Company > Classifications > Locations",
}
_NEEDED = {"email", "inactive", "isinactive"}
_MOST_DOUBTS = 3
_Groups = dict[tuple[str, str | None], list[User]]


class EmployeeDefaults:
    """Findings about what active employees have by default."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        baselines = baselines_of(case)
        if not baselines:
            return
        active = [user for user in case.snapshot.users if user.inactive is False]
        for kind in ClassificationKind:
            for subject, ruling in _judge(case, kind, active):
                yield filed(case, INFO, subject, ruling, baselines)
        for subject, ruling in judge_supervisors(case, active):
            yield filed(case, INFO, subject, ruling, baselines)
        yield _addresses(case, active, baselines)


def _judge(case: Case, kind: ClassificationKind, active: list[User]) -> Iterator[tuple[Subject, Ruling]]:
    groups: defaultdict[tuple[str, str | None], list[User]] = defaultdict(list)
    unsaid = 0
    field = FIELDS[kind]
    for user in active:
        value = getattr(user, field)
        if value:
            groups[value, user.subsidiary].append(user)
        unsaid += value is None
    failures, doubts = _troubles(case, kind, groups)
    yield from failures
    ruling = _all_of_a_kind(case, kind, groups, doubts, unsaid=unsaid, failed=bool(failures))
    if ruling:
        yield account_subject(case.snapshot.account), ruling


def _troubles(
    case: Case, kind: ClassificationKind, groups: _Groups
) -> tuple[list[tuple[Subject, Ruling]], dict[str, int]]:
    """What is refused, one for each cause; and what cannot be told, with the number of employees it is about."""
    by_id: defaultdict[str, list[User]] = defaultdict(list)
    for (id_, _), users in groups.items():
        by_id[id_] += users
    failures: list[tuple[Subject, Ruling]] = []
    doubts: defaultdict[str, int] = defaultdict(int)
    for id_, users in by_id.items():
        standing = case.divisions.active(kind, id_)
        if standing.ok is False:
            failures.append(_failure(case, kind, id_, standing, users, "default:active"))
        elif standing.ok is None:
            doubts[standing.why] += len(users)
    for (id_, subsidiary), users in groups.items():
        standing = case.divisions.open_to(kind, id_, subsidiary)
        if standing.ok is False:
            failures.append(_failure(case, kind, id_, standing, users, f"default:open:{subsidiary}"))
        elif standing.ok is None:
            doubts[standing.why] += len(users)
    return failures, doubts


_REFUSED = "As long as it is so, NetSuite can refuse an expense that one of them files with this {kind}."


def _failure(
    case: Case, kind: ClassificationKind, id_: str, standing: Standing, users: list[User], requirement: str
) -> tuple[Subject, Ruling]:
    record = case.divisions.record(kind, id_)
    name = record.full_name or record.name if record else id_
    cause = standing.cause
    if kind is ClassificationKind.DEPARTMENT and cause is Cause.INACTIVE:
        cause = Cause.DEFAULT_DEPARTMENT
    open_ = standing.cause is Cause.NOT_OPEN
    mend = (
        f"In NetSuite, go to {_LIST[kind]} and click Edit beside '{shown(name)}': add the subsidiary."
        if open_
        else f"In NetSuite, go to {_LIST[kind]}, tick Show Inactives, and clear the box Inactive of '{shown(name)}' "
        "and of what stands above it."
    )
    return Subject(SubjectKind.CLASSIFICATION, f"{kind.value} {id_}", name), Ruling(
        requirement=requirement,
        status=Status.FAIL,
        severity=INFO.severity,
        title=f"{standing.why[:-1]}, and {employees(len(users))} {'has' if len(users) == 1 else 'have'} it by default",
        expected="What an active employee has by default is " + ("open to its subsidiary" if open_ else "active"),
        actual=f"not so for {some(user.name for user in users)}",
        cause=cause,
        remedy=(
            mend,
            f"Or give the employees another {kind.value}: Lists > Employees > Employees > Edit > Classification.",
            SAVE,
            SYNC,
        ),
        notes=(_REFUSED.format(kind=kind.value), *((_intercompany(case),) if open_ else ())),
    )


def _intercompany(case: Case) -> str:
    on = case.conditions.applies(INTERCOMPANY)
    state = {True: "on", False: "off", None: "not known to be on or off"}[on]
    return (
        f"The feature Intercompany Time and Expense is {state}. It is about projects and customers of other "
        "subsidiaries; that it opens a class to another subsidiary is not documented. Expensify has a switch "
        "of its own for it: Workspaces > the workspace > Accounting > Configure > Advanced > Cross-Subsidiary "
        "Customers/Projects."
    )


def _all_of_a_kind(
    case: Case, kind: ClassificationKind, groups: _Groups, doubts: dict[str, int], *, unsaid: int, failed: bool
) -> Ruling | None:
    """What is said of the account: all is well, it cannot be told, or nobody has one. None where failures say it."""
    number = sum(map(len, groups.values()))
    ruled = partial(
        Ruling,
        requirement=f"defaults:{kind.value}",
        severity=INFO.severity,
        expected=f"The {kind.value} of every active employee is active, and open to its subsidiary",
    )
    reason = _lacking(case, kind, doubts, unsaid=unsaid, asked=number)
    if reason:
        return ruled(
            status=Status.UNKNOWN,
            title=f"Whether the {kind.plural} of all active employees are usable cannot be told",
            actual="not known",
            reason=reason,
            remedy=way_out_of(case, Table.USERS, TABLES[kind], Table.SUBSIDIARIES),
        )
    if failed:
        return None
    if not number:
        title = f"No active employee has a {kind.value} of its own"
        return ruled(status=Status.NOT_APPLICABLE, title=title, actual=f"0 of {number + unsaid:,}")
    return ruled(
        status=Status.PASS,
        title=f"The {kind.plural} of all active employees are active and open to them",
        actual=f"{employees(number)} with a {kind.value} of {'its' if number == 1 else 'their'} own",
    )


def _lacking(case: Case, kind: ClassificationKind, doubts: dict[str, int], *, unsaid: int, asked: int) -> str:
    field = FIELDS[kind]
    dropped = columns_dropped(case, Table.USERS)
    reasons = [lack.reason for table in (Table.USERS, TABLES[kind]) if asked and (lack := case.lack(table))]
    if not asked and (lack := case.lack(Table.USERS)):
        reasons.append(lack.reason)
    if dropped & (_COLUMNS.get(field, {field}) | {"isinactive", "inactive"}) or (unsaid and asked):
        reasons.append(f"The employees do not all say what {kind.value} they have.")
    worst = sorted(doubts.items(), key=lambda each: (-each[1], each[0]))
    reasons += [f"{why} It is about {employees(number)}." for why, number in worst[:_MOST_DOUBTS]]
    if len(worst) > _MOST_DOUBTS:
        reasons.append(f"And {len(worst) - _MOST_DOUBTS} more of the kind.")
    return " ".join(dict.fromkeys(reasons))


def _addresses(case: Case, active: list[User], baselines: tuple[Baseline, ...]) -> Finding:
    """An employee is known to the vendor by its e-mail address alone."""
    without = [user.name for user in active if not user.email]
    lack = case.lack(Table.USERS)
    unsaid = len(without) == len(active) > 0 or bool(columns_dropped(case, Table.USERS) & _NEEDED)
    status = Status.UNKNOWN if lack or unsaid else Status.FAIL if without else Status.PASS
    titles = {
        Status.UNKNOWN: "Whether every active employee has an e-mail address cannot be told",
        Status.FAIL: f"{employees(len(without)).capitalize()} without an e-mail address, so the vendor cannot find "
        f"them",
        Status.PASS: "Every active employee has an e-mail address",
    }
    ruling = Ruling(
        requirement="e-mail",
        status=status,
        severity=Severity.INFO,
        title=titles[status],
        expected="An e-mail address by which the vendor finds the employee",
        actual=f"none for {some(without)}"
        if without and status is Status.FAIL
        else "not known"
        if lack or unsaid
        else "all have one",
        reason=lack.reason
        if lack
        else "The employees do not show one, or not whether they are active."
        if unsaid
        else "",
        cause=Cause.NO_EMPLOYEE,
        remedy=way_out_of(case, Table.USERS)
        if lack or unsaid
        else ("In NetSuite, go to Lists > Employees > Employees > Edit: enter the address used at the vendor.", SAVE),
    )
    return filed(case, INFO, account_subject(case.snapshot.account), ruling, baselines)
