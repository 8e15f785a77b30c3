"""What NetSuite keeps of who did what: the logins of integrations, and the system notes of roles.

Where a fact comes from stands beside it. Nothing here was tried on a live account.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from auditor.model import (
    Coverage,
    GlobalPermission,
    Level,
    LoginRecord,
    Permission,
    Role,
    State,
    SystemNote,
    Table,
    notes_in_order,
)
from auditor.sources.suiteql.caller import ADMINISTRATOR
from auditor.sources.suiteql.completeness import coverage
from auditor.sources.suiteql.mapping import reference
from auditor.sources.suiteql.query import DATE, Opener, Query
from auditor.sources.suiteql.reading import Reading
from auditor.sources.suiteql.rows import LoginRow, SystemNoteRow

DAYS = 35
"""How far back system notes are asked for: a month between two runs, and a few days to spare."""
SEES_NOTES = "LIST_SYSTEMNOTES"
_DAY = "YYYY-MM-DD"
_ROLE = -118
"""``recordtypeid`` of a role: one source, which asks production accounts so."""

LOGINS = Query(
    table=Table.LOGINS,
    source="loginaudit",
    row=LoginRow,
    key=("login_user", "login_role", "oauthappname", "oauthaccesstokenname", "status"),
    numeric=False,
    shapes={
        "login_user": "loginaudit.user",
        "login_role": "loginaudit.role",
        "latest": DATE.format("MAX(loginaudit.date)"),
        "times": "COUNT(*)",
    },
    needed=("oauthappname", "status", "latest", "times"),
    where="oauthappname IS NOT NULL",
    grouped=True,
    opener=Opener("ADMI_AUDITLOGIN", "View Login Audit Trail", "Setup", "Full"),
    may_be_empty=True,
)
"""The logins of integrations, not those of people: one row for each user, role, application, token and outcome.

The whole trail of a large account is millions of rows; so NetSuite is asked to put them together. The columns are those
of real queries (several sources), and SuiteQL offers GROUP BY and MAX; that it does so for this table is not confirmed.
"""

SYSTEM_NOTES = Query(
    table=Table.SYSTEM_NOTES,
    source="systemnote",
    row=SystemNoteRow,
    key=("changed", "recordid", "field", "author", "oldvalue", "newvalue", "author_role", "context"),
    numeric=False,
    shapes={
        "changed": DATE.format("systemnote.date"),
        "author": "systemnote.name",
        "author_role": "systemnote.role",
    },
    needed=("changed", "recordid"),
    somewhere=("author",),
    grouped=True,
    opener=Opener(SEES_NOTES, "System Notes for Analytics and REST", "Lists", "View"),
)
"""The table has no column that is known to be unique in every account, so that rows that are alike in all that is asked
for are put together. It holds the notes of every record of the account: it is never asked without its conditions.

Columns: a published list of the table's columns, and several real queries. That a group is offered here: one source.
"""

_ALONE = (
    "Oracle documents that without it NetSuite shows a caller the notes of its own changes alone, so nothing is taken "
    "from them."
)
_OPTIONAL = "No finding needs them: they let drift say who changed a role and when."


def notes_since(taken: str) -> date:
    """The day from which on system notes are asked for in a run that began at *taken*, UTC ISO 8601."""
    return (datetime.fromisoformat(taken) - timedelta(days=DAYS)).date()


def system_notes(since: date) -> Query:
    """How the notes of roles are asked for, from the beginning of the day *since* on.

    TO_DATE in such a condition: several sources. In which time zone the day begins is not confirmed.
    """
    where = f"recordtypeid = {_ROLE} AND systemnote.date >= TO_DATE('{since.isoformat()}', '{_DAY}')"
    return replace(SYSTEM_NOTES, where=where)


def login(row: LoginRow) -> LoginRecord:
    """Logins that are alike but for their date."""
    times = row.times or ""
    return LoginRecord(
        user=row.login_user or "",
        role=row.login_role or "",
        application=row.oauthappname or "",
        token=row.oauthaccesstokenname or "",
        status=row.status or "",
        latest=row.latest or "",
        times=int(times) if times.isdecimal() else 0,
    )


def system_note(row: SystemNoteRow) -> SystemNote:
    """What somebody changed of a role."""
    return SystemNote(
        role=row.recordid or "",
        at=row.changed or "",
        author=reference(row.author, ""),
        field=row.field or "",
        before=row.oldvalue or "",
        after=row.newvalue or "",
        author_role=row.author_role or "",
        context=row.context or "",
    )


class SystemNotes(Struct, frozen=True):
    """The notes of one account: all that were asked for, or none. What came in part could not say "nobody"."""

    notes: tuple[SystemNote, ...]
    coverage: Coverage
    """Collected, not permitted or not available, never more alarming: no verdict rests on these notes."""


def settled(reading: Reading[SystemNote], since: date, *, seen: bool | None) -> SystemNotes:
    """What *reading* is worth. *seen*: the caller sees the notes of others' changes; None: that is not known."""
    opener = reading.query.opener
    covered = coverage(reading, empty_is_proven=True)
    if covered.complete and seen:
        said = f"The notes of roles alone, of the days from {since.isoformat()} on. {_OPTIONAL}"
        covered = replace(covered, detail=said, since=since.isoformat())
        return SystemNotes(tuple(sorted(reading.records, key=notes_in_order)), covered)
    state, said = State.NOT_AVAILABLE, covered.detail
    if covered.state is State.NOT_PERMITTED or (covered.complete and seen is False):
        state = State.NOT_PERMITTED
    if covered.complete:
        held = f"The auditor's role does not hold the permission {opener.called}."
        if seen is None:
            held = f"Whether the auditor's role holds the permission {opener.called} is not known."
        said = f"{held} {_ALONE} It is given here: {opener.path}."
    return SystemNotes((), replace(covered, state=state, rows=0, detail=f"{said} {_OPTIONAL}"))


def sees_all(
    role: Role | None,
    user: str,
    permissions: list[Permission],
    global_permissions: list[GlobalPermission],
    notes: list[SystemNote],
    *,
    whole: bool,
) -> bool | None:
    """Whether a caller with *role*, of the employee *user*, sees the notes of others' changes; None: it cannot be told.

    A note by another says so by itself. Else the role must hold the permission, and no global permission of the user
    may lie over it: documented, that wins even where it is lower. *whole*: all permissions of roles came.
    """
    if user and any(note.author.id.isdecimal() and note.author.id != user for note in notes):
        return True
    if role is None:
        return None
    if role.id == ADMINISTRATOR:
        return True
    laid_over = [row.level for row in global_permissions if row.id == SEES_NOTES and row.user.id == user]
    held = laid_over or [row.level for row in permissions if row.id == SEES_NOTES and row.role == role.key]
    if any(level not in (None, Level.NONE) for level in held):
        return True
    return False if whole or laid_over else None
