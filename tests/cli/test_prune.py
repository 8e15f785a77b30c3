"""``auditor prune`` over run folders and history, and what the other commands say of a run that is no longer kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.cli import runs
from auditor.history.database import Place
from tests.cli.test_audit import auditor, role_xml
from tests.history.test_prune import weight

BEGIN = datetime(2026, 11, 1, 2, tzinfo=UTC)
PRUNE = ("prune", "--keep-days", 1, "--keep-monthly", 0)


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four nights of one small account, each with another level."""
    exports = tmp_path / "exports"
    exports.mkdir()
    for night, level in enumerate(("FULL", "EDIT", "CREATE", "VIEW")):
        monkeypatch.setattr(runs, "clock", lambda now=BEGIN + timedelta(days=night): now)
        (exports / "customrole1.xml").write_text(role_xml("Expensify Integration", [("LIST_CLASS", level)]))
        ended = auditor("audit", "--input", f"1234567={exports}", "--out", tmp_path / "runs")
        assert ended.exit_code in (4, 10, 14), ended.output
    return tmp_path / "runs"


def said(out: Path) -> list[str]:
    commands = (("history",), ("history", "--account", "1234567"), ("trend",), ("trend", "--account", "1234567"))
    return [auditor(*each, "--out", out, "--json").stdout for each in commands]


def test_folders_and_history_go_together(out: Path) -> None:
    file = out / "history.sqlite"
    place, before, size = Place(str(file)), said(out), file.stat().st_size
    dry = auditor(*PRUNE, "--out", out, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert weight(place)["snapshots"] == 4
    done = auditor(*PRUNE, "--out", out)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [Path(line.split()[1]).name for line in lines[:2]] == ["20261101T020000Z", "20261102T020000Z"]
    assert lines[2].startswith("2 runs removed, freed ")
    assert lines[3].startswith(f"History {file}: what 2 runs read removed, freed ")
    assert lines[3].endswith(" KB. What is known of findings stays.")
    assert dry.stdout == done.stdout.replace("removed /", "would remove /").replace(
        "removed, freed", "would go, which frees"
    )
    assert weight(place)["snapshots"] == 2
    assert file.stat().st_size <= size
    assert said(out) == before


def test_the_history_is_left_alone_or_named(out: Path, tmp_path: Path) -> None:
    place = Place(str(out / "history.sqlite"))
    kept = auditor(*PRUNE, "--out", out, "--no-history")
    assert "History" not in kept.stdout
    assert weight(place)["snapshots"] == 4
    wrong = auditor(*PRUNE, "--out", out, "--history", tmp_path / "none.sqlite")
    assert wrong.exit_code == 2
    assert "none.sqlite: there is no history" in wrong.stderr
    both = auditor(*PRUNE, "--out", out, "--history", "x", "--no-history")
    assert both.exit_code == 2
    moved = (out / "history.sqlite").rename(tmp_path / "moved.sqlite")
    none = auditor(*PRUNE, "--out", out)
    assert (none.exit_code, none.stdout) == (0, "0 runs removed, freed 0 bytes.\n")
    config = tmp_path / "accounts.toml"
    account = 'id = "1234567"\nclient_id = "c"\ncertificate_id = "k"\nprivate_key = "env:KEY"\n'
    config.write_text(f'out = "runs"\n[history]\nurl = "moved.sqlite"\n[[account]]\n{account}')
    configured = auditor(*PRUNE, "--config", config)
    assert configured.exit_code == 0, configured.output
    assert f"History {moved}: what 2 runs read removed" in configured.stdout


def test_a_run_that_is_no_longer_kept_is_called_so(out: Path) -> None:
    gone, stays = out / "20261101T020000Z", out / "20261104T020000Z"
    assert auditor(*PRUNE, "--out", out).exit_code == 0
    for command in (
        ("rejudge", gone),
        ("rejudge", out / "chain" / gone.name),
        ("report", gone),
        ("diff", gone, stays),
        ("diff", stays, gone),
        ("fix", gone, "--input", f"1234567={out}", "--out", out.parent / "fixed"),
        ("verify", gone),
    ):
        refused = auditor(*command)
        assert refused.exit_code == 2, (command, refused.output)
        told = " ".join(refused.stderr.split())
        assert f"The run {gone.name} is no longer kept: `auditor prune` left its manifest and seal alone" in told
    assert "there is no such run folder" in auditor("rejudge", out / "20250101T020000Z").stderr
    assert auditor("diff", stays, out / "20261103T020000Z").exit_code in (10, 14)
