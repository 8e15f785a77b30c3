"""What became of each delivery, kept beside the run folders, where the next look at the job finds it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from auditor.errors import EvidenceError

FILE = "deliveries.jsonl"
NOTIFY = "notify"
UPLOAD = "upload"
BEGUN = "it was begun, and did not end"
"""What stands in the record until it is known: a process that dies on the way leaves it there."""


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt to deliver one run. ``problem`` is empty if it went well."""

    run: str
    """Name of the run folder."""
    at: str
    """UTC, ISO 8601 with seconds."""
    kind: str
    """``notify`` or ``upload``."""
    route: str = ""
    """The name of the route in the configuration; never its address, which may hold a secret."""
    problem: str = ""

    @property
    def what(self) -> str:
        """What an operator calls it."""
        return "the upload" if self.kind == UPLOAD else f"the notification {self.route}"


def keep(out: Path, outcomes: Iterable[Outcome]) -> None:
    """Add *outcomes* to the record in *out*, which lies outside every sealed run folder.

    Raises:
        EvidenceError: the record cannot be written.
    """
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in outcomes)
    try:
        # In one write, so that two processes that add at the same time do not mix their lines.
        handle = os.open(out / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, lines)
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise EvidenceError(
            f"{out / FILE}: cannot be written ({error.strerror}).", "Let this user write there, and make room."
        ) from error


def failed(out: Path, run: str) -> tuple[Outcome, ...]:
    """The deliveries of *run* whose last attempt did not go well, upload first. Unreadable lines count for nothing."""
    last: dict[tuple[str, str], Outcome] = {}
    for outcome in _kept(out):
        if outcome.run == run:
            last[outcome.kind, outcome.route] = outcome
    found = [each for each in last.values() if each.problem]
    return tuple(sorted(found, key=lambda each: (each.kind != UPLOAD, each.route)))


def _kept(out: Path) -> Iterable[Outcome]:
    try:
        lines = (out / FILE).read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Outcome)
        except msgspec.DecodeError:
            continue
