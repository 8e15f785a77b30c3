"""Two at once exclude each other; the dead exclude nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli.app import app
from auditor.errors import LockedError
from auditor.evidence import holding
from tests.evidence.nights import contents, night, nights

ROOT = Path(__file__).parents[2]
CLEAN = ROOT / "examples" / "7654321_SB1"
HOLD = """
import pathlib, sys, time
from auditor.evidence import holding
with holding(pathlib.Path(sys.argv[1]), "audit"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def auditor(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@contextmanager
def held(out: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds *out* meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.communicate("\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    assert auditor("audit", "--input", CLEAN, "--out", out).exit_code == 0
    return out / "latest"


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "--input", CLEAN),
        ("report", "RUN"),
        ("rejudge", "RUN"),
        ("prune", "--keep-days", "0"),
    ],
    ids=lambda command: command[0],
)
def test_the_second_says_who_holds_the_folder_and_touches_nothing(
    command: tuple[object, ...], made: Path, tmp_path: Path
) -> None:
    out = tmp_path / "runs"
    nights(out, 2)
    with held(out) as other:
        before = contents(out)
        arguments = [made if each == "RUN" else each for each in command]
        refused = auditor(*arguments, "--out", out)
        assert refused.exit_code == 3, refused.output
        assert f"`auditor audit`, process {other.pid} on " in refused.stderr
        assert "--wait SECONDS" in refused.stderr
        assert "7654321_SB1:" not in refused.output, "no account was read"
        assert contents(out) == before


def test_whoever_waits_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        with pytest.raises(LockedError, match=r"and did for the 0\.05 seconds of --wait"), holding(tmp_path, "x", 0.05):
            pass
        assert other.stdin
        ending = threading.Timer(0.2, other.stdin.write, ["\n"])
        flushed = threading.Timer(0.25, other.stdin.flush)
        ending.start()
        flushed.start()
        waited = auditor("audit", "--input", CLEAN, "--out", tmp_path, "--wait", "600")
        ending.join()
        flushed.join()
    assert waited.exit_code == 0, waited.output


def test_a_dead_holder_blocks_nobody(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        assert (tmp_path / ".lock-holder").exists()
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert (tmp_path / ".lock-holder").exists(), "the dead do not tidy up"
        with holding(tmp_path, "audit"):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock"]


def test_what_a_dead_run_left_is_removed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, own, alive = (tmp_path / f".20261101T020000Z.{pid}.partial" for pid in (gone.pid, os.getpid(), os.getppid()))
    for folder in (dead, own, alive, tmp_path / "chain" / dead.name):
        folder.mkdir(parents=True)
        (folder / "run.json").write_bytes(b"{")
    (tmp_path / f".latest.{gone.pid}.partial").symlink_to("20261101T020000Z")
    (tmp_path / ".other.partial").mkdir()
    with holding(tmp_path, "audit"):
        assert alive.exists()
    assert not dead.exists()
    assert not own.exists(), "in a container every run has the same process number"
    assert not (tmp_path / "chain" / dead.name).exists()
    assert not (tmp_path / f".latest.{gone.pid}.partial").is_symlink()
    assert (tmp_path / ".other.partial").exists(), "not of this program"
    told = caplog.text
    assert f"{dead} was left of an interrupted run whose process ({gone.pid}) is gone: removed." in told
    assert f"{alive} is left of an interrupted run and stays: there is a process {os.getppid()}." in told


def test_latest_is_a_relative_link_that_follows_the_audits_alone(tmp_path: Path) -> None:
    first, second = nights(tmp_path, 2)
    assert (tmp_path / "latest").readlink().name == second.name
    (tmp_path / "latest").unlink()
    (tmp_path / "latest").symlink_to(first.name)
    with holding(tmp_path, "prune"):
        assert (tmp_path / "latest").readlink().name == second.name, "set right before anything else"
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert (moved / "latest" / "run.json").exists()


def test_latest_is_a_text_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(os, "symlink", refused)
        first, second = nights(tmp_path, 2)
        assert (tmp_path / "latest.txt").read_text() == f"{second.name}\n"
        assert not os.path.lexists(tmp_path / "latest")
    third = night(tmp_path)
    assert (tmp_path / "latest").readlink().name == third.name
    assert not (tmp_path / "latest.txt").exists(), "one of the two, never both"
    assert first.exists()


def test_a_latest_of_somebody_else_is_left_alone_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "latest").mkdir()
    run = night(tmp_path)
    assert (tmp_path / "latest").is_dir()
    assert f"{run} is whole, but {tmp_path / 'latest'} could not be pointed at it" in caplog.text
