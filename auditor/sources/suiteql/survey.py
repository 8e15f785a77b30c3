"""A short look at one account before the first night: what opens, and as whom. Two answers for most tables.

It asks nothing that the audit would not ask, and keeps of the rows only the roles, the features and the permissions of
the caller's own role.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from auditor.config import AccountSettings
from auditor.errors import SourceError
from auditor.model import Caller, Feature, Permission, Role, Snapshot, State
from auditor.sources.suiteql import mapping
from auditor.sources.suiteql.caller import OwnMarks, find_caller, own_role, recorded
from auditor.sources.suiteql.client import LIMIT, Client
from auditor.sources.suiteql.completeness import coverage, dropped_columns, outcome
from auditor.sources.suiteql.faults import HiddenTableError, NotPermittedError, SignInRefusedError
from auditor.sources.suiteql.holders import Holders
from auditor.sources.suiteql.mapping import Person
from auditor.sources.suiteql.queries import (
    ACCESS_TOKENS,
    FEATURES,
    GLOBAL_PERMISSIONS,
    ROLE_ASSIGNMENTS,
    ROLE_PERMISSIONS,
    ROLES,
    USERS,
)
from auditor.sources.suiteql.query import Query
from auditor.sources.suiteql.reading import Reading, TableReader
from auditor.sources.suiteql.retry import Clock, Patience
from auditor.sources.suiteql.source import sign_in_of
from auditor.sources.suiteql.transport import Answer, Transport


class TableLook(Struct, frozen=True, kw_only=True):
    """What one table answered. ``rows`` is NetSuite's own count; None where it gave none."""

    query: Query
    state: State
    rows: int | None = None
    dropped: tuple[str, ...] = ()
    says: str = ""


class Survey(Struct, frozen=True, kw_only=True):
    """How far the look got, and what it saw. Each thing that was not reached is None or empty."""

    clock_ahead: float | None = None
    """Seconds by which this machine's clock is ahead of NetSuite's; None if no answer bore a Date."""
    refused: SourceError | None = None
    """Why the sign-in failed."""
    closed: SourceError | None = None
    """Why nothing can be asked although the sign-in worked."""
    looks: tuple[TableLook, ...] = ()
    own: OwnMarks | None = None
    snapshot: Snapshot | None = None
    """The roles, the features, and of the permissions those of the caller's own role alone."""


