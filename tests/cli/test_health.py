"""The line for a monitor, over run folders of every kind."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.delivery.outcome import Outcome, keep
from auditor.evidence.prune import old_runs
from auditor.model import Retention, Scope, Severity
from tests import samples
from tests.cli.thirty_nights.clock import at
from tests.delivery.nights import night

EXPORTS = Path(__file__).parents[2] / "examples" / "7654321_SB1"
REPLACE = msgspec.structs.replace


def written(out: Path, hours: float, *results, failures=(), replay_of: str = "") -> Path:
    return night(out, datetime.now(UTC) - timedelta(hours=hours), *results, failures=failures, replays=replay_of)


def health(out: Path, *options: str):
    ended = CliRunner().invoke(app, ["health", "--out", str(out), *options])
    assert ended.stdout.count("\n") == 1
    return ended.exit_code, ended.stdout


CLEAN, MIXED = samples.clean_result(), samples.mixed_result()
FINDINGS = REPLACE(MIXED, findings=tuple(each for each in MIXED.findings if each.status.value != "unknown"))


@pytest.mark.parametrize("result", [CLEAN, FINDINGS], ids=["clean", "findings"])
def test_a_recent_whole_run_is_well_whatever_it_found(tmp_path, result):
    written(tmp_path, 3, result)
    code, line = health(tmp_path)
    assert code == 0
    assert re.fullmatch(
        r"netsuite-auditor OK: 1 of 1 accounts audited, (clean|findings), run \S+ \| "
        r"age=10\d\d\ds accounts=1 audited=1 failed=\d+ noted=\d+ unknown=0 exit=(0|10)\n",
        line,
    )


@pytest.mark.parametrize(
    ("hours", "results", "failures", "options", "complaint"),
    [
        (30, (CLEAN,), (), (), "the last run is 30 hours old, 26 are allowed"),
        (30, (CLEAN,), (), ("--max-age", "48"), ""),
        (1, (CLEAN,), (samples.FAILED_ACCOUNT,), (), "1 of 2 accounts were not audited"),
        (1, (MIXED,), (), (), "something could not be read"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, hours, results, failures, options, complaint):
    written(tmp_path, hours, *results, failures=failures)
    code, line = health(tmp_path, *options)
    assert code == (4 if complaint else 0)
    assert line.startswith(f"netsuite-auditor CRITICAL: {complaint}, run " if complaint else "netsuite-auditor OK: ")


def test_no_run_and_replays_alone_are_no_health(tmp_path):
    assert health(tmp_path) == (4, f"netsuite-auditor CRITICAL: no run in {tmp_path}\n")
    written(tmp_path, 1, CLEAN, replay_of="20261101T020000Z")
    assert health(tmp_path)[0] == 4
    written(tmp_path, 40, CLEAN)
    assert "40 hours old" in health(tmp_path)[1]


def test_a_delivery_that_failed_is_said_until_it_is_made_up_for(tmp_path):
    old, new = written(tmp_path, 26, CLEAN), written(tmp_path, 2, CLEAN)

    def kept(run: Path, **fields: str) -> None:
        keep(tmp_path, [Outcome(run=run.name, at="2026-11-01T02:00:00Z", **fields)])

    kept(old, kind="notify", route="mail", problem="that was another night")
    assert health(tmp_path)[0] == 0
    kept(new, kind="upload", problem="no\x1b room")
    kept(new, kind="notify", route="on-call", problem="refused")
    code, line = health(tmp_path)
    assert code == 4
    said = "the upload failed: no\u241b room; the notification on-call failed: refused, run "
    assert line.startswith(f"netsuite-auditor CRITICAL: {said}")
    kept(new, kind="upload")
    kept(new, kind="notify", route="on-call")
    assert health(tmp_path)[0] == 0


def test_a_night_that_audited_nothing_leaves_latest_and_is_told(tmp_path):
    out, nothing = tmp_path / "runs", tmp_path / "nothing"
    nothing.mkdir()

    def audit(given: Path) -> int:
        arguments = ["audit", "--input", f"7654321_SB1={given}", "--out", str(out), "--no-history"]
        return CliRunner().invoke(app, arguments).exit_code

    assert audit(nothing) == 3
    assert not (out / "latest").exists(), "there is nothing to point at"
    assert audit(EXPORTS) == 0
    good = (out / "latest").resolve()
    assert audit(nothing) == 3
    assert audit(nothing) == 3
    assert (out / "latest").resolve() == good
    *_, empty, newest = sorted(path.name for path in out.glob("2*"))
    code, line = health(out)
    assert (code, good.name in line, f"run {newest} " in line) == (4, False, True)
    assert "1 of 1 accounts were not audited" in line
    with at(datetime.now(UTC) + timedelta(minutes=1)):  # --keep-days 0 keeps what is of this very second
        pruned = CliRunner().invoke(app, ["prune", "--out", str(out), "--keep-days", "0", "--keep-monthly", "1"])
    assert pruned.exit_code == 0
    assert sorted(path.name for path in out.glob("2*")) == [good.name, newest]
    assert empty in pruned.stdout


def test_the_last_of_a_month_is_one_that_audited_something(tmp_path):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    good = night(tmp_path, now - timedelta(days=42), CLEAN)
    empty = night(tmp_path, now - timedelta(days=40), failures=(samples.FAILED_ACCOUNT,))
    newest = night(tmp_path, now, CLEAN)
    going = old_runs(tmp_path, Retention(days=0, months=2), now + timedelta(hours=1))
    assert [old.place for old in going] == [empty]
    assert good.exists()
    assert newest.exists()


def test_failed_is_what_counts_for_the_verdict(tmp_path):
    lenient = REPLACE(FINDINGS, scope=Scope(fail_on=Severity.CRITICAL))
    answered = tuple(REPLACE(each, waiver=samples.WAIVER) for each in FINDINGS.findings)
    written(tmp_path, 1, lenient, REPLACE(FINDINGS, findings=answered, snapshot=samples.snapshot("7654321")))
    code, line = health(tmp_path)
    assert (code, "accounts audited, clean" in line) == (0, True)
    assert " failed=0 noted=3 unknown=0 exit=0" in line
