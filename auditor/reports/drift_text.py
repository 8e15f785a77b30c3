"""The words of drift that all reports share."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.model import NAMES, AccountResult, Change, Drift, State, Unproven


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
