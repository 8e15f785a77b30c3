"""Two nights on a simulated account in which somebody changes a role: who and when, in everything that tells of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from auditor.model import Level
from auditor.simulator import SimulatedAccount
from auditor.simulator.accounts import clean_account
from auditor.simulator.accounts.builder import AUDITOR_ROLE
from auditor.simulator.accounts.company import PAYABLES_CLERK
from tests.cli.test_audit import auditor, files, only_run, pdf_text
from tests.cli.test_history import but_for_the_manifest
from tests.cli.test_history import findings as document
from tests.cli.test_live import served
from tests.privacy.people import names_in
from tests.reports.reading import load, table_rows

ACCOUNT = "1234567"
ADA, CARLA = 100, 102


def person(account: SimulatedAccount, employee: int) -> str:
    return str((account.store.one("employee", id=employee) or {})["entityid"])


def change(account: SimulatedAccount, moment: str = "") -> None:
    """One renames a role and another touches it, a permission is raised, and a token switched off."""
    was = str((account.store.one("role", id=PAYABLES_CLERK) or {})["name"])
    account.update("role", {"name": "Payables"}, id=PAYABLES_CLERK)
    account.note(PAYABLES_CLERK, "ROLE.NAME", was, "Payables", author=ADA, at=moment)
    account.note(PAYABLES_CLERK, "ROLE.SUBSIDIARYOPTION", "ALL", "OWN", author=CARLA, at=moment)
    account.set_level(PAYABLES_CLERK, "LIST_VENDOR", Level.FULL)
    account.set_level(1001, "LIST_VENDOR", Level.FULL)
    account.update("oauthtoken", {"binactive": "T"}, id=int(account.rows("oauthtoken")[-1]["id"]))


def nights(tmp_path: Path, account: SimulatedAccount, *options: str, head: str = "") -> tuple[Path, Path]:
    out = tmp_path / "runs"
    with served(tmp_path, account) as config:
        config.write_text(head + config.read_text())
        first = auditor("audit", "--config", config, "--out", out, "--no-probe", *options)
        one = only_run(out)
        change(account)
        second = auditor("audit", "--config", config, "--out", out, "--no-probe", *options)
    assert (first.exit_code, second.exit_code) != (3, 3), second.output
    return one, next(run for run in out.glob("2*Z*") if run != one)


def told(changes: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return {
        (each["kind"], each["subject"]["key"]): (
            each["telling"], [author["name"] for author in each.get("authors", ())]
        )
        for each in changes
    }  # fmt: skip


def test_who_renamed_the_role_stands_in_every_report(tmp_path: Path) -> None:
    account = clean_account(ACCOUNT)
    ada, carla = f"{person(account, ADA)} (id {ADA})", f"{person(account, CARLA)} (id {CARLA})"
    token = str(account.rows("oauthtoken")[-1]["id"])
    one, two = nights(tmp_path, account)
    both = "system notes of this record in this time", [ada, carla]
    expected = {
        ("role renamed", str(PAYABLES_CLERK)): ("a system note of this change", [ada]),
        ("permission raised", str(PAYABLES_CLERK)): both,
        ("permission raised", "1001"): ("no system note says it", []),
        ("token inactivated", token): ("not collected", []),
    }
    found = document(two)["drift"]
    kinds = {(kind.replace("added", "raised"), key): said for (kind, key), said in told(found["changes"]).items()}
    assert kinds == expected
    assert "notes_lacking" not in found
    at = json.loads((two / "accounts" / ACCOUNT / "snapshot.json").read_bytes())["snapshot"]["system_notes"][-1]["at"]

    rows = table_rows(load((two / "accounts" / ACCOUNT / "changes.xlsx").read_bytes()), "Drift", "Drift")
    cells = {(row["Change"], row["Key"]): (row["Changed by"], row["Changed at"]) for row in rows}
    assert cells["role renamed", str(PAYABLES_CLERK)][0] == ada
    assert cells["role renamed", str(PAYABLES_CLERK)][1] <= at
    assert cells["token inactivated", token] == ("not collected", None)
    page = " ".join(pdf_text(two / "accounts" / ACCOUNT / "report.pdf").split())
    assert ada in page
    assert f"notes of this role by {ada}; {carla}" in page
    assert "The time zone of the notes is not named" in page

    snapshots = [run / "accounts" / ACCOUNT / "snapshot.json" for run in (one, two)]
    for sides in ((one, two), snapshots):
        said = auditor("diff", *sides)
        assert said.exit_code == 10, said.output
        cells = [line.split("│")[-2].strip() for line in said.stdout.splitlines() if line.startswith("│")]
        assert f"{ada.replace(' ', '')}{at.replace(' ', '')}nosystemnotesaysit" in "".join(cells).replace(" ", "")
        assert "System Notes v2" in said.stdout
        (compared,) = json.loads(auditor("diff", *sides, "--json").stdout)["accounts"]
        assert compared["drift"]["changes"] == found["changes"]
    assert auditor("report", two, "--out", tmp_path / "again").exit_code == 10
    assert but_for_the_manifest(only_run(tmp_path / "again")) == but_for_the_manifest(two)


def test_a_role_that_may_not_read_them_changes_no_exit_code_and_is_told_where_to_look(tmp_path: Path) -> None:
    account = clean_account(ACCOUNT)
    account.set_level(AUDITOR_ROLE, "LIST_SYSTEMNOTES", Level.NONE)
    with served(tmp_path, account) as config:
        plain = auditor("audit", "--config", config, "--out", tmp_path / "plain", "--no-probe", "--no-history")
    assert plain.exit_code == 0, plain.output
    _, two = nights(tmp_path, account)
    found = document(two)["drift"]
    assert {each["telling"] for each in found["changes"]} == {"not collected"}
    assert found["notes_lacking"] == "System notes: not available."
    page = " ".join(pdf_text(two / "accounts" / ACCOUNT / "report.pdf").split())
    assert "System notes: not available. Who changed it and when, where it is not told or not collected" in page


@pytest.mark.parametrize("way", ["hash", "omit"])
def test_hidden_people_are_hidden_as_authors_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setenv("PRIVACY_KEY", "a key of more than sixteen characters")
    account = clean_account(ACCOUNT)
    people = {person(account, ADA), person(account, CARLA)}
    head = f'privacy = "{way}"\n' + ('privacy_key = "env:PRIVACY_KEY"\n\n' if way == "hash" else "\n")
    one, two = nights(tmp_path, account, head=head)
    said = auditor("diff", one, two)
    left = {str(path): data for run in (one, two) for path, data in files(run).items()}
    left |= {"said": said.stdout.encode(), "history": (tmp_path / "runs" / "history.sqlite").read_bytes()}
    assert names_in(left, people) == {}
    authors = [author["name"] for each in document(two)["drift"]["changes"] for author in each.get("authors", ())]
    assert {name.rpartition(" (id ")[2] for name in authors} == {f"{ADA})", f"{CARLA})"}


def test_new_notes_alone_store_nothing(tmp_path: Path) -> None:
    account, out = clean_account(ACCOUNT), tmp_path / "runs"

    def stored() -> tuple[int, ...]:
        with closing(sqlite3.connect(out / "history.sqlite")) as connection:
            return tuple(
                connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("blobs", "coverage")
            )

    with served(tmp_path, account) as config:
        assert auditor("audit", "--config", config, "--out", out, "--no-probe").exit_code == 0
        before = stored()
        for number in range(500):
            account.note(PAYABLES_CLERK, "ROLE.NAME", f"A{number}", f"B{number}", author=ADA)
        assert auditor("audit", "--config", config, "--out", out, "--no-probe").exit_code == 0
    assert stored() == before
    latest = max(out.glob("2*Z*"), key=lambda run: run.stat().st_mtime)
    snapshot = json.loads((latest / "accounts" / ACCOUNT / "snapshot.json").read_bytes())["snapshot"]
    assert len(snapshot["system_notes"]) == 500
