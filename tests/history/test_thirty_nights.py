"""Thirty nights of one account that changes and of one that does not, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, select

from auditor.history.asking import PastFinding, asking
from auditor.history.database import Place
from auditor.history.schema import blobs
from auditor.model import (
    AccountResult,
    Baseline,
    Feature,
    GlobalPermission,
    Level,
    Permission,
    Resolution,
    Role,
    Snapshot,
    State,
    Status,
    Table,
    Waiver,
)
from tests.checks import accounts
from tests.history.nights import hold_night, judged, moment, told

QUIET = "7654321"
WAREHOUSE = Role(key="1007", id="1007", name="Warehouse", scriptid="customrole1007", inactive=False)
NEW_TOKEN = accounts.token("902", name="Expensify - second")
NEWER = accounts.baseline(version="2", sha256="ef" * 32)
CLASS = "expensify:LIST_CLASS"
EMPLOYEE = "expensify:LIST_EMPLOYEE"
ALL = {f"expensify:{row.id}" for row in accounts.ROWS}


@dataclass
class Night:
    """What the account is like, and what the run must say of it."""

    fields: dict[str, Any] = field(default_factory=dict)
    """What is not as in good order."""
    drift: list[str] = field(default_factory=list)
    unproven: list[Table] = field(default_factory=list)
    caught_up: list[Table] = field(default_factory=list)
    """Tables that the night before could not see, told from further back."""
    opened: set[str] = field(default_factory=set)
    """Requirements of role findings that fail for the first time or again tonight."""
    resolved: set[tuple[str, Resolution]] = field(default_factory=set)
    """Requirements of role findings."""
    baseline: Baseline = accounts.BASELINE
    waived: bool = False
    how: str = ""
    """failed: the account could not be audited; missing: there was no run; dies: the run never finished."""


def permissions(*more: Permission, **levels: Level | None) -> dict[str, Any]:
    return {"permissions": (*accounts.permissions(**levels), *more)}


NO_CLASS = permissions(LIST_CLASS=None)
LOW_EMPLOYEE = permissions(LIST_EMPLOYEE=Level.EDIT)
REVOKED = {"tokens": (accounts.token(), replace(NEW_TOKEN, inactive=True, revoked=True))}
RENAMED = {"roles": (accounts.ADMINISTRATOR, accounts.ROLE, replace(accounts.CLERK, name="Clerk (old)"))}
INACTIVE = {"roles": (*RENAMED["roles"][:2], replace(RENAMED["roles"][2], inactive=True))}
DELETED = {"roles": RENAMED["roles"][:2]}
HELD_BY_ROBOT = {
    "roles": (*DELETED["roles"], WAREHOUSE),
    **permissions(*(Permission("1007", each, Level.FULL) for each in ("LIST_ITEM", "TRAN_SALESORD", "REPO_SALES"))),
    "assignments": (accounts.assignment(), accounts.assignment(accounts.OTHER_USER, WAREHOUSE)),
}
GLOBAL = {"global_permissions": (GlobalPermission(accounts.reference(accounts.USER), "ADMI_WEBSERVICES", Level.NONE),)}
MOVED = {"tokens": (accounts.token(role=WAREHOUSE, name=accounts.token().name), REVOKED["tokens"][1])}
AWAY = {
    "users": (replace(accounts.USER, inactive=True), accounts.OTHER_USER),
    "features": (Feature("MULTICURRENCY", active=False),),
}
UNSEEN = {"tokens": (), "coverage": accounts.coverage(access_tokens=State.NOT_PERMITTED)}
PARTIAL = {
    "permissions": accounts.permissions(LIST_EMPLOYEE=None)[:2],
    "coverage": accounts.coverage(role_permissions=State.PARTIAL),
}
BACK_ON = {"users": (accounts.USER, accounts.OTHER_USER), **AWAY | {"users": (accounts.USER, accounts.OTHER_USER)}}
LAST = {**HELD_BY_ROBOT, **REVOKED, **BACK_ON}
LAST_NO_CLASS = {**LAST, "permissions": (*accounts.permissions(LIST_CLASS=None), *HELD_BY_ROBOT["permissions"][5:])}

NIGHTS = {
    1: Night(),
    2: Night(),
    3: Night(NO_CLASS, ["permission removed"], opened={CLASS}),
    4: Night(NO_CLASS),
    5: Night(NO_CLASS, how="missing"),
    6: Night(drift=["permission added"], resolved={(CLASS, Resolution.PASSED)}),
    7: Night({"tokens": (accounts.token(), NEW_TOKEN)}, ["token made"]),
    8: Night({"tokens": (accounts.token(), NEW_TOKEN)}, how="failed"),
    9: Night(REVOKED, ["token revoked"]),
    10: Night(REVOKED | LOW_EMPLOYEE, ["permission lowered"], opened={EMPLOYEE}),
    11: Night(REVOKED | PARTIAL, unproven=[Table.ROLE_PERMISSIONS]),
    12: Night(REVOKED | LOW_EMPLOYEE, caught_up=[Table.ROLE_PERMISSIONS]),
    13: Night(REVOKED, ["permission raised"], resolved={(EMPLOYEE, Resolution.PASSED)}),
    14: Night(REVOKED | NO_CLASS, ["permission removed"], opened={CLASS}),
    15: Night(
        REVOKED | RENAMED, ["role renamed", "permission added"], resolved={(CLASS, Resolution.PASSED)}, how="dies"
    ),
    16: Night(REVOKED | NO_CLASS | RENAMED, ["role renamed"]),
    17: Night(REVOKED | RENAMED, ["permission added"], resolved={(CLASS, Resolution.PASSED)}),
    18: Night(REVOKED | INACTIVE, ["role inactivated"]),
    19: Night(REVOKED | DELETED, ["role deleted"]),
    20: Night(REVOKED | HELD_BY_ROBOT, ["role made", "role assigned"]),
    21: Night(REVOKED | HELD_BY_ROBOT | GLOBAL, ["global permission added"]),
    22: Night(REVOKED | HELD_BY_ROBOT, ["global permission removed"]),
    23: Night(HELD_BY_ROBOT | MOVED, ["token moved"], opened=ALL),
    24: Night(REVOKED | HELD_BY_ROBOT, ["token moved"], resolved={(each, Resolution.NO_LONGER_FOUND) for each in ALL}),
    25: Night(REVOKED | HELD_BY_ROBOT | AWAY, ["user inactivated", "feature switched off"]),
    26: Night(HELD_BY_ROBOT | AWAY | UNSEEN, unproven=[Table.ACCESS_TOKENS]),
    27: Night(REVOKED | HELD_BY_ROBOT | AWAY, caught_up=[Table.ACCESS_TOKENS]),
    28: Night(LAST_NO_CLASS, ["permission removed", "user activated"], opened={CLASS}),
    29: Night(LAST_NO_CLASS, ["baseline changed"], baseline=NEWER),
    30: Night(LAST_NO_CLASS, ["waiver added"], baseline=NEWER, waived=True),
}


def account_at(night: int) -> Snapshot:
    return accounts.snapshot(**NIGHTS[night].fields)


def result_at(night: int) -> AccountResult:
    is_now = NIGHTS[night]
    result = judged(account_at(night), night, (is_now.baseline,))
    if not is_now.waived:
        return result
    waiver = Waiver(
        account=accounts.ACCOUNT, check="role-levels", subject="1005", requirement=CLASS, reason="No classes are used.",
        owner="Ana Ortiz", ticket="T-1", expires="2027-01-01",
    )  # fmt: skip
    changed = (
        replace(each, waiver=waiver) if each.requirement == CLASS and each.status is Status.FAIL else each
        for each in result.findings
    )
    return replace(result, findings=tuple(changed))


def quiet_at(night: int) -> AccountResult:
    snapshot = replace(accounts.snapshot(**NO_CLASS), account=QUIET)
    return judged(snapshot, night)


def test_thirty_nights(place: Place) -> None:
    class_id = ""
    for number, night in NIGHTS.items():
        if night.how == "missing":
            continue
        results = (quiet_at(number),) if night.how == "failed" else (result_at(number), quiet_at(number))
        failed = (accounts.ACCOUNT,) if night.how == "failed" else ()
        run = hold_night(place, number, *results, failed=failed, dies=night.how == "dies")
        quiet = told(run, QUIET)
        assert (quiet.drift is None) == (number == 1)
        if quiet.drift:
            assert (quiet.drift.total, quiet.drift.partial, quiet.resolved) == (0, False, ()), number
        if night.how != "failed":
            must_say(night, number, told(run))
            class_id = next(each.id for each in told(run).findings if each.requirement == CLASS)
        if night.how != "dies":
            with asking(place) as past:
                assert past.trend(30) == run.trend, number
    must_remember(place, class_id)


def must_say(night: Night, number: int, said: AccountResult) -> None:
    kinds = [change.kind.value for change in said.drift.changes] if said.drift else []
    assert kinds == night.drift, number
    unproven = [each.table for each in said.drift.unproven] if said.drift else []
    assert unproven == night.unproven, number
    caught_up = [each.table for each in said.drift.caught_up] if said.drift else []
    assert caught_up == night.caught_up, number
    of_roles = [each for each in said.findings if each.check == "role-levels" and each.status is Status.FAIL]
    new = {
        each.requirement for each in of_roles if each.seen and moment(number) in (each.seen.first, each.seen.reopened)
    }
    assert new == night.opened, number
    mended = {(each.requirement, each.how) for each in said.resolved if each.check == "role-levels"}
    assert mended == night.resolved, number


def must_remember(place: Place, class_id: str) -> None:
    with asking(place) as past:
        (finding,) = past.findings(finding=class_id)
        runs = past.runs()
        main = past.findings(account=accounts.ACCOUNT)
        trend = past.trend(30)
        own = past.runs(accounts.ACCOUNT)
    periods = [(each.opened_at, each.last_at, each.nights, each.resolved_at, each.how) for each in finding.periods]
    assert periods == [
        (moment(3), moment(4), 2, moment(6), "passed"),
        (moment(14), moment(16), 2, moment(17), "passed"),
        (moment(28), moment(30), 3, "", ""),
    ]
    assert (finding.state, finding.nights) == ("open", 7)
    own_role = [each for each in main if each.subject == accounts.ROLE.name]
    assert periods_of(own_role, EMPLOYEE) == [(10, 13, "passed", 2)]  # unknown on night 11: neither seen nor resolved
    assert periods_of(main, "expensify:user-active") == [(25, 28, "passed", 2)]  # not resolved while tokens were unseen
    assert periods_of(main, "global:expensify:ADMI_WEBSERVICES") == [(21, 22, "no longer found", 1)]
    assert {(each.subject, each.requirement) for each in main if each.state == "open"} == {
        (accounts.ROLE.name, CLASS),
        (accounts.token().name, "expensify:effective-levels"),
    }
    assert len(runs) == 29
    assert [run.run for run in runs if not run.finished] == [moment(15).replace("-", "").replace(":", "")]
    assert [run.failed for run in runs if run.started == moment(8)] == [1]
    assert {run.verdict for run in own if run.started == moment(8)} == {"not audited"}
    assert [point.started for point in trend.points] == [moment(each) for each in NIGHTS if each not in (5, 15)]
    fixed = [end - start for each in main for start, end, _, _ in periods_of([each], each.requirement) if end]
    assert trend.mended == len(fixed) == 17
    assert trend.seconds_to_mend == round(sum(fixed) * 86_400 / len(fixed))


def periods_of(found: Iterable[PastFinding], requirement: str) -> list[tuple[int, int, str, int]]:
    """Nights in which the finding of *requirement* was opened and resolved (0: open), how, and nights seen."""
    (finding,) = (each for each in found if each.requirement == requirement)
    return [(night_of(each.opened_at), night_of(each.resolved_at), each.how, each.nights) for each in finding.periods]


def night_of(at: str) -> int:
    return int(at[8:10]) if at else 0


def test_an_unchanged_account_stores_nothing_new(place: Place) -> None:
    counts = []
    for night in range(1, 6):
        hold_night(place, night, quiet_at(night))
        with place.opened(make=False) as engine, engine.begin() as connection:
            counts.append(connection.execute(select(func.count()).select_from(blobs)).scalar())
    assert counts == [2] * 5  # its rows, and what it was held against
