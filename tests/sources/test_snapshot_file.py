"""Snapshots on disk: what was written is what is read, and nothing else is believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import SourceError
from auditor.model import Coverage, Level, Note, Origin, Permission, Role, Snapshot, State, Table
from auditor.sources.files import FileSource
from auditor.sources.snapshot_file import read_snapshot, write_snapshot
from tests.sources.given import EXAMPLES, TAKEN

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)))


@given(
    name=TEXT,
    rows=st.lists(st.builds(Permission, TEXT, TEXT, st.sampled_from(Level) | st.none(), TEXT, TEXT, TEXT), max_size=5),
    note=TEXT,
    state=st.sampled_from(State),
)
def test_what_was_written_is_read(name, rows, note, state):
    snapshot = Snapshot(
        account="1234567_SB1",
        taken=TAKEN,
        source="files",
        origin=name,
        roles=(Role(key=name, name=name, permissions_whole=True),),
        permissions=tuple(rows),
        coverage=(Coverage(table=Table.ROLES, state=state, origins=(Origin(name=name, rows=3),)),),
        notes=(Note(Table.ROLES, name, note),),
        not_collected=(note,),
    )
    data = write_snapshot(snapshot)
    assert read_snapshot(data, "x") == snapshot
    assert write_snapshot(read_snapshot(data, "x")) == data
    assert data.endswith(b"\n")
    envelope = json.loads(data)
    assert (envelope["format"], envelope["version"]) == ("netsuite-auditor/snapshot", 1)


GOOD = write_snapshot(Snapshot(account="1", taken=TAKEN, source="files", origin="x"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a snapshot of this program, or is damaged"),
        (b"{}", "lacks the format mark"),
        (b"[]", "not a snapshot of this program"),
        (b"\xff\xfe", "not a snapshot of this program"),
        (GOOD.replace(b"netsuite-auditor/snapshot", b"else"), "lacks the format mark"),
        (GOOD.replace(b'"version":1', b'"version":2'), "is a snapshot of version 2; this program reads version 1"),
        (GOOD[:-5], "damaged"),
        (GOOD.replace(b'"account":"1"', b'"account":1'), "Expected `str`, got `int` - at `$.snapshot.account`"),
        (GOOD.replace(b'"account":"1",', b""), "missing required field `account`"),
    ],
)
def test_anything_else_is_refused(data, words):
    with pytest.raises(SourceError) as caught:
        read_snapshot(data, "old/snapshot.json")
    assert words in caught.value.message
    assert caught.value.message.startswith("old/snapshot.json")
    assert caught.value.remedy


def test_the_same_input_gives_the_same_bytes_in_every_process():
    """Sets are ordered by hashes that change from process to process; nothing of that may show."""
    code = (
        "import sys; from pathlib import Path; from auditor.sources.files import FileSource;"
        "from auditor.sources.snapshot_file import write_snapshot;"
        f"snapshot = FileSource('1', Path({str(EXAMPLES / '1234567')!r})).collect('{TAKEN}');"
        "sys.stdout.buffer.write(write_snapshot(snapshot))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert outputs == {write_snapshot(FileSource("1", EXAMPLES / "1234567").collect(TAKEN))}
