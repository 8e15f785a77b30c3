"""The matrix: the permissions that baselines ask for, the roles of the account, and which level each role has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from auditor.catalog import load_catalog
from auditor.model import (
    AccountResult,
    Baseline,
    Directory,
    Finding,
    Gap,
    Option,
    Permission,
    Requirement,
    Role,
    Status,
    SubjectKind,
    Table,
    folded,
)
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import cell_text, width
from auditor.reports.workbook.places import BACK, MATRIX
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import LEVELS, Look

NOT_READ = "not read"
"""Stands where a role's permissions were not read in full, so that a missing row says nothing."""
MOST_ROLES = 2_000
"""More columns than this help nobody; what is left out is said, and stands on the Roles sheet."""
_OR = "or "
_BAND, _HEADER = 3, 4
_LONGEST_NAME = 60
_LABEL_WIDTH, _ID_WIDTH, _NOTE_WIDTH, _ROLE_WIDTH = 36, 34, 30, 12


class AskedPermission(Struct, frozen=True, kw_only=True):
    """A row: a permission, and by baseline the level asked for, as text ("Full"; "or Full" for an alternative)."""

    id: str
    label: str
    subtab: str
    levels: dict[str, str]
    note: str


class Matrix(Struct, frozen=True, kw_only=True):
    """The whole content. ``levels`` has a row for each permission and in it a cell for each role."""

    permissions: tuple[AskedPermission, ...]
    baselines: tuple[str, ...]
    roles: tuple[Role, ...]
    judged: int
    """How many of the roles, which stand first, are judged."""
    left_out: int
    headers: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    gaps: dict[tuple[str, str], Gap]
    """By permission id and role key."""

    @property
    def first_role(self) -> int:
        """The column of the first role, counted from 0."""
        return 4 + len(self.baselines)

    def role_cells(self) -> dict[str, str]:
        """Where each role stands, by its key, as ``F5``."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        cells = enumerate(self.roles, self.first_role)
        return {role.key: xl_rowcol_to_cell(_HEADER, column) for column, role in cells}


def matrix(result: AccountResult) -> Matrix:
    """Permissions by sub-tab and label; roles that are judged first, both parts by name."""
    permissions = _asked(result.baselines)
    judged_keys = {distance.role for distance in result.distances if distance.judged}
    by_name = sorted(
        {role.key: role for role in result.snapshot.roles}.values(),
        key=lambda role: (role.key not in judged_keys, folded(role.name), role.key),
    )
    roles = tuple(by_name[:MOST_ROLES])
    about_roles = [finding for finding in result.findings if finding.subject.kind is SubjectKind.ROLE]
    return Matrix(
        permissions=permissions,
        baselines=tuple(baseline.id for baseline in result.baselines),
        roles=roles,
        judged=sum(role.key in judged_keys for role in roles),
        left_out=len(by_name) - len(roles),
        headers=headers(roles),
        levels=_levels(result, permissions, roles, about_roles),
        gaps={
            (finding.permission, finding.subject.key): finding.gap
            for finding in about_roles
            if finding.gap and finding.status is Status.FAIL
        },
    )


def headers(roles: Sequence[Role]) -> tuple[str, ...]:
    """What stands above each role's column: its name, with its key where the name is not its own; no two are equal."""
    names = [_shortened(cell_text(role.name).strip()) for role in roles]
    bearers = Counter(folded(name) for name in names)
    seen: Counter[str] = Counter()
    texts = []
    for role, name in zip(roles, names, strict=True):
        text = name if name and bearers[folded(name)] == 1 else f"{name} ({_shortened(cell_text(role.key))})".strip()
        seen[text] += 1
        text = text if seen[text] == 1 else f"{text} #{seen[text]}"
        texts.append(f"{text}\n(inactive)" if role.inactive else text)
    return tuple(texts)


def write_matrix(book: Book, content: Matrix, coverage: str) -> None:
    """Writes the sheet. It is no Excel table: those would refuse some role names as headers."""
    sheet = book.sheet(MATRIX)
    left_out = f" {content.left_out} further roles are left out; see Roles." if content.left_out else ""
    sheet.open(
        "Matrix of permissions and roles",
        "Which level each role has of the permissions that a baseline asks for. " + coverage + left_out,
        BACK,
    )
    first = content.first_role
    sheet.page.freeze_panes(_HEADER + 1, first)
    sheet.page.repeat_rows(_BAND, _HEADER)
    sheet.page.repeat_columns(0, first - 1)
    _write_legend(sheet, first)
    _write_headers(sheet, content)
    for row, permission in enumerate(content.permissions, _HEADER + 1):
        _write_permission(sheet, content, row, permission)
    if content.permissions:
        last_row, last_column = _HEADER + len(content.permissions), first + len(content.roles) - 1
        sheet.colour(_HEADER + 1, 3, last_row, max(last_column, first), LEVELS)
        sheet.rule_off(_HEADER + 1, 0, last_row, first - 1)
        sheet.page.autofilter(_HEADER, 0, last_row, max(last_column, first - 1))
    else:
        sheet.write(_HEADER + 1, 0, "No baseline asks for a permission.", Look.NOTE)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def _asked(baselines: Iterable[Baseline]) -> tuple[AskedPermission, ...]:
    catalog = load_catalog()
    levels: dict[str, dict[str, dict[str, None]]] = {}
    notes: dict[str, dict[str, None]] = {}
    for baseline in baselines:
        for requirement in baseline.requirements:
            for option in requirement.options:
                several = len(requirement.options) > 1
                asked = f"{_OR}{option.level.value}" if several else option.level.value
                levels.setdefault(option.permission, {}).setdefault(baseline.id, {})[asked] = None
                notes.setdefault(option.permission, {}).update(dict.fromkeys(_notes(requirement, option)))
    rows = (
        AskedPermission(
            id=permission,
            label=catalog.label(permission),
            subtab=catalog.subtab(permission),
            levels={baseline: ", ".join(_plainest(words)) for baseline, words in asked.items()},
            note="\n".join(notes[permission]),
        )
        for permission, asked in levels.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.subtab, folded(row.label), row.id)))


