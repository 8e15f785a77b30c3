"""The chain: each run's manifest names the run sealed before it, with the digests of its manifest and of its seal."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from auditor.evidence.manifest import Previous, Replay
from auditor.evidence.places import kept_folders, run_folders
from auditor.evidence.seal import MANIFEST, SEAL

_log = logging.getLogger(__name__)


class Link(Struct, frozen=True, kw_only=True):
    """A run in the chain: whole, or what is kept of a pruned one."""

    place: Path
    pruned: bool
    folder: str
    """The name under which it was sealed; ``place`` may have been renamed since."""
    number: int
    run: str
    made: datetime
    previous: Previous | None
    replay: Replay | None
    audited: int
    """How many accounts it audited."""
    manifest_sha256: str
    seal_sha256: str

    @property
    def as_previous(self) -> Previous:
        """How the next run's manifest names this one."""
        return Previous(
            folder=self.folder,
            number=self.number,
            manifest_sha256=self.manifest_sha256,
            seal_sha256=self.seal_sha256,
        )


class _Head(Struct, frozen=True):
    """What a link needs of a manifest; the rest may be of any version."""

    folder: str
    number: Annotated[int, Meta(ge=1)]
    run: str
    made: Annotated[datetime, Meta(tz=True)]
    previous: Previous | None
    replay: Replay | None
    audited: int


def link_at(place: Path, *, pruned: bool = False) -> Link | None:
    """The link that the run folder *place* is; None if its manifest or seal cannot be read."""
    try:
        manifest, seal = (place / MANIFEST).read_bytes(), (place / SEAL).read_bytes()
        head = msgspec.json.decode(manifest, type=_Head)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Link(
        place=place,
        pruned=pruned,
        folder=head.folder,
        number=head.number,
        run=head.run,
        made=head.made,
        previous=head.previous,
        replay=head.replay,
        audited=head.audited,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        seal_sha256=hashlib.sha256(seal).hexdigest(),
    )


def links(out: Path) -> Iterator[Link]:
    """Every run of the folder that can be read, whole ones first, in no other order."""
    for place in run_folders(out):
        if link := link_at(place):
            yield link
    for place in kept_folders(out):
        if link := link_at(place, pruned=True):
            yield link


def last_link(out: Path) -> Link | None:
    """The run after which the next one is sealed: the one with the highest number."""
    for place in run_folders(out):
        if link_at(place) is None:
            _log.warning("%s has no manifest or seal that can be read: the next run is not linked to it.", place)
    return max(links(out), key=lambda link: (link.number, not link.pruned), default=None)


def audits(out: Path) -> list[Link]:
    """The whole runs that read their accounts themselves, newest first. Replays are passed over."""
    found = (link for link in links(out) if not link.pruned and link.replay is None)
    return sorted(found, key=lambda link: link.number, reverse=True)


def last_audit(out: Path) -> Link | None:
    """The last whole run that read its accounts itself, whatever came of it."""
    return next(iter(audits(out)), None)


def last_good(out: Path) -> Link | None:
    """The last of them that audited at least one account: what ``latest`` points at."""
    return next((link for link in audits(out) if link.audited), None)
