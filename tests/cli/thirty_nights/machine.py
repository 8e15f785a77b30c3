"""The operator's machine: a configuration, a folder of runs, a history, and a mail server and a webhook to be told."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.catalog import load_catalog
from tests.cli.test_audit import ROOT, auditor
from tests.cli.thirty_nights.clock import HOUR_OF_THE_MONITOR, at, folder_name, moment, started
from tests.cli.thirty_nights.table import ASKED, HOOK, MAIL, How, News, Said
from tests.delivery.receivers import Mailbox, Webhook, nobody

BASELINE = """\
id: brightwater
version: "{version}"
title: What Expensify needs at Brightwater
vendor: Expensify
purpose: A short table for a test.
source: Brightwater's own handbook
read_on: 2025-11-03
comparison: minimum
connection: tba
applications: [Expensify]
role_names: [Expensify Integration]
requirements:
"""
ROUTES = f"""
[[notify]]
name = "{MAIL}"
url = "env:ROUTE_MAIL"
when = "change"

[[notify]]
name = "{HOOK}"
url = "env:ROUTE_HOOK"
when = "always"
attach = false
"""
PAGE = '<html lang="en"><head><title>Run</title></head><body><h1>{{ report.marks.run }}</h1></body></html>'
FULL_REPORTS = (1, 30)
"""Nights with the program's own templates; on the others the PDFs are a line long, which is quicker."""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    output: str
    errors: str


