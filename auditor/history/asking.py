"""Answers of the history for people: which runs there were, and what was seen of which finding when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import Integer, and_, func, select

from auditor.history.database import Place, said
from auditor.history.schema import accounts, findings, periods, runs
from auditor.history.trend import trend
from auditor.model import Severity, Trend, Verdict

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


class PastRun(Struct, frozen=True, kw_only=True):
    """One run, or what it made of one account."""

    run: str
    place: str
    """Machine and run folder."""
    started: str
    finished: bool
    """A run that never finished does not count."""
    verdict: str
    audited: int
    failed: int


class Period(Struct, frozen=True, kw_only=True):
    """A time during which a finding was open. Runs by their ids, with their starts."""

    opened: str
    opened_at: str
    last: str
    """The last run that saw it fail."""
    last_at: str
    nights: int
    resolved: str
    """The run that found it resolved; empty while it is open."""
    resolved_at: str
    how: str


class PastFinding(Struct, frozen=True, kw_only=True):
    """A finding that failed at some time."""

    id: str
    account: str
    check: str
    subject_kind: str
    subject: str
    requirement: str
    severity: Severity
    title: str
    state: str
    """``open``; ``open, not seen since``: later runs could not judge it; or ``resolved``."""
    periods: tuple[Period, ...]

    @property
    def nights(self) -> int:
        return sum(period.nights for period in self.periods)


class Past:
    """The history, for reading alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def runs(self, account: str = "", nights: int = 0) -> tuple[PastRun, ...]:
        """The last *nights* runs (0: all), the oldest first; with *account* those that met it, and its own verdict."""
        met = accounts.c.account == account if account else accounts.c.account.is_not(None)
        failed = func.sum(func.coalesce((accounts.c.verdict == Verdict.NOT_AUDITED.value).cast(Integer), 0))
        query = (
            select(
                runs,
                func.count(accounts.c.account).label("accounts"),
                failed.label("failed"),
                func.max(accounts.c.verdict).label("own_verdict"),
            )
            .join(accounts, and_(accounts.c.run == runs.c.number, met), isouter=not account)
            .group_by(runs.c.number)
            .order_by(runs.c.number.desc())
        )
        rows = self._connection.execute(query.limit(nights) if nights else query).all()
        return tuple(
            PastRun(
                run=row.id,
                place=row.place,
                started=row.started,
                finished=row.finished,
                verdict=(row.own_verdict if account else row.verdict) if row.finished else "",
                audited=row.accounts - (row.failed or 0),
                failed=row.failed or 0,
            )
            for row in reversed(rows)
        )

    def findings(self, account: str = "", finding: str = "") -> tuple[PastFinding, ...]:
        """Every finding that ever failed, of *account* or with the id *finding*; open ones first, then the worst."""
        opened, last, over = runs.alias("opened_run"), runs.alias("last_run"), runs.alias("over_run")
        query = (
            select(findings, periods.c.nights, periods.c.how, periods.c.last.label("last_number"))
            .add_columns(periods.c.severity.label("last_severity"))
            .add_columns(opened.c.id.label("opened"), opened.c.started.label("opened_at"))
            .add_columns(last.c.id.label("last"), last.c.started.label("last_at"))
            .add_columns(over.c.id.label("resolved"), over.c.started.label("resolved_at"))
            .join(periods, and_(periods.c.account == findings.c.account, periods.c.finding == findings.c.id))
            .join(opened, opened.c.number == periods.c.opened)
            .join(last, last.c.number == periods.c.last)
            .join(over, over.c.number == periods.c.resolved, isouter=True)
            .order_by(findings.c.account, findings.c.id, periods.c.opened)
        )
        if account:
            query = query.where(findings.c.account == account)
        if finding:
            query = query.where(findings.c.id == finding)
        grouped: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in self._connection.execute(query).all():
            grouped.setdefault((row.account, row.id), []).append(row)
        audited = self._last_audited()
        found = (_past_finding(rows, audited.get(key[0], 0)) for key, rows in grouped.items())
        return tuple(sorted(found, key=_open_and_worst_first))

    def trend(self, nights: int, account: str = "") -> Trend:
        """Open findings over the last *nights* finished runs, and how long mending took."""
        return trend(self._connection, nights, account)

    def knows(self, account: str) -> bool:
        """Whether any run met *account*."""
        query = select(accounts.c.run).where(accounts.c.account == account).limit(1)
        return self._connection.execute(query).first() is not None

    def _last_audited(self) -> dict[str, int]:
        query = (
            select(accounts.c.account, func.max(accounts.c.run).label("run"))
            .join(runs, runs.c.number == accounts.c.run)
            .where(runs.c.finished, accounts.c.rows_digest.is_not(None))
            .group_by(accounts.c.account)
        )
        return {row.account: row.run for row in self._connection.execute(query).all()}


@contextmanager
def asking(place: Place) -> Iterator[Past]:
    """The history at *place*, for reading.

    Raises:
        HistoryError: there is none, or it cannot be read.
    """
    with place.opened(make=False) as engine, said(str(place)), engine.begin() as connection:
        yield Past(connection)


def _past_finding(rows: list[Row[Any]], last_audited: int) -> PastFinding:
    last = rows[-1]
    state = "open" if last.last_number >= last_audited else "open, not seen since"
    return PastFinding(
        id=last.id,
        account=last.account,
        check=last.check_name,
        subject_kind=last.subject_kind,
        subject=last.subject_name,
        requirement=last.requirement,
        severity=Severity(last.last_severity),
        title=last.title,
        state="resolved" if last.resolved else state,
        periods=tuple(
            Period(
                opened=row.opened,
                opened_at=row.opened_at,
                last=row.last,
                last_at=row.last_at,
                nights=row.nights,
                resolved=row.resolved or "",
                resolved_at=row.resolved_at or "",
                how=row.how,
            )
            for row in rows
        ),
    )


def _open_and_worst_first(finding: PastFinding) -> tuple[object, ...]:
    return (finding.state == "resolved", finding.account, -finding.severity.rank, finding.title, finding.id)
