"""What NetSuite keeps of who did what: the logins of integrations, and its system notes of changed records.

Texts and ids are NetSuite's own.
"""

from __future__ import annotations

from msgspec import Struct

from auditor.model.account import Reference


class LoginRecord(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """All logins of one user, role, application and token that ended alike: when the last of them was, how many."""

    user: str
    """Internal id; empty where NetSuite could not tell who it was."""
    role: str
    application: str
    token: str
    """The token's *name*, which two tokens may share: NetSuite records no id."""
    status: str
    """As NetSuite writes it: ``Success``, ``Failure``."""
    latest: str
    """``YYYY-MM-DD HH:MM:SS``; in which time zone is not confirmed."""
    times: int = 0

    @property
    def succeeded(self) -> bool:
        return self.status.casefold() == "success"


class SystemNote(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Somebody changed something of a role. No verdict rests on one: it only says who and when, where it does.

    Oracle documents that the system notes of roles track their main fields, and not what is on the tabs: a permission
    that was given or taken away is as a rule in none of them.
    """

    role: str
    """Internal id of the role that was changed."""
    at: str
    """``YYYY-MM-DD HH:MM:SS``; in which time zone is not confirmed (one source: the account's own)."""
    author: Reference
    """Who changed it, by internal id; several sources. That of no employee is somebody else, or NetSuite itself."""
    field: str = ""
    """As NetSuite calls it, such as ``ROLE.NAME``; which names there are is not confirmed."""
    before: str = ""
    after: str = ""
    author_role: str = ""
    """Internal id of the role in which it was changed."""
    context: str = ""
    """How, such as ``UIF`` for the user interface (several sources)."""


def in_order(note: SystemNote) -> tuple[str, ...]:
    """A key to sort notes by: the oldest first."""
    author = note.author
    values = (note.role, note.field, note.before, note.after, author.id, author.name, note.author_role, note.context)
    return (note.at, *values)
