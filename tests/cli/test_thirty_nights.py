"""Thirty nights of a whole operator's machine, with the history on SQLite and on PostgreSQL.

Each night is ``auditor audit`` over real HTTP, and tells a real mail server and a real webhook. Somebody changes a file
of night 14 after night 18, and takes night 9 away after night 21. ``thirty_nights.table`` has what each must come to.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from auditor.history.database import FILE
from auditor.model import Level
from auditor.simulator.accounts import clean_account, expensify
from auditor.simulator.accounts.production import INTEGRATION_ROLE
from tests.cli.test_audit import auditor, pdf_text
from tests.cli.test_live import served
from tests.cli.thirty_nights.clock import at, folder_name, moment
from tests.cli.thirty_nights.events import Accounts
from tests.cli.thirty_nights.machine import Ended, Machine, night_at, night_of, read, short
from tests.cli.thirty_nights.table import (
    ASKED,
    HOOK,
    MAIL,
    MAIN,
    NEWER_BASELINE,
    NIGHTS,
    OPEN_AT_THE_END,
    PERIODS,
    STEADY,
    WAIVED,
    How,
    Night,
)
from tests.delivery.receivers import mailbox, webhook
from tests.history.cluster import PASSWORD
from tests.history.conftest import database, postgres  # noqa: F401 - fixtures

CHANGED, AFTER_THE_CHANGE, CHANGED_FILE = 14, 18, f"accounts/{MAIN}/findings.json"
TAKEN_AWAY, AFTER_THE_THEFT = 9, 21
RAN = [number for number, night in NIGHTS.items() if night.how in (How.HERE, How.APART)]
KEPT_DAYS, FIRST_KEPT = 14, 18
Wrong = tuple[str, int, str]
"""What is wrong with the chain: its kind, the night and the file."""


@pytest.fixture
def accounts() -> Accounts:
    both = Accounts(clean_account(MAIN), clean_account(STEADY))
    for account in (both.main, both.steady):
        for permission in expensify.PERMISSIONS.keys() - ASKED.keys():
            account.set_level(INTEGRATION_ROLE, permission, Level.NONE)
    return both


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(
    request: pytest.FixtureRequest, accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    monkeypatch.setattr("auditor.sources.suiteql.retry.FIRST_WAIT", 0.01)
    monkeypatch.setattr("auditor.sources.suiteql.retry.LONGEST_WAIT", 0.05)
    history = ""
    if request.param == "postgresql":
        monkeypatch.setenv("HISTORY_PASSWORD", PASSWORD)
        url = request.getfixturevalue("database")
        history = f'\n[history]\nurl = "{url}"\npassword = "env:HISTORY_PASSWORD"\n'
    with served(tmp_path, accounts.main, accounts.steady), mailbox() as box, webhook() as hook:
        yield Machine(tmp_path, box, hook, history)


def test_thirty_nights(machine: Machine, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: set[Wrong] = set()
    seal = ""
    for number, night in NIGHTS.items():
        for event in night.happens:
            event(accounts)
        if number == NEWER_BASELINE:
            machine.ask("2", LIST_CATEGORY="Full")
        if number == WAIVED:
            waive(machine)
        for name, url in machine.routes(night.down).items():
            monkeypatch.setenv(name, url)
        if night.how is not How.NOT:
            ended = machine.audit(number, night.how)
            must_end(machine, number, night, ended)
            seal = "".join(re.findall("^Seal: (.{64})$", ended.output, re.MULTILINE))
        must_have_told(machine, number, night)
        must_be_monitored(machine, number, night)
        must_be_proven(machine, number, wrong)
        if number == AFTER_THE_CHANGE:
            wrong.add(change_a_file(machine))
            must_be_proven(machine, number, wrong)
        if number == AFTER_THE_THEFT:
            wrong.add(take_a_night_away(machine))
            must_be_proven(machine, number, wrong)
    must_be_proven_one_by_one(machine)
    must_remember(machine)
    must_draw_the_trend(machine)
    must_prune(machine, wrong, seal)


def change_a_file(machine: Machine) -> Wrong:
    machine.put_aside(CHANGED)
    file = machine.run(CHANGED) / CHANGED_FILE
    text = file.read_text()
    assert '"severity":"info"' in text
    file.write_text(text.replace('"severity":"info"', '"severity":"high"', 1))
    return "changed", CHANGED, CHANGED_FILE


def take_a_night_away(machine: Machine) -> Wrong:
    machine.put_aside(TAKEN_AWAY)
    shutil.rmtree(machine.run(TAKEN_AWAY))
    return "missing", TAKEN_AWAY, ""


def waive(machine: Machine) -> None:
    (finding,) = (each for each in machine.findings(WAIVED - 1, MAIN) if short(each) == "LIST_CLASS")
    file = machine.home / "waivers.yaml"
    why = ("--reason", "no classes are used", "--owner", "Ana Ortiz", "--ticket", "OPS-12", "--expires", "2026-03-31")
    added = auditor("waivers", "add", finding["id"], "--run", machine.run(WAIVED - 1), *why, "--file", file)
    assert added.exit_code == 0, added.output
    machine.more += ["--waivers", file]


def must_end(machine: Machine, number: int, night: Night, ended: Ended) -> None:
    """The exit code, and what the run says of each account, which ``auditor diff`` says too."""
    if night.how is How.KILLED:
        assert ended.code == -9, ended.errors
        (left,) = machine.out.glob(f".{folder_name(number)}.*.partial")
        assert (left / "accounts" / MAIN / "findings.json").is_file(), "it was half done"
        return
    assert ended.code == night.code, (number, ended.errors)
    assert (f"route {night.down} could not be told" in ended.errors) == bool(night.down), number
    assert ("was left of an interrupted run" in ended.errors) == (number == 18), number
    assert not list(machine.out.glob(".*.partial")), number
    for account, said in ((MAIN, night.main), (STEADY, night.steady)):
        assert machine.said(number, account) == said, (number, account)
        before = [each for each in RAN if each < number and machine.document(each, account)]
        if said and before and (account == MAIN or said.drift):
            # Two runs alone cannot look further back.
            unproven = said.unproven + list(said.caught_up)
            drift = [each for each in said.drift if each != "permission lowered" or "role permissions" not in unproven]
            code = (10 if drift else 0) + (4 if unproven else 0)
            assert machine.diff(before[-1], number, account) == (code, drift, unproven), (number, account)


def must_have_told(machine: Machine, number: int, night: Night) -> None:
    """What arrived tonight, by mail and at the webhook."""
    mails, bodies = list(machine.box.mails), list(machine.hook.bodies)
    machine.box.mails.clear()
    machine.hook.bodies.clear()
    subject = f"NetSuite audit: {night.verdict} accounts audited"
    texts = ["\n".join(mail.get_body(("plain",)).get_content().splitlines()) for mail in mails]
    assert [read(text) for text in texts] == ([night.mail] if night.mail else []), number
    for mail in mails:
        assert (mail["subject"], mail["to"]) == (subject, "ops@example.com"), number
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == "summary.pdf"
        assert attached.get_content() == (machine.run(number) / "summary.pdf").read_bytes(), number
        assert folder_name(number) in pdf_text(machine.run(number) / "summary.pdf"), number
    if night.down == HOOK:
        assert len(bodies) == 1, "it came, and was refused"
        return
    assert [read(body["message"]) for body in bodies] == ([night.hook] if night.hook else []), number
    for body in bodies:
        kind = "success" if night.code == 0 else "warning"
        assert (body["title"], body["type"], body["attachments"]) == (subject, kind, []), number
        assert f"Run {folder_name(number)}, exit code {night.code}." in body["message"], number
    for text in (*texts, *(body["message"] for body in bodies)):
        lost = [account for account, said in ((MAIN, night.main), (STEADY, night.steady)) if said is None]
        assert re.findall(r"^Not audited: (\w+): ", text, re.MULTILINE) == lost, number
        hidden = night.main.unproven if night.main and night.verdict.startswith("incomplete, 2") else []
        assert re.findall(rf"^Not read in full: {MAIN}: (.+)$", text, re.MULTILINE) == hidden, number


def must_be_proven(machine: Machine, number: int, wrong: Collection[Wrong]) -> None:
    """The last run by itself, and the chain up to it: every night is in its place, and nothing but *wrong* is wrong."""
    there = [each for each in RAN if each <= number]
    code, found = machine.verify(machine.run(there[-1]))
    assert (code, found["problems"]) == (0, []), number
    code, found = machine.verify("--chain", machine.out)
    problems = sorted((each["kind"], night_of(each["run"]), each["file"]) for each in found["problems"])
    assert (problems, code) == (sorted(wrong), 5 if wrong else 0), number
    missing = [night for kind, night, _ in wrong if kind == "missing"]
    assert [(night_of(each["folder"]), each["number"]) for each in found["runs"]] == [
        (each, RAN.index(each) + 1) for each in there if each not in missing
    ], number


def must_be_monitored(machine: Machine, number: int, night: Night) -> None:
    """``latest``, and what the monitor is told in the morning."""
    last = max(each for each in RAN if each <= number)
    audited = max(each for each in RAN if each <= number and (NIGHTS[each].main or NIGHTS[each].steady))
    assert machine.latest() == audited, number
    code, line = machine.health(number)
    assert code == (0 if night.well else 4), (number, line)
    assert line.startswith(f"netsuite-auditor {'OK' if night.well else 'CRITICAL'}: "), number
    assert f"run {folder_name(last)}" in line, number
    assert (" old" in line) == (last != number), (number, line)
    assert [name for name in (MAIL, HOOK) if f" {name} " in line] == ([night.down] if night.down else []), number


def must_be_proven_one_by_one(machine: Machine) -> None:
    for number in machine.runs():
        told = auditor("verify", machine.run(number))
        assert told.exit_code == (5 if number == CHANGED else 0), number
        assert (CHANGED_FILE in told.stdout) == (number == CHANGED), number


def must_remember(machine: Machine) -> None:
    """The history: every run, the one that was killed as never finished, and when which finding was open."""
    assert (machine.out / FILE).exists() == (not machine.history), "the history is where the configuration says"
    runs = [(night_of(each["run"]), each["finished"], each["verdict"]) for each in machine.asked("history")["runs"]]
    assert runs == [
        (number, number in RAN, night.verdict.split(",")[0] if number in RAN else "")
        for number, night in NIGHTS.items()
        if night.how is not How.NOT
    ]
    known = {account: machine.asked("history", "--account", account)["findings"] for account in OPEN_AT_THE_END}
    for account, open_ in OPEN_AT_THE_END.items():
        assert {short(each) for each in known[account] if each["state"] == "open"} == open_
        assert {each["state"] for each in known[account]} == {"open", "resolved"} or account == STEADY
    found = {
        short(each): [
            (*map(night_at, (period["opened_at"], period["last_at"])), period["nights"],
             night_at(period["resolved_at"]), period["how"])
            for period in each["periods"]
        ]
        for each in known[MAIN]
    }  # fmt: skip
    assert {each: found[each] for each in PERIODS} == PERIODS
    (lacking,) = (each for each in known[MAIN] if short(each) == "LIST_CLASS")
    told = auditor("history", "--config", machine.config, "--finding", lacking["id"])
    assert told.exit_code == 0
    assert "open, seen failing in 8 runs" in told.stdout


def must_draw_the_trend(machine: Machine) -> None:
    """Each finished night, with what it opened and resolved, and what was then open; as the last run's own files."""
    trend = machine.asked("trend")
    assert trend == json.loads((machine.run(30) / "run.json").read_bytes())["trend"]
    open_, mended, expected = 0, 0, []
    for number in RAN:
        said = [each for each in (NIGHTS[number].main, NIGHTS[number].steady) if each]
        opened = sum(len(each.opened) + len(each.reopened) for each in said)
        resolved = sum(len(each.resolved) for each in said)
        open_ += opened - resolved
        mended += resolved
        expected.append((number, len(said), 2 - len(said), opened, resolved, open_))
    counts = ("audited", "failed", "opened", "resolved")
    assert [
        (night_of(point["run"]), *(point.get(each, 0) for each in counts), sum(point["open"].values()))
        for point in trend["points"]
    ] == expected
    assert trend["mended"] == mended


def must_prune(machine: Machine, wrong: Collection[Wrong], seal: str) -> None:
    """Old nights go, but not one that was changed; what is left proves as much as before. Put back, all is proven."""
    prune = ("prune", "--out", machine.out, "--keep-days", KEPT_DAYS, "--keep-monthly", 0)
    kept = [each for each in RAN if each >= FIRST_KEPT]
    with at(moment(31)):
        there = machine.runs()
        tried = auditor(*prune, "--dry-run")
        assert tried.exit_code == 0, tried.output
        assert machine.runs() == there
        ended = auditor(*prune)
        assert ended.exit_code == 5, ended.output
        assert folder_name(CHANGED) in ended.stderr
        assert machine.runs() == [CHANGED, *kept]
        must_be_proven(machine, 30, wrong)
        machine.put_back(CHANGED)
        machine.put_back(TAKEN_AWAY)
        must_be_proven(machine, 30, ())
        ended = auditor(*prune)
    assert ended.exit_code == 0, ended.output
    assert machine.runs() == kept
    must_be_proven(machine, 30, ())
    code, found = machine.verify("--chain", machine.out, "--head", seal)
    assert (code, found["head"]) == (0, seal)
    assert machine.latest() == 30
