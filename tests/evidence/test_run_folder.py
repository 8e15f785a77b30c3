from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import EvidenceError
from auditor.evidence import RunFolder, free_name, read_file


def test_a_finished_folder_is_whole_and_sealed(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "runs", "one") as folder:
        folder.write("accounts/b/report.pdf", b"pdf")
        folder.write("run.json", b"{}")
        assert [path.name for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")] == []
        place = folder.finish()
    assert place == tmp_path / "runs" / "one"
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == [
        "SHA256SUMS",
        "accounts/b/report.pdf",
        "run.json",
    ]
    assert (place / "SHA256SUMS").read_text() == (
        f"{hashlib.sha256(b'pdf').hexdigest()}  accounts/b/report.pdf\n{hashlib.sha256(b'{}').hexdigest()}  run.json\n"
    )
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=place, check=False).returncode == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["one"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with RunFolder(tmp_path, "one") as folder:
            folder.write("run.json", b"{}")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_kill_leaves_no_run_folder_and_the_last_run_as_it_was(tmp_path: Path) -> None:
    with RunFolder(tmp_path, "good") as folder:
        folder.write("run.json", b"{}")
        folder.finish()
    code = (
        "import os, pathlib, sys; from auditor.evidence import RunFolder\n"
        "folder = RunFolder(pathlib.Path(sys.argv[1]), 'bad').__enter__()\n"
        "folder.write('run.json', b'{')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == -9
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["good"]
    assert (tmp_path / "good" / "run.json").read_bytes() == b"{}"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match=r"file.*cannot be written.*--out"), RunFolder(tmp_path / "file", "x"):
        pass


def test_a_run_of_the_same_name_is_never_overwritten(tmp_path: Path) -> None:
    for expected in ("one", "one-2", "one-3"):
        name = free_name(tmp_path, "one")
        assert name == expected
        with RunFolder(tmp_path, name) as folder:
            folder.write("a", expected.encode())
            folder.finish()
    with RunFolder(tmp_path, "one") as folder:
        folder.write("a", b"other")
        with pytest.raises(EvidenceError, match="one"):
            folder.finish()
    assert (tmp_path / "one" / "a").read_bytes() == b"one"


def test_reading_what_is_not_there_says_what_a_run_folder_is(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"run\.json: cannot be read.*Give a run folder"):
        read_file(tmp_path, "run.json")
