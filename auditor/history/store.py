"""Keeps a run: each account in a transaction of its own as it is judged, and what it means for findings at the end.

Until :meth:`RunHistory.finish` nothing that a run wrote counts, so that one that dies leaves the history as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auditor.errors import HistoryError
from auditor.history import packing
from auditor.history.database import Place, said
from auditor.history.drift import compare
from auditor.history.reading import Reading
from auditor.history.rows import (
    ROWS,
    TERMS,
    coverage_rows,
    earlier_reading,
    finding_row,
    known_findings,
    last_whole,
    terms_blob,
)
from auditor.history.schema import accounts, blobs, coverage, findings, periods, runs, storable
from auditor.history.steps import Deed, Known, Step, resolved, seen, unnamed
from auditor.history.terms import Terms
from auditor.history.trend import Tonight, trend_with
from auditor.model import CHANGES_IN, AccountResult, Finding, Resolved, Run, Status, Table, Trend, Verdict

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy import Table as SqlTable

NIGHTS = 30
"""How many nights the trend in a run's reports goes back."""


class RunHistory:
    """The history as one run uses it. Safe to call from several accounts' threads."""

    def __init__(self, engine: Engine, place: str, run: Run, number: int) -> None:
        self._engine = engine
        self._place = place
        self._run = run
        self._number = number
        self._tonight = Tonight(run.id, run.started)
        # A SQLite file takes one writer at a time, and would let the others wait without an order.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    def settle(self, result: AccountResult) -> AccountResult:
        """*result* with what earlier runs say of it; it is kept, and counts once the run is finished.

        Raises:
            HistoryError: the history cannot be read or written.
        """
        reading = Reading.of_result(result, self._run.id)
        with self._transaction() as connection:
            known = known_findings(connection, result.account, self._number)
            before = earlier_reading(connection, result.account, self._number)
            mended = tuple(resolved(result, known.values()))
            if before and not before.names_as(reading):
                mended = tuple(unnamed(each) for each in mended)
                known = self._unnamed(connection, result.account, known)
            self._keep(connection, result, reading, known, mended)
            drift = compare(before, reading, self._last_whole(connection, before, reading)) if before else None
        self._tonight.add(result, known, mended)
        return replace(
            result,
            findings=tuple(self._seen(finding, known) for finding in result.findings),
            history_problem="",
            drift=drift,
            resolved=mended,
        )

    def trend(self, run: Run) -> Trend:
        """Open findings over the last nights and after *run*, which is this one with all that came of it.

        Raises:
            HistoryError: the history cannot be read.
        """
        with self._transaction() as connection:
            return trend_with(connection, self._tonight, run, NIGHTS)

    def finish(self, run: Run) -> None:
        """Let the run count. What it saw of each account's findings is reckoned in, all at once.

        Raises:
            HistoryError: the history cannot be written; the run does not count.
        """
        with self._transaction() as connection:
            if connection.execute(select(runs.c.finished).where(runs.c.number == self._number)).scalar():
                return
            for failure in run.failures:
                self._forget(connection, failure.account)
                row = {"verdict": Verdict.NOT_AUDITED.value, "cause": storable(f"{failure.cause} {failure.remedy}")}
                nothing = dict.fromkeys(("taken", "source", "origin"), "")
                connection.execute(insert(accounts).values(run=self._number, account=failure.account, **row, **nothing))
            pending = select(accounts.c.account, accounts.c.steps).where(
                accounts.c.run == self._number, accounts.c.steps.is_not(None)
            )
            for account, steps in connection.execute(pending).all():
                decoded = msgspec.msgpack.decode(steps, type=list[Step])
                _reckon(connection, account, self._number, decoded)
            connection.execute(update(accounts).where(accounts.c.run == self._number).values(steps=None))
            connection.execute(
                update(runs).where(runs.c.number == self._number).values(finished=True, verdict=run.verdict.value)
            )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._turn, said(self._place), self._engine.begin() as connection:
            yield connection

    def _seen(self, finding: Finding, known: dict[str, Known]) -> Finding:
        if finding.status is not Status.FAIL:
            return finding
        return seen(finding, known.get(finding.id), self._run.started)

    def _last_whole(self, connection: Connection, before: Reading, now: Reading) -> dict[Table, Reading]:
        """Where to look further back: each table that *now* has in full and *before* has not."""
        lacking = [table for table in CHANGES_IN if now.complete(table) and not before.complete(table)]
        found = {table: last_whole(connection, now.account, self._number, table) for table in lacking}
        read = {each.run: each for each in found.values() if each}
        return {table: read[each.run] for table, each in found.items() if each}

    def _keep(
        self,
        connection: Connection,
        result: AccountResult,
        reading: Reading,
        known: dict[str, Known],
        mended: Sequence[Resolved],
    ) -> None:
        snapshot = result.snapshot
        covered, rows = coverage_rows(snapshot.coverage)
        terms, data = terms_blob(reading.terms or Terms())
        if not _there(connection, blobs, reading.digest):
            packed = packing.deflate(reading.packed)
            _add(connection, blobs, [{"digest": reading.digest, "kind": ROWS, "data": packed}])
        if not _there(connection, blobs, terms):
            _add(connection, blobs, [{"digest": terms, "kind": TERMS, "data": data}])
        if rows and not _there(connection, coverage, covered):
            _add(connection, coverage, rows)
        failed = {finding.id: finding for finding in result.findings if finding.status is Status.FAIL}
        self._keep_findings(connection, failed, known)
        steps = [Step(finding.id, Deed.SEEN, finding.severity) for finding in failed.values()]
        steps += [Step(each.id, Deed.RESOLVED, each.severity, each.how.value) for each in mended]
        self._forget(connection, result.account)
        connection.execute(
            insert(accounts).values(
                run=self._number,
                account=result.account,
                verdict=result.verdict.value,
                cause="",
                taken=snapshot.taken,
                source=snapshot.source,
                origin=storable(snapshot.origin),
                rows_digest=reading.digest,
                terms_digest=terms,
                coverage_digest=covered,
                steps=msgspec.msgpack.encode(steps),
            )
        )

    def _keep_findings(self, connection: Connection, failed: dict[str, Finding], known: dict[str, Known]) -> None:
        """Names and titles as they stand tonight; of most findings they are what they were."""
        rows = {finding: finding_row(each) for finding, each in failed.items()}
        _add(connection, findings, [row for finding, row in rows.items() if finding not in known])
        for finding, row in rows.items():
            was = known.get(finding)
            if was is None or (was.title, was.subject.name) != (row["title"], row["subject_name"]):
                here = (findings.c.account == row["account"], findings.c.id == finding)
                connection.execute(update(findings).where(*here).values(row))

    def _unnamed(self, connection: Connection, account: str, known: dict[str, Known]) -> dict[str, Known]:
        """*known* without names of people, in the database too: those of another way must not come back one day."""
        shown = {finding: unnamed(each) for finding, each in known.items()}
        for finding, each in shown.items():
            row = {"title": storable(each.title), "subject_name": storable(each.subject.name)}
            here = (findings.c.account == account, findings.c.id == finding)
            connection.execute(update(findings).where(*here).values(row))
        return shown

    def _forget(self, connection: Connection, account: str) -> None:
        """What this very run kept of *account* already, if it is settled a second time."""
        connection.execute(delete(accounts).where(accounts.c.run == self._number, accounts.c.account == account))


