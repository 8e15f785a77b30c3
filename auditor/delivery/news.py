"""What a run brings that the runs before it did not: read from the run folders alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from auditor.errors import EvidenceError
from auditor.model import CORE_TABLES, Severity, State, Status, Table, Waiver
from auditor.reports.run_json import AuditedAccount, RunDocument, read_run

LOOK_BACK = 31
"""So many earlier runs are asked for what the last one could not read or decide."""
_UNJUDGED = Table.SYSTEM_NOTES
"""No verdict rests on it, so that nobody is told when it comes or goes."""
_NOT_WHOLE = (State.PARTIAL.value, State.NOT_PERMITTED.value, State.FAILED.value)


class Open(Struct, frozen=True):
    """One failed finding that nobody waived."""

    account: str
    id: str
    severity: Severity
    title: str


class News(Struct, frozen=True, kw_only=True):
    """A run, and what changed since the last one. Findings stand worst first."""

    run: RunDocument
    since: str
    """The run that it is compared with; empty if there is none."""
    open: tuple[Open, ...]
    new: tuple[Open, ...]
    """Open ones that were not open before, or were less severe."""
    gone: tuple[Open, ...]
    undecided: tuple[Open, ...]
    """They were open, and this run lacks what would decide them."""
    lacking: Mapping[str, tuple[str, ...]]
    """Accounts that were not read in full, each with the tables concerned."""
    worse: tuple[str, ...]
    """Accounts of which less could be read than the last time, or nothing."""
    better: tuple[str, ...]
    """Accounts of which more could be read."""

    @property
    def first(self) -> bool:
        """There is no earlier run to compare with."""
        return not self.since

    def changed(self, least: Severity) -> bool:
        """Something of at least that severity came or went, or more or less of an account could be read."""
        return any(each.severity.rank >= least.rank for each in (*self.new, *self.gone)) or bool(
            self.worse or self.better
        )

    def worth(self, least: Severity) -> bool:
        """There is an open finding of at least that severity, or the run is not whole."""
        return any(each.severity.rank >= least.rank for each in self.open) or self.run.exit_code not in (0, 10)


class _Finding(Struct, frozen=True):
    id: str
    status: Status
    severity: Severity
    title: str
    waiver: Waiver | None = None


class _Findings(Struct, frozen=True):
    findings: tuple[_Finding, ...]


class _Read(Struct, frozen=True):
    """One account as one run left it."""

    open: dict[str, Open]
    unknown: frozenset[str]
    """Ids of the findings that could not be decided."""
    judged: frozenset[str]
    lacking: frozenset[str]
    """Tables that were not collected."""


class _Past(Struct, frozen=True, kw_only=True):
    """One account as the last run that could read it left it; what that run could not decide, as runs before it did."""

    last: _Read
    open: dict[str, Open]
    decided: frozenset[str]
    """Ids of the findings that any of those runs could decide."""
    undecided: frozenset[str]
    """Ids of those that it met and could not."""
    unseen: frozenset[str]
    """Tables that none of those runs collected."""

    @classmethod
    def of(cls, last: _Read) -> _Past:
        return cls(
            last=last,
            open=last.open,
            decided=last.judged - last.unknown,
            undecided=last.unknown,
            unseen=last.lacking,
        )

    def over(self, key: str, now: _Read) -> bool:
        """An open finding is so no more: judged otherwise, waived, or absent though as much was read as then."""
        if key in now.judged:
            return key not in now.unknown
        return now.lacking <= (self.last.lacking if key in self.last.open else self.unseen)

    def leaves(self, now: _Read) -> bool:
        """*now* decides or has read what none of those runs did: one before them may have."""
        return bool((self.undecided & now.judged) - now.unknown or self.unseen - now.lacking)

    def before(self, earlier: _Read) -> _Past:
        """This, with what an *earlier* run knew of what these could not decide."""
        shows_more = not self.unseen <= earlier.lacking
        known = {
            key: each
            for key, each in earlier.open.items()
            if key not in self.decided and (key in self.undecided or shows_more)
        }
        decided = self.decided | (earlier.judged - earlier.unknown)
        return _Past(
            last=self.last,
            open=known | self.open,
            decided=decided,
            undecided=(self.undecided | earlier.unknown) - decided,
            unseen=self.unseen & earlier.lacking,
        )


_NOTHING = _Past.of(_Read({}, frozenset(), frozenset(), frozenset()))


def news(run: Path, earlier: Iterable[Path]) -> News:
    """What the run folder *run* says, and how it differs from *earlier* ones, the newest first.

    Each account is compared with the last of them that could read it, and each finding with the last that could decide
    it, so that a night on which that was not so makes nothing new and nothing gone. What cannot be read of *earlier*
    counts as not there.

    Raises:
        EvidenceError: a file of *run* is not there or not what the run wrote.
    """
    document = _document(run)
    now = {each.account: _account(run, each) for each in document.accounts}
    since, failed_before, before = _before(earlier, now)
    new: list[Open] = []
    gone: list[Open] = []
    undecided: list[Open] = []
    for account, read in now.items() if since else ():
        was = before.get(account, _NOTHING)
        new += [each for key, each in read.open.items() if key not in was.open or _raised(was.open[key], each)]
        left = [key for key in was.open if key not in read.open]
        gone += [was.open[key] for key in left if was.over(key, read)]
        undecided += [was.open[key] for key in left if not was.over(key, read)]
    failures = {each.account for each in document.failures}
    return News(
        run=document,
        since=since,
        open=_worst_first(each for read in now.values() for each in read.open.values()),
        new=_worst_first(new),
        gone=_worst_first(gone),
        undecided=_worst_first(undecided),
        lacking={each.account: tables for each in document.accounts if (tables := _broken(each))},
        worse=_changed(now, before, failures - failed_before if since else set(), 1),
        better=_changed(now, before, failed_before & now.keys(), -1),
    )


def _before(earlier: Iterable[Path], now: Mapping[str, _Read]) -> tuple[str, set[str], dict[str, _Past]]:
    """The last run's id and failures, and each account of *now* as earlier runs left it."""
    since, failed, before = "", set[str](), dict[str, _Past]()
    wanted = set(now)
    for number, folder in enumerate(earlier):
        if number >= LOOK_BACK or (since and not wanted):
            break
        try:
            document = _document(folder)
            reads = {each.account: _account(folder, each) for each in document.accounts if each.account in wanted}
        except EvidenceError:
            continue
        if not since:
            since, failed = document.run, {each.account for each in document.failures}
        for account, read in reads.items():
            before[account] = before[account].before(read) if account in before else _Past.of(read)
        wanted = {each for each, read in now.items() if each not in before or before[each].leaves(read)}
    return since, failed, before


