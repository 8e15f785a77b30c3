"""Requirement by token: the level that each token really has, as a picture of four squares that prints in grey."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from auditor.model import AccountResult, Baseline, Status, TokenLevel, TokenVerdict
from auditor.reports.pdf.findings import baseline_name
from auditor.reports.pdf.words import STATUS, Sign, level_picture

MOST_COLUMNS = 24
"""Tokens with a column, for each baseline, the worst first; the workbook has the levels of all."""

_TOKENS_ACROSS = 8
_ROWS_ON_A_PAGE = 22
"""So many rows fit under headings of the greatest height."""
_ORDER = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)

_Asked = tuple[str, str]
"""Permission id and the level asked."""


class LevelCell(Struct, frozen=True):
    """One level as a picture and a word, and whether it is what is asked."""

    picture: str
    """Four squares, as many filled as levels are held: View one, Full four; empty where the level is not known."""
    word: str
    sign: Sign


class TokenColumn(Struct, frozen=True):
    """Who a column is about."""

    name: str
    token: str
    """Its id in the account: tokens of one name are common, as NetSuite makes the names."""
    state: str
    """Empty for an active one."""


class TokenMatrixRow(Struct, frozen=True, kw_only=True):
    """One permission that is asked."""

    what: str
    subtab: str
    asked: LevelCell
    cells: tuple[LevelCell, ...]


class TokenMatrixPart(Struct, frozen=True, kw_only=True):
    """One baseline against as many tokens as fit across a page."""

    baseline: str
    tokens: tuple[TokenColumn, ...]
    rows: tuple[TokenMatrixRow, ...]
    continued: bool

    @property
    def fits(self) -> bool:
        """It is short enough to be kept on one page, its headings among it."""
        return len(self.rows) <= _ROWS_ON_A_PAGE


_BLANK = LevelCell("", "", Sign("", "total"))


def token_matrix(result: AccountResult) -> tuple[tuple[TokenMatrixPart, ...], int]:
    """Every baseline in parts of up to eight tokens, and how many tokens have no column."""
    baselines = {baseline.id: baseline for baseline in result.baselines}
    by_baseline: defaultdict[str, list[TokenVerdict]] = defaultdict(list)
    for token in result.tokens:
        if token.levels:
            by_baseline[token.baseline].append(token)
    parts: list[TokenMatrixPart] = []
    for baseline in sorted(by_baseline, key=lambda each: (each not in baselines, each)):
        worst_first = sorted(by_baseline[baseline], key=_worst_first)[:MOST_COLUMNS]
        parts += _parts(worst_first, baseline, baselines.get(baseline))
    return tuple(parts), sum(max(0, len(tokens) - MOST_COLUMNS) for tokens in by_baseline.values())


def _worst_first(token: TokenVerdict) -> tuple[int, int, str, str, str]:
    failed = sum(level.status is Status.FAIL for level in token.levels)
    return (_ORDER.index(token.status), -failed, token.application, token.name, token.token)


def _parts(tokens: Sequence[TokenVerdict], baseline_id: str, baseline: Baseline | None) -> Iterator[TokenMatrixPart]:
    held = [{_asked(level): level for level in token.levels} for token in tokens]
    asked = _in_order({key: level for levels in reversed(held) for key, level in levels.items()}, baseline)
    number = -(-len(tokens) // _TOKENS_ACROSS)
    across = -(-len(tokens) // number)  # so that all parts are about as wide
    for start in range(0, len(tokens), across):
        columns = slice(start, start + across)
        yield TokenMatrixPart(
            baseline=baseline_name(baseline) if baseline else baseline_id,
            tokens=tuple(
                TokenColumn(each.name or each.token, each.token, "" if each.state == "active" else each.state)
                for each in tokens[columns]
            ),
            rows=tuple(
                TokenMatrixRow(
                    what=level.label or level.permission,
                    subtab=level.subtab,
                    asked=LevelCell(level_picture(level.asked), level.asked.value, _BLANK.sign),
                    cells=tuple(_cell(levels.get(key)) for levels in held[columns]),
                )
                for key, level in asked
            ),
            continued=start > 0,
        )


def _asked(level: TokenLevel) -> _Asked:
    return (level.permission, level.asked.value)


def _in_order(levels: dict[_Asked, TokenLevel], baseline: Baseline | None) -> list[tuple[_Asked, TokenLevel]]:
    """The rows in the baseline's own order."""
    requirements = baseline.requirements if baseline else ()
    order = {option.permission: place for place, row in enumerate(requirements) for option in row.options}
    return sorted(levels.items(), key=lambda item: (order.get(item[0][0], len(order)), *item[0]))


def _cell(level: TokenLevel | None) -> LevelCell:
    if level is None:
        return _BLANK
    if level.held is None:
        return LevelCell("", "not known", STATUS[level.status])
    return LevelCell(level_picture(level.held), level.held.value, STATUS[level.status])
