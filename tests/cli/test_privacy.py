"""Whole nights on which people are hidden: no byte of what is left names one, and the nights fit together."""

from __future__ import annotations

import csv
import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from auditor.simulator import SimulatedAccount
from auditor.simulator.accounts import faulty_account
from tests.cli.test_audit import FAULTY, auditor, files, only_run, pdf_text
from tests.cli.test_live import findings, served
from tests.delivery.receivers import webhook
from tests.privacy.people import names_in

KEY = "a key of more than sixteen characters"


def people_of(account: SimulatedAccount) -> set[str]:
    """Names and addresses of everybody in the account; a role that is called like its user is a role still."""
    rows = account.store.rows("employee")
    named = {str(row[column]) for row in rows for column in ("entityid", "email") if row.get(column)}
    return named - {str(row["name"]) for row in account.store.rows("role")}


def people_of_exports() -> set[str]:
    """What stands under a heading that is about people, in any of the files."""
    found = set()
    for path in FAULTY.glob("*.csv"):
        lines = [line for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if len(line) > 2]
        columns = [n for n, heading in enumerate(lines[0]) if heading in ("User", "Email", "Created By")]
        columns += [lines[0].index("Name")] if "Email" in lines[0] else []
        found |= {line[column] for line in lines[1:] for column in columns if column < len(line)}
    return found - {""}


def unpacked(history: Path) -> bytes:
    """All that the history holds, what is deflated inflated."""
    with closing(sqlite3.connect(history)) as connection:
        data = [bytes(row[0]) for row in connection.execute("SELECT data FROM blobs")]
        dump = "\n".join(connection.iterdump())
    return b"\n".join([*map(zlib.decompress, data), dump.encode()])


def snapshot(run: Path) -> dict[str, Any]:
    return json.loads((run / "accounts" / "1234567" / "snapshot.json").read_bytes())["snapshot"]


def test_two_nights_with_hashes_leave_no_name_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_KEY", KEY)
    account, out = faulty_account("1234567"), tmp_path / "runs"
    people = people_of(account)
    said = []
    with served(tmp_path, account) as config, webhook() as hook:
        monkeypatch.setenv("ROUTE", hook.url())
        head = 'privacy = "hash"\nprivacy_key = "env:PRIVACY_KEY"\n[[notify]]\nname = "r"\nurl = "env:ROUTE"\n\n'
        text = config.read_text().replace(f'own_user = "{account.credentials.user}"', 'own_user = "audit@example.com"')
        config.write_text(head + text)
        for night in (1, 2):
            ended = auditor("audit", "--config", config, "--out", out, "--log-file", tmp_path / "log", "--no-probe")
            assert ended.exit_code in (10, 14), ended.output
            said.append(ended.output)
            if night == 1:
                first = only_run(out)
    second = next(run for run in out.glob("2*Z*") if run != first)
    assert len(people) > 70
    left = {str(path): data for run in (first, second) for path, data in files(run).items()}
    left |= {
        "history": unpacked(out / "history.sqlite"),
        "log": (tmp_path / "log").read_bytes(),
        "said": "".join(said).encode(),
        "told": json.dumps([body["message"] for body in hook.bodies]).encode(),
        "deliveries": (out / "deliveries.jsonl").read_bytes(),
    }
    assert names_in(left, {*people, "audit@example.com", KEY}) == {}
    assert snapshot(first)["users"] == snapshot(second)["users"], "the same person is the same the next night"
    assert snapshot(first)["tokens"] == snapshot(second)["tokens"]
    document = json.loads((second / "accounts" / "1234567" / "findings.json").read_bytes())
    assert document["drift"].get("counts", {}) == {}
    assert "resolved" not in document
    by_status = [{each["id"]: each["status"] for each in findings(run, "1234567")} for run in (first, second)]
    assert by_status[0] == by_status[1]
    assert "Names and e-mail addresses of people" in pdf_text(first / "accounts" / "1234567" / "report.pdf")
    assert "Names and e-mail addresses of people" in pdf_text(first / "summary.pdf")
    manifest = json.loads((first / "manifest.json").read_bytes())
    settings = manifest["configuration"]["settings"]
    assert settings["privacy"] == {"way": "hash", "key": "env:PRIVACY_KEY"}
    assert settings["accounts"][0]["own_user"].endswith("@hidden")


def test_exports_with_the_ids_in_the_place_of_names(tmp_path: Path) -> None:
    people = people_of_exports()
    assert len(people) > 15
    plain = auditor("audit", "--input", FAULTY, "--out", tmp_path / "plain", "--no-history")
    ended = auditor("audit", "--input", FAULTY, "--out", tmp_path / "runs", "--privacy", "omit")
    assert ended.exit_code == plain.exit_code == 10, ended.output
    run = only_run(tmp_path / "runs")
    history = unpacked(tmp_path / "runs" / "history.sqlite")
    left = {**files(run), "said": ended.output.encode(), "history": history}
    assert names_in(left, people) == {}
    assert names_in(files(only_run(tmp_path / "plain")), people).keys() >= {"Ines Albrecht", "Nora Lindqvist"}
    statuses = [
        sorted((each["check"], each["requirement"], each["status"]) for each in findings(only_run(out), "1234567"))
        for out in (tmp_path / "plain", tmp_path / "runs")
    ]
    assert statuses[0] == statuses[1]
    assert "Expensify - user 2108, Expensify Integration" in {each["name"] for each in snapshot(run)["tokens"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--privacy", "hash"), "A hash of names needs a secret key"),
        (("--privacy", "hash", "--privacy-key", "canary"), "--privacy-key is not a reference to a secret."),
        (("--privacy", "hash", "--privacy-key", "env:NOT_SET_AT_ALL"), "NOT_SET_AT_ALL is not set"),
        (("--privacy", "hash", "--privacy-key", "env:SHORT"), "fewer than 16 characters"),
    ],
)
def test_a_hash_without_a_good_key_ends_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("SHORT", "canary")
    ended = auditor("audit", "--input", FAULTY, "--out", tmp_path / "runs", *options)
    assert ended.exit_code == 2
    assert said in ended.stderr.replace("\n", " ")
    assert "canary" not in ended.output
    assert not (tmp_path / "runs").exists()


def test_a_baseline_that_names_users_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = (FAULTY.parents[1] / "baselines" / "expensify-integration.yaml").read_text(encoding="utf-8")
    own.write_text(f"{text}\nusers: [ines@example.com]\n", encoding="utf-8")
    ended = auditor("audit", "--input", FAULTY, "--out", tmp_path / "runs", "--baseline", own, "--privacy", "omit")
    assert ended.exit_code == 2
    assert "names users, and every run keeps its baselines as they are" in ended.stderr
    assert "ines@" not in ended.output
