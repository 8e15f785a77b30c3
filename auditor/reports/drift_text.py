"""The words of drift that all reports share."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.model import NAMES, NOT_COLLECTED, AccountResult, CaughtUp, Change, Drift, State, Telling, Unproven

FROM_NOTES = (
    "Changed by and at are from NetSuite's system notes of the role. Not told: somebody changed something of it in "
    "this time, and no note ties that to this change. Oracle documents that the system notes of a role track its main "
    "fields and not its tabs: most changes of permissions are in none.",
    "The time zone of the notes is not named, so that those of the hours before and after the two reads count as of "
    "this time (12 before, 14 after).",
)
"""What is said of the authors that system notes tell."""


def standing(result: AccountResult) -> str:
    """What is known of changes since the account was read last, in a sentence or two."""
    if result.history_problem:
        return f"History could not be asked or kept, so nothing is said of changes. {result.history_problem}"
    if result.drift is None:
        if result.history_problem is None:
            return "No history was kept for this run, so nothing is said of changes."
        return "This is the first run of this account in its history: there is nothing to compare with."
    return f"From {between(result.drift)}: {counted_kinds(result.drift)}."


def between(drift: Drift) -> str:
    """Which two reads were compared."""
    run = f" (run {drift.run})" if drift.run else ""
    return f"{_moment(drift.since)}{run} to {_moment(drift.until)}"


def counted_kinds(drift: Drift) -> str:
    """How many changes of each kind, in words."""
    if not drift.total:
        return "no change was found, but not everything could be compared" if drift.partial else "no change"
    return ", ".join(f"{kind.value}: {number:,}" for kind, number in drift.counts.items())


def part(change: Change) -> str:
    """What people call the part of the subject that changed; its id where it has no other name."""
    return change.label or load_catalog().label(change.about)


def changed_by(change: Change) -> str:
    """Who made the change, in words that say how far that is known; empty for what is no change in NetSuite."""
    if not change.kind.of_the_account:
        return ""
    names = "; ".join(author.name for author in change.authors)
    if change.telling is Telling.THIS_CHANGE:
        return names
    if change.telling is Telling.THIS_RECORD:
        return f"not told; notes of this role by {names}"
    telling: Telling = change.telling or Telling.NOT_COLLECTED
    return telling.value


def changed_at(change: Change) -> str:
    """When, as NetSuite's notes have it: a moment for each author, or the first and last of several."""
    return "; ".join(
        each.first if each.first == each.last else f"{each.first} to {each.last}" for each in change.authors
    )


def on_authors(drift: Drift) -> tuple[str, ...]:
    """What a reader must know of the authors that are told, and where the others are to be found."""
    if not any(kind.of_the_account for kind in drift.counts):
        return ()
    asked = any(change.telling not in (None, Telling.NOT_COLLECTED) for change in drift.changes)
    lacking = (drift.notes_lacking,) if drift.notes_lacking else ()
    return (*(FROM_NOTES if asked else ()), *lacking, NOT_COLLECTED)


def caught_up_sentence(caught_up: CaughtUp) -> str:
    """From when on the changes of a table are told that the earlier read lacks."""
    run = f" (run {caught_up.run})" if caught_up.run else ""
    return (
        f"{caught_up.table.value.capitalize()} were not read in full the time before, so they are held against those "
        f"of {_moment(caught_up.since)}{run}: what changed since then is told here."
    )


def unproven_sentence(unproven: Unproven) -> str:
    """What could not be compared of one table, and why nothing is told of it."""
    said = []
    if not (unproven.before is State.COLLECTED and unproven.after is State.COLLECTED):
        states = f"{unproven.before.value} before, {unproven.after.value} now"
        said.append(f"{unproven.table.value.capitalize()} were not read in full both times ({states}).")
    if unproven.appeared:
        said.append(f"{_rows(unproven.appeared)} only now: they may have been there before.")
    if unproven.vanished:
        said.append(f"{_rows(unproven.vanished)} only before: they may still be there.")
    if NAMES in unproven.columns:
        said.append(
            f"{unproven.table.value.capitalize()}: not compared, because the two reads name people in different ways."
        )
    elif unproven.columns:
        said.append(
            f"{unproven.table.value.capitalize()}: not compared by {', '.join(unproven.columns)}, "
            "which one of the two reads lacks."
        )
    if not said:
        said.append(f"Some {unproven.table.value} could not be compared.")
    return " ".join(said)


def _rows(number: int) -> str:
    return f"{number:,} row{' is' if number == 1 else 's are'} seen"


def _moment(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")