@dataclass
class Machine:
    home: Path
    box: Mailbox
    hook: Webhook
    history: str
    """The ``[history]`` table of accounts.toml; empty: a file beside the runs."""
    more: list[object] = field(default_factory=list)
    """Options that the operator has added to the nightly command since."""

    def __post_init__(self) -> None:
        self.out = self.home / "runs"
        self.config = self.home / "accounts.toml"
        self.config.write_text(f"out = 'runs'\n{self.config.read_text()}{self.history}{ROUTES}")
        self.ask("1")
        templates = self.home / "templates"
        templates.mkdir()
        for name in ("report.html.j2", "summary.html.j2"):
            (templates / name).write_text(PAGE)

    def ask(self, version: str, **levels: str) -> None:
        """Write the baseline: what every account must have, with *levels* in the place of those of the first night."""
        text = BASELINE.format(version=version)
        for permission, level in ({each: given.value for each, given in ASKED.items()} | levels).items():
            label = load_catalog().label(permission)
            text += f"  - {{permission: {permission}, label: {label}, level: {level}}}\n"
        (self.home / "brightwater.yaml").write_text(text)

    def routes(self, down: str) -> Mapping[str, str]:
        """Where the routes lead tonight; at the one that is *down* nobody listens, or it refuses."""
        self.hook.status = 403 if down == HOOK else 200
        mail = f"mailto://127.0.0.1:{nobody()}/?mode=insecure&from=a@example.com&to=b@example.com"
        return {"ROUTE_MAIL": mail if down == MAIL else self.box.url(), "ROUTE_HOOK": self.hook.url()}

    def audit(self, night: int, how: How) -> Ended:
        """Run the night's audit, as the timer does."""
        command = ["audit", "--config", self.config, "--baseline", self.home / "brightwater.yaml", "--no-probe"]
        command += self.more
        if night not in FULL_REPORTS:
            command += ["--templates", self.home / "templates"]
        if how is How.HERE:
            with at(moment(night)):
                ended = auditor(*command)
            return Ended(ended.exit_code, ended.stdout, ended.stderr)
        apart = [sys.executable, "-m", "tests.cli.thirty_nights.clock", started(night), *map(str, command)]
        with subprocess.Popen(apart, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            if how is How.KILLED:
                assert process.stderr
                next(line for line in process.stderr if " judged" in line)
                os.kill(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
        return Ended(process.returncode, output, errors)

    def run(self, night: int) -> Path:
        return self.out / folder_name(night)

    def latest(self) -> int:
        return night_of((self.out / "latest").readlink().name)

    def document(self, night: int, account: str) -> dict[str, Any] | None:
        path = self.run(night) / "accounts" / account / "findings.json"
        return dict(json.loads(path.read_bytes())) if path.exists() else None

    def said(self, night: int, account: str) -> Said | None:
        """What the run says of an account; None if it was not audited."""
        document = self.document(night, account)
        if document is None:
            return None
        drift = document.get("drift", {})
        seen = [(short(each), each["seen"]) for each in document["findings"] if "seen" in each]
        return Said(
            drift=kinds(drift),
            unproven=unproven(drift),
            caught_up={each["table"]: night_of(each["run"]) for each in drift.get("caught_up", [])},
            opened={name for name, each in seen if each["first"] == started(night)},
            reopened={name for name, each in seen if each.get("reopened") == started(night)},
            resolved={(short(each), each["how"]) for each in document.get("resolved", [])},
        )

    def diff(self, before: int, after: int, account: str) -> tuple[int, list[str], list[str]]:
        """Exit code, changes and unproven tables by ``auditor diff``."""
        ended = auditor("diff", self.run(before), self.run(after), "--account", account, "--json")
        (compared,) = json.loads(ended.stdout)["accounts"]
        return ended.exit_code, kinds(compared["drift"]), unproven(compared["drift"])

    def runs(self) -> list[int]:
        """Nights of the run folders that are there whole."""
        return sorted(night_of(path.name) for path in self.out.glob("2*Z"))

    def asked(self, command: str, *options: object) -> dict[str, Any]:
        """What a command that asks the history prints."""
        ended = auditor(command, "--config", self.config, *options, "--json")
        assert ended.exit_code == 0, ended.output
        return dict(json.loads(ended.stdout))

    def verify(self, *what: object) -> tuple[int, dict[str, Any]]:
        ended = auditor("verify", *what, "--json")
        return ended.exit_code, dict(json.loads(ended.stdout))

    def health(self, night: int) -> tuple[int, str]:
        """What the monitor is told on the morning after."""
        with at(moment(night, HOUR_OF_THE_MONITOR), everywhere=True):
            ended = auditor("health", "--out", self.out)
        return ended.exit_code, ended.stdout

    def findings(self, night: int, account: str) -> list[dict[str, Any]]:
        """The findings of an account that was audited."""
        return [dict(each) for each in (self.document(night, account) or {})["findings"]]

    def put_aside(self, night: int) -> None:
        """Keep a copy of a run folder, as on another machine."""
        shutil.copytree(self.run(night), self.home / "aside" / folder_name(night))

    def put_back(self, night: int) -> None:
        shutil.rmtree(self.run(night), ignore_errors=True)
        shutil.copytree(self.home / "aside" / folder_name(night), self.run(night))


def kinds(drift: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in drift.get("changes", [])]


def unproven(drift: dict[str, Any]) -> list[str]:
    return [each["table"] for each in drift.get("unproven", [])]


def short(finding: dict[str, Any]) -> str:
    """The requirement of a finding, and of which role if it is of another than the integration's own."""
    requirement = str(finding["requirement"]).replace("brightwater:", "")
    subject = finding["subject"]
    name = subject["name"] if isinstance(subject, dict) else subject
    return f"{requirement} of {name}" if name == "Payables Clerk" else requirement


def night_at(time: str) -> int:
    """The night of a run that began at *time*; 0 of none."""
    return night_of(re.sub("[-:]", "", time)) if time else 0


def night_of(name: str) -> int:
    """The night of a run folder."""
    found = re.fullmatch(r"202512(\d\d)T020000Z", name)
    assert found, name
    return int(found[1])


def read(body: str) -> News:
    """What a message counts."""

    def count(heading: str) -> int:
        found = re.search(rf"^{heading}: (\d+|none)", body, re.MULTILINE)
        return int(found[1]) if found and found[1] != "none" else 0

    since = re.search(r"^New since (\S+):", body, re.MULTILINE)
    return News(
        night_of(since[1]) if since else 0,
        new=count(r"New since \S+"),
        gone=count("No longer open"),
        undecided=count("Could not be decided this time"),
    )
