"""Retention removes what it says, and never what the chain's proof rests on."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from auditor.cli import runs as runs_module
from auditor.cli.app import app
from auditor.evidence import holding
from auditor.evidence.manifest import Replay
from auditor.evidence.prune import Retention, old_runs, prune_run
from auditor.evidence.verify_chain import verify_chain
from tests.evidence.nights import FILES, contents, night, nights, reseal

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def auditor(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _a_fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "clock", lambda: NOW)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run every ten days of 2026, up to 18 November."""
    out = tmp_path_factory.mktemp("year")
    for number in range(33):
        night(out, datetime(2026, 1, 2, 2, tzinfo=UTC) + timedelta(days=10 * number))
    return out


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.is_dir() and path.name.startswith("2026"))


def copied(year: Path, tmp_path: Path) -> Path:
    out = tmp_path / "runs"
    shutil.copytree(year, out, symlinks=True)
    return out


def test_old_runs_go_and_the_chain_still_links(year: Path, tmp_path: Path) -> None:
    out = copied(year, tmp_path)
    all_runs = names(out)
    size = sum(len(data) for data in contents(out).values())
    told = auditor("prune", "--out", out, "--keep-days", 30, "--keep-monthly", 4)
    assert told.exit_code == 0, told.output
    stay = [name for name in all_runs if name >= "20261023"] + ["20260830T020000Z", "20260929T020000Z"]
    assert names(out) == sorted(stay)
    freed = size - sum(len(data) for data in contents(out).values())
    gone = sorted(set(all_runs) - set(stay))
    assert told.stdout.splitlines()[-1] == f"{len(gone)} runs removed, freed {freed / 1000:.1f} KB."
    assert [line.split()[1] for line in told.stdout.splitlines()[:-1]] == [str(out / name) for name in gone]
    assert names(out / "chain") == gone
    assert sorted(contents(out / "chain" / gone[0])) == ["SHA256SUMS", "manifest.json"]
    verified = auditor("verify", "--chain", out)
    assert verified.exit_code == 0, verified.output
    assert verified.stdout.count("pruned: only its manifest and seal are kept") == len(gone)
    after = night(out, NOW)
    assert verify_chain(out).runs[-1].number == 34
    assert auditor("verify", after).exit_code == 0
    shutil.rmtree(out / "chain" / gone[3])
    (problem,) = verify_chain(out).problems
    assert (problem.kind, problem.run) == ("missing", gone[3])


def test_a_dry_run_says_the_same_and_touches_nothing(year: Path, tmp_path: Path) -> None:
    out = copied(year, tmp_path)
    before = contents(out)
    told = auditor("prune", "--out", out, "--keep-days", 30, "--keep-monthly", 4, "--dry-run")
    assert contents(out) == before
    done = auditor("prune", "--out", out, "--keep-days", 30, "--keep-monthly", 4)
    assert told.stdout == done.stdout.replace("removed /", "would remove /").replace(
        "removed, freed", "would go, which frees"
    )


def test_the_newest_audit_and_the_chains_last_run_stay_whatever_is_asked(tmp_path: Path) -> None:
    *_, newest = nights(tmp_path, 3)
    replay = Replay(command="rejudge", run="x", folder="x", seal_sha256="", verified=True)
    night(tmp_path, NOW - timedelta(days=3), replay=replay)
    last = night(tmp_path, NOW - timedelta(days=2), replay=replay)
    assert auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0).exit_code == 0
    assert names(tmp_path) == sorted([newest.name, last.name])
    assert (tmp_path / "latest").resolve() == newest
    assert verify_chain(tmp_path).problems == ()


def test_what_is_no_run_folder_is_never_touched(tmp_path: Path) -> None:
    first, *_ = nights(tmp_path, 3)
    foreign = tmp_path / "20260101T020000Z"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("mine")
    sealed = tmp_path / "20260102T020000Z"
    sealed.mkdir()
    (sealed / "run.json").write_text("{}")
    reseal(sealed)
    (tmp_path / "link").symlink_to(first.name)
    renamed = tmp_path / "kept-for-the-auditor"
    shutil.copytree(first, renamed)
    before = {name: data for name, data in contents(tmp_path).items() if not name.startswith("2026110")}
    assert auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0).exit_code == 0
    after = contents(tmp_path)
    assert {name: after.get(name) for name in before} == before
    assert not first.exists()


def test_a_run_that_is_not_as_it_was_sealed_stays_and_is_named(tmp_path: Path) -> None:
    first, second, _ = nights(tmp_path, 3)
    (first / FILES[1]).write_bytes(b"changed")
    told = auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0)
    assert told.exit_code == 5
    assert first.exists()
    assert not second.exists()
    assert f"{first.name}: {FILES[1]} is not what was sealed" in told.stderr
    assert "1 run removed" in told.stdout


class _KilledError(Exception):
    pass


@pytest.mark.parametrize("call", ["rename", "rmdir"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_end_in_the_middle_breaks_nothing(
    call: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights(tmp_path, 3)
    real, calls = getattr(os, call), 0

    def dying(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise _KilledError
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, dying)
        told = auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0)
        assert isinstance(told.exception, _KilledError)
    assert verify_chain(tmp_path).problems == ()
    assert auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0).exit_code == 0
    assert len(names(tmp_path)) == 1
    assert verify_chain(tmp_path).problems == ()
    assert [path for path in tmp_path.iterdir() if path.name.endswith(".partial")] == []


@settings(max_examples=40)
@given(days=st.integers(0, 400), months=st.integers(0, 14), days_on=st.integers(0, 500))
def test_retention_keeps_what_it_promises(year: Path, days: int, months: int, days_on: int) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=days_on)
    going = {old.place.name for old in old_runs(year, Retention(days=days, months=months), now)}
    made = {name: datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for name in names(year)}
    assert max(made) not in going
    for name, moment in made.items():
        newer_in_month = any(o > moment and (o.year, o.month) == (moment.year, moment.month) for o in made.values())
        age = (now.year - moment.year) * 12 + now.month - moment.month
        kept = moment >= now - timedelta(days=days) or (0 <= age < months and not newer_in_month)
        assert (name in going) == (not kept and name != max(made))


def test_usage(tmp_path: Path) -> None:
    assert auditor("prune", "--out", tmp_path).exit_code == 2, "how long to keep is never guessed"
    told = auditor("prune", "--out", tmp_path / "nowhere", "--keep-days", 1)
    assert told.exit_code == 2
    assert "there is no such folder" in told.stderr
    told = auditor("prune", "--out", tmp_path, "--keep-days", 1)
    assert (told.exit_code, told.stdout) == (0, "0 runs removed, freed 0 bytes.\n")


def test_a_kept_place_of_another_run_is_not_overwritten(tmp_path: Path) -> None:
    first, second, _ = nights(tmp_path, 3)
    shutil.copytree(second, tmp_path / "chain" / first.name)
    told = auditor("prune", "--out", tmp_path, "--keep-days", 0, "--keep-monthly", 0)
    assert told.exit_code == 2
    assert "of another run" in told.stderr
    assert first.exists()


def test_the_name_of_a_pruned_run_is_not_used_again(tmp_path: Path) -> None:
    first, _ = nights(tmp_path, 2)
    with holding(tmp_path, "prune"):
        for old in old_runs(tmp_path, Retention(days=0, months=0), NOW):
            prune_run(tmp_path, old)
    assert not first.exists()
    assert night(tmp_path).name == f"{first.name}-2"
