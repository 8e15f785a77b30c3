"""Open findings over nights, and how long mending took."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import func, select

from auditor.history.schema import accounts, periods, runs
from auditor.history.steps import Known
from auditor.model import (
    AccountResult,
    Resolution,
    Resolved,
    Run,
    Severity,
    Status,
    Trend,
    TrendPoint,
    Verdict,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORST_FIRST = sorted(Severity, key=lambda severity: -severity.rank)


class Tonight:
    """What a run that is not finished yet adds to the trend. Safe to call from several accounts' threads."""

    def __init__(self, run: str, started: str) -> None:
        self.run = run
        self.started = started
        self.open: Counter[Severity] = Counter()
        """How many more are open than before, by severity; less than nothing where more were resolved."""
        self.opened = 0
        self.resolved = 0
        self.mended = 0
        self.seconds = 0
        self._turn = threading.Lock()

    def add(self, result: AccountResult, known: Mapping[str, Known], mended: Sequence[Resolved]) -> None:
        """What became of one account."""
        with self._turn:
            for finding in result.findings:
                if finding.status is Status.FAIL:
                    was = known.get(finding.id)
                    self.open[finding.severity] += 1
                    if was and was.open:
                        self.open[was.severity] -= 1
                    else:
                        self.opened += 1
            for each in mended:
                self.open[each.severity] -= 1
                self.resolved += 1
                if each.how.mended:
                    self.mended += 1
                    self.seconds += _seconds(known[each.id].last_opened, self.started)


class _Mended(Struct, frozen=True):
    number: int
    seconds: int


def trend_with(connection: Connection, tonight: Tonight, run: Run, nights: int) -> Trend:
    """The trend of the finished runs, and of *run*, which is not finished yet."""
    before = trend(connection, nights, "")
    held = Counter(before.points[-1].open) if before.points else Counter[Severity]()
    held.update(tonight.open)
    point = TrendPoint(
        run=run.id,
        started=run.started,
        open=_by_severity(held),
        opened=tonight.opened,
        resolved=tonight.resolved,
        audited=len(run.results),
        failed=len(run.failures),
    )
    mended = _mended(connection, "")
    number, seconds = mended.number + tonight.mended, mended.seconds + tonight.seconds
    return Trend(
        points=(*before.points, point)[-nights:],
        mended=number,
        seconds_to_mend=round(seconds / number) if number else None,
    )


def trend(connection: Connection, nights: int, account: str) -> Trend:
    """The last *nights* finished runs; of *account* alone unless it is empty."""
    finished = select(runs.c.number, runs.c.id, runs.c.started).where(runs.c.finished).order_by(runs.c.number)
    if account:
        finished = finished.where(runs.c.number.in_(select(accounts.c.run).where(accounts.c.account == account)))
    audited = _outcomes(connection, account)
    opened, resolved = _turns(connection, account)
    held: Counter[Severity] = Counter()
    points = []
    done = 0
    changes = sorted(opened.keys() | resolved.keys())
    for row in connection.execute(finished).all():
        while done < len(changes) and changes[done] <= row.number:
            held.update(opened.get(changes[done], {}))
            held.subtract(resolved.get(changes[done], {}))
            done += 1
        points.append(
            TrendPoint(
                run=row.id,
                started=row.started,
                open=_by_severity(held),
                opened=opened.get(row.number, Counter[Severity]()).total(),
                resolved=resolved.get(row.number, Counter[Severity]()).total(),
                audited=audited.get((row.number, True), 0),
                failed=audited.get((row.number, False), 0),
            )
        )
    mended = _mended(connection, account)
    return Trend(
        points=tuple(points[-nights:]),
        mended=mended.number,
        seconds_to_mend=round(mended.seconds / mended.number) if mended.number else None,
    )


def _turns(connection: Connection, account: str) -> tuple[dict[int, Counter[Severity]], dict[int, Counter[Severity]]]:
    """How many findings of each severity each run opened and resolved, by the run's number."""
    found = []
    for column in (periods.c.opened, periods.c.resolved):
        query = select(column.label("run"), periods.c.severity, func.count().label("many")).where(column.is_not(None))
        if account:
            query = query.where(periods.c.account == account)
        turns: dict[int, Counter[Severity]] = {}
        for row in connection.execute(query.group_by(column, periods.c.severity)).all():
            turns.setdefault(row.run, Counter())[Severity(row.severity)] += row.many
        found.append(turns)
    return found[0], found[1]


def _outcomes(connection: Connection, account: str) -> dict[tuple[int, bool], int]:
    """How many accounts each run audited (True) and could not audit (False)."""
    audited = accounts.c.verdict != Verdict.NOT_AUDITED.value
    query = select(accounts.c.run, audited.label("audited"), func.count().label("many"))
    if account:
        query = query.where(accounts.c.account == account)
    rows = connection.execute(query.group_by(accounts.c.run, audited)).all()
    return {(row.run, bool(row.audited)): row.many for row in rows}


def _mended(connection: Connection, account: str) -> _Mended:
    """Every finding that was mended: their number, and the sum of the times that it took."""
    began, ended = runs.alias("began"), runs.alias("ended")
    query = (
        select(began.c.started, ended.c.started.label("mended"), func.count().label("many"))
        .select_from(periods)
        .join(began, began.c.number == periods.c.opened)
        .join(ended, ended.c.number == periods.c.resolved)
        .where(periods.c.how.in_([how.value for how in Resolution if how.mended]))
        .group_by(began.c.started, ended.c.started)
    )
    if account:
        query = query.where(periods.c.account == account)
    rows = connection.execute(query).all()
    return _Mended(sum(row.many for row in rows), sum(row.many * _seconds(row.started, row.mended) for row in rows))


def _by_severity(held: Counter[Severity]) -> dict[Severity, int]:
    return {severity: held[severity] for severity in _WORST_FIRST}


def _seconds(began: str, ended: str) -> int:
    return round((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds())
