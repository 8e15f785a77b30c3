"""The source that asks a live account: signs in, reads every table, and says how whole each read was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from auditor.catalog import load_catalog
from auditor.config import AccountSettings, OAuth2
from auditor.errors import ConfigurationError, SourceError
from auditor.model import AccessToken, Feature, GlobalPermission, Permission, Role, Snapshot, SystemNote, Table, User
from auditor.sources.suiteql import mapping
from auditor.sources.suiteql.auth_oauth2 import CertificateSignIn
from auditor.sources.suiteql.auth_tba import TokenSignIn
from auditor.sources.suiteql.caller import OwnMarks, find_caller, own_id, own_role, proofs, recorded
from auditor.sources.suiteql.client import Client
from auditor.sources.suiteql.completeness import coverage
from auditor.sources.suiteql.faults import HiddenTableError, NotPermittedError
from auditor.sources.suiteql.holders import Holders, read_holders
from auditor.sources.suiteql.mapping import Person, in_order
from auditor.sources.suiteql.queries import ACCESS_TOKENS, FEATURES, GLOBAL_PERMISSIONS, ROLE_PERMISSIONS, ROLES, USERS
from auditor.sources.suiteql.reading import Progress, Reading, TableReader
from auditor.sources.suiteql.remarks import NOT_COLLECTED, caller_note, permission_notes
from auditor.sources.suiteql.retry import Clock, Patience
from auditor.sources.suiteql.signin import SignIn
from auditor.sources.suiteql.structure import ENTRIES, Structure, read_maps
from auditor.sources.suiteql.trails import SystemNotes, notes_since, sees_all, settled, system_note, system_notes
from auditor.sources.suiteql.transport import Transport

K = TypeVar("K")
_REST_ROLE = (
    "Give the auditor's role REST Web Services and SuiteAnalytics Workbook, and the permissions of the baseline"
    " netsuite-auditor (auditor baselines show netsuite-auditor)."
)


class SuiteqlSource:
    """One live account over SuiteQL.

    *progress* is told after each page, from whichever thread read it. Setting *stop* ends the read at the next page or
    during a wait. *clock* is for tests; the times in the snapshot's coverage are its readings.
    """

    def __init__(
        self,
        settings: AccountSettings,
        *,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.account = settings.id
        self._settings = settings
        self._progress = progress
        self._stop = stop or threading.Event()
        self._clock = clock or Clock(sleep=self._stop.wait)

    def collect(self, taken: str) -> Snapshot:
        """Read the account. *taken* is the run's one reading of the clock, UTC ISO 8601.

        Raises:
            SourceError: the sign-in failed, nothing answered, or the run was stopped. A table that could not be read
                is coverage, not an error.
        """
        transport = Transport(self._settings, self._clock, self._stop)
        try:
            patience = Patience(self._clock, self._settings.time_budget, self._stop)
            sign_in = sign_in_of(self._settings, transport, self._clock)
            client = Client(self._settings, sign_in, transport, patience, self._clock)
            reader = TableReader(client, self._clock, self.account, self._progress)
            return self._snapshot(taken, reader)
        finally:
            transport.close()

    def _snapshot(self, taken: str, reader: TableReader) -> Snapshot:
        roles = reader.read(ROLES, mapping.role)
        if roles.problem and not roles.records and not isinstance(roles.problem, HiddenTableError | NotPermittedError):
            raise SourceError(roles.problem.message, roles.problem.remedy) from roles.problem
        tasks: dict[str | Table, Callable[[], Any]] = {
            "permissions": lambda: reader.read_pages(ROLE_PERMISSIONS, mapping.role_permissions),
            "tokens": lambda: reader.read(ACCESS_TOKENS, mapping.access_token),
            "employees": lambda: reader.read(USERS, mapping.employee),
            "holders": lambda: read_holders(reader),
            "global_permissions": lambda: reader.read(GLOBAL_PERMISSIONS, mapping.global_permission),
            "features": lambda: reader.read(FEATURES, mapping.feature),
            "caller": lambda: find_caller(self._settings, reader),
        }
        entries = {table: partial(reader.read, query, convert) for table, (query, convert) in ENTRIES.items()}
        found = _side_by_side({**tasks, **entries}, self._settings.concurrency)
        readings = {table: found.pop(table) for table in ENTRIES}
        read = _Read(roles=roles, structure=Structure(readings, read_maps(reader, readings)), **found)
        read.refuse_nothing()
        # Asked for last: whatever becomes of them, what is judged is there.
        noted = reader.read(system_notes(notes_since(taken)), system_note)
        return self._assembled(taken, read, noted)

    def _assembled(self, taken: str, read: _Read, noted: Reading[SystemNote]) -> Snapshot:
        roles, permissions, tokens = read.roles.records, read.permissions.records, read.tokens.records
        users = mapping.as_far_as_told([person.user for person in read.employees.records])
        holders = read.holders.settled(read.employees)
        given = proofs(
            read.caller,
            roles=roles,
            permissions=permissions,
            tokens=tokens,
            users=users,
            assignments=holders.records,
        )
        covered_roles = coverage(read.roles, given[Table.ROLES])
        assigned = holders.coverage(given[Table.ROLE_ASSIGNMENTS])
        covered_permissions = coverage(read.permissions, given[Table.ROLE_PERMISSIONS])
        told = _told(taken, read, noted, users, whole=covered_permissions.complete)
        same_opener = assigned.complete and holders.opener is GLOBAL_PERMISSIONS.opener
        notes = [
            caller_note(own_role(read.caller, roles), read.caller.role),
            *permission_notes(permissions, read.global_permissions.records, load_catalog()),
        ]
        return Snapshot(
            account=self.account,
            taken=taken,
            source="suiteql",
            origin=self._settings.base_url,
            roles=tuple(sorted(roles, key=lambda role: in_order(role.key))),
            permissions=tuple(sorted(permissions, key=lambda row: (in_order(row.role), row.id))),
            tokens=tuple(sorted(tokens, key=lambda token: in_order(token.key))),
            users=tuple(sorted(users, key=lambda user: in_order(user.key))),
            assignments=tuple(sorted(holders.records, key=lambda row: (in_order(row.user.id), in_order(row.role.id)))),
            global_permissions=tuple(
                sorted(read.global_permissions.records, key=lambda row: (in_order(row.user.id), row.id))
            ),
            features=tuple(sorted(read.features.records, key=lambda feature: feature.id)),
            classifications=read.structure.classifications,
            subsidiaries=read.structure.subsidiaries,
            projects=read.structure.projects,
            role_restrictions=read.structure.role_restrictions,
            logins=read.structure.logins,
            system_notes=told.notes,
            coverage=(
                covered_roles,
                covered_permissions,
                coverage(read.tokens, given[Table.ACCESS_TOKENS]),
                coverage(read.employees, given[Table.USERS]),
                assigned,
                coverage(read.global_permissions, empty_is_proven=same_opener),
                coverage(read.features),
                *read.structure.coverage(roles_whole=covered_roles.complete),
                told.coverage,
            ),
            notes=tuple(notes),
            not_collected=NOT_COLLECTED,
            caller=recorded(read.caller, roles, users),
        )


def _told(taken: str, read: _Read, noted: Reading[SystemNote], users: list[User], *, whole: bool) -> SystemNotes:
    """The system notes, if the caller is shown to see those of others. *whole*: all permissions of roles came."""
    seen = sees_all(
        own_role(read.caller, read.roles.records),
        own_id(read.caller, users),
        read.permissions.records,
        read.global_permissions.records,
        noted.records,
        whole=whole,
    )
    return settled(noted, notes_since(taken), seen=seen)


def sign_in_of(settings: AccountSettings, transport: Transport, clock: Clock) -> SignIn:
    """The account's way of signing in. Secrets are looked up here: a missing one is this account's failure alone.

    Raises:
        SourceError: a secret is not there, or a key is not one.
    """
    try:
        if isinstance(settings.sign_in, OAuth2):
            return CertificateSignIn(settings, settings.sign_in, transport, clock)
        return TokenSignIn(settings.sign_in, settings.id, clock)
    except ConfigurationError as error:
        raise SourceError(f"Account {settings.id}: {error.message}", error.remedy) from None


class _Read(Struct, kw_only=True):
    """All readings of one account."""

    roles: Reading[Role]
    permissions: Reading[Permission]
    tokens: Reading[AccessToken]
    employees: Reading[Person]
    holders: Holders
    global_permissions: Reading[GlobalPermission]
    features: Reading[Feature]
    structure: Structure
    caller: OwnMarks

    def refuse_nothing(self) -> None:
        """Raises:
        SourceError: not one table gave a row, and every one a reason: there is no account to speak of.
        """
        readings: tuple[Reading[Any], ...] = (
            self.roles,
            self.permissions,
            self.tokens,
            self.employees,
            *self.holders.readings,
            self.global_permissions,
            self.features,
            *self.structure.readings.values(),
        )
        if all(reading.problem and not reading.records for reading in readings):
            problem = self.roles.problem or SourceError("Nothing was read.")
            raise SourceError(f"Not one table could be read. {problem.message}", _REST_ROLE) from problem


def _side_by_side(tasks: dict[K, Callable[[], Any]], workers: int) -> dict[K, Any]:
    """What each task gives. With one worker they run here, one after the other."""
    if workers == 1:
        return {name: task() for name, task in tasks.items()}
    with ThreadPoolExecutor(workers) as pool:
        futures = {name: pool.submit(task) for name, task in tasks.items()}
        try:
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # what is under way ends by itself; the rest never begins
            raise
