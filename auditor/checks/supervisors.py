"""Whether the supervisors of active employees can approve what these file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from auditor.checks.base import Case
from auditor.checks.expenses import Ruling, columns_dropped, employees, some, way_out_of
from auditor.checks.subjects import account_subject
from auditor.checks.texts import SAVE, shown
from auditor.model import Cause, Condition, Severity, Status, Subject, SubjectKind, Table, User

_NO_LIMIT = ("", "0", "0.0", "0.00")
_WHERE = "Lists > Employees > Employees > the supervisor > Human Resources > Expense Limit"
_LIMITS = Condition(option="expense-limits")


def has_limit(user: User) -> bool:
    """Whether the user has an expense limit, as far as that is shown."""
    return (user.expense_limit or "").strip() not in _NO_LIMIT


def judge_supervisors(case: Case, active: list[User]) -> Iterator[tuple[Subject, Ruling]]:
    """One ruling for each supervisor that stands in the way, and one for the account unless those say it all."""
    led: defaultdict[str, list[User]] = defaultdict(list)
    unsaid = 0
    for user in active:
        unsaid += user.supervisor is None
        if user.supervisor:
            led[user.supervisor].append(user)
    by_id = {user.id: user for user in case.snapshot.users}
    failed, unseen = False, 0
    for id_, team in led.items():
        supervisor = by_id.get(id_)
        if supervisor is None or supervisor.inactive is None:
            unseen += 1
        elif supervisor.inactive:
            failed = True
            yield _subject(supervisor), _inactive(supervisor, team)
        elif has_limit(supervisor):
            yield _subject(supervisor), _limited(supervisor, team)
    account = account_subject(case.snapshot.account)
    ruling = _all(case, led=len(led), unsaid=unsaid, unseen=unseen, failed=failed)
    if ruling:
        yield account, ruling
    limited = any(has_limit(by_id[id_]) for id_ in led if id_ in by_id)
    if led and not limited:
        yield account, _limits(case, shown_by=sum(map(has_limit, case.snapshot.users)))


def _subject(user: User) -> Subject:
    return Subject(SubjectKind.USER, user.key, user.name)


def _inactive(supervisor: User, team: list[User]) -> Ruling:
    name = shown(supervisor.name)
    return Ruling(
        requirement="supervisor:active",
        status=Status.FAIL,
        severity=Severity.MEDIUM,
        title=f"Supervisor '{name}' is inactive, and {employees(len(team))} reports to this one"
        if len(team) == 1
        else f"Supervisor '{name}' is inactive, and {employees(len(team))} report to this one",
        expected="The supervisor of an active employee is active",
        actual=f"not so for {some(user.name for user in team)}",
        cause=Cause.SUPERVISOR_INACTIVE,
        remedy=(
            "In NetSuite, go to Lists > Employees > Employees, click Edit beside the employee, and choose another"
            " Supervisor.",
            SAVE,
        ),
    )


def _limited(supervisor: User, team: list[User]) -> Ruling:
    name, limit = shown(supervisor.name), shown(supervisor.expense_limit or "")
    return Ruling(
        requirement="supervisor:limit",
        status=Status.FAIL,
        severity=Severity.LOW,
        title=f"Supervisor '{name}' has an expense limit of {limit}, beyond which an export may be refused",
        expected="No expense limit, or one that no expense report exceeds",
        actual=f"{limit}, with {employees(len(team))}",
        cause=Cause.SUPERVISOR_LIMIT,
        remedy=(
            "In NetSuite, go to Lists > Employees > Employees and click Edit beside the supervisor: on the tab Human"
            " Resources, raise or clear Expense Limit.",
            SAVE,
        ),
    )


def _all(case: Case, *, led: int, unsaid: int, unseen: int, failed: bool) -> Ruling | None:
    lack = case.lack(Table.USERS)
    dropped = columns_dropped(case, Table.USERS)
    reasons = [lack.reason] if lack else []
    if dropped & {"supervisor", "isinactive", "inactive", "id"} or (unsaid and led):
        reasons.append("The employees do not all say who their supervisor is, or whether they are active.")
    if unseen:
        reasons.append(f"{unseen} of {led} supervisors were not read.")
    if reasons:
        return Ruling(
            requirement="supervisors",
            status=Status.UNKNOWN,
            severity=Severity.MEDIUM,
            title="Whether the supervisors of all active employees are active cannot be told",
            expected="The supervisor of every active employee is active",
            actual="not known",
            reason=" ".join(reasons),
            remedy=way_out_of(case, Table.USERS),
        )
    if failed:
        return None
    return Ruling(
        requirement="supervisors",
        status=Status.PASS if led else Status.NOT_APPLICABLE,
        severity=Severity.MEDIUM,
        title="The supervisors of all active employees are active" if led else "No active employee has a supervisor",
        expected="The supervisor of every active employee is active",
        actual=f"{led:,} supervisor{'' if led == 1 else 's'}",
    )


def _limits(case: Case, *, shown_by: int) -> Ruling:
    """No supervisor has a limit, as far as that is shown. The column may not be there at all: no source has it."""
    lack = case.lack(Table.USERS)
    hidden = bool(columns_dropped(case, Table.USERS) & {"expenselimit", "expense_limit"}) or lack is not None
    if hidden and case.conditions.applies(_LIMITS) is not False:
        status, actual = Status.UNKNOWN, "not known"
        title = "Whether a supervisor has an expense limit cannot be told"
    elif shown_by:
        status, actual = Status.PASS, "none"
        title = "No supervisor of an active employee has an expense limit"
    else:
        status, actual = Status.NOT_APPLICABLE, "not known" if hidden else "none"
        title = "No employee shows an expense limit"
    return Ruling(
        requirement="supervisor-limits",
        status=status,
        severity=Severity.LOW,
        title=title,
        expected="No expense limit, or one that no expense report exceeds",
        actual=actual,
        reason=lack.reason
        if lack and status is Status.UNKNOWN
        else "NetSuite gives no expense limit here."
        if hidden
        else "",
        cause=Cause.SUPERVISOR_LIMIT,
        remedy=(
            f"Look at {_WHERE}, and if there is none, say --assume expense-limits=no.",
            *way_out_of(case, Table.USERS),
        ),
    )