def _changed(now: dict[str, _Read], before: dict[str, _Past], others: set[str], sign: int) -> tuple[str, ...]:
    """*others*, and the accounts of which less (*sign* 1) or more (-1) was read than before."""

    def less(one: _Read, other: _Read) -> bool:
        return bool(one.lacking - other.lacking)

    found = {
        account
        for account, read in now.items()
        if account in before and (less(read, before[account].last) if sign > 0 else less(before[account].last, read))
    }
    return tuple(sorted(found | others))


def _raised(before: Open, now: Open) -> bool:
    return before.severity.rank < now.severity.rank


def _broken(account: AuditedAccount) -> tuple[str, ...]:
    """Tables of which something is lacking that was asked for, or that every audit rests on.

    Any other table that was not given is no fault of the read.
    """
    return tuple(
        table.value
        for table, state in account.incomplete.items()
        if table in CORE_TABLES or (state in _NOT_WHOLE and table is not _UNJUDGED)
    )


def _document(run: Path) -> RunDocument:
    return read_run(_bytes(run / "run.json"), str(run / "run.json"))


def _account(run: Path, account: AuditedAccount) -> _Read:
    name = run / account.folder / "findings.json"
    try:
        findings = msgspec.json.decode(_bytes(name), type=_Findings).findings
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{name} cannot be read: {error}.", "Verify the run folder.") from error
    failed = [each for each in findings if each.status is Status.FAIL and each.waiver is None]
    return _Read(
        open={each.id: Open(account.account, each.id, each.severity, each.title) for each in failed},
        unknown=frozenset(each.id for each in findings if each.status is Status.UNKNOWN),
        judged=frozenset(each.id for each in findings),
        lacking=frozenset(table.value for table in account.incomplete if table is not _UNJUDGED),
    )


def _bytes(name: Path) -> bytes:
    try:
        return name.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{name}: cannot be read ({error.strerror}).", "Give a whole run folder.") from error


def _worst_first(found: Iterable[Open]) -> tuple[Open, ...]:
    return tuple(sorted(found, key=lambda each: (-each.severity.rank, each.account, each.title, each.id)))
