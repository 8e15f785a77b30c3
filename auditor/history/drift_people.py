"""Changes of users, of the roles that they hold, of their global permissions; and of the account's features."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from auditor.history.drift_roles import Kinds, level_change, shown
from auditor.history.identity import UNRESOLVED, Identities
from auditor.history.reading import Reading
from auditor.history.tally import Tally
from auditor.model import (
    Change,
    ChangeKind,
    Feature,
    GlobalPermission,
    Reference,
    RoleAssignment,
    Subject,
    SubjectKind,
    Table,
    User,
)

_KINDS = Kinds(
    ChangeKind.GLOBAL_ADDED,
    ChangeKind.GLOBAL_RAISED,
    ChangeKind.GLOBAL_LOWERED,
    ChangeKind.GLOBAL_REMOVED,
    ChangeKind.GLOBAL_CHANGED,
)


def user_changes(identities: Identities, tally: Tally) -> Iterator[Change]:
    """Users made, deleted, renamed (e-mail too), switched on or off, let in or kept out."""
    matched = identities.users
    for user in matched.only_after:
        if tally.made(Table.USERS):
            yield Change(kind=ChangeKind.USER_MADE, subject=_subject(user), after=user.email)
    for user in matched.only_before:
        if tally.taken_away(Table.USERS):
            yield Change(kind=ChangeKind.USER_DELETED, subject=_subject(user), before=user.email)
    for old, new in matched.changed():
        subject = _subject(new)
        for about, was, is_now in (("name", old.name, new.name), ("e-mail", old.email, new.email)):
            if was and is_now and was != is_now:
                yield Change(kind=ChangeKind.USER_RENAMED, subject=subject, about=about, before=was, after=is_now)
        if old.inactive is not None and new.inactive is not None and old.inactive != new.inactive:
            kind = ChangeKind.USER_INACTIVATED if new.inactive else ChangeKind.USER_ACTIVATED
            yield Change(kind=kind, subject=subject)
        if old.access is not None and new.access is not None and old.access != new.access:
            yield Change(kind=ChangeKind.ACCESS_GIVEN if new.access else ChangeKind.ACCESS_TAKEN, subject=subject)


def assignment_changes(before: Reading, after: Reading, identities: Identities, tally: Tally) -> Iterator[Change]:
    """Roles that users were given or lost. Rows that stand word for word in both reads are not looked at."""
    held, holds = (
        set(msgspec.msgpack.decode(each.packed.assignments, type=tuple[RoleAssignment, ...]))
        for each in (before, after)
    )
    old, new = (
        {
            (identities.user(row.user, later=later), identities.role(row.role, later=later)): row
            for row in sorted(rows, key=_written)
        }
        for rows, later in ((held - holds, False), (holds - held, True))
    )
    sure = all(each.complete(table) for each in (before, after) for table in (Table.USERS, Table.ROLES))
    for names in sorted(new.keys() - old.keys()):
        if not sure and any(name.startswith(UNRESOLVED) for name in names):
            tally.doubtful(Table.ROLE_ASSIGNMENTS, later=True)
        elif tally.made(Table.ROLE_ASSIGNMENTS):
            yield _assigned(ChangeKind.ASSIGNMENT_ADDED, new[names])
    for names in sorted(old.keys() - new.keys()):
        if not sure and any(name.startswith(UNRESOLVED) for name in names):
            tally.doubtful(Table.ROLE_ASSIGNMENTS, later=False)
        elif tally.taken_away(Table.ROLE_ASSIGNMENTS):
            yield _assigned(ChangeKind.ASSIGNMENT_REMOVED, old[names])


def global_changes(before: Reading, after: Reading, identities: Identities, tally: Tally) -> Iterator[Change]:
    """Permissions given to users directly. Here None is a level of its own: documented, it wins over the role's."""
    held, holds = (
        set(msgspec.msgpack.decode(each.packed.global_permissions, type=tuple[GlobalPermission, ...]))
        for each in (before, after)
    )
    old, new = (
        {
            (identities.user(row.user, later=later), row.id, "" if row.id else row.label): row
            for row in sorted(rows, key=_written)
        }
        for rows, later in ((held - holds, False), (holds - held, True))
    )
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name), new.get(name)
        if was is None and is_now is not None:
            if tally.made(Table.GLOBAL_PERMISSIONS):
                yield _global(ChangeKind.GLOBAL_ADDED, is_now, "", shown(is_now.level, is_now.raw_level))
        elif is_now is None and was is not None:
            if tally.taken_away(Table.GLOBAL_PERMISSIONS):
                yield _global(ChangeKind.GLOBAL_REMOVED, was, shown(was.level, was.raw_level), "")
        elif was is not None and is_now is not None:
            kind = level_change(was.level, is_now.level, was.raw_level, is_now.raw_level, _KINDS)
            if kind:
                before_, after_ = (shown(row.level, row.raw_level) for row in (was, is_now))
                yield _global(_as_level(kind), is_now, before_, after_)


def feature_changes(before: Reading, after: Reading, tally: Tally) -> Iterator[Change]:
    """Features switched on or off; one that is not listed is not on."""
    old, new = (
        {each.id: each for each in msgspec.msgpack.decode(reading.packed.features, type=tuple[Feature, ...])}
        for reading in (before, after)
    )
    subject = Subject(SubjectKind.ACCOUNT, after.account, after.account)
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name), new.get(name)
        before_on, after_on = bool(was and was.active), bool(is_now and is_now.active)
        if before_on == after_on:
            continue
        if (was is None and not tally.made(Table.FEATURES)) or (
            is_now is None and not tally.taken_away(Table.FEATURES)
        ):
            continue
        label = (is_now.name if is_now else "") or (was.name if was else "")
        kind = ChangeKind.FEATURE_ON if after_on else ChangeKind.FEATURE_OFF
        yield Change(kind=kind, subject=subject, about=name, label=label)


def _as_level(kind: ChangeKind) -> ChangeKind:
    """From and to None is raising and lowering here: the row itself stays."""
    return {
        ChangeKind.GLOBAL_ADDED: ChangeKind.GLOBAL_RAISED,
        ChangeKind.GLOBAL_REMOVED: ChangeKind.GLOBAL_LOWERED,
    }.get(kind, kind)


def _assigned(kind: ChangeKind, row: RoleAssignment) -> Change:
    added = kind is ChangeKind.ASSIGNMENT_ADDED
    role = str(row.role)
    return Change(
        kind=kind,
        subject=_user_subject(row.user),
        about=row.role.id or role,
        label=role,
        before="" if added else role,
        after=role if added else "",
    )


def _global(kind: ChangeKind, row: GlobalPermission, before: str, after: str) -> Change:
    return Change(kind=kind, subject=_user_subject(row.user), about=row.id, label=row.label, before=before, after=after)


def _subject(user: User) -> Subject:
    return Subject(SubjectKind.USER, user.key, user.name)


def _user_subject(user: Reference) -> Subject:
    return Subject(SubjectKind.USER, user.id or user.email or user.name, str(user))


def _written(row: RoleAssignment | GlobalPermission) -> bytes:
    return msgspec.msgpack.encode(row)
