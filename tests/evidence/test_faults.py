"""``kill -9`` at any moment, a full disk, a folder that cannot be written to: the last good run stays as it was."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.evidence.verify import verify_run
from auditor.evidence.verify_chain import verify_chain
from tests.evidence.faults import INPUT
from tests.evidence.nights import contents, night

ROOT = Path(__file__).parents[2]
PAGE = '<html lang="en"><head><title>A run</title></head><body><h1>{{ report.marks.run }}</h1></body></html>'


class Command:
    """The real command, in a process that can be told when to die."""

    def __init__(self, out: Path, templates: Path) -> None:
        self.out = out
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.evidence.faults", str(out), str(templates)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def audit(self, action: str = "none", at: int = 0) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{action} {at}\n")
        self._process.stdin.flush()
        document: dict[str, Any] = json.loads(self._process.stdout.readline())
        return document

    def end(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0


def runs(out: Path) -> list[Path]:
    return [path for path in sorted(out.iterdir()) if path.is_dir() and not path.is_symlink() and path.name[0] != "."]


def leftovers(out: Path) -> list[str]:
    return [path.name for path in out.iterdir() if path.name.endswith(".partial")]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """Reports of one line: it is not the layout that is killed here."""
    folder = tmp_path / "templates"
    folder.mkdir()
    for name in ("report.html.j2", "summary.html.j2"):
        (folder / name).write_text(PAGE)
    return folder


@pytest.fixture
def command(tmp_path: Path, templates: Path) -> Iterator[Command]:
    command = Command(tmp_path / "runs", templates)
    yield command
    command.end()


def test_a_kill_at_any_call_leaves_the_last_run_as_it_was_and_the_next_goes_through(command: Command) -> None:
    out = command.out
    assert command.audit()["code"] == 0
    calls = command.audit()["calls"]
    # Every fifth call while reports are written, and every single one around sealing, renaming and pointing latest.
    points = [*range(1, calls - 18, 5), *range(calls - 18, calls + 1)]
    assert len(points) >= 25
    seen = set()
    for at in points:
        known = {run.name for run in runs(out)}
        good, before = (out / "latest").resolve(), (out / "latest").readlink().name
        files = contents(good)
        assert command.audit("kill", at)["code"] == -9, at
        assert contents(good) == files, at
        new = {run.name for run in runs(out)} - known
        assert (out / "latest").readlink().name in {before, *new}, at
        assert verify_run(out / "latest").problems == (), at
        assert all(verify_run(out / name).problems == () for name in new), at
        left = leftovers(out)
        seen.add((bool(new), bool(left)))
        after = command.audit()
        assert after["code"] == 0, (at, after)
        assert all(f"{name} was left of an interrupted run" in after["stderr"] for name in left), (at, after)
        assert leftovers(out) == [], at
        assert (out / "latest").readlink().name == runs(out)[-1].name, at
    assert verify_chain(out).problems == ()
    assert {(False, False), (False, True), (True, False)} <= seen, "before, during and after the writing of a run"


def test_a_full_disk_is_told_and_leaves_the_last_run_as_it_was(command: Command) -> None:
    out = command.out
    calls = command.audit()["calls"]
    (good,) = runs(out)
    files = contents(good)
    codes = set()
    for at in [*range(3, calls, 6), *range(calls - 4, calls + 1)]:
        known = set(runs(out))
        full = command.audit("full", at)
        codes.add(full["code"])
        assert "Traceback" not in full["stderr"], full
        if full["code"] == 2:
            assert "No space left on device" in full["stderr"], full
            assert "Earlier runs are as they were" in full["stderr"]
            assert set(runs(out)) == known
        else:
            (new,) = set(runs(out)) - known
            assert verify_run(new).problems == ()
        assert leftovers(out) == [], at
        assert contents(good) == files
        assert verify_run(out / "latest").problems == ()
    assert codes == {0, 2}
    assert command.audit()["code"] == 0
    assert verify_chain(out).problems == ()


BOUND_LIKE_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""root's right to write where nobody may would hide what everybody else meets."""


def audit(out: Path, templates: Path, *before: str, **options: Any) -> subprocess.CompletedProcess[str]:
    arguments = ["audit", "--input", str(INPUT), "--out", str(out), "--templates", str(templates)]
    return subprocess.run(
        [*before, sys.executable, "-m", "auditor", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_a_file_that_grows_beyond_what_the_system_allows_is_told(tmp_path: Path, templates: Path) -> None:
    out = tmp_path / "runs"
    good = night(out)
    files = contents(out)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))

    ended = audit(out, templates, preexec_fn=limit)
    assert ended.returncode == 2, ended.stderr
    assert re.search(r"/accounts/7654321_SB1/\S+: cannot be written \(File too large\)", ended.stderr)
    left = contents(out)
    left.pop("history.sqlite", None)  # it is no evidence, and is told of in the log
    assert left == files
    assert (out / "latest").resolve() == good


def test_a_read_only_folder_is_told_and_nothing_is_read(tmp_path: Path, templates: Path) -> None:
    out = tmp_path / "runs"
    night(out)
    files = contents(out)
    (out / ".lock").unlink()
    out.chmod(0o555)
    try:
        ended = audit(out, templates, *(BOUND_LIKE_ANYBODY if os.geteuid() == 0 else ()))
    finally:
        out.chmod(0o755)
    assert ended.returncode == 2, ended.stderr
    assert f"{out}: cannot be written (Permission denied)" in ended.stderr
    assert "account 7654321_SB1" not in ended.stderr, "nothing was read"
    assert contents(out) == {name: data for name, data in files.items() if name != ".lock"}
    assert verify_run(out / "latest").problems == ()
