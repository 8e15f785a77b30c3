"""Hides the people of every account of a run, from the moment that the account was read."""

from __future__ import annotations

import threading
from typing import Protocol

from msgspec.structs import replace

from auditor.config import HASH_NEEDS_KEY, Privacy
from auditor.errors import ConfigurationError
from auditor.model import AccountFailure, Carried, ExpenseLines, Note, ProbeRow, Scope, Snapshot, Table
from auditor.privacy.lines import hidden_lines
from auditor.privacy.people import People, keys, named
from auditor.privacy.stand_ins import Hashed, Numbered, StandIns
from auditor.privacy.texts import Names
from auditor.secrets import Secret

_SAID = {
    Privacy.HASH: "Names and e-mail addresses of people: each is replaced by a hash with a secret key, the same every "
    'night (privacy = "hash"). Roles, applications and what people wrote into their names stay as they are.',
    Privacy.OMIT: "Names and e-mail addresses of people: left out, the internal id stands in their place "
    '(privacy = "omit"). Roles, applications and what people wrote into their names stay as they are.',
}
_NUMBERED = (
    "{} of people have no internal id beside them. They are numbered for this read alone, so that from night to night "
    'it is not told what changed about people, and findings about them may begin anew. Use privacy = "hash", or add '
    "the column Internal ID to the exports."
)


class Hiding(Protocol):
    """How a run deals with people."""

    def account(self, snapshot: Snapshot, scope: Scope) -> tuple[Snapshot, Scope]:
        """What was read and asked of an account, as everything downstream sees it."""
        ...

    def failure(self, failure: AccountFailure) -> AccountFailure:
        """Why an account could not be audited, as it is told."""
        ...

    def probe(self, account: str, rows: tuple[ProbeRow, ...]) -> tuple[ProbeRow, ...]:
        """What the integration's own token was answered."""
        ...

    def carried(self, account: str, carried: Carried | None) -> Carried | None:
        """What an earlier workbook asked for, which may be of a run that named people."""
        ...

    def lines(self, account: str, lines: ExpenseLines) -> ExpenseLines:
        """Coded expense lines that are held against what was read of an account."""
        ...

    def person(self, text: str) -> str:
        """A name or an address that the configuration bears."""
        ...


class Named:
    """People are named: nothing is hidden."""

    def account(self, snapshot: Snapshot, scope: Scope) -> tuple[Snapshot, Scope]:
        return snapshot, scope

    def failure(self, failure: AccountFailure) -> AccountFailure:
        return failure

    def probe(self, account: str, rows: tuple[ProbeRow, ...]) -> tuple[ProbeRow, ...]:  # noqa: ARG002
        return rows

    def carried(self, account: str, carried: Carried | None) -> Carried | None:  # noqa: ARG002
        return carried

    def lines(self, account: str, lines: ExpenseLines) -> ExpenseLines:  # noqa: ARG002
        return lines

    def person(self, text: str) -> str:
        return text


NAMED = Named()


class Hidden:
    """Names and addresses are hidden one *way* or the other. Safe to call from several accounts' threads."""

    def __init__(self, way: Privacy, hashed: Hashed | None) -> None:
        self._way = way
        self._hashed = hashed
        self._names: dict[str, Names] = {}
        self._stand_ins: dict[str, tuple[StandIns, str]] = {}
        """Of each account, with the mark of those whose texts are hidden as the account's own were."""
        self._turn = threading.Lock()
        self._nobody = Names((), self.person)

    def account(self, snapshot: Snapshot, scope: Scope) -> tuple[Snapshot, Scope]:
        mark = f"{self._way.value} {self._hashed.mark}" if self._hashed else self._way.value
        notes = snapshot.notes
        if self._hashed:
            stand_ins: Hashed | Numbered = self._hashed
        else:
            stand_ins = Numbered(named(snapshot), keys(snapshot))
            if stand_ins.without_id:
                text = _NUMBERED.format(f"{stand_ins.without_id} names, addresses or keys")
                notes = (*notes, Note(Table.USERS, "people", text))
                mark = f"{mark}, numbered {snapshot.taken}"
        people = People(snapshot, stand_ins)
        whole = f"{mark} over {snapshot.privacy}" if snapshot.privacy else mark
        as_here = not snapshot.privacy or (self._hashed and snapshot.privacy == mark)
        with self._turn:
            self._names[snapshot.account] = people.names
            self._stand_ins[snapshot.account] = stand_ins, mark if as_here else ""
        if user := scope.expected.get("user"):
            scope = replace(scope, expected={**scope.expected, "user": stand_ins.person(user)})
        if snapshot.privacy == mark:  # an earlier run's own snapshot, given as a file
            return snapshot, scope
        hidden = people.hidden(replace(snapshot, notes=notes))
        return replace(
            hidden,
            not_collected=(*hidden.not_collected, _SAID[self._way]),
            privacy=whole,
        ), scope

    def failure(self, failure: AccountFailure) -> AccountFailure:
        names = self._of(failure.account)
        return replace(failure, cause=names.hidden(failure.cause), remedy=names.hidden(failure.remedy))

    def probe(self, account: str, rows: tuple[ProbeRow, ...]) -> tuple[ProbeRow, ...]:
        names = self._of(account)
        return tuple(replace(row, detail=names.hidden(row.detail), remedy=names.hidden(row.remedy)) for row in rows)

    def carried(self, account: str, carried: Carried | None) -> Carried | None:
        if carried is None:
            return None
        names = self._of(account)
        requests = tuple(
            replace(each, cells=tuple(names.hidden_earlier(cell) for cell in each.cells)) for each in carried.requests
        )
        return replace(carried, requests=requests)

    def lines(self, account: str, lines: ExpenseLines) -> ExpenseLines:
        with self._turn:
            stand_ins, mark = self._stand_ins[account]
        hidden = hidden_lines(lines, stand_ins, self._of(account))
        return replace(hidden, remarks=(*hidden.remarks, _SAID[self._way]), privacy=mark)

    def person(self, text: str) -> str:
        return (self._hashed or Numbered((), ())).person(text)

    def _of(self, account: str) -> Names:
        with self._turn:
            return self._names.get(account, self._nobody)


def hiding(way: Privacy | None, key: Secret | None) -> Hiding:
    """How people are to be hidden; None: not at all.

    Raises:
        ConfigurationError: a hash is asked for without a key, or with one that can be guessed.
    """
    if way is None:
        return NAMED
    if way is Privacy.OMIT:
        return Hidden(way, None)
    if key is None:
        raise ConfigurationError("A hash of names needs a secret key, and none is named.", HASH_NEEDS_KEY)
    return Hidden(way, Hashed(key))
