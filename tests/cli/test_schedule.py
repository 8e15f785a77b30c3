"""What the schedulers are given, held to the schedulers' own checks where they can be had."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.scheduling import SCHEDULERS, Night

CONFIG = """
[[account]]
id = "1234567"
auth = "tba"
consumer_key = "env:A"
consumer_secret = "env:B"
token_id = "env:C"
token_secret = "env:D"
"""
ODD = "with space %h $HOME \"quoted\" 'q' \\ back"


def schedule(*arguments: object):
    return CliRunner().invoke(app, ["schedule", *map(str, arguments)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text(CONFIG)
    return path


def night(folder: Path, **changes: object) -> Night:
    fields = {
        "name": "netsuite-auditor",
        "program": ("/bin/echo",),
        "config": folder / "accounts.toml",
        "out": folder / "runs",
        "hour": 3,
        "minute": 5,
    }
    return Night(**(fields | changes))


@pytest.mark.parametrize(
    ("scheduler", "files"),
    [
        ("systemd", {"nightly.service", "nightly.timer"}),
        ("cron", {"nightly.cron"}),
        ("kubernetes", {"nightly.yaml"}),
        ("windows", {"nightly.xml"}),
    ],
)
def test_the_files_are_written_or_printed_and_nothing_is_overwritten(config, tmp_path, scheduler, files):
    arguments = (scheduler, "--config", config, "--name", "nightly", "--at", "3:05")
    printed = schedule(*arguments)
    assert printed.exit_code == 0, printed.output
    units = tmp_path / "units"
    assert schedule(*arguments, "--write", units).exit_code == 0
    assert {path.name for path in units.iterdir()} == files
    for path in units.iterdir():
        text = path.read_bytes().decode("utf-16" if path.suffix == ".xml" else "utf-8")
        assert text in printed.stdout
    again = schedule(*arguments, "--write", units)
    assert again.exit_code == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "25:00"), "--at 25:00: not a time of day."),
        (("--name", "Two Words"), "--name Two Words: not a name that every scheduler takes."),
    ],
)
def test_a_wrong_option_is_one_clear_message(config, arguments, message):
    ended = schedule("systemd", "--config", config, *arguments)
    assert ended.exit_code == 2
    assert message in ended.stderr


def test_a_configuration_that_would_fail_at_night_fails_now(tmp_path):
    wrong = tmp_path / "accounts.toml"
    wrong.write_text("[[account]]\nid = 1\n")
    assert schedule("cron", "--config", wrong).exit_code == 2


def sections(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_the_service_runs_once_shut_in_and_takes_findings_for_success(tmp_path):
    files = SCHEDULERS["systemd"](night(tmp_path, user="audit"))
    service = sections(files["netsuite-auditor.service"].decode())["Service"]
    assert service["ExecStart"] == (
        f'"/bin/echo" "audit" "--config" "{tmp_path}/accounts.toml" "--out" "{tmp_path}/runs"'
    )
    assert (service["User"], service["SuccessExitStatus"], service["Restart"]) == ("audit", "10", "no")
    assert (service["ProtectSystem"], service["ReadWritePaths"]) == ("strict", f'"{tmp_path}/runs"')
    timer = sections(files["netsuite-auditor.timer"].decode())["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 03:05:00", "yes")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("folder", ["plain", ODD])
def test_systemd_accepts_the_units_and_calls_them_safe(tmp_path, folder):
    at = tmp_path / folder
    at.mkdir()
    for name, data in SCHEDULERS["systemd"](night(at, user="root")).items():
        (tmp_path / name).write_bytes(data)
    units = [str(tmp_path / "netsuite-auditor.service"), str(tmp_path / "netsuite-auditor.timer")]
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in verified.stderr.splitlines() if "netsuite-auditor" in line] == []
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", units[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-400:]


def test_cron_gets_a_line_that_the_shell_takes_apart_again(tmp_path):
    odd = tmp_path / "100% sure's"
    line = SCHEDULERS["cron"](night(odd))["netsuite-auditor.cron"].decode().splitlines()[-1]
    minute, hour, *_, command = line.split(" ", 5)
    assert (minute, hour) == ("5", "3")
    assert "%" not in command.replace("\\%", "")
    words = shlex.split(command.replace("\\%", "%"))
    assert str(odd / "accounts.toml") in words
    assert words[words.index("--out") + 1] == str(odd / "runs")


def test_cron_is_silent_over_findings_and_speaks_of_anything_else(tmp_path):
    for code, spoken in ((0, False), (10, False), (4, True), (14, True), (1, True)):
        ending = tmp_path / "end"
        ending.write_text(f"#!/bin/sh\nexit {code}\n")
        ending.chmod(0o755)
        text = SCHEDULERS["cron"](night(tmp_path, program=(str(ending),)))["netsuite-auditor.cron"].decode()
        command = text.splitlines()[-1].split(" ", 5)[5]
        ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        assert bool(ran.stdout) is spoken, code


def test_kubernetes_gets_a_job_without_privileges_that_is_tried_once(tmp_path):
    text = SCHEDULERS["kubernetes"](night(tmp_path, image="registry/auditor:1"))["netsuite-auditor.yaml"].decode()
    claim, job = yaml.safe_load_all(text)
    assert (claim["kind"], job["kind"]) == ("PersistentVolumeClaim", "CronJob")
    assert (job["spec"]["schedule"], job["spec"]["timeZone"]) == ("5 3 * * *", "Etc/UTC")
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert job["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "registry/auditor:1"
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


@pytest.mark.parametrize(("code", "shown"), [(0, 0), (10, 0), (14, 14), (4, 4), (3, 3), (2, 2), (1, 1)])
def test_kubernetes_takes_findings_for_a_job_well_done(tmp_path, code, shown):
    with container_command(tmp_path, f'echo "$@"; exit {code}') as ran:
        output, _ = ran.communicate(timeout=20)
    assert ran.returncode == shown
    assert output.split()[:2] == ["audit", "--config"]


def test_a_pod_that_is_ended_ends_its_audit_and_waits_for_it(tmp_path):
    ends = "trap 'sleep 0.3; echo written; exit 14' TERM; echo begun; while :; do sleep 0.05; done"
    with container_command(tmp_path, ends) as ran:
        assert ran.stdout.readline() == "begun\n"
        ran.send_signal(signal.SIGTERM)
        output, _ = ran.communicate(timeout=20)
    assert (ran.returncode, output) == (14, "written\n")


def container_command(tmp_path, does):
    """The pod's container, with an audit that only does what it is told to."""
    audit = tmp_path / "auditor"
    audit.write_text(f"#!/bin/sh\n{does}\n")
    audit.chmod(0o755)
    text = SCHEDULERS["kubernetes"](night(tmp_path, image="auditor"))["netsuite-auditor.yaml"].decode()
    *_, job = yaml.safe_load_all(text)
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen([*container["command"], *container["args"]], stdout=subprocess.PIPE, text=True, env=path)


def test_kubernetes_own_schema_accepts_the_documents(tmp_path):
    validate = pytest.importorskip("kubernetes_validate")
    text = SCHEDULERS["kubernetes"](night(tmp_path, image="auditor"))["netsuite-auditor.yaml"].decode()
    for document in yaml.safe_load_all(text):
        validate.validate(document, validate.latest_version(), strict=True)


def test_windows_gets_a_task_that_waits_for_its_night(tmp_path):
    data = SCHEDULERS["windows"](night(tmp_path, program=(r"C:\Program Files\auditor.exe",)))["netsuite-auditor.xml"]
    assert data.startswith((b"\xff\xfe", b"\xfe\xff"))
    task = ET.fromstring(data.decode("utf-16").partition("?>")[2])
    found = {element.tag.rpartition("}")[2]: element.text for element in task.iter()}
    assert found["Command"] == r"C:\Program Files\auditor.exe"
    assert found["Arguments"].startswith("audit --config ")
    assert found["StartBoundary"].endswith("T03:05:00")
    assert (found["MultipleInstancesPolicy"], found["StartWhenAvailable"]) == ("IgnoreNew", "true")
