"""What lies in the folder that runs are written to, and under which names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import EvidenceError
from auditor.evidence.seal import MANIFEST, SEAL

CHAIN = "chain"
"""Folder with the manifests and seals of pruned runs."""
LATEST = "latest"
LATEST_TEXT = "latest.txt"
LOCK = ".lock"
HOLDER = ".lock-holder"

PARTIAL = re.compile(r"\.(?P<name>.+)\.(?P<process>[0-9]+)\.partial")


def partial_name(name: str) -> str:
    """The name under which this process makes *name*, before it is renamed into place."""
    return f".{name}.{os.getpid()}.partial"


def run_folders(out: Path) -> Iterator[Path]:
    """Every run folder in *out*, sorted by name. A run without its seal or its manifest is one still."""
    yield from (path for path in _folders(out) if any((path / name).exists() for name in (MANIFEST, SEAL, "run.json")))


def kept_folders(out: Path) -> Iterator[Path]:
    """What is kept of every pruned run, sorted by name."""
    yield from _folders(out / CHAIN)


def _folders(out: Path) -> Iterator[Path]:
    try:
        found = sorted(out.iterdir()) if out.is_dir() else []
    except OSError as error:
        raise EvidenceError(
            f"{out}: cannot be read ({error.strerror}).", "Give this user the right to list the folder of runs."
        ) from error
    for path in found:
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".") and path.name != CHAIN:
            yield path
