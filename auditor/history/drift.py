"""What changed in an account between two reads.

The one rule: a row that is only in the later read was made, and one that is only in the earlier read was taken away,
only if the read that lacks it has its table in full. Everything else is counted as unproven and told beside the
changes, never among them. A row that both reads have is compared wherever it stands, column by column that both have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from auditor.history.authors import Authors
from auditor.history.drift_people import assignment_changes, feature_changes, global_changes, user_changes
from auditor.history.drift_roles import permission_changes, role_changes
from auditor.history.drift_tokens import token_changes
from auditor.history.identity import Identities
from auditor.history.reading import Reading
from auditor.history.steps import OF_PEOPLE
from auditor.history.tally import Tally
from auditor.history.terms import changes_of_terms
from auditor.model import NAMES, Change, ChangeKind, Drift, State, Table, Unproven, folded

_OF_PEOPLE = (Table.ACCESS_TOKENS, Table.USERS, Table.ROLE_ASSIGNMENTS, Table.GLOBAL_PERMISSIONS)
_ORDER = {kind: number for number, kind in enumerate(ChangeKind)}


def compare(before: Reading, after: Reading) -> Drift:
    """The drift from *before* to *after*; the same for the same two reads. Equal tables are not unpacked."""
    tally = Tally(before, after)
    changes = sorted((*_changes_of_rows(before, after, tally), *_changes_of_terms(before, after)), key=_in_order)
    authors = Authors(before, after, changes)
    counts = Counter(change.kind for change in changes)
    return Drift(
        run=before.run,
        since=before.taken,
        until=after.taken,
        counts={kind: counts[kind] for kind in ChangeKind if counts[kind]},
        changes=tuple(map(authors.told, changes)),
        unproven=tuple(_unproven(before, after, tally)),
        notes_lacking=authors.lacking,
    )


def _changes_of_rows(before: Reading, after: Reading, tally: Tally) -> Iterator[Change]:
    if before.digest == after.digest:
        return
    old, new = before.packed, after.packed
    identities = Identities(before, after)
    if old.roles != new.roles:
        yield from role_changes(before, after, identities, tally)
    if old.permissions != new.permissions:
        yield from permission_changes(before, after, identities, tally)
    if old.features != new.features:
        yield from feature_changes(before, after, tally)
    if not before.names_as(after):
        return
    if old.tokens != new.tokens:
        yield from token_changes(before, after, identities, tally)
    if old.users != new.users:
        yield from user_changes(identities, tally)
    if old.assignments != new.assignments:
        yield from assignment_changes(before, after, identities, tally)
    if old.global_permissions != new.global_permissions:
        yield from global_changes(before, after, identities, tally)


def _changes_of_terms(before: Reading, after: Reading) -> Iterable[Change]:
    if before.terms is None or after.terms is None:
        return ()
    changes = changes_of_terms(after.account, before.terms, after.terms)
    if before.names_as(after):
        return changes
    return (change for change in changes if change.subject.kind not in OF_PEOPLE)


def _unproven(before: Reading, after: Reading, tally: Tally) -> Iterator[Unproven]:
    """A table that neither read was given is no part of what is compared, and neither is a column that both lack.

    System notes are not compared at all: they tell of changes.
    """
    unlike = frozenset() if before.names_as(after) else frozenset({NAMES})
    for table in Table:
        if table is Table.SYSTEM_NOTES:
            continue
        states = before.state(table), after.state(table)
        columns = before.dropped(table) ^ after.dropped(table) | (unlike if table in _OF_PEOPLE else frozenset())
        whole = states == (State.COLLECTED, State.COLLECTED)
        nowhere = states == (State.NOT_AVAILABLE, State.NOT_AVAILABLE) and not tally.unproven(table)
        if (whole and not columns and not tally.unproven(table)) or nowhere:
            continue
        yield Unproven(
            table=table,
            before=states[0],
            after=states[1],
            appeared=tally.appeared[table],
            vanished=tally.vanished[table],
            columns=tuple(sorted(columns)),
        )


def _in_order(change: Change) -> tuple[object, ...]:
    subject = change.subject
    return (
        _ORDER[change.kind],
        subject.kind.value,
        folded(subject.name),
        subject.key,
        *msgspec.structs.astuple(change)[2:],
    )
