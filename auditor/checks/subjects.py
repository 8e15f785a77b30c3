"""What findings are about, each with an identity that no other thing of its kind in the account has."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import AccessToken, Role, Subject, SubjectKind


class TokenSubject(Struct, frozen=True):
    """One access token and what its findings are filed under."""

    token: AccessToken
    subject: Subject
    repeats: bool = False
    """The list has this very key and binding more than once, and another of these rows is judged."""


def account_subject(account: str) -> Subject:
    """The account itself."""
    return Subject(SubjectKind.ACCOUNT, account, account)


def role_subject(role: Role) -> Subject:
    """A role, known by its key."""
    return Subject(SubjectKind.ROLE, role.key, role.name)


def token_subjects(tokens: tuple[AccessToken, ...]) -> tuple[TokenSubject, ...]:
    """Every token with its subject, in the order given.

    A list without internal ids can hold two tokens of one application, user, role and name: a revoked one and the one
    made after it, as a rule. They are one subject, judged by the row that is most usable, for that is what they bind.
    Rows that share a key and bind differently are told apart by a number.
    """
    if len({token.key for token in tokens}) == len(tokens):
        return tuple(TokenSubject(token, Subject(SubjectKind.TOKEN, token.key, token.name)) for token in tokens)
    judged: dict[tuple[str, ...], AccessToken] = {}
    for token in tokens:
        best = judged.setdefault(_binding(token), token)
        if _USABLE.index(token.usable) > _USABLE.index(best.usable):
            judged[_binding(token)] = token
    keys: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    for binding in judged:
        key, number = binding[0], 1
        while key in taken:
            number += 1
            key = f"{binding[0]} ({number})"
        taken.add(key)
        keys[binding] = key
    seen: set[tuple[str, ...]] = set()
    subjects = []
    for token in tokens:
        binding = _binding(token)
        repeats = token is not judged[binding] or binding in seen
        if not repeats:
            seen.add(binding)
        subjects.append(TokenSubject(token, Subject(SubjectKind.TOKEN, keys[binding], token.name), repeats))
    return tuple(subjects)


_USABLE = (False, None, True)


def _binding(token: AccessToken) -> tuple[str, ...]:
    user, role = token.user, token.role
    return (token.key, token.application, user.id, user.email, user.name, role.id, role.name, token.name)
