"""What an integration's own token was answered when it asked for a record."""

from __future__ import annotations

import enum

from msgspec import Struct


class ProbeOutcome(enum.Enum):
    """How NetSuite answered. Only ``ALLOWED`` and ``REFUSED`` say something of the role."""

    ALLOWED = "allowed"
    """At least one record came back."""
    REFUSED = "refused"
    """NetSuite said that a permission is lacking."""
    EMPTY = "empty"
    """Success and no record: there may be none, or it may be a refusal (one independent source)."""
    FAILED = "failed"
    """No answer that says either: a time-out, too many requests, another error."""


class ProbeRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record that was asked for with the integration's own token."""

    record: str
    """The record's type as NetSuite's SOAP names it: ``Classification``."""
    outcome: ProbeOutcome
    detail: str = ""
    """For a refusal NetSuite's own words; else in our words what there is to know. Empty when allowed."""
    remedy: str = ""
    """Where nothing was learned: what to do about it, if that is known."""
    permission: str = ""
    """Id of the permission that NetSuite named if that is a known one, else of the one that opens the record."""
    codes: tuple[str, ...] = ()
    """The vendor's error codes that follow from a refusal, as far as its pages name any."""
    count: int | None = None
    """How many records NetSuite says there are for this role; None where it did not say."""
