"""What the commands leave as evidence: the manifest, and replays that say what they are."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor import __version__
from auditor.simulator.accounts import clean_account
from tests.cli.test_audit import CLEAN, FAULTY, auditor, files, only_run, pdf_text, sheets
from tests.cli.test_live import served
from tests.evidence import keys

SCHEMA = Path(__file__).parents[2] / "docs" / "manifest.schema.json"


def manifest(run: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((run / "manifest.json").read_bytes())
    Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(document)
    return document


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    empty = tmp_path_factory.mktemp("empty")
    told = auditor("audit", "--input", FAULTY, "--input", f"9999999={empty}", "--assume", "oneworld=yes", "--out", out)
    assert told.exit_code == 14, told.output
    assert f"Seal: {hashlib.sha256((only_run(out) / 'SHA256SUMS').read_bytes()).hexdigest()}" in told.stdout
    return only_run(out)


def test_the_manifest_says_what_made_the_run_and_what_came_of_it(run: Path) -> None:
    found = manifest(run)
    baseline = (run / "baselines" / "expensify-integration.yaml").read_bytes()
    assert found["run"] == found["folder"] == run.name
    assert (found["number"], found["previous"], found["replay"]) == (1, None, None)
    assert found["started"] == found["made"] == json.loads((run / "run.json").read_bytes())["started"]
    assert found["tool"]["version"] == __version__
    assert found["libraries"]["weasyprint"]
    assert (found["verdict"], found["exit_code"]) == ("findings, and incomplete", 14)
    assert (found["expected"], found["audited"]) == (2, 1)
    (used,) = found["baselines"]
    assert (used["id"], used["sha256"]) == ("expensify-integration", hashlib.sha256(baseline).hexdigest())
    (account,) = found["accounts"]
    assert account["scope"] == {"assumptions": {"oneworld": True}}
    findings = json.loads((run / account["folder"] / "findings.json").read_bytes())
    assert {table: each["state"] for table, each in account["coverage"].items()} == {
        each["table"]: each["state"] for each in findings["coverage"]
    }
    assert [each["account"] for each in found["failures"]] == ["9999999"]
    sums = (run / "SHA256SUMS").read_text()
    assert {line.split("  ")[1] for line in sums.splitlines()} == set(files(run)) - {"SHA256SUMS"}


def test_the_manifest_of_a_live_run_holds_the_configuration_and_no_secret(tmp_path: Path) -> None:
    private = keys.key("Ed25519")
    keys.signing_files(tmp_path, private)
    with served(tmp_path, clean_account("7654321")) as config:
        config.write_text('[signing]\nkey = "file:key.pem"\n\n' + config.read_text())
        told = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert told.exit_code == 0, told.output
    found = manifest(only_run(tmp_path / "runs"))
    assert found["configuration"]["file"] == str(config)
    assert found["configuration"]["sha256"] == hashlib.sha256(config.read_bytes()).hexdigest()
    settings = found["configuration"]["settings"]
    assert settings["signing"]["key"] == f"file:{tmp_path / 'key.pem'}"
    (account,) = settings["accounts"]
    assert account["sign_in"]["private_key"] == f"file:{tmp_path / '7654321.private_key'}"
    (read,) = found["accounts"]
    assert read["read_from"] <= read["read_to"] != ""
    told = auditor("verify", "--chain", tmp_path / "runs", "--public-key", tmp_path / "public.pem")
    assert told.exit_code == 0, told.output
    everything = b"".join(files(only_run(tmp_path / "runs")).values())
    for secret in (tmp_path / "key.pem", tmp_path / "7654321.private_key"):
        lines = [line for line in secret.read_bytes().splitlines() if b"-----" not in line]
        assert lines
        assert not any(line in everything for line in lines)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a replay asked for the network")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.mark.usefixtures("_no_network")
def test_a_report_with_other_templates_says_that_it_is_a_replay(run: Path, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "house.css").write_text("h1 { color: #123456 }")
    told = auditor("report", run, "--out", tmp_path / "runs", "--templates", templates)
    assert told.exit_code == 14, told.output
    again = only_run(tmp_path / "runs")
    found = manifest(again)
    assert (found["run"], found["replay"]["run"], found["replay"]["command"]) == (run.name, run.name, "report")
    assert found["started"] == manifest(run)["started"] <= found["made"]
    assert found["templates"]["name"] == str(templates)
    assert json.loads((again / "run.json").read_bytes())["replay_of"] == run.name
    assert json.loads((again / "accounts/1234567/findings.json").read_bytes())["replay_of"] == run.name
    assert "This report is a replay" in pdf_text(again / "accounts/1234567/report.pdf")
    assert "reported again" in pdf_text(again / "summary.pdf")
    cells = [cell.value for rows in sheets(again / "summary.xlsx").values() for row in rows for cell in row]
    assert any(f"a replay of run {run.name}" in str(cell) for cell in cells)
    third = auditor("report", again, "--out", tmp_path / "third", "--templates", templates)
    assert third.exit_code == 14, third.output
    same = files(only_run(tmp_path / "third"))
    assert {name for name, data in files(again).items() if same[name] != data} == {"manifest.json", "SHA256SUMS"}


@pytest.mark.usefixtures("_no_network")
def test_a_rejudged_run_says_so_everywhere_and_takes_its_place_in_the_chain(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    assert auditor("audit", "--input", CLEAN, "--out", out).exit_code == 0
    audit = only_run(out)
    told = auditor("rejudge", audit, "--baseline", "expensify-integration-classic", "--out", out)
    assert told.exit_code in (0, 10, 14), told.output
    (again,) = (path for path in out.iterdir() if path.is_dir() and path.name not in ("latest", audit.name))
    found = manifest(again)
    assert found["replay"] == {
        "command": "rejudge",
        "run": audit.name,
        "folder": audit.name,
        "seal_sha256": hashlib.sha256((audit / "SHA256SUMS").read_bytes()).hexdigest(),
        "verified": True,
    }
    assert (found["number"], found["previous"]["folder"]) == (2, audit.name)
    assert (out / "latest").resolve() == audit, "latest is the last night, not a replay of one"
    assert audit.name in pdf_text(again / "summary.pdf")
    assert audit.name in pdf_text(again / "accounts/7654321_SB1/report.pdf")
    told = auditor("verify", "--chain", out)
    assert told.exit_code == 0, told.output
    assert f"{again.name}, place 2, a replay of {audit.name}" in told.stdout


@pytest.mark.parametrize("command", ["report", "rejudge"])
def test_a_replay_of_a_run_that_is_not_as_sealed_is_refused(command: str, run: Path, tmp_path: Path) -> None:
    broken = tmp_path / run.name
    for name, data in files(run).items():
        (broken / name).parent.mkdir(parents=True, exist_ok=True)
        (broken / name).write_bytes(data)
    (broken / "summary.pdf").write_bytes(b"changed")
    refused = auditor(command, broken, "--out", tmp_path / "runs")
    assert refused.exit_code == 5
    assert f"{broken} is not as it was sealed: summary.pdf is not what was sealed." in refused.stderr
    assert "--unverified" in refused.stderr
    assert not (tmp_path / "runs").exists()
    told = auditor(command, broken, "--out", tmp_path / "runs", "--unverified")
    assert told.exit_code == 14, told.output
    found = manifest(only_run(tmp_path / "runs"))
    assert found["replay"]["verified"] is False
    assert [each["account"] for each in found["failures"]] == ["9999999"], "what was not read then is not audited now"


def test_a_run_json_that_was_cut_is_a_broken_seal_first(run: Path, tmp_path: Path) -> None:
    broken = tmp_path / run.name
    broken.mkdir()
    (broken / "run.json").write_bytes(b"{")
    refused = auditor("report", broken, "--out", tmp_path / "runs")
    assert refused.exit_code == 5
    assert "SHA256SUMS" in refused.stderr
    refused = auditor("report", broken, "--out", tmp_path / "runs", "--unverified")
    assert (refused.exit_code, "run.json" in refused.stderr) == (2, True)
