"""Requirement by account: how each requirement came out in each account, the worst of all that it was held against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from auditor.model import AccountResult, Baseline, Finding, Level, Status, SubjectKind
from auditor.reports.pdf.findings import baseline_name
from auditor.reports.pdf.words import STATUS, Sign, level_picture

MOST_ACCOUNTS = 40
"""Columns of the matrix in all; the accounts that come first are those with most failures.

A column takes a MiB while it is laid out, and the workbook of the run has them all.
"""

_ACCOUNTS_ACROSS = 20
_LONGEST_HEADING = 24
_ROWS_ON_A_PAGE = 24
"""So many rows fit on a page even where each has two lines."""
_ACROSS_MM, _COLUMN_MM, _NUMBER_MM, _LABEL_MM = 176, 5.6, 14, (50, 110)
_OF_THE_ACCOUNT = re.compile(r":\d+$")
"""An internal id at the end of a requirement that no baseline asks: another account's number is another thing."""
_BY_RANK = (Status.NOT_APPLICABLE, Status.PASS, Status.UNKNOWN, Status.FAIL)
_NOT_HELD = Sign("", "total")
_LEVELS = sorted(Level)

Key = tuple[str, str, str]
"""Baseline, requirement, and the check where no baseline asks: checks name their own requirements each for itself."""


