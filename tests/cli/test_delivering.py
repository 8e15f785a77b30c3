"""What follows an audit by itself: the copy, the notifications, and that neither changes how the audit ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.delivery.outcome import FILE
from auditor.evidence.verify import verify_run
from auditor.simulator.accounts import faulty_account
from tests.cli.test_audit import auditor, only_run
from tests.cli.test_live import served
from tests.delivery.receivers import nobody, webhook
from tests.evidence.nights import contents

CANARY = "c4n4ry-s3cret"


def with_tables(config: Path, copies: Path) -> Path:
    """*config* with three routes, and a folder for copies."""
    tables = ["[upload]", f'url = "{copies}"']
    for name, more in (("hook", 'from = "high"'), ("down", ""), ("clean", 'when = "findings"\nfrom = "critical"')):
        tables += ["[[notify]]", f'name = "{name}"', f'url = "env:ROUTE_{name.upper()}"', more]
    config.write_text(f"{config.read_text()}\n" + "\n".join(tables) + "\n")
    return config


def record(out: Path) -> dict[tuple[str, str], str]:
    lines = (out / FILE).read_text().splitlines()
    return {(each["kind"], each.get("route", "")): each.get("problem", "") for each in map(json.loads, lines)}


def test_a_night_is_copied_and_told_and_a_route_that_is_down_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, copies = tmp_path / "runs", tmp_path / "copies"
    with served(tmp_path, faulty_account("1234567")) as config, webhook() as hook:
        monkeypatch.setenv("ROUTE_HOOK", hook.url())
        monkeypatch.setenv("ROUTE_DOWN", f"json://me:{CANARY}@127.0.0.1:{nobody()}/{CANARY}")
        monkeypatch.setenv("ROUTE_CLEAN", hook.url("/clean"))
        with_tables(config, copies)
        first = auditor("audit", "--config", config, "--out", out, "--json", "--log-file", tmp_path / "log")
        run = only_run(out)
        quiet = auditor("audit", "--config", config, "--out", tmp_path / "quiet", "--no-notify", "--no-history")
    assert first.exit_code == quiet.exit_code == 10
    assert json.loads(first.stdout)["exit_code"] == 10, "standard output is the run's alone"
    assert verify_run(run).problems == ()
    assert contents(copies / run.name) == contents(run)
    assert record(out).keys() == {("upload", ""), ("notify", "hook"), ("notify", "down")}
    assert record(out)["upload", ""] == record(out)["notify", "hook"] == ""
    assert "onnection error" in record(out)["notify", "down"]
    assert record(tmp_path / "quiet") == {("upload", ""): ""}
    (told,) = hook.bodies
    assert hook.paths == ["/hook"], "there is nothing critical"
    assert told["title"] == "NetSuite audit: findings, 1 of 1 accounts audited"
    assert f"Reports: {run}\nCopy: {copies}" in told["message"]
    assert [each["filename"] for each in told["attachments"]] == ["summary.pdf"]
    health = auditor("health", "--out", out)
    assert health.exit_code == 4
    assert "the notification down failed: " in health.stdout
    log = (tmp_path / "log").read_text()
    assert "route down could not be told of the run" in log
    written = b"".join([*contents(out).values(), *contents(copies).values(), *contents(tmp_path / "quiet").values()])
    assert not any(
        CANARY in text for text in (first.output, quiet.output, health.output, log, written.decode("utf-8", "replace"))
    )


def test_a_copy_that_fails_is_told_with_the_notification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "copies").write_text("a file where a folder is to be")
    with served(tmp_path, faulty_account("1234567")) as config, webhook() as hook:
        for name in ("HOOK", "DOWN", "CLEAN"):
            monkeypatch.setenv(f"ROUTE_{name}", hook.url(f"/{name}"))
        with_tables(config, tmp_path / "copies" / "runs")
        ended = auditor("audit", "--config", config, "--out", tmp_path / "runs", "--no-history")
    assert ended.exit_code == 10
    assert sorted(hook.paths) == ["/DOWN", "/HOOK"]
    assert all(f"The copy to {tmp_path}/copies/runs failed: NotADirectoryError" in b["message"] for b in hook.bodies)
    assert "the upload failed: NotADirectoryError" in auditor("health", "--out", tmp_path / "runs").stdout
