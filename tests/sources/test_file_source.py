"""A file or a folder as one account: what is found, what is named, what is an error, and that order does not matter."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.model import State, Table
from auditor.sources.base import Source
from auditor.sources.files import FileSource, folder
from auditor.sources.piece import FILE_TABLES
from auditor.sources.snapshot_file import write_snapshot
from tests.sources.given import (
    EXAMPLES,
    GLOBALS,
    ROLES,
    TAKEN,
    TOKENS,
    USERS,
    collect,
    notes,
    problem,
    role_xml,
    state,
    write,
)

ALL = {"r.csv": ROLES, "t.csv": TOKENS, "u.csv": USERS, "g.csv": GLOBALS}


def test_a_folder_with_all_exports_is_complete(tmp_path: Path):
    snapshot = collect(tmp_path / "exports", ALL)
    assert (snapshot.account, snapshot.taken, snapshot.source, snapshot.origin) == (
        "1234567",
        TAKEN,
        "files",
        "exports",
    )
    assert {coverage.table: coverage.state for coverage in snapshot.coverage} == {
        table: State.COLLECTED if table in FILE_TABLES else State.NOT_AVAILABLE for table in Table
    }
    rows = {
        coverage.table: (coverage.rows, [origin.rows for origin in coverage.origins]) for coverage in snapshot.coverage
    }
    assert rows[Table.ROLES] == (2, [2])
    assert rows[Table.ROLE_PERMISSIONS] == (3, [3])
    assert rows[Table.USERS] == (1, [2])
    assert rows[Table.ROLE_ASSIGNMENTS] == (2, [2])
    assert snapshot.covered(Table.ACCESS_TOKENS).origins[0].sha256 == hashlib.sha256(TOKENS.encode()).hexdigest()


def test_what_was_not_given_says_how_to_get_it(tmp_path: Path):
    snapshot = collect(tmp_path, {"u.csv": USERS})
    for kind in (Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS, Table.GLOBAL_PERMISSIONS, Table.FEATURES):
        coverage = snapshot.covered(kind)
        assert coverage.state is State.NOT_AVAILABLE
        assert " > " in coverage.detail
        assert coverage.rows == 0
    assert any("OAuth 2.0 grants" in each and " > " in each for each in snapshot.not_collected)
    assert any("Accounting preferences" in each for each in snapshot.not_collected)


def test_one_file_is_an_input_too(tmp_path: Path):
    write(tmp_path, {"some tokens.csv": TOKENS})
    source: Source = FileSource("1", tmp_path / "some tokens.csv")
    snapshot = source.collect(TAKEN)
    assert snapshot.origin == "some tokens.csv"
    assert snapshot.covered(Table.ACCESS_TOKENS).origins[0].name == "some tokens.csv"


def test_the_origin_is_no_absolute_path(tmp_path: Path, monkeypatch):
    write(tmp_path / "exports", ALL)
    monkeypatch.chdir(tmp_path / "exports")
    for path in (Path(), tmp_path / "exports", Path("..") / "exports"):
        snapshot = FileSource("1", path).collect(TAKEN)
        assert snapshot.origin == "exports"
        assert str(tmp_path) not in write_snapshot(snapshot).decode()


def test_no_such_path(tmp_path: Path):
    with pytest.raises(SourceError, match=r"There is no file or folder '.*nowhere'") as caught:
        FileSource("1", tmp_path / "nowhere").collect(TAKEN)
    assert caught.value.exit_code == 3
    assert "docs/inputs.md" in caught.value.remedy


@pytest.mark.parametrize("files", [{}, {".hidden": b"", "README.md": b"x"}, {".git/config": TOKENS}])
def test_an_empty_folder(files, tmp_path: Path):
    with pytest.raises(SourceError, match="holds nothing"):
        collect(tmp_path, files)


def test_a_folder_without_anything_readable_names_each_file(tmp_path: Path):
    with pytest.raises(SourceError) as caught:
        collect(tmp_path, {"a.csv": "x,y\n1,2\n", "b.xml": "<role", "c.json": "{}", "d.xml": "<manifest/>"})
    text = str(caught.value)
    for words in (
        "a.csv: Its headings fit no export",
        "b.xml: It is not whole XML",
        "c.json: It is no export (no export)",
        "d.xml: It is no export (manifest)",
    ):
        assert words in text


def test_an_unknown_table_may_have_been_any(tmp_path: Path):
    whole = collect(tmp_path, ALL)
    snapshot = collect(tmp_path, {"Benutzer.csv": "Anwendung;Rolle\nExpensify;Pförtner\n"})
    for kind in FILE_TABLES:
        assert state(whole, kind) is State.COLLECTED
        assert state(snapshot, kind) is State.PARTIAL
        assert "Benutzer.csv: Its headings fit no export" in snapshot.covered(kind).detail


def test_what_is_no_export_is_named_and_harmless(tmp_path: Path):
    others = {
        "README.md": b"# hi",
        ".DS_Store": b"\0\0",
        "deep/.cache/x.csv": TOKENS,
        "~$tokens.xlsx": b"\0",
        "settings.json": b"{}",
        "notes.txt": b"ask Ana\n",
        "manifest.xml": b"<manifest/>",
    }
    snapshot = collect(tmp_path, ALL | others)
    assert state(snapshot, Table.ACCESS_TOKENS) is State.COLLECTED
    assert len(snapshot.tokens) == 1
    told = notes(snapshot)
    for name in (*others, "deep/.cache/"):
        assert name in told or name == "deep/.cache/x.csv"


def test_what_cannot_be_opened_is_a_loss(tmp_path: Path):
    write(tmp_path, ALL)
    (tmp_path / "lost.csv").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "lost.xml").symlink_to(tmp_path / "gone.xml")
    os.mkfifo(tmp_path / "pipe")
    snapshot = FileSource("1", tmp_path).collect(TAKEN)
    assert "lost.csv: It is no file" in snapshot.covered(Table.ACCESS_TOKENS).detail
    assert "pipe: It is no file" in snapshot.covered(Table.ACCESS_TOKENS).detail
    assert "lost.xml" not in problem(snapshot.covered(Table.ACCESS_TOKENS))
    assert "lost.xml: It is no file" in snapshot.covered(Table.ROLES).detail


def test_a_folder_that_cannot_be_listed_is_a_loss(tmp_path: Path, monkeypatch):
    write(tmp_path, ALL | {"closed/t.csv": TOKENS})
    real = os.scandir

    def scandir(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    snapshot = FileSource("1", tmp_path).collect(TAKEN)
    assert state(snapshot, Table.ACCESS_TOKENS) is State.PARTIAL
    assert "closed/: The folder cannot be listed (Permission denied)." in snapshot.covered(Table.USERS).detail


def test_a_path_that_may_not_be_looked_at(tmp_path: Path, monkeypatch):
    def stat(path, **_: object):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", stat)
        with pytest.raises(SourceError, match="cannot be looked at"):
            FileSource("1", tmp_path / "x").collect(TAKEN)


def test_a_file_that_vanishes_between_listing_and_reading(tmp_path: Path, monkeypatch):
    write(tmp_path, ALL)
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "t.csv":
            path.unlink()
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    snapshot = FileSource("1", tmp_path).collect(TAKEN)
    assert state(snapshot, Table.ACCESS_TOKENS) is State.FAILED
    assert "t.csv: It cannot be opened (No such file or directory)." in snapshot.covered(Table.ACCESS_TOKENS).detail
    assert state(snapshot, Table.USERS) is State.PARTIAL


def test_links_to_folders_are_followed_and_loops_end(tmp_path: Path):
    write(tmp_path / "elsewhere", {"t.csv": TOKENS})
    inside = write(tmp_path / "input", {"u.csv": USERS})
    (inside / "mounted").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(inside)
    snapshot = FileSource("1", inside).collect(TAKEN)
    assert len(snapshot.tokens) == 1
    assert snapshot.covered(Table.ACCESS_TOKENS).origins[0].name == "mounted/t.csv"
    assert len(snapshot.covered(Table.USERS).origins) == 1


def test_a_file_name_that_is_no_text_can_be_written_down(tmp_path: Path):
    write(tmp_path, {"t.csv": TOKENS})
    (tmp_path / "t.csv").rename(tmp_path / os.fsdecode(b"t\xff.csv"))
    snapshot = FileSource("1", tmp_path).collect(TAKEN)
    assert snapshot.covered(Table.ACCESS_TOKENS).origins[0].name == "t\\udcff.csv"
    assert write_snapshot(snapshot)


def test_many_broken_files_are_counted_and_the_first_named(tmp_path: Path):
    broken = {f"{number:02d}.xml": b"<role" for number in range(30)}
    snapshot = collect(tmp_path, broken | {"good.xml": role_xml(rows=[("LIST_ACCOUNT", "VIEW")])})
    detail = snapshot.covered(Table.ROLES).detail
    assert detail.startswith("30 of 31 files could not be used")
    assert "00.xml: " in detail
    assert "and 27 more" in detail
    assert sum(bool(origin.problem) for origin in snapshot.covered(Table.ROLES).origins) == 30


def test_a_snapshot_alone_comes_back_as_it_was(tmp_path: Path):
    first = collect(tmp_path / "a", ALL)
    write(tmp_path / "b", {"snapshot.json": write_snapshot(first), "README.md": "x"})
    for path in (tmp_path / "b", tmp_path / "b" / "snapshot.json"):
        assert FileSource("other", path).collect("2030-01-01T00:00:00Z") == first


def test_a_snapshot_among_other_files_is_refused(tmp_path: Path):
    first = collect(tmp_path / "a", ALL)
    with pytest.raises(SourceError, match=r"snapshot\.json is a whole account .* together with t\.csv") as caught:
        collect(tmp_path / "b", {"snapshot.json": write_snapshot(first), "t.csv": TOKENS})
    assert "alone" in caught.value.remedy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-40], "damaged"),
        (lambda data: data.replace(b'"version":1', b'"version":9'), "version 9"),
    ],
)
def test_a_spoilt_snapshot_is_named(change, words, tmp_path: Path):
    data = change(write_snapshot(collect(tmp_path / "a", ALL)))
    with pytest.raises(SourceError, match=words):
        collect(tmp_path / "b", {"snapshot.json": data})
    mixed = collect(tmp_path / "b", {"t.csv": TOKENS})
    assert state(mixed, Table.ACCESS_TOKENS) is State.PARTIAL


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_the_file_system_does_not_matter(order, monkeypatch):
    whole = write_snapshot(FileSource("1", EXAMPLES / "1234567").collect(TAKEN))
    walk = os.walk

    def shuffled(*args, **kwargs):
        for here, folders, files in walk(*args, **kwargs):
            order.shuffle(folders)
            order.shuffle(files)
            yield here, folders, files

    with monkeypatch.context() as patch:
        patch.setattr(folder.os, "walk", shuffled)
        assert write_snapshot(FileSource("1", EXAMPLES / "1234567").collect(TAKEN)) == whole
