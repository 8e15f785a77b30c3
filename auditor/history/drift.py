"""What changed in an account between two reads.

The one rule: a row that is only in the later read was made, and one that is only in the earlier read was taken away,
only if the read that lacks it has its table in full. Everything else is counted as unproven and told beside the
changes, never among them. A row that both reads have is compared wherever it stands, column by column that both have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
from auditor.model import CHANGES_IN, NAMES, CaughtUp, Change, ChangeKind, Drift, State, Table, Unproven, folded

_OF_PEOPLE = (Table.ACCESS_TOKENS, Table.USERS, Table.ROLE_ASSIGNMENTS, Table.GLOBAL_PERMISSIONS)
_TABLES = tuple(Table)
_TABLE_OF = {kind: table for table, kinds in CHANGES_IN.items() for kind in kinds}
_ORDER = {kind: number for number, kind in enumerate(ChangeKind)}


def compare(before: Reading, after: Reading, whole: Mapping[Table, Reading] | None = None) -> Drift:
    """The drift from *before* to *after*; the same for the same two reads. Equal tables are not unpacked.

    *whole*: for a table that *before* does not have in full, the last read before it that does. What changed in the
    table since then, and was told neither then nor now, is told as well, so that nothing is lost in a night that could
    not see it.
    """
    found = _compared(before, after)
    caught_up = sorted((whole or {}).items(), key=lambda each: _TABLES.index(each[0]))
    if not caught_up:
        return found
    tables = {table for table, _ in caught_up}
    changes = list(found.changes)
    unproven = [each for each in found.unproven if each.table not in tables]
    lacking = found.notes_lacking
    for read in {id(each): each for _, each in caught_up}.values():
        its_own = {table for table, each in caught_up if each is read}
        since, told_then = _compared(read, after), _compared(read, before)
        told = {_which(each) for each in (*changes, *told_then.changes)}
        changes += [each for each in since.changes if _TABLE_OF.get(each.kind) in its_own and _which(each) not in told]
        unproven += [each for each in since.unproven if each.table in its_own]
        lacking = lacking or since.notes_lacking
    return _drift(
        before,
        after,
        sorted(changes, key=_in_order),
        unproven=tuple(sorted(unproven, key=lambda each: _TABLES.index(each.table))),
        notes_lacking=lacking,
        caught_up=tuple(CaughtUp(table=table, run=read.run, since=read.taken) for table, read in caught_up),
    )


def _compared(before: Reading, after: Reading) -> Drift:
    tally = Tally(before, after)
    changes = sorted((*_changes_of_rows(before, after, tally), *_changes_of_terms(before, after)), key=_in_order)
    authors = Authors(before, after, changes)
    return _drift(
        before,
        after,
        [authors.told(change) for change in changes],
        unproven=tuple(_unproven(before, after, tally)),
        notes_lacking=authors.lacking,
    )


def _drift(
    before: Reading,
    after: Reading,
    changes: Sequence[Change],
    *,
    unproven: tuple[Unproven, ...],
    notes_lacking: str,
    caught_up: tuple[CaughtUp, ...] = (),
) -> Drift:
    counts = Counter(change.kind for change in changes)
    return Drift(
        run=before.run,
        since=before.taken,
        until=after.taken,
        counts={kind: counts[kind] for kind in ChangeKind if counts[kind]},
        changes=tuple(changes),
        unproven=unproven,
        caught_up=caught_up,
        notes_lacking=notes_lacking,
    )


def _which(change: Change) -> tuple[ChangeKind, str, str, str]:
    """What tells that two comparisons speak of one thing."""
    return change.kind, change.subject.kind.value, change.subject.key, change.about


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

    Tables in which no change is looked for, such as classes, are not spoken of.
    """
    unlike = frozenset() if before.names_as(after) else frozenset({NAMES})
    for table in CHANGES_IN:
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
