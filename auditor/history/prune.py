"""Retention in the history: what old runs read goes, and what is known of findings stays.

Of a run that is no longer kept go its snapshots, its coverage and what it was held against, which are nearly all that a
history weighs. Its line and the verdicts of its accounts stay, and so does every finding with its periods. So whatever
``auditor history`` and ``auditor trend`` said before, they say afterwards, and the next run compares as it would have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, text, union, update

from auditor.errors import HistoryError
from auditor.history.database import PATIENCE, Place, said
from auditor.history.rows import ROWS, audited, whole_audits
from auditor.history.schema import accounts, blobs, coverage, periods, runs
from auditor.model import CHANGES_IN, Retention

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LONGEST = timedelta(days=2)
"""A run that did not finish within that time never will; before, it may still be at work."""


class Pruned(Struct, frozen=True, kw_only=True):
    """What went, or would go. ``size``: bytes of the snapshots, as they were kept."""

    runs: int
    snapshots: int
    size: int
    unshrunk: str = ""
    """Why the file keeps its size, with the room free for what comes; empty if it shrank, or is none."""


class _Whole(Struct, frozen=True):
    """What an account was found with in a run, as far as it is still kept."""

    run: int
    account: str
    made: datetime
    finished: bool
    has_rows: bool


def prune_history(place: Place, retention: Retention, now: datetime, *, dry_run: bool = False) -> Pruned:
    """Let go of what *retention* does not keep, all in one transaction. A dry run does the same, and takes it back.

    Raises:
        HistoryError: there is no history, or it cannot be read or written; then it is as it was.
    """
    if place.file and not place.file.is_file():
        raise HistoryError(f"{place.file}: there is no history.", "Name it with --history, or give --no-history.")
    with (
        place.opened(make=True) as engine,
        said(str(place)),
        engine.connect() as connection,
        connection.begin() as transaction,
    ):
        pruned = _prune(connection, retention, now)
        if dry_run:
            transaction.rollback()
    return pruned if dry_run or not place.file else replace(pruned, unshrunk=_shrink(place.file))


def _prune(connection: Connection, retention: Retention, now: datetime) -> Pruned:
    if connection.dialect.name == "postgresql":
        # Every transaction of a run reads this table first. So none is under way that counts on a blob which it saw.
        connection.execute(text("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE"))
    rows = _whole(connection)
    at_work = _at_work(connection, now)
    stay = _staying(rows, at_work, retention, now) | _looked_back_to(connection, rows, at_work)
    gone = [row for row in rows if (row.run, row.account) not in stay]
    needed = _needed(connection)
    nothing = {"rows_digest": None, "steps": None, "taken": "", "source": "", "origin": ""}
    here = (accounts.c.run == bindparam("of_run"), accounts.c.account == bindparam("of_account"))
    for keeps in (True, False):
        keys = [(row.run, row.account) for row in gone if ((row.run, row.account) in needed) is keeps]
        values: dict[str, Any] = nothing if keeps else {**nothing, "terms_digest": None, "coverage_digest": None}
        if keys:
            bound = [{"of_run": run, "of_account": account} for run, account in keys]
            connection.execute(update(accounts).where(*here).values(values), bound)
    used = union(*(select(each).where(each.is_not(None)) for each in (accounts.c.rows_digest, accounts.c.terms_digest)))
    idle = blobs.c.digest.not_in(used)
    sized = select(blobs.c.kind, func.count().label("many"), func.sum(func.length(blobs.c.data)).label("size"))
    weighed = connection.execute(sized.where(idle).group_by(blobs.c.kind)).all()
    connection.execute(delete(blobs).where(idle))
    covered = select(accounts.c.coverage_digest).where(accounts.c.coverage_digest.is_not(None))
    connection.execute(delete(coverage).where(coverage.c.digest.not_in(covered)))
    snapshots = sum(row.many for row in weighed if row.kind == ROWS)
    emptied = {row.run for row in gone if row.has_rows}
    return Pruned(runs=len(emptied), snapshots=snapshots, size=sum(int(row.size) for row in weighed))


def _whole(connection: Connection) -> list[_Whole]:
    """Every account of every run of which something is still kept, by account, the oldest first."""
    kept: ColumnElement[bool] = or_(accounts.c.rows_digest.is_not(None), accounts.c.terms_digest.is_not(None))
    query = (
        select(accounts.c.run, accounts.c.account, accounts.c.rows_digest, runs.c.started, runs.c.finished)
        .join(runs, runs.c.number == accounts.c.run)
        .where(kept)
        .order_by(accounts.c.account, accounts.c.run)
    )
    return [
        _Whole(row.run, row.account, datetime.fromisoformat(row.started), row.finished, row.rows_digest is not None)
        for row in connection.execute(query).all()
    ]


def _at_work(connection: Connection, now: datetime) -> list[int]:
    """The runs that may still be at work."""
    query = select(runs.c.number, runs.c.started).where(runs.c.finished.is_(False))
    begun = connection.execute(query).all()
    return [row.number for row in begun if datetime.fromisoformat(row.started) >= now - _LONGEST]


def _staying(
    rows: Iterable[_Whole], at_work: Sequence[int], retention: Retention, now: datetime
) -> set[tuple[int, str]]:
    """Run and account of those that stay whole."""
    return {
        (row.run, account)
        for account, found in groupby(rows, attrgetter("account"))
        for row in _staying_of_account(list(found), at_work, retention, now)
    }


def _staying_of_account(
    rows: Sequence[_Whole], at_work: Sequence[int], retention: Retention, now: datetime
) -> Iterator[_Whole]:
    """Besides what *retention* names, those that runs at work and the next one are compared with."""
    audited = [row for row in rows if row.finished and row.has_rows]
    yield from audited[-1:]
    for number in at_work:
        yield from [row for row in audited if row.run < number][-1:]
        yield from (row for row in rows if row.run == number)
    last_of: dict[tuple[int, int], _Whole] = {}
    for row in audited:
        if retention.recent(row.made, now):
            yield row
        if month := retention.month(row.made, now):
            last_of[month] = row
    yield from last_of.values()


def _looked_back_to(connection: Connection, rows: Iterable[_Whole], at_work: Sequence[int]) -> set[tuple[int, str]]:
    """Run and account of the last whole read of each table that a read to be compared with does not have in full."""
    wanted: set[tuple[int, str]] = set()
    for account in dict.fromkeys(row.account for row in rows if row.has_rows):
        for before in (None, *at_work):
            last, *whole = (
                connection.execute(query if before is None else query.where(runs.c.number < before)).first()
                for query in (audited(account), *(whole_audits(account, table) for table in CHANGES_IN))
            )
            wanted |= {(each.number, account) for each in whole if last and each}
    return wanted


def _needed(connection: Connection) -> set[tuple[int, str]]:
    """Run and account by which it is judged what the absence of an open finding means, see :mod:`.steps`."""
    query = select(periods.c.last, periods.c.account).where(periods.c.resolved.is_(None)).distinct()
    return {(row.last, row.account) for row in connection.execute(query).all()}


def _shrink(file: Path) -> str:
    """Give the disk back what is free in the file. Returns why that could not be done; the history is whole then, too.

    SQLite writes the file anew beside it and needs room for that; whatever interrupts it leaves the old one.
    """
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as connection:
            if connection.execute("PRAGMA freelist_count").fetchone()[0]:
                connection.execute("VACUUM")
    except sqlite3.Error as error:
        return str(error)
    return ""
