"""Which role or user of one read is which of another, though the two may have come from different kinds of source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Generic, TypeVar

from msgspec import Struct

from auditor.history.reading import Reading
from auditor.model import Reference, Role, User, folded

T = TypeVar("T", Role, User)


class Matched(Struct, Generic[T], frozen=True):
    """Records that both reads have, and those of one alone. Records that are equal in both are among the pairs."""

    pairs: tuple[tuple[T, T], ...]
    only_before: tuple[T, ...]
    only_after: tuple[T, ...]

    def changed(self) -> Iterable[tuple[T, T]]:
        """The pairs whose records differ in anything."""
        return (pair for pair in self.pairs if pair[0] != pair[1])


def match(before: tuple[T, ...], after: tuple[T, ...], marks: tuple[Callable[[T], str], ...]) -> Matched[T]:
    """Pair records by the first of *marks*, their key, then by the others in turn, where a single record bears it.

    An empty mark pairs nothing. Two records whose internal ids differ are two, whatever else they share.
    """
    pairs: list[tuple[T, T]] = []
    left, right = list(before), list(after)
    for mark in marks:
        there = _single(right, mark)
        here = _single(left, mark)
        found = {name: (here[name], there[name]) for name in here.keys() & there.keys()}
        kept = {name: pair for name, pair in found.items() if mark is marks[0] or _may_be_one(*pair)}
        pairs += [kept[name] for name in here if name in kept]
        left = [record for record in left if mark(record) not in kept]
        right = [record for record in right if mark(record) not in kept]
    return Matched(tuple(pairs), tuple(left), tuple(right))


def match_roles(before: tuple[Role, ...], after: tuple[Role, ...]) -> Matched[Role]:
    """Roles by key, internal id, script id, else by a name that one role alone bears."""
    return match(before, after, (_key, _id, _scriptid, _name))


def match_users(before: tuple[User, ...], after: tuple[User, ...]) -> Matched[User]:
    """Users by key, internal id, e-mail, else by a name that one user alone bears."""
    return match(before, after, (_key, _id, _email, _name))


class Identities:
    """The roles and users of two reads, matched, and what a reference of either read means in terms of both."""

    def __init__(self, before: Reading, after: Reading) -> None:
        self._before = before
        self._after = after

    @cached_property
    def roles(self) -> Matched[Role]:
        return match_roles(self._before.roles, self._after.roles)

    @cached_property
    def users(self) -> Matched[User]:
        return match_users(self._before.users, self._after.users)

    def role(self, reference: Reference, *, later: bool) -> str:
        """A text that is the same for references of both reads that mean the same role."""
        found = (self._after if later else self._before).directory.role(reference)
        record = self._earlier_role.get(found.key, found) if later and isinstance(found, Role) else found
        return _text(record if isinstance(record, Role) else None, reference)

    def user(self, reference: Reference, *, later: bool) -> str:
        """A text that is the same for references of both reads that mean the same user."""
        found = (self._after if later else self._before).directory.user(reference)
        record = self._earlier_user.get(found.key, found) if later and isinstance(found, User) else found
        return _text(record if isinstance(record, User) else None, reference)

    @cached_property
    def _earlier_role(self) -> dict[str, Role]:
        return {after.key: before for before, after in self.roles.pairs}

    @cached_property
    def _earlier_user(self) -> dict[str, User]:
        return {after.key: before for before, after in self.users.pairs}


UNRESOLVED = "text:"
"""How an identity begins that is only a name or an e-mail, because no record was found for it."""


def _text(record: Role | User | None, reference: Reference) -> str:
    if record is not None:
        return f"id:{record.id}" if record.id else f"key:{record.key}"
    return f"id:{reference.id}" if reference.id else f"{UNRESOLVED}{folded(reference.email or reference.name)}"


def _single(records: Iterable[T], mark: Callable[[T], str]) -> dict[str, T]:
    found: dict[str, T] = {}
    twice: set[str] = set()
    for record in records:
        name = mark(record)
        if name in found:
            twice.add(name)
        elif name:
            found[name] = record
    return {name: record for name, record in found.items() if name not in twice}


def _may_be_one(before: T, after: T) -> bool:
    return not (before.id and after.id and before.id != after.id)


def _key(record: Role | User) -> str:
    return record.key


def _id(record: Role | User) -> str:
    return record.id or ""


def _name(record: Role | User) -> str:
    return folded(record.name)


def _scriptid(record: Role) -> str:
    return record.scriptid or ""


def _email(record: User) -> str:
    return folded(record.email)