@contextmanager
def keep(place: Place, run: Run, where: str) -> Iterator[RunHistory]:
    """The history at *place* for the run *run*, whose folder and machine *where* names.

    Raises:
        HistoryError: the history cannot be opened, or it holds this very run, finished, already.
    """
    with place.opened(make=True) as engine:
        with said(str(place)), engine.begin() as connection:
            this = (runs.c.place == storable(where), runs.c.id == run.id)
            found = connection.execute(select(runs.c.number, runs.c.finished).where(*this)).first()
            if found and found.finished:
                raise HistoryError(f"The history {place} holds the run {run.id} of {where} already.")
            if found:
                number = found.number
            else:
                row = {"id": run.id, "place": storable(where), "started": run.started, "verdict": "", "finished": False}
                added = connection.execute(insert(runs).values(tool_version=run.tool_version, **row))
                number = added.inserted_primary_key[0] if added.inserted_primary_key else 0
        yield RunHistory(engine, str(place), run, number)


def _there(connection: Connection, table: SqlTable, digest: bytes) -> bool:
    return connection.execute(select(table.c.digest).where(table.c.digest == digest).limit(1)).first() is not None


def _add(connection: Connection, table: SqlTable, rows: list[dict[str, Any]]) -> None:
    """Insert *rows*; those that are there already, from another run at the same time, stay as they are."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _reckon(connection: Connection, account: str, number: int, steps: list[Step]) -> None:
    """Apply *steps* to the periods of *account*. A later run that finished sooner has the last word."""
    current = select(periods.c.number, periods.c.finding, periods.c.last, periods.c.resolved).where(
        periods.c.account == account, or_(periods.c.resolved.is_(None), periods.c.resolved > number)
    )
    held = {row.finding: row for row in connection.execute(current).all()}
    open_ = {finding: row for finding, row in held.items() if row.resolved is None}
    seen_again, opened, over = [], [], []
    for step in steps:
        if step.deed is Deed.RESOLVED and step.finding in open_ and open_[step.finding].last < number:
            over.append({"at": open_[step.finding].number, "how_now": step.how})
        elif step.deed is Deed.SEEN and step.finding in open_:
            last = max(open_[step.finding].last, number)
            row = {"at": open_[step.finding].number, "last_now": last, "severity_now": step.severity.value}
            seen_again.append(row)
        elif step.deed is Deed.SEEN and step.finding not in held:
            period = {"account": account, "finding": step.finding, "severity": step.severity.value, "nights": 1}
            opened.append({**period, "opened": number, "last": number, "how": ""})
    here = update(periods).where(periods.c.number == bindparam("at"))
    if seen_again:
        again = {"nights": periods.c.nights + 1, "last": bindparam("last_now"), "severity": bindparam("severity_now")}
        connection.execute(here.values(again), seen_again)
    if over:
        connection.execute(here.values(resolved=number, how=bindparam("how_now")), over)
    if opened:
        connection.execute(insert(periods), opened)