class _TimedTransport(Transport):
    """Notes how far this machine's clock is from the one in the first answer."""

    ahead: float | None = None

    def __init__(self, settings: AccountSettings, clock: Clock, stop: threading.Event) -> None:
        super().__init__(settings, clock, stop)
        self._now: Callable[[], datetime] = clock.now

    def post(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = super().post(path, query, headers, body)
        if self.ahead is None and answer.date is not None:
            self.ahead = (self._now() - answer.date).total_seconds()
        return answer


def survey(settings: AccountSettings, taken: str, stop: threading.Event) -> Survey:
    """Look at the account. *taken* is the one reading of the clock, UTC ISO 8601. Setting *stop* ends it.

    Raises:
        SourceError: a secret is not there, or this machine cannot trust the host.
    """
    clock = Clock(sleep=stop.wait)
    transport = _TimedTransport(settings, clock, stop)
    try:
        sign_in = sign_in_of(settings, transport, clock)
        patience = Patience(clock, settings.time_budget, stop)
        reader = TableReader(Client(settings, sign_in, transport, patience, clock), clock, settings.id, None)
        return replace(_looked(settings, taken, reader), clock_ahead=transport.ahead)
    finally:
        transport.close()


def credential_of(settings: AccountSettings) -> tuple[str, str]:
    """What the credential is, in words without a secret, and why NetSuite would not take it; nothing is sent.

    Raises:
        SourceError: a secret is not there, or a key is not one.
    """
    clock = Clock()
    transport = Transport(replace(settings, ca_file=""), clock, threading.Event())
    try:
        sign_in = sign_in_of(settings, transport, clock)
        return sign_in.described(), sign_in.doubt()
    finally:
        transport.close()


def _looked(settings: AccountSettings, taken: str, reader: TableReader) -> Survey:
    roles = reader.read(ROLES, mapping.role)
    if isinstance(roles.problem, SignInRefusedError):
        return Survey(refused=roles.problem)
    if roles.problem and not roles.records and not isinstance(roles.problem, HiddenTableError):
        # A table that the role may not read answers as if it were not there: a plain refusal shuts all of them.
        return Survey(closed=roles.problem) if isinstance(roles.problem, NotPermittedError) else _unasked(roles.problem)
    features = reader.read(FEATURES, mapping.feature)
    own = find_caller(settings, reader)
    role = own_role(own, roles.records)
    permissions = reader.glance(ROLE_PERMISSIONS, mapping.role_permission, _before(role))
    looks = [_look(roles), _look(permissions), _look(reader.glance(ACCESS_TOKENS, _itself))]
    users = reader.glance(USERS, mapping.employee)
    assigned = _assignments(reader, users)
    looks += [_look(users), assigned]
    given = _look(reader.glance(GLOBAL_PERMISSIONS, _itself))
    opened = assigned.state is State.COLLECTED and assigned.query.opener is GLOBAL_PERMISSIONS.opener
    if given.rows == 0 and opened:  # what the same permission opens was read, so there is none
        given = replace(given, state=State.COLLECTED, says="")
    looks += [given, _look(features)]
    snapshot = _snapshot(settings, taken, roles, features, recorded(own, roles.records, ()))
    if role is not None:
        snapshot = _with_permissions(snapshot, role, permissions)
    return Survey(looks=tuple(looks), own=own, snapshot=snapshot)


def _unasked(problem: SourceError) -> Survey:
    """Nothing came that NetSuite itself said: there is nothing to sign in to."""
    return Survey(refused=problem)


def _before(role: Role | None) -> int | None:
    """The number beyond which the rows of *role* come first."""
    return int(role.id) - 1 if role and role.id and role.id.isdecimal() else None


def _itself(row: Any) -> Any:
    return row


def _look(reading: Reading[Any]) -> TableLook:
    state, remarks = outcome(reading)
    lacking = {*reading.query.needed, *reading.query.somewhere} & set(reading.lost)
    if state is State.COLLECTED and lacking:
        state = State.PARTIAL
        remarks = [f"Without the column {', '.join(sorted(lacking))} the rows do not say what they must."]
    elif state is State.COLLECTED and reading.absent:
        state = State.PARTIAL
        remarks = [f"No row has {', '.join(reading.absent)}, which some must have."]
    elif state is State.COLLECTED and not reading.counted_before and not reading.rows:
        state = State.PARTIAL
        remarks = [f"No row came back, and that proves nothing: {reading.query.empty_doubt}."]
    remarks += [dropped_columns(reading)] if reading.dropped else []
    return TableLook(
        query=reading.query,
        state=state,
        rows=reading.counted_before,
        dropped=reading.dropped,
        says=" ".join(remarks).replace(str(reading.query.opener), "").strip(),
    )


def _assignments(reader: TableReader, users: Reading[Person]) -> TableLook:
    """The first of the places that answers, as the audit takes it; if none does, the first with its refusal."""
    readings: list[Reading[Any]] = []
    for query in ROLE_ASSIGNMENTS:
        readings.append(reader.glance(query, mapping.assignment))
        if readings[-1].problem is None:
            return _look(readings[-1])
    last = Holders(readings).settled(users).readings[-1]
    look = _look(last)
    if last is readings[-1] or look.state is not State.COLLECTED:
        return _look(readings[0])
    asked = " and ".join(query.source for query in ROLE_ASSIGNMENTS)
    return replace(look, says=f"Read from its column rolesforsearch, because {asked} did not answer.")


def _snapshot(
    settings: AccountSettings, taken: str, roles: Reading[Role], features: Reading[Feature], caller: Caller
) -> Snapshot:
    return Snapshot(
        account=settings.id,
        taken=taken,
        source="suiteql",
        origin=settings.base_url,
        roles=tuple(roles.records),
        features=tuple(features.records),
        coverage=(coverage(roles), coverage(features)),
        caller=caller,
    )


def _with_permissions(snapshot: Snapshot, role: Role, reading: Reading[Permission]) -> Snapshot:
    """*snapshot* with the rows of *role*, which are whole if the page did not end amid them."""
    rows = tuple(row for row in reading.records if row.role == role.key)
    whole = reading.problem is None and bool(rows) and (len(rows) < len(reading.records) or len(rows) < LIMIT)
    own = replace(role, permissions_whole=whole)
    roles = tuple(own if each.key == role.key else each for each in snapshot.roles)
    return replace(snapshot, roles=roles, permissions=rows)
