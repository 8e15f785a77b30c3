"""Who changed a role between two reads, as far as its system notes tell.

A note is tied to a change only where it names the permission, or has the very values before and after. Every other
note of the same role in the same time is told as what it is: somebody changed something of that role.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from auditor.history.reading import Reading
from auditor.model import (
    Author,
    Change,
    ChangeKind,
    Reference,
    State,
    SubjectKind,
    SystemNote,
    Table,
    Telling,
    User,
    folded,
)

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
"""How far a clock may be ahead of UTC and behind it. NetSuite does not name the time zone of its notes."""
_OF_PERMISSIONS = frozenset(
    {
        ChangeKind.PERMISSION_ADDED,
        ChangeKind.PERMISSION_RAISED,
        ChangeKind.PERMISSION_LOWERED,
        ChangeKind.PERMISSION_REMOVED,
        ChangeKind.PERMISSION_CHANGED,
    }
)
_SWITCHED = {ChangeKind.ROLE_INACTIVATED: "T", ChangeKind.ROLE_ACTIVATED: "F"}


class Authors:
    """The notes of one comparison, by role. Only those of the later read are looked at: it has those of the time."""

    def __init__(self, before: Reading, after: Reading, changes: Iterable[Change]) -> None:
        self._after = after
        since, until = _moment(before.taken), _moment(after.taken)
        asked = any(_kept(change) for change in changes)
        self.lacking = _lacking(after, since, until) if asked else ""
        self._notes: defaultdict[str, list[SystemNote]] = defaultdict(list)
        if asked and not self.lacking and since and until:
            for note in after.system_notes:
                at = _written(note.at)
                if at and since - BEHIND <= at <= until + AHEAD:
                    self._notes[note.role].append(note)

    def told(self, change: Change) -> Change:
        """*change* with what is known of who made it."""
        if not change.kind.of_the_account:
            return change
        if self.lacking or not _kept(change):
            return replace(change, telling=Telling.NOT_COLLECTED)
        of_record = self._notes.get(change.subject.key, [])
        of_change = [note for note in of_record if _is_of(note, change)]
        if of_change:
            return replace(change, telling=Telling.THIS_CHANGE, authors=self._authors(of_change))
        if of_record:
            return replace(change, telling=Telling.THIS_RECORD, authors=self._authors(of_record))
        return replace(change, telling=Telling.NO_NOTE)

    def _authors(self, notes: Sequence[SystemNote]) -> tuple[Author, ...]:
        """One for each person, so that what is told of a role does not grow with its notes."""
        moments: dict[str, list[str]] = {}
        for note in notes:
            moments.setdefault(self._name(note.author), []).append(note.at)
        return tuple(
            Author(name=name, first=min(theirs), last=max(theirs), notes=len(theirs))
            for name, theirs in sorted(moments.items(), key=lambda each: (min(each[1]), each[0]))
        )

    def _name(self, reference: Reference) -> str:
        found = self._after.directory.user(reference)
        name = found.name if isinstance(found, User) else reference.name
        return f"{name} (id {reference.id})" if name and reference.id else str(replace(reference, name=name))


def _kept(change: Change) -> bool:
    """System notes may tell of it. Documented: those of a record that was deleted are deleted with it."""
    return change.subject.kind is SubjectKind.ROLE and change.kind is not ChangeKind.ROLE_DELETED


def _lacking(after: Reading, since: datetime | None, until: datetime | None) -> str:
    """Why the notes of the later read say nothing of this time; empty if they cover it."""
    state, asked = after.state(Table.SYSTEM_NOTES), after.since(Table.SYSTEM_NOTES)
    if state is not State.COLLECTED:
        return f"System notes: {state.value}."
    first = _written(f"{asked} 00:00:00")
    if first is None:
        return "System notes: from which day on they were read is not known."
    if since is None or until is None or since > until:
        return "System notes: not looked up, because the later read is named first."
    if since - BEHIND < first:
        return f"System notes were read from {asked} on, which is too late for the earlier read."
    return ""


def _is_of(note: SystemNote, change: Change) -> bool:
    if change.kind in _OF_PERMISSIONS:
        return any(_names(text, change.about, change.label) for text in (note.field, note.before, note.after))
    if change.kind in _SWITCHED:
        # Real notes call such fields BINACTIVE, ISINACTIVE and the like; that of a role is not confirmed.
        return "INACTIVE" in note.field.upper() and note.after.upper() == _SWITCHED[change.kind]
    was, is_now = folded(note.before), folded(note.after)
    return bool(was and is_now) and (was, is_now) == (folded(change.before), folded(change.after))


def _names(text: str, permission: str, label: str) -> bool:
    """*text* is the permission's label, or holds its id as a word of its own."""
    if not text:
        return False
    return bool(permission and _word(permission).search(text)) or bool(label and folded(text) == folded(label))


@lru_cache(maxsize=4096)
def _word(permission: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(permission)}(?!\w)", re.IGNORECASE)


def _moment(text: str) -> datetime | None:
    """A read's own time, in UTC and without saying so, as notes are compared."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None


def _written(text: str) -> datetime | None:
    """The moment of a note, in NetSuite's zone."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