def _plainest(words: Iterable[str]) -> list[str]:
    """Without "or Full" where the same baseline asks for Full in a row of its own."""
    plain = set(words)
    return [word for word in words if not (word.startswith(_OR) and word.removeprefix(_OR) in plain)]


def _notes(requirement: Requirement, option: Option) -> Iterable[str]:
    if len(requirement.options) > 1:
        others = (each for each in requirement.options if each is not option)
        yield "or instead: " + ", ".join(f"{each.label} {each.level.value}" for each in others)
    if requirement.when:
        yield f"asked only if {requirement.when.key}"
    if requirement.retired:
        yield requirement.retired


def _levels(
    result: AccountResult, permissions: Sequence[AskedPermission], roles: Sequence[Role], findings: Iterable[Finding]
) -> tuple[tuple[str, ...], ...]:
    """One row for each permission, one cell for each role: what a check found, else the row that was read, else none.

    The frame is made of positions: names in an index would have to be valid UTF-8, and NetSuite's may not be.
    """
    import pandas as pd

    row_of = {permission.id: position for position, permission in enumerate(permissions)}
    column_of = {role.key: position for position, role in enumerate(roles)}
    directory = Directory(result.snapshot)
    held = [(row.id, role.key, _level(row)) for role in roles for row in directory.permissions(role.key).values()]
    held += [(each.permission, each.subject.key, each.actual_level.value) for each in findings if each.actual_level]
    cells = [
        (row_of[permission], column_of[role], level)
        for permission, role, level in held
        if permission in row_of and role in column_of
    ]
    frame = pd.DataFrame(cells, columns=["permission", "role", "level"], dtype=object)
    frame = frame.drop_duplicates(["permission", "role"], keep="last")
    whole = result.snapshot.covered(Table.ROLE_PERMISSIONS).complete
    absent = {column_of[role.key]: "None" if whole or role.permissions_whole else NOT_READ for role in roles}
    shape = frame.pivot(index="permission", columns="role", values="level")
    filled = shape.reindex(index=range(len(permissions)), columns=range(len(roles))).astype(object).fillna(absent)
    return tuple(filled.itertuples(index=False, name=None))


def _level(row: Permission) -> str:
    return row.level.value if row.level else f"? ({row.raw_level})"


def _write_legend(sheet: Sheet, first: int) -> None:
    """The marks in words, and the five levels in their colours above the first roles."""
    sheet.write(_BAND, 0, "▲ lower than a baseline asks, ▼ higher than it allows", Look.NOTE)
    for column, level in enumerate(LEVELS, first):
        sheet.write(2, column, level, Look.LEVEL)
    sheet.colour(2, first, 2, first + len(LEVELS) - 1, LEVELS)


def _write_headers(sheet: Sheet, content: Matrix) -> None:
    first = content.first_role
    for column, (text, characters) in enumerate(
        (("Sub-tab", 14), ("Permission", _LABEL_WIDTH), ("Permission id", _ID_WIDTH))
    ):
        sheet.write(_HEADER, column, text, Look.HEADER)
        sheet.widen(column, characters)
    for column, baseline in enumerate(content.baselines, 3):
        sheet.write(_HEADER, column, f"Asked by\n{baseline}", Look.HEADER)
        sheet.widen(column, 16)
    sheet.write(_HEADER, first - 1, "Note", Look.HEADER)
    sheet.widen(first - 1, _NOTE_WIDTH)
    for column in range(first, first + len(content.roles)):
        sheet.write(_BAND, column, None, Look.BAND)
        sheet.write(_HEADER, column, content.headers[column - first], Look.HEADER)
        sheet.widen(column, _ROLE_WIDTH)
    if content.judged:
        sheet.write(_BAND, first, "Judged", Look.BAND)
    if content.judged < len(content.roles):
        sheet.write(_BAND, first + content.judged, "Other roles", Look.BAND)
    longest = max((width(text) for text in content.headers), default=0)
    sheet.page.set_row(_HEADER, 15 * min(max(2, 2 + longest // (_ROLE_WIDTH - 3)), 9))


def _write_permission(sheet: Sheet, content: Matrix, row: int, permission: AskedPermission) -> None:
    sheet.write(row, 0, permission.subtab, Look.TEXT)
    sheet.write(row, 1, permission.label, Look.TEXT)
    sheet.write(row, 2, permission.id, Look.ID)
    for column, baseline in enumerate(content.baselines, 3):
        sheet.write(row, column, permission.levels.get(baseline), Look.LEVEL)
    sheet.write(row, content.first_role - 1, permission.note, Look.TEXT)
    sheet.fit(row, permission.label, _LABEL_WIDTH)
    sheet.fit(row, permission.id, _ID_WIDTH)
    sheet.fit(row, permission.note, _NOTE_WIDTH)
    cells = zip(content.roles, content.levels[row - _HEADER - 1], strict=True)
    for column, (role, level) in enumerate(cells, content.first_role):
        gap = content.gaps.get((permission.id, role.key))
        look = Look.LEVEL if gap is None else Look.LOWER if gap is Gap.EXCESS else Look.RAISE
        sheet.write(row, column, level, look)
