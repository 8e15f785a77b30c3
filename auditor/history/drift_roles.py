"""Changes of roles and of their permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter

from msgspec import Struct

from auditor.history.identity import Identities
from auditor.history.packing import ABSENT, Grid
from auditor.history.reading import Reading
from auditor.history.tally import Tally
from auditor.model import Change, ChangeKind, Level, Permission, Role, Subject, SubjectKind, Table

_SETTINGS = (
    ("center_type", "center type"),
    ("web_services_only", "web services only"),
    ("two_factor", "two-factor authentication"),
    ("subsidiary_option", "subsidiaries"),
    ("employee_restriction", "employee restriction"),
)


def role_changes(before: Reading, after: Reading, identities: Identities, tally: Tally) -> Iterator[Change]:
    """Roles made, deleted, renamed, switched on or off, and changed in a setting that both reads have."""
    matched = identities.roles
    for role in matched.only_after:
        if tally.made(Table.ROLES):
            number = sum(1 for _ in after.permissions.rows(role.key))
            yield Change(kind=ChangeKind.ROLE_MADE, subject=role_subject(role), after=_rows(number))
    for role in matched.only_before:
        if tally.taken_away(Table.ROLES):
            number = sum(1 for _ in before.permissions.rows(role.key))
            yield Change(kind=ChangeKind.ROLE_DELETED, subject=role_subject(role), before=_rows(number))
    for old, new in matched.changed():
        yield from _changes_of_role(old, new)


def _changes_of_role(old: Role, new: Role) -> Iterator[Change]:
    subject = role_subject(new)
    if old.name and new.name and old.name != new.name:
        yield Change(kind=ChangeKind.ROLE_RENAMED, subject=subject, before=old.name, after=new.name)
    if old.inactive is not None and new.inactive is not None and old.inactive != new.inactive:
        kind = ChangeKind.ROLE_INACTIVATED if new.inactive else ChangeKind.ROLE_ACTIVATED
        yield Change(kind=kind, subject=subject)
    for field, label in _SETTINGS:
        was, is_now = getattr(old, field), getattr(new, field)
        if was is not None and is_now is not None and was != is_now:
            yield Change(
                kind=ChangeKind.ROLE_SETTING,
                subject=subject,
                about=field,
                label=label,
                before=_said(was),
                after=_said(is_now),
            )


class Row(Struct, frozen=True):
    """The level of one permission in one role. ``level`` None: it is none of the five, and ``raw`` has it."""

    level: Level | None
    raw: str
    restriction: str
    label: str


NO_ROW = Row(Level.NONE, "", "", "")


def permission_changes(before: Reading, after: Reading, identities: Identities, tally: Tally) -> Iterator[Change]:
    """Permissions of the roles that both reads have. Those of a role that was made or deleted go with it."""
    lines = Lines(before.permissions, after.permissions)
    comparable = "restriction" not in before.dropped(Table.ROLE_PERMISSIONS) | after.dropped(Table.ROLE_PERMISSIONS)
    for old, new in (*identities.roles.pairs, *_unlisted(before, after, identities)):
        if lines.equal(old.key, new.key):
            continue
        held, holds = _rows_of(before.permissions, old.key), _rows_of(after.permissions, new.key)
        for name in sorted(held.keys() | holds.keys()):
            was, is_now = held.get(name), holds.get(name)
            if (
                was is None
                and not _nothing(is_now)
                and not tally.made(Table.ROLE_PERMISSIONS, whole=old.permissions_whole)
            ):
                continue
            if (
                is_now is None
                and not _nothing(was)
                and not tally.taken_away(Table.ROLE_PERMISSIONS, whole=new.permissions_whole)
            ):
                continue
            change = _change_of_level(new, name, was or NO_ROW, is_now or NO_ROW, comparable=comparable)
            if change:
                yield change


def _change_of_level(role: Role, name: tuple[str, str], was: Row, is_now: Row, *, comparable: bool) -> Change | None:
    kind = level_change(was.level, is_now.level, was.raw, is_now.raw, _KINDS)
    before, after = shown(was.level, was.raw), shown(is_now.level, is_now.raw)
    if (
        kind is None
        and comparable
        and was.level is is_now.level is not Level.NONE
        and was.restriction != is_now.restriction
    ):
        kind = ChangeKind.PERMISSION_CHANGED
        before, after = (f"restriction {row.restriction or 'none'}" for row in (was, is_now))
    if kind is None:
        return None
    label = is_now.label or was.label or name[1]
    return Change(kind=kind, subject=role_subject(role), about=name[0], label=label, before=before, after=after)


class Kinds(Struct, frozen=True):
    """What the changes of a level are called: of a role's permissions, or of a user's global ones."""

    added: ChangeKind
    raised: ChangeKind
    lowered: ChangeKind
    removed: ChangeKind
    changed: ChangeKind


_KINDS = Kinds(
    ChangeKind.PERMISSION_ADDED,
    ChangeKind.PERMISSION_RAISED,
    ChangeKind.PERMISSION_LOWERED,
    ChangeKind.PERMISSION_REMOVED,
    ChangeKind.PERMISSION_CHANGED,
)


def level_change(
    was: Level | None, is_now: Level | None, was_raw: str, is_now_raw: str, kinds: Kinds
) -> ChangeKind | None:
    """What became of a level, None if nothing. A level that the source does not give at all is compared with none."""
    if was is None or is_now is None:
        unknown = (was is None and not was_raw) or (is_now is None and not is_now_raw)
        return None if unknown or (was, was_raw) == (is_now, is_now_raw) else kinds.changed
    if was == is_now:
        return None
    if was is Level.NONE:
        return kinds.added
    if is_now is Level.NONE:
        return kinds.removed
    return kinds.raised if is_now > was else kinds.lowered


def shown(level: Level | None, raw: str) -> str:
    """A level as people read it; one that is none of the five as it stood."""
    return raw if level is None else level.value


def role_subject(role: Role) -> Subject:
    """A role as the subject of a change."""
    return Subject(SubjectKind.ROLE, role.key, role.name)


def _unlisted(before: Reading, after: Reading, identities: Identities) -> Iterator[tuple[Role, Role]]:
    """Roles that have permission rows in both reads, and of which at least one read lists no role."""
    listed = {role.key for pair in identities.roles.pairs for role in pair}
    for key in sorted((before.permissions.roles() & after.permissions.roles()) - listed):
        yield Role(key=key, name=key), Role(key=key, name=key)


class Lines:
    """Compares the lines of two grids as a whole, so that only roles that differ are looked at row by row."""

    def __init__(self, before: Grid, after: Grid) -> None:
        self._before = before
        self._after = after
        self._odd = {row.role for row in before.odd}, {row.role for row in after.odd}
        self._same_columns = before.columns == after.columns
        old, new = ({column: at for at, column in enumerate(grid.columns)} for grid in (before, after))
        shared = sorted(old.keys() & new.keys())
        self._shared = tuple(_picked([place[column] for column in shared]) for place in (old, new))
        self._own = tuple(
            _picked([at for column, at in place.items() if column not in other])
            for place, other in ((old, new), (new, old))
        )

    def equal(self, old: str, new: str) -> bool:
        """The role *old* had, row for row, what the role *new* has. A role with odd rows is always looked at."""
        if old in self._odd[0] or new in self._odd[1]:
            return False
        lines = self._before.lines.get(old), self._after.lines.get(new)
        if self._same_columns or lines[0] is None or lines[1] is None:
            return lines[0] == lines[1]
        shared = [pick(line) for pick, line in zip(self._shared, lines, strict=True) if line is not None]
        own = [pick(line) for pick, line in zip(self._own, lines, strict=True) if line is not None]
        return shared[0] == shared[1] and all(set(line) <= {ABSENT} for line in own)


def _picked(places: list[int]) -> Callable[[str], tuple[str, ...]]:
    """A function that gives the characters at *places*."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda line: tuple(line[place] for place in places)


def _rows_of(grid: Grid, role: str) -> dict[tuple[str, str], Row]:
    """By permission id, or by label where there is none. Rows of one permission that disagree have no level."""
    rows: dict[tuple[str, str], Row] = {}
    for row in grid.rows(role):
        name = (row.id, "" if row.id else row.label)
        rows[name] = (
            _joined(rows[name], row) if name in rows else Row(row.level, row.raw_level, row.restriction, row.label)
        )
    return rows


def _joined(first: Row, second: Permission) -> Row:
    if first.level is second.level and first.raw == second.raw_level:
        return first
    texts = sorted({*shown(first.level, first.raw).split(" and "), shown(second.level, second.raw_level)})
    return Row(None, " and ".join(texts), first.restriction, first.label)


def _nothing(row: Row | None) -> bool:
    """An explicit row at None is the same as no row."""
    return row is not None and row.level is Level.NONE


def _rows(number: int) -> str:
    return f"{number:,} permission row{'' if number == 1 else 's'}"


def _said(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
