"""What people wrote beside the change requests of an earlier workbook, to be carried into the next one."""

from __future__ import annotations

from msgspec import Struct


class Review(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reviewer's columns of one change request, as they stood."""

    owner: str = ""
    decision: str = ""
    ticket: str = ""
    due: str = ""
    """ISO date where the cell held a date, else the cell's text."""
    comment: str = ""


class EarlierRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of an earlier workbook's sheets Change requests, On hold or Done."""

    finding: str
    also: tuple[str, ...] = ()
    """Further findings that the same change mends."""
    cells: tuple[str, ...] = ()
    """What was asked: the row's columns from Account to What to do, as texts."""
    review: Review = Review()
    closed: str = ""
    """The day (ISO, UTC) of the run that found it done; empty while it is open."""
    outcome: str = ""
    """How it ended, in a few words; empty while it is open."""

    @property
    def findings(self) -> tuple[str, ...]:
        return (self.finding, *self.also)


class Carried(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The change requests of an earlier workbook of the same account, or why they could not be read."""

    origin: str
    """The workbook, as the user knows it."""
    sha256: str = ""
    requests: tuple[EarlierRequest, ...] = ()
    problem: str = ""
    """Why the workbook could not be used; the rows are then none, and the reports say so."""