class MatrixCell(Struct, frozen=True):
    """How a requirement came out in one account, and the level there as a picture; empty where no level is known."""

    sign: Sign
    picture: str


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One requirement."""

    what: str
    level: str
    """The level asked; empty where the requirement is not about a level."""
    failed_in: int
    """In how many of all audited accounts, those without a column too."""
    cells: tuple[MatrixCell, ...]


class MatrixPart(Struct, frozen=True, kw_only=True):
    """One baseline against as many accounts as fit across a page."""

    baseline: str
    accounts: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    continued: bool

    @property
    def fits(self) -> bool:
        """It is short enough to be kept on one page; a longer one kept whole would leave its title alone on a page."""
        return len(self.rows) <= _ROWS_ON_A_PAGE

    @property
    def columns(self) -> tuple[float, ...]:
        """Width of each column in millimetres: what the accounts leave, within bounds, is for the requirement."""
        least, most = _LABEL_MM
        room = _ACROSS_MM - _NUMBER_MM - _COLUMN_MM * len(self.accounts)
        return (round(min(most, max(least, room)), 1), _NUMBER_MM, *[_COLUMN_MM] * len(self.accounts))

    @property
    def heading(self) -> int:
        """Height of the turned account ids, in millimetres."""
        return 4 + max(min(len(account), _LONGEST_HEADING) for account in self.accounts) * 3 // 2


def matrix(results: Iterable[AccountResult]) -> tuple[MatrixPart, ...]:
    """Every baseline in parts of so many accounts; *results* in the order of their columns.

    Findings that belong to no baseline stand in a part of their own, the last.
    """
    gathered = _Gathered()
    for result in results:
        gathered.add(result)
    return tuple(_parts(gathered))


class _Gathered:
    """What the matrix shows of all results, gathered one by one: a byte for each requirement and account."""

    def __init__(self) -> None:
        self.accounts: list[str] = []
        self.baselines: dict[str, Baseline] = {}
        self._worst: dict[Key, bytearray] = {}
        """By account: 0 where the requirement was not held against it, else one more than the rank of its worst."""
        self._lowest: dict[Key, bytearray] = {}
        """By account: 0 where no level is known, else one more than the rank of the lowest level of its worst."""
        self._first: dict[Key, Finding] = {}
        self._differing: set[Key] = set()
        """Requirements that do not expect the same of everyone."""

    def add(self, result: AccountResult) -> None:
        column = len(self.accounts)
        self.accounts.append(result.account)
        self.baselines |= {baseline.id: baseline for baseline in result.baselines}
        for finding in result.findings:
            key = _key(finding)
            if self._first.setdefault(key, finding).expected != finding.expected:
                self._differing.add(key)
            row, levels = (each.setdefault(key, bytearray()) for each in (self._worst, self._lowest))
            for each in (row, levels):
                each.extend(bytes(column + 1 - len(each)))
            status, level = _BY_RANK.index(finding.status) + 1, finding.actual_level
            if status >= row[column]:
                known = level.rank + 1 if level else 0
                both = min(levels[column], known) or max(levels[column], known)
                levels[column] = known if status > row[column] else both
                row[column] = status

    @property
    def asked(self) -> tuple[Key, ...]:
        return tuple(self._worst)

    def worst(self, key: Key, column: int) -> Status | None:
        row = self._worst[key]
        return _BY_RANK[row[column] - 1] if column < len(row) and row[column] else None

    def picture(self, key: Key, column: int) -> str:
        row = self._lowest[key]
        return level_picture(_LEVELS[row[column] - 1]) if column < len(row) and row[column] else ""

    def failed_in(self, key: Key) -> int:
        return self._worst[key].count(_BY_RANK.index(Status.FAIL) + 1)

    def label(self, key: Key) -> tuple[str, str]:
        """What people call a requirement, and the level asked.

        Where no level is asked it is the text of what is expected, if that is the same for everyone.
        """
        first = self._first[key]
        if first.expected_level and (first.permission_label or first.permission):
            # The same level may be asked of the role and, by another check, of the token.
            about = "" if first.subject.kind is SubjectKind.ROLE else f" ({first.subject.kind.value})"
            return (first.permission_label or first.permission) + about, first.expected_level.value
        if key not in self._differing:
            return first.expected[:1].upper() + first.expected[1:], ""
        return first.requirement.removeprefix(f"{first.baseline}:"), ""


def _key(finding: Finding) -> Key:
    if finding.baseline:
        return finding.baseline, finding.requirement, ""
    return "", _OF_THE_ACCOUNT.sub("", finding.requirement), finding.check


def _parts(gathered: _Gathered) -> Iterator[MatrixPart]:
    shown = gathered.accounts[:MOST_ACCOUNTS]
    baselines = gathered.baselines
    for baseline in sorted({each for each, _, _ in gathered.asked}, key=lambda each: (each not in baselines, each)):
        keys = _in_order([key for key in gathered.asked if key[0] == baseline], baselines.get(baseline))
        columns = [column for column in range(len(shown)) if any(gathered.worst(key, column) for key in keys)]
        width = _even(len(columns))
        name = baseline_name(baselines[baseline]) if baseline in baselines else baseline or "Other requirements"
        for start in range(0, len(columns), width):
            across = columns[start : start + width]
            yield MatrixPart(
                baseline=name,
                accounts=tuple(shown[column][:_LONGEST_HEADING] for column in across),
                rows=tuple(_row(gathered, key, across) for key in keys),
                continued=start > 0,
            )


def _even(columns: int) -> int:
    """How many columns a part gets, so that all parts are about as wide."""
    parts = -(-columns // _ACCOUNTS_ACROSS)
    return -(-columns // parts) if parts else _ACCOUNTS_ACROSS


def _row(gathered: _Gathered, key: Key, across: list[int]) -> MatrixRow:
    what, level = gathered.label(key)
    found = [(gathered.worst(key, column), gathered.picture(key, column)) for column in across]
    return MatrixRow(
        what=what,
        level=level,
        failed_in=gathered.failed_in(key),
        cells=tuple(MatrixCell(STATUS[status] if status else _NOT_HELD, picture) for status, picture in found),
    )


def _in_order(keys: list[Key], baseline: Baseline | None) -> list[Key]:
    """The rows of a baseline in its own order, then what else was held against it."""
    order = {f"{baseline.id}:{row.id}": number for number, row in enumerate(baseline.requirements)} if baseline else {}
    return sorted(keys, key=lambda key: (order.get(key[1], len(order)), key[1:]))
