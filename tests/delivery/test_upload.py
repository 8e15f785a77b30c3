"""Copies of runs: whole or told to be not, whatever the store does."""

from __future__ import annotations

import importlib
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.config import UploadSettings
from auditor.delivery.copying import Parcel, copied, copy_run
from auditor.delivery.outcome import FILE, failed
from auditor.delivery.upload import upload
from auditor.evidence import SEAL
from auditor.evidence.seal import SIGNATURE
from auditor.evidence.verify import verify_run
from auditor.secrets import SecretReference
from tests.delivery.nights import account, finding, night
from tests.evidence.nights import contents

CANARY = "c4n4ry-s3cret"


def auditor(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return night(tmp_path / "runs", 1, account(finding("a")))


class Store(MemoryFileSystem):
    """A store in memory that remembers in which order files came, and spoils the one named."""

    cachable = False

    def __init__(self, spoilt: str = "", how: str = "") -> None:
        super().__init__()
        self.store = {}
        self.pseudo_dirs = [""]
        self.came: list[str] = []
        self._spoilt, self._how = spoilt, how

    def put_file(self, lpath, rpath, **_) -> None:
        self.came.append(rpath)
        data = Path(lpath).read_bytes()
        if self._spoilt and rpath.endswith(self._spoilt):
            if self._how == "refuse":
                raise PermissionError(13, "Access Denied", rpath)
            data = {"cut": data[:-1], "change": data[:-1] + b"?", "lose": None}[self._how]
        if data is not None:
            self.pipe_file(rpath, data)


def test_every_file_is_copied_and_the_seal_comes_last(run: Path):
    (run / SIGNATURE).write_bytes(b"signed")
    store = Store()
    assert copied(store, "/bucket/audit/run", run) == ""
    there = {name.removeprefix("/bucket/audit/run/"): store.cat_file(name) for name in store.find("/bucket/audit/run")}
    assert there == contents(run)
    assert store.came[-2:] == [f"/bucket/audit/run/{SIGNATURE}", f"/bucket/audit/run/{SEAL}"]


@pytest.mark.parametrize("how", ["cut", "change"])
@pytest.mark.parametrize("name", ["accounts/1234567/findings.json", SEAL])
def test_what_arrives_otherwise_than_it_was_sent_is_told_and_never_sealed(run: Path, name: str, how: str):
    store = Store(name, how)
    assert copied(store, "/b/run", run) == f"{name} did not arrive as it was sealed"
    if name != SEAL:
        assert not store.exists(f"/b/run/{SEAL}")
    whole = Store()
    whole.store = store.store
    if name != SEAL:
        assert copied(whole, "/b/run", run) == "", "what an attempt left is written over by the next one"


def test_what_does_not_arrive_or_is_refused_is_raised(run: Path):
    with pytest.raises(FileNotFoundError):
        copied(Store("run.json", "lose"), "/b/run", run)
    with pytest.raises(PermissionError):
        copied(Store("run.json", "refuse"), "/b/run", run)


def test_another_run_of_that_name_is_not_written_over(run: Path, tmp_path: Path):
    store = Store()
    other = night(tmp_path / "other", 1, account(finding("b")))
    assert copied(store, "/b/run", other) == ""
    before = dict(store.store)
    assert copied(store, "/b/run", run) == "another run lies at /b/run already, and is not written over"
    assert store.store == before


def test_a_copy_that_is_there_is_looked_at_and_not_sent_again(run: Path):
    store = Store()
    assert copied(store, "/b/run", run) == ""
    store.came.clear()
    assert copied(store, "/b/run", run) == ""
    store.pipe_file("/b/run/summary.pdf", b"changed there")
    assert copied(store, "/b/run", run) == "/b/run/summary.pdf is not what was sealed"
    assert store.came == []


def test_a_run_without_a_seal_that_can_be_read_is_not_copied(run: Path):
    (run / SEAL).write_text("nonsense")
    store = Store()
    assert "SHA256SUMS" in copied(store, "/b/run", run)
    assert store.came == []


def test_memory_and_file_addresses(run: Path, tmp_path: Path):
    assert copy_run(Parcel(url="memory://audit/runs", options={}, place=str(run))) == ""
    assert fsspec.filesystem("memory").cat_file(f"/audit/runs/{run.name}/run.json") == (run / "run.json").read_bytes()
    fsspec.filesystem("memory").rm("/audit", recursive=True)
    share = tmp_path / "a share"
    assert copy_run(Parcel(url=f"file://{share}", options={}, place=str(run))) == ""
    assert contents(share / run.name) == contents(run)
    assert verify_run(share / run.name).problems == ()


def test_a_driver_that_is_not_installed_is_named(run: Path, monkeypatch: pytest.MonkeyPatch):
    registry = importlib.import_module("fsspec.registry")
    monkeypatch.setitem(registry.known_implementations, "s3", {"class": "nowhere.S3", "err": "Install s3fs"})
    monkeypatch.delitem(registry._registry, "s3", raising=False)
    found = copy_run(Parcel(url="s3://bucket/x", options={}, place=str(run)))
    assert found == "no driver for s3:// is installed where the auditor is. Install s3fs"


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text("\n".join(["[upload]", *lines, ""]))
    return path


def test_the_command_makes_up_for_one_that_failed_and_health_follows(run: Path, tmp_path: Path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder is to be")
    failing = auditor("upload", run, "--config", written(tmp_path, 'url = "blocked/runs"'))
    shown = auditor("health", "--out", run.parent, "--max-age", 1e6)
    assert failing.exit_code == shown.exit_code == 4
    assert f"{blocked}/runs: NotADirectoryError" in failing.stdout
    assert "the upload failed: NotADirectoryError" in shown.stdout
    assert [each.kind for each in failed(run.parent, run.name)] == ["upload"]
    working = auditor("upload", run, "--config", written(tmp_path, 'url = "copies"'))
    assert (working.exit_code, working.stdout) == (0, f"{tmp_path / 'copies'}: delivered\n")
    assert contents(tmp_path / "copies" / run.name) == contents(run)
    assert auditor("health", "--out", run.parent, "--max-age", 1e6).exit_code == 0


def test_a_secret_that_a_driver_repeats_is_not_told(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # fsspec's own driver for ZIP archives names the archive that it does not find.
    monkeypatch.setenv("UPLOAD_SECRET", f"/nowhere/{CANARY}.zip")
    config = written(tmp_path, 'url = "zip://"', 'options = { fo = "env:UPLOAD_SECRET" }')
    ended = auditor("upload", run, "--config", config, "--log-file", tmp_path / "log")
    assert ended.exit_code == 4
    assert "***" in ended.stdout
    for text in (ended.output, (tmp_path / "log").read_text(), (run.parent / FILE).read_text()):
        assert CANARY not in text
    monkeypatch.delenv("UPLOAD_SECRET")
    assert "UPLOAD_SECRET is not set" in auditor("upload", run, "--config", config).stdout


def test_secrets_go_to_the_driver_and_plain_options_as_they_are(monkeypatch: pytest.MonkeyPatch, run: Path):
    orders = []
    monkeypatch.setattr("auditor.delivery.upload.apart", lambda module, order, limit, secrets: orders.append(order))
    monkeypatch.setenv("UPLOAD_SECRET", CANARY)
    options = {"secret": SecretReference("env", "UPLOAD_SECRET"), "anon": False, "timeout": 5, "region": "eu"}
    upload(UploadSettings(url="s3://b", options=options), run)
    assert orders[0].options == {"secret": CANARY, "anon": False, "timeout": 5, "region": "eu"}


def test_what_was_changed_or_is_not_configured_is_not_copied(run: Path, tmp_path: Path):
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    ended = auditor("upload", run, "--config", empty)
    assert (ended.exit_code, "there is no [upload] table" in ended.stderr) == (2, True)
    (run / "summary.pdf").write_bytes(b"changed")
    assert auditor("upload", run, "--config", written(tmp_path, 'url = "copies"')).exit_code == 5
    assert not (tmp_path / "copies").exists()
