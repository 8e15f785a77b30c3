"""What comes short of the truth: a thief stands between the account and the source, and takes what he likes.

He takes it out of the answers with rows. The counts he leaves alone: one number cannot come short.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from auditor.model import ClassificationKind, Snapshot, Table
from auditor.sources.suiteql.transport import Answer, Transport
from tests.sources.suiteql.bench import Bench
from tests.sources.suiteql.tables import hidden

KINDS = ("table", "page", "row", "column")


class Thief:
    """Takes a table, a page, rows or a column out of the answers, the same ones at every reading."""

    def __init__(self, kind: str, table: str, seed: int) -> None:
        self.kind = kind
        self.table = table
        self.seed = seed
        self.taken = 0

    def take(self, sql: str, query: str, answer: Answer) -> Answer:
        if answer.status != 200 or f"FROM {self.table} " not in f"{sql} " or sql.startswith("SELECT COUNT("):
            return answer
        if self.kind == "table" and self.seed % 2:
            self.taken += 1
            reply = hidden(self.table)
            return Answer(reply.status, {}, reply.body)
        body = json.loads(answer.body)
        chance = random.Random(f"{self.seed} {sql if self.kind != 'column' else ''} {query}")
        body["items"] = self._left(body["items"], chance)
        body["count"] = len(body["items"])
        if self.kind == "table":
            body["hasMore"] = False
        return Answer(200, answer.headers, json.dumps(body).encode())

    def _left(self, items: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
        if self.kind == "column":
            names = sorted({name for item in items for name in item} - {"links"})
            gone = names[self.seed % len(names)] if names else ""
            self.taken += sum(gone in item for item in items)
            return [{name: value for name, value in item.items() if name != gone} for item in items]
        share = 1.0 if self.kind == "table" else float(chance.random() < 0.5) if self.kind == "page" else 0.1
        left = [item for item in items if chance.random() >= share]
        self.taken += len(items) - len(left)
        return left


def robbed(bench: Bench, thief: Thief, auth: str) -> Snapshot:
    post = Transport.post

    def post_robbed(self: Transport, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = post(self, path, query, headers, body)
        return answer if path.endswith("/token") else thief.take(json.loads(body)["q"], query, answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "post", post_robbed)
        return bench.collect(auth)


def known(snapshot: Snapshot, table: Table) -> list[tuple[object, ...]]:
    """What a verdict can rest on, of one table."""

    def of_kind(kind: ClassificationKind) -> list[tuple[object, ...]]:
        return [(c.id, c.name, c.inactive) for c in snapshot.classifications if c.kind is kind]

    return {
        Table.ROLES: [(r.key, r.name, r.scriptid, r.inactive) for r in snapshot.roles],
        Table.ROLE_PERMISSIONS: [(p.role, p.id, p.level) for p in snapshot.permissions],
        Table.ACCESS_TOKENS: [
            (t.key, t.application, t.user.id, t.role.id, t.inactive, t.revoked) for t in snapshot.tokens
        ],
        Table.USERS: [(u.key, u.name, u.inactive, u.access) for u in snapshot.users],
        Table.ROLE_ASSIGNMENTS: [(a.user.id, a.role.id) for a in snapshot.assignments],
        Table.GLOBAL_PERMISSIONS: [(g.user.id, g.id, g.level) for g in snapshot.global_permissions],
        Table.FEATURES: [(f.id, f.active) for f in snapshot.features],
        Table.CLASSES: of_kind(ClassificationKind.CLASS),
        Table.DEPARTMENTS: of_kind(ClassificationKind.DEPARTMENT),
        Table.LOCATIONS: of_kind(ClassificationKind.LOCATION),
        Table.SUBSIDIARIES: [(s.id, s.name, s.inactive) for s in snapshot.subsidiaries],
        Table.SUBSIDIARY_MAPS: [],
        Table.PROJECTS: [(p.id, p.name, p.inactive) for p in snapshot.projects],
        Table.ROLE_RESTRICTIONS: [(r.role, r.segment) for r in snapshot.role_restrictions],
        Table.SYSTEM_NOTES: [(n.role, n.at, n.author.id) for n in snapshot.system_notes],
        Table.LOGINS: sorted((r.application, r.status, r.latest, r.times) for r in snapshot.logins),
    }[table]
