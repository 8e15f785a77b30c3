"""Changes of access tokens."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.history.identity import UNRESOLVED, Identities
from auditor.history.reading import Reading
from auditor.history.tally import Tally
from auditor.model import AccessToken, Change, ChangeKind, Reference, Subject, SubjectKind, Table, folded


def token_changes(before: Reading, after: Reading, identities: Identities, tally: Tally) -> Iterator[Change]:
    """Tokens made, deleted, revoked, switched on or off, moved to another role or user, renamed.

    A token is known by its key. Where the source gives no internal ids, the key is made of application, user, role and
    name, so that a token that is moved there is another token: one deleted and one made.
    """
    old, new = ({token.key: token for token in reading.tokens} for reading in (before, after))
    for key in sorted(new.keys() - old.keys()):
        if tally.made(Table.ACCESS_TOKENS):
            yield Change(kind=ChangeKind.TOKEN_MADE, subject=_subject(new[key]), after=_bound(new[key]))
    for key in sorted(old.keys() - new.keys()):
        if tally.taken_away(Table.ACCESS_TOKENS):
            yield Change(kind=ChangeKind.TOKEN_DELETED, subject=_subject(old[key]), before=_bound(old[key]))
    for key in sorted(old.keys() & new.keys()):
        if old[key] != new[key]:
            yield from _changes_of_token(old[key], new[key], identities)


def _changes_of_token(old: AccessToken, new: AccessToken, identities: Identities) -> Iterator[Change]:
    subject = _subject(new)
    if old.revoked is False and new.revoked:
        yield Change(kind=ChangeKind.TOKEN_REVOKED, subject=subject, after=new.revoked_on)
    elif old.inactive is not None and new.inactive is not None and old.inactive != new.inactive:
        # Documented: a revoked token also shows as inactive. So this is told of others alone.
        kind = ChangeKind.TOKEN_INACTIVATED if new.inactive else ChangeKind.TOKEN_ACTIVATED
        yield Change(kind=kind, subject=subject)
    moved = (
        ("role", old.role, new.role, identities.role(old.role, later=False), identities.role(new.role, later=True)),
        ("user", old.user, new.user, identities.user(old.user, later=False), identities.user(new.user, later=True)),
    )
    for about, was, is_now, was_one, is_one in moved:
        if was_one != is_one and _surely_another(was, is_now, was_one, is_one):
            yield Change(
                kind=ChangeKind.TOKEN_MOVED, subject=subject, about=about, before=_named(was), after=_named(is_now)
            )
    for about, said, says in (("name", old.name, new.name), ("application", old.application, new.application)):
        if said and says and said != says:
            yield Change(kind=ChangeKind.TOKEN_RENAMED, subject=subject, about=about, before=said, after=says)


def _surely_another(was: Reference, is_now: Reference, was_one: str, is_one: str) -> bool:
    """Identities of two kinds prove nothing: then the references themselves must differ in a field that both have.

    They are of two kinds where a record was not found on one side, or bears no internal id there.
    """
    kind, other_kind = (each.partition(":")[0] for each in (was_one, is_one))
    if kind == other_kind and not was_one.startswith(UNRESOLVED):
        return True
    for one, other in ((was.id, is_now.id), (was.email, is_now.email), (was.name, is_now.name)):
        if one and other:
            return folded(one) != folded(other)
    return False


def _subject(token: AccessToken) -> Subject:
    return Subject(SubjectKind.TOKEN, token.key, token.name or token.application)


def _bound(token: AccessToken) -> str:
    state = {True: "active", False: "not active", None: "state not given"}[token.usable]
    return f"{token.application}, {_named(token.user)}, {_named(token.role)}, {state}"


def _named(reference: Reference) -> str:
    return f"{reference} (id {reference.id})" if reference.id and reference.name else str(reference)
