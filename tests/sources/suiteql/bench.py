"""Simulated accounts being served, sources that read them, and what they read held against the truth."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from auditor.config import AccountSettings, OAuth2, TokenBased
from auditor.errors import SourceError
from auditor.model import ClassificationKind, Level, Snapshot, State, Table
from auditor.secrets import SecretReference
from auditor.simulator import SimulatedAccount, Simulator
from auditor.simulator.accounts.builder import AUDITOR_ROLE
from auditor.sources.suiteql import Clock, SuiteqlSource

TAKEN = "2026-03-01T02:00:00Z"
NOTES = 12
"""System notes in the days before ``TAKEN``, in every account that is served."""
ALL_COLLECTED = dict.fromkeys(Table, State.COLLECTED)
TABLES = {
    Table.ROLES: "role",
    Table.ROLE_PERMISSIONS: "rolepermissions",
    Table.ACCESS_TOKENS: "oauthtoken",
    Table.USERS: "employee",
    Table.ROLE_ASSIGNMENTS: "employeerolesforsearch",
    Table.GLOBAL_PERMISSIONS: "employeeempperms",
    Table.FEATURES: "companyfeaturesetup",
    Table.CLASSES: "classification",
    Table.DEPARTMENTS: "department",
    Table.LOCATIONS: "location",
    Table.SUBSIDIARIES: "subsidiary",
    Table.PROJECTS: "job",
    Table.ROLE_RESTRICTIONS: "rolerestrictions",
    Table.LOGINS: "loginaudit",
    Table.SYSTEM_NOTES: "systemnote",
}
"""The subsidiary maps are read of the classifications' own column, and asked for only where it says nothing."""


CLASSIFICATION = ("id", "fullname", "parent", "isinactive", "includechildren", "subsidiary", "lastmodifieddate")


def states(snapshot: Snapshot) -> dict[Table, State]:
    return {coverage.table: coverage.state for coverage in snapshot.coverage}


