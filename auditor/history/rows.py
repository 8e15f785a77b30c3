"""What lies in the database, as records: what an account was found with in a run, and what is known of its findings."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import and_, select

from auditor.errors import HistoryError
from auditor.history import packing
from auditor.history.reading import Reading
from auditor.history.schema import accounts, blobs, coverage, findings, periods, runs, storable
from auditor.history.steps import Known
from auditor.history.terms import Terms
from auditor.model import Coverage, Finding, Severity, State, Subject, SubjectKind, Table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

ROWS, TERMS = "rows", "terms"


def earlier_reading(connection: Connection, account: str, before: int) -> Reading | None:
    """What the last finished run before the run number *before* found in *account*; None if there is no such run."""
    return _reading(connection, account, audited(account).where(runs.c.number < before))


def last_whole(connection: Connection, account: str, before: int, table: Table) -> Reading | None:
    """The same of the last such run that read *table* in full."""
    return _reading(connection, account, whole_audits(account, table).where(runs.c.number < before))


def whole_audits(account: str, table: Table) -> Select[Any]:
    """The finished runs of *account* that read *table* in full, the last one first."""
    full = and_(coverage.c.digest == accounts.c.coverage_digest, coverage.c.what == table.value)
    return audited(account).join(coverage, full).where(coverage.c.state == State.COLLECTED.value)


def audited(account: str) -> Select[Any]:
    """The finished runs whose rows of *account* are kept, the last one first."""
    return (
        select(
            runs.c.number,
            runs.c.id,
            accounts.c.taken,
            accounts.c.rows_digest,
            accounts.c.terms_digest,
            accounts.c.coverage_digest,
        )
        .join(runs, runs.c.number == accounts.c.run)
        .where(accounts.c.account == account, runs.c.finished, accounts.c.rows_digest.is_not(None))
        .order_by(runs.c.number.desc())
        .limit(1)
    )


def _reading(connection: Connection, account: str, query: Select[Any]) -> Reading | None:
    found = connection.execute(query).first()
    if found is None:
        return None
    digest = bytes(found.rows_digest)
    return Reading(
        account,
        lambda: packing.inflate(_blob(connection, digest)),
        digest,
        coverage_of(connection, found.coverage_digest),
        found.taken,
        found.id,
        terms_of(connection, found.terms_digest),
    )


def coverage_of(connection: Connection, digest: bytes) -> tuple[Coverage, ...]:
    """The coverage that was kept under *digest*; without origins and times."""
    rows = connection.execute(select(coverage).where(coverage.c.digest == digest)).all()
    return tuple(
        Coverage(
            table=Table(row.what),
            state=State(row.state),
            rows=row.rows,
            detail=row.detail,
            columns_dropped=tuple(msgspec.json.decode(row.columns_dropped, type=list[str])),
        )
        for row in sorted(rows, key=lambda row: row.what)
    )


def terms_of(connection: Connection, digest: bytes) -> Terms:
    """What an account was held against, as it was kept under *digest*."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(_blob(connection, digest)), type=Terms)
    except (zlib.error, msgspec.DecodeError) as error:
        raise HistoryError("A record in the history is damaged.", "Restore the history from a backup.") from error


def known_findings(connection: Connection, account: str, before: int) -> dict[str, Known]:
    """Every finding of *account* that a finished run before the run number *before* saw fail, by id."""
    then = accounts.alias("then")
    rows = connection.execute(
        select(findings, periods.c.opened, periods.c.nights, periods.c.resolved, runs.c.started)
        .add_columns(then.c.coverage_digest, then.c.terms_digest, periods.c.severity.label("last_severity"))
        .join(periods, and_(periods.c.account == findings.c.account, periods.c.finding == findings.c.id))
        .join(runs, runs.c.number == periods.c.opened)
        .join(then, and_(then.c.run == periods.c.last, then.c.account == periods.c.account), isouter=True)
        .where(findings.c.account == account, periods.c.opened < before)
        .order_by(findings.c.id, periods.c.opened)
    ).all()
    grouped: dict[str, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    digests = {(row.coverage_digest, row.terms_digest) for row in rows if row.resolved is None and row.terms_digest}
    then_held = {pair: (coverage_of(connection, pair[0]), terms_of(connection, pair[1])) for pair in digests}
    return {finding: _known(found, then_held) for finding, found in grouped.items()}


def _known(rows: Sequence[Row[Any]], then_held: dict[Any, tuple[tuple[Coverage, ...], Terms]]) -> Known:
    last = rows[-1]
    held = then_held.get((last.coverage_digest, last.terms_digest)) if last.resolved is None else None
    return Known(
        id=last.id,
        check=last.check_name,
        subject=Subject(SubjectKind(last.subject_kind), last.subject_key, last.subject_name),
        requirement=last.requirement,
        baseline=last.baseline,
        severity=Severity(last.last_severity),
        title=last.title,
        first=rows[0].started,
        nights=sum(row.nights for row in rows),
        open=last.resolved is None,
        last_opened=last.started,
        periods=len(rows),
        coverage=held[0] if held else (),
        terms=held[1] if held else None,
    )


def finding_row(finding: Finding) -> dict[str, str]:
    """What is kept of a failed finding."""
    return {
        "account": finding.account,
        "id": finding.id,
        "check_name": finding.check,
        "subject_kind": finding.subject.kind.value,
        "subject_key": storable(finding.subject.key),
        "subject_name": storable(finding.subject.name),
        "requirement": storable(finding.requirement),
        "baseline": storable(finding.baseline),
        "severity": finding.severity.value,
        "title": storable(finding.title),
    }


def coverage_rows(read: Sequence[Coverage]) -> tuple[bytes, list[dict[str, Any]]]:
    """What is kept of an account's coverage, and its digest; equal coverage is kept once.

    That of the system notes would be another each night, and nothing is compared by it.
    """
    rows = [
        {
            "what": each.table.value,
            "state": each.state.value,
            "rows": each.rows,
            "detail": storable(each.detail),
            "columns_dropped": msgspec.json.encode(tuple(map(storable, each.columns_dropped))).decode(),
        }
        for each in sorted(read, key=lambda each: each.table.value)
        if each.table is not Table.SYSTEM_NOTES
    ]
    digest = hashlib.sha256(msgspec.msgpack.encode(rows)).digest()
    return digest, [{"digest": digest, **row} for row in rows]


def terms_blob(terms: Terms) -> tuple[bytes, bytes]:
    """Digest and deflated bytes of what an account was held against."""
    data = msgspec.msgpack.encode(terms)
    return hashlib.sha256(data).digest(), zlib.compress(data, 6)


def _blob(connection: Connection, digest: bytes) -> bytes:
    data = connection.execute(select(blobs.c.data).where(blobs.c.digest == digest)).scalar()
    if data is None:
        raise HistoryError("A snapshot in the history is missing.", "Restore the history from a backup.")
    return bytes(data)
