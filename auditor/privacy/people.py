"""Takes the people out of a snapshot, field by field, so that everything downstream never sees a name.

What is no person's stays as it is: roles, applications, permissions, classifications, subsidiaries, projects, files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from auditor.model import (
    AccessToken,
    Coverage,
    LoginRecord,
    Note,
    Reference,
    Snapshot,
    SystemNote,
    User,
    folded,
    notes_in_order,
)
from auditor.privacy.stand_ins import StandIns, is_id
from auditor.privacy.texts import Names

Row = TypeVar("Row")


def named(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Every name and address with the internal id beside it, or empty."""
    for user in snapshot.users:
        yield user.id or "", user.name
        yield user.id or "", user.email
    for reference in _references(snapshot):
        yield reference.id, reference.name
        yield reference.id, reference.email
    if snapshot.caller and snapshot.caller.user.id:  # else it is as the configuration calls it, and nobody's row
        yield snapshot.caller.user.id, snapshot.caller.user.name


def keys(snapshot: Snapshot) -> Iterator[str]:
    """Every key and id of a person that is no internal id: an export may have none."""
    for user in snapshot.users:
        yield from (each for each in (user.key, user.id or "", user.supervisor or "") if each and not is_id(each))
    for reference in _references(snapshot):
        if reference.id and not is_id(reference.id):
            yield reference.id
    for login in snapshot.logins:
        if login.user and not is_id(login.user):
            yield login.user


def _references(snapshot: Snapshot) -> Iterator[Reference]:
    yield from (token.user for token in snapshot.tokens)
    yield from (row.user for row in snapshot.assignments)
    yield from (row.user for row in snapshot.global_permissions)
    yield from (note.author for note in snapshot.system_notes)


class People:
    """The people of one snapshot, and what stands for each of them."""

    def __init__(self, snapshot: Snapshot, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        texts = {text for _, text in named(snapshot)} | {token.created_by for token in snapshot.tokens}
        texts |= {snapshot.caller.user.name} if snapshot.caller else set()
        self._known = {folded(text) for text in texts if text}
        self.names = Names(texts, stand_ins.person)

    def hidden(self, snapshot: Snapshot) -> Snapshot:
        """*snapshot* without names and addresses."""
        tokens = [self._token(token) for token in snapshot.tokens]
        return replace(
            snapshot,
            tokens=_sorted(_unique(tokens, snapshot.tokens), lambda token: token.key),
            users=_sorted([self._user(user) for user in snapshot.users], lambda user: user.key),
            assignments=_sorted(
                [replace(row, user=self.reference(row.user)) for row in snapshot.assignments], lambda row: row.user.id
            ),
            global_permissions=_sorted(
                [replace(row, user=self.reference(row.user)) for row in snapshot.global_permissions],
                lambda row: row.user.id,
            ),
            logins=tuple(self._login(login) for login in snapshot.logins),
            system_notes=tuple(sorted(map(self._system_note, snapshot.system_notes), key=notes_in_order)),
            coverage=tuple(self._coverage(coverage) for coverage in snapshot.coverage),
            notes=tuple(self._note(note) for note in snapshot.notes),
            caller=replace(snapshot.caller, user=self.reference(snapshot.caller.user)) if snapshot.caller else None,
        )

    def reference(self, reference: Reference) -> Reference:
        """*reference* to a user."""
        return Reference(
            id=self._stand_ins.exact(reference.id),
            name=self._stand_ins.person(reference.name),
            email=self._stand_ins.person(reference.email),
        )

    def _user(self, user: User) -> User:
        return replace(
            user,
            key=self._stand_ins.exact(user.key),
            name=self._stand_ins.person(user.name),
            id=None if user.id is None else self._stand_ins.exact(user.id),
            email=self._stand_ins.person(user.email),
            supervisor=None if user.supervisor is None else self._stand_ins.exact(user.supervisor),
        )

    def _token(self, token: AccessToken) -> AccessToken:
        return replace(
            token,
            key=self._token_key(token),
            name=self._token_name(token.name, token.application),
            user=self.reference(token.user),
            created_by=self._stand_ins.person(token.created_by),
        )

    def _token_key(self, token: AccessToken) -> str:
        """An internal id, else what files make of application, user, role and name."""
        parts = token.application, token.user.name, token.role.name, ""
        made = " / ".join(parts)
        if is_id(token.key) or not token.key.startswith(made):
            return self.names.hidden(token.key)
        rest = self._token_name(token.key[len(made) :], token.application)
        return " / ".join((token.application, self._stand_ins.person(token.user.name), token.role.name, rest))

    def _token_name(self, name: str, application: str) -> str:
        """``Application - User, Role`` is the name that NetSuite gives; whose it is decides nothing of how it is read.

        The logins know a token by its name alone, so that a name has the same stand-in wherever it stands.
        """
        head = f"{application} - "
        if application and name[: len(head)].casefold() == head.casefold() and ", " in name:
            said = name[len(head) :]
            ends = [at for at in range(len(said)) if said.startswith(", ", at)]
            end = next((at for at in reversed(ends) if folded(said[:at]) in self._known), ends[-1])
            return f"{name[: len(head)]}{self._stand_ins.person(said[:end])}{self.names.hidden(said[end:])}"
        return self.names.hidden(name)

    def _login(self, login: LoginRecord) -> LoginRecord:
        token = self._token_name(login.token, login.application)
        return replace(login, user=self._stand_ins.exact(login.user), token=token)

    def _system_note(self, note: SystemNote) -> SystemNote:
        texts = (note.field, note.before, note.after, note.context)
        field, before, after, context = map(self.names.hidden, texts)
        author = self.reference(note.author)
        return replace(note, author=author, field=field, before=before, after=after, context=context)

    def _coverage(self, coverage: Coverage) -> Coverage:
        return replace(
            coverage,
            detail=self.names.hidden(coverage.detail),
            origins=tuple(replace(each, problem=self.names.hidden(each.problem)) for each in coverage.origins),
            canaries=tuple(replace(each, what=self.names.hidden(each.what)) for each in coverage.canaries),
        )

    def _note(self, note: Note) -> Note:
        return replace(note, subject=self.names.hidden(note.subject), text=self.names.hidden(note.text))


def _unique(tokens: Sequence[AccessToken], before: Iterable[AccessToken]) -> list[AccessToken]:
    """*tokens*, those of different keys still with different ones: names that differ in case alone do so no more."""
    pairs = list(zip(tokens, before, strict=True))
    taken: set[str] = set()
    by_key: dict[str, str] = {}
    for was, key in sorted({(was.key, token.key) for token, was in pairs}):
        number, unique = 1, key
        while unique in taken:
            number += 1
            unique = f"{key} ({number})"
        taken.add(unique)
        by_key[was] = unique
    return [replace(token, key=by_key[was.key]) if by_key[was.key] != token.key else token for token, was in pairs]


def _sorted(rows: Sequence[Row], number: Callable[[Row], str]) -> tuple[Row, ...]:
    """*rows* in the source's order where that is one of internal ids; an order of names would tell of the names."""
    return tuple(rows) if all(is_id(number(row)) for row in rows) else tuple(sorted(rows, key=repr))
