"""What was changed after the vendor last read the account: a class made today is not at the vendor yet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from auditor.checks.base import Case
from auditor.checks.expenses import SYNC, Ruling, none_there, some, way_out_of
from auditor.checks.standing import TABLES
from auditor.model import Baseline, Cause, ClassificationKind, Severity, State, Status, Table, folded

_REQUIREMENT = "changed-since-sync"
_ZONE = "NetSuite does not name the time zone of its dates, so the last hours before it may be on either side."


def last_sync(case: Case, baselines: Iterable[Baseline]) -> tuple[str, str]:
    """When the vendor last read the account, and who says so; two empty texts if nothing does."""
    if case.scope.last_sync:
        return case.scope.last_sync, "as given with --last-sync"
    applications = {folded(name) for baseline in baselines for name in baseline.applications}
    logins = [each for each in case.snapshot.logins if each.succeeded and folded(each.application) in applications]
    latest = max(logins, key=lambda each: each.latest, default=None)
    if latest is None:
        return "", ""
    return latest.latest, "the last good login of the integration, which need not have been a sync"


def changed_since_sync(case: Case, baselines: tuple[Baseline, ...]) -> Ruling | None:
    """Nothing was changed since. None where nobody was asked: neither the user nor the login audit trail."""
    moment, said_by = last_sync(case, baselines)
    logins = case.snapshot.covered(Table.LOGINS)
    if not moment and logins.state in (State.NOT_PERMITTED, State.NOT_AVAILABLE):
        return None
    ruled = partial(
        Ruling,
        requirement=_REQUIREMENT,
        severity=Severity.INFO,
        expected="No class, department, location or employee was changed after the last sync",
        cause=Cause.CHANGED_SINCE,
    )
    unsure = "" if case.scope.last_sync else _logins_lacking(case)
    if unsure:
        return ruled(
            status=Status.UNKNOWN,
            title="When the vendor last read the account cannot be told",
            actual="not known",
            reason=unsure,
            remedy=("Say when, with --last-sync.", *way_out_of(case, Table.LOGINS)),
        )
    if not moment:
        title = "The login audit trail shows no good login of the integration"
        return ruled(status=Status.NOT_APPLICABLE, title=title, actual="none")
    changed = _changed(case, moment)
    note = f"Last sync: {moment} ({said_by})."
    if changed:
        number = sum(map(len, changed.values()))
        return ruled(
            status=Status.FAIL,
            title=f"{number:,} record{' was' if number == 1 else 's were'} changed after the last sync",
            actual="; ".join(f"{what}: {some(names)}" for what, names in changed.items()),
            remedy=(SYNC,),
            notes=(note, _ZONE),
        )
    silent = _silent(case)
    return ruled(
        status=Status.UNKNOWN if silent else Status.PASS,
        title="Whether anything was changed after the last sync cannot be told"
        if silent
        else "Nothing was changed after the last sync",
        actual="not known" if silent else "none",
        reason=silent,
        remedy=way_out_of(case, *TABLES.values(), Table.USERS, Table.LOGINS),
        notes=(note, _ZONE),
    )


def _logins_lacking(case: Case) -> str:
    """Why a later login may have gone unseen; empty if none can have."""
    lack = case.lack(Table.LOGINS)
    dropped = case.snapshot.covered(Table.LOGINS).columns_dropped
    return lack.reason if lack else f"The logins lack {', '.join(dropped)}." if dropped else ""


def _changed(case: Case, moment: str) -> dict[str, list[str]]:
    snapshot, found = case.snapshot, {}
    for kind in ClassificationKind:
        found[kind.plural] = [
            each.full_name or each.name
            for each in snapshot.classifications
            if each.kind is kind and each.modified > moment
        ]
    found["employees"] = [user.name for user in snapshot.users if user.modified > moment]
    return {what: names for what, names in found.items() if names}


def _silent(case: Case) -> str:
    """Why a change may have gone unseen; empty if none can have."""
    reasons = [lack.reason] if (lack := case.lack(Table.USERS)) else []
    for kind, table in TABLES.items():
        lack = case.lack(table)
        reasons += [lack.reason] if lack and not none_there(case, kind) else []
    dates = [each.modified for each in case.snapshot.classifications] + [each.modified for each in case.snapshot.users]
    undated = sum(not date for date in dates)
    if undated:
        reasons.append(f"{undated:,} records do not say when they were changed.")
    return " ".join(dict.fromkeys(reasons))
