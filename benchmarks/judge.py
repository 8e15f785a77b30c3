"""Read and judge one large account: msgspec and dictionaries, against json and pandas.merge on the same bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from auditor.baselines import baseline_folders, find_baseline
from auditor.catalog import load_catalog
from auditor.checks.judge import judge
from auditor.model import (
    AccessToken,
    Baseline,
    Coverage,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    Scope,
    Snapshot,
    State,
    Status,
    Table,
    User,
)
from auditor.sources.snapshot_file import read_snapshot, write_snapshot
from benchmarks.timing import compare, report

ROLES, PERMISSIONS, TOKENS = 150, 120, 300
LEVELS = [level.value for level in Level]


def large_snapshot(asked: Baseline) -> Snapshot:
    """An account of the usual large size; ten of its roles are on tokens of the baseline's application."""
    needed = [option.permission for requirement in asked.requirements for option in requirement.options]
    ids = list(dict.fromkeys(needed + [entry.id for entry in load_catalog()]))[:PERMISSIONS]
    levels = list(Level)
    return Snapshot(
        account="1234567",
        taken="2026-11-21T02:00:00Z",
        source="files",
        origin="benchmark",
        roles=tuple(Role(key=str(n), id=str(n), name=f"Role {n}", inactive=False) for n in range(1000, 1000 + ROLES)),
        permissions=tuple(
            Permission(str(role), permission, levels[(role + 3 * number) % 5])
            for role in range(1000, 1000 + ROLES)
            for number, permission in enumerate(ids)
        ),
        tokens=tuple(
            AccessToken(
                key=str(n),
                name=f"Token {n}",
                application=asked.applications[0] if n < 10 else f"Application {n % 20}",
                user=Reference(id=str(n % 100)),
                role=Reference(id=str(1000 + n % ROLES)),
                inactive=False,
                revoked=False,
            )
            for n in range(TOKENS)
        ),
        users=tuple(User(key=str(n), id=str(n), name=f"User {n}", inactive=False) for n in range(100)),
        assignments=tuple(
            RoleAssignment(Reference(id=str(n % 100)), Reference(id=str(1000 + n % ROLES))) for n in range(TOKENS)
        ),
        coverage=tuple(Coverage(table=table, state=State.COLLECTED) for table in Table),
    )


def naive(data: bytes, asked: Baseline) -> dict[str, Any]:
    """The same answers in the usual way: json, data frames, a merge for each question, a record for each finding."""
    import pandas as pd

    snapshot = json.loads(data)["snapshot"]
    roles, permissions, tokens, users, assignments = (
        pd.json_normalize(snapshot[name]) for name in ("roles", "permissions", "tokens", "users", "assignments")
    )
    needed = pd.DataFrame(
        [
            {"requirement": requirement.id, "id": option.permission, "label": option.label, "level": option.level.value}
            for requirement in asked.requirements
            for option in requirement.options
        ]
    )
    permissions["rank"] = permissions["level"].map(LEVELS.index)
    needed["needed"] = needed["level"].map(LEVELS.index)
    rows = roles.merge(needed, how="cross", suffixes=("_role", ""))
    rows = rows.merge(permissions, how="left", left_on=["key", "id"], right_on=["role", "id"], suffixes=("", "_held"))
    rows["rank"] = rows["rank"].fillna(0).astype(int)
    rows["met"] = rows["rank"] >= rows["needed"]
    met = rows.groupby(["key", "requirement"])["met"].any().reset_index()
    distance = roles.merge(met.groupby("key")["met"].sum().reset_index(), on="key")

    bound = tokens.merge(users, how="left", left_on="user.id", right_on="key", suffixes=("", "_user"))
    bound = bound.merge(roles, how="left", left_on="role.id", right_on="key", suffixes=("", "_role"))
    bound = bound.merge(assignments, how="left", on=["user.id", "role.id"], indicator="assigned")
    ours = bound[bound["application"] == asked.applications[0]].drop_duplicates("key")
    levels = ours.merge(rows, left_on="key_role", right_on="key", suffixes=("_token", ""))
    judged = rows[rows["key"].isin(ours["key_role"])].merge(met, on=["key", "requirement"], suffixes=("_option", ""))
    return {
        "roles": judged.drop_duplicates(["key", "requirement"]).apply(_finding, axis=1).tolist(),
        "levels": levels.apply(_finding, axis=1).tolist(),
        "chain": [link for row in ours.to_dict("records") for link in _chain(row, asked)],
        "tokens": bound.drop_duplicates("key").apply(_token, axis=1).tolist(),
        "distance": distance.to_dict("records"),
    }


def _finding(row: Any) -> dict[str, Any]:
    state = "pass" if row["met"] else "fail"
    title = f"Role '{row['name']}' has {row['label']} at {LEVELS[row['rank']]}, {row['level']} is needed"
    steps = [
        "Setup > Users/Roles > Manage Roles",
        f"Edit {row['name']}",
        f"Set {row['label']} to {row['level']}",
        "Save",
    ]
    name = hashlib.sha256(json.dumps([row["key"], row["requirement"]]).encode()).hexdigest()[:16]
    return {
        "id": name,
        "role": row["key"],
        "requirement": row["requirement"],
        "status": state,
        "title": title,
        "steps": steps,
    }


def _chain(row: dict[Any, Any], asked: Baseline) -> list[dict[str, Any]]:
    links = {
        "active": not row["inactive"] and not row["revoked"],
        "role": row["name_role"] in asked.role_names,
        "role-active": not row["inactive_role"],
        "user-active": not row["inactive_user"],
        "assigned": row["assigned"] == "both",
    }
    return [
        {"id": _fingerprint(row["key"], link), "token": row["key"], "link": link, "status": "pass" if met else "fail"}
        for link, met in links.items()
    ]


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _token(row: Any) -> dict[str, Any]:
    usable = not row["inactive"] and not row["revoked"]
    return {"token": row["key"], "user": row["name_user"], "usable": usable, "assigned": row["assigned"] == "both"}


def same_answers(data: bytes, asked: Baseline) -> bool:
    """Whether both ways fail the same rows of the same roles, and count every role's distance alike."""
    ours = judge(read_snapshot(data, "snapshot.json"), (asked,), Scope())
    theirs = naive(data, asked)
    failed = {
        (finding.subject.key, finding.requirement.partition(":")[2])
        for finding in ours.findings
        if finding.check == "role-levels" and finding.status is Status.FAIL
    }
    return failed == {(row["role"], row["requirement"]) for row in theirs["roles"] if row["status"] == "fail"} and {
        each.role: each.met for each in ours.distances
    } == {row["key"]: row["met"] for row in theirs["distance"]}


def main() -> None:
    asked = find_baseline("expensify-integration", baseline_folders(None))
    data = write_snapshot(large_snapshot(asked))
    if not same_answers(data, asked):
        raise SystemExit("the two ways do not give the same answers")
    read_and_judge = f"read + judge ({ROLES} roles x {PERMISSIONS}, {TOKENS} tokens)"
    medians = compare(
        {
            read_and_judge: lambda: judge(read_snapshot(data, "snapshot.json"), (asked,), Scope()),
            "json + pandas.merge": lambda: naive(data, asked),
        },
        rounds=9,
    )
    report(medians, read_and_judge, "json + pandas.merge", goal=10)