class Bench:
    """Simulated accounts being served, and sources that read them. Waits pass at once, on the account's clock too."""

    def __init__(self, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stack = stack
        self._patch = monkeypatch
        self.waits: list[float] = []

    def close(self) -> None:
        self._stack.close()
        del self.simulator

    def serve(self, account: SimulatedAccount, **more: Any) -> SimulatedAccount:
        self.simulator = self._stack.enter_context(Simulator([account], **more))
        self.account = account
        for number in range(NOTES):  # such as another than the caller made, in the days that are asked for
            account.note(
                AUDITOR_ROLE,
                "ROLE.NAME",
                f"N {number}",
                f"N {number + 1}",
                author=10,
                at=f"2026-02-{number + 1:02} 10:00:00",
            )
        return account

    def source(self, auth: str = "oauth2", **more: Any) -> SuiteqlSource:
        sign_in = self._oauth2() if auth == "oauth2" else self._tba()
        settings_ = AccountSettings(
            **{
                "id": self.account.id,
                "name": "x",
                "sign_in": sign_in,
                "base_url": self.simulator.base_url(self.account.id),
                "own_role": str(self.account.credentials.role),
                "own_user": str(self.account.credentials.user),
                **more,
            }
        )
        return SuiteqlSource(settings_, clock=Clock(sleep=self._wait, chance=lambda: 1.0))

    def collect(self, auth: str = "oauth2", **more: Any) -> Snapshot:
        return self.source(auth, **more).collect(TAKEN)

    def failure(self, auth: str = "oauth2", **more: Any) -> str:
        with pytest.raises(SourceError) as caught:
            self.collect(auth, **more)
        return str(caught.value)

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.account.clock.advance(seconds)

    def _oauth2(self) -> OAuth2:
        credentials = self.account.credentials
        self._patch.setenv("SIM_KEY", credentials.private_key_pem.decode())
        return OAuth2(
            client_id=credentials.client_id,
            certificate_id=credentials.certificate_id,
            private_key=SecretReference("env", "SIM_KEY"),
        )

    def _tba(self) -> TokenBased:
        token = self.account.credentials.token
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        for name in names:
            self._patch.setenv(f"SIM_{name.upper()}", getattr(token, name))
        return TokenBased(**{name: SecretReference("env", f"SIM_{name.upper()}") for name in names})


def compared(snapshot: Snapshot, account: SimulatedAccount) -> None:
    """Hold everything read against the account's own tables."""

    def truth(table: str, *columns: str) -> list[tuple[str | None, ...]]:
        rows = [tuple(None if row.get(c) is None else str(row[c]) for c in columns) for row in account.rows(table)]
        return sorted(rows, key=str)

    def flag(value: bool | None) -> str | None:
        return None if value is None else "T" if value else "F"

    def level(value: Level | None) -> str | None:
        return None if value is None else str(value.rank)

    read: dict[str, list[tuple[str | None, ...]]] = {
        "role": [(r.id, r.name, r.scriptid, flag(r.inactive), r.center_type) for r in snapshot.roles],
        "rolepermissions": [(p.role, p.id, level(p.level)) for p in snapshot.permissions],
        "oauthtoken": [
            (t.key, t.name, t.application, t.user.id, t.role.id, flag(t.inactive), flag(t.revoked), t.created)
            for t in snapshot.tokens
        ],
        "employee": [
            (
                u.key,
                u.name,
                u.email or None,
                flag(u.inactive),
                flag(u.access),
                u.supervisor or None,
                u.classification or None,
                u.department or None,
                u.location or None,
                u.subsidiary or None,
                u.expense_limit or None,
                u.modified,
            )
            for u in snapshot.users
        ],
        "employeerolesforsearch": [(a.user.id, a.role.id) for a in snapshot.assignments],
        "employeeempperms": [(g.user.id, g.id, level(g.level)) for g in snapshot.global_permissions],
        "companyfeaturesetup": [(f.id, f.name, flag(f.active)) for f in snapshot.features],
        "subsidiary": [(s.id, s.name, s.full_name, s.parent or None, flag(s.inactive)) for s in snapshot.subsidiaries],
        "job": [(p.id, p.name, p.company_name, p.subsidiary or None, p.modified) for p in snapshot.projects],
        "rolerestrictions": [(r.role, r.segment, flag(r.items_restricted)) for r in snapshot.role_restrictions],
    }
    for kind, name in zip(ClassificationKind, ("classification", "department", "location"), strict=True):
        read[name] = [
            (
                c.id,
                c.full_name,
                c.parent or None,
                flag(c.inactive),
                flag(c.include_children),
                ", ".join(c.subsidiaries or ()),
                c.modified,
            )
            for c in snapshot.classifications
            if c.kind is kind
        ]
    columns = {
        "role": ("id", "name", "scriptid", "isinactive", "centertype"),
        "rolepermissions": ("role", "permkey", "permlevel"),
        "oauthtoken": (
            "id",
            "tba_token_name",
            "tba_app_name",
            "entity_name",
            "role_name",
            "binactive",
            "brevoked",
            "dcreated",
        ),
        "employee": (
            *("id", "entityid", "email", "isinactive", "giveaccess", "supervisor", "class", "department", "location"),
            *("subsidiary", "expenselimit", "lastmodifieddate"),
        ),
        "employeerolesforsearch": ("entity", "role"),
        "employeeempperms": ("employee", "permkey", "permlevel"),
        "companyfeaturesetup": ("id", "name", "isactive"),
        **dict.fromkeys(("classification", "department", "location"), CLASSIFICATION),
        "subsidiary": ("id", "name", "fullname", "parent", "isinactive"),
        "job": ("id", "entityid", "companyname", "subsidiary", "lastmodifieddate"),
        "rolerestrictions": ("role", "segment", "itemsrestricted"),
    }
    for table, rows in read.items():
        assert sorted(rows, key=str) == truth(table, *columns[table]), table
    noted = [
        (row["recordid"], row["date"], row["name"], row.get("field"), row.get("oldvalue"), row.get("newvalue"))
        for row in account.rows("systemnote")
        if str(row["date"]) >= "2026-01-25"
    ]
    notes = [
        (n.role, n.at, n.author.id, n.field or None, n.before or None, n.after or None) for n in snapshot.system_notes
    ]
    assert sorted(notes, key=str) == sorted((tuple(v and str(v) for v in row) for row in noted), key=str)
    logins = [
        (row["user"], row["role"], row["oauthappname"], row["oauthaccesstokenname"], row["status"])
        for row in account.rows("loginaudit")
        if "oauthappname" in row
    ]
    counted = {(r.user, r.role, r.application, r.token, r.status): r.times for r in snapshot.logins}
    assert counted == {tuple(map(str, login)): logins.count(login) for login in logins}
