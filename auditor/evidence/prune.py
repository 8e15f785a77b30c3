"""Retention: old runs go, and what the chain's proof rests on stays.

Of a pruned run its manifest, seal and signature are kept in ``chain/``, so that the runs before and after it still
link. A run that is not as it was sealed is never removed: what is left of it may be all the evidence there is.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from auditor.errors import EvidenceError, VerificationError
from auditor.evidence.chain import Link, last_audit, last_good, last_link, links
from auditor.evidence.disk import entries, sync, sync_tree, unwritable, write_new
from auditor.evidence.places import CHAIN, partial_name
from auditor.evidence.seal import SEAL, file_digest
from auditor.evidence.verify import kept_names, verify_run
from auditor.model import Retention


class Old(Struct, frozen=True, kw_only=True):
    """A run that retention lets go."""

    place: Path
    size: int
    """Bytes that its removal frees, less what is kept."""


def old_runs(out: Path, retention: Retention, now: datetime) -> tuple[Old, ...]:
    """The runs of *out* that *retention* lets go, oldest first. What is newest never goes."""
    whole = [link for link in links(out) if not link.pruned and link.place.name == link.folder]
    stay = {link.place for link in (last_audit(out), last_good(out), last_link(out)) if link}
    stay |= {link.place for link in whole if retention.recent(link.made, now)}
    stay |= {link.place for link in _last_of_months(whole, retention, now)}
    going = sorted((link for link in whole if link.place not in stay), key=lambda link: link.number)
    return tuple(Old(place=link.place, size=_size(link.place)) for link in going)


def prune_run(out: Path, old: Old) -> None:
    """Keep what the chain needs of the run *old*, then remove it. Killed at any moment, either is there whole.

    Raises:
        VerificationError: the run is not as it was sealed; it stays.
        EvidenceError: what must be kept could not be written, or the run not be removed.
    """
    broken = verify_run(old.place).problems
    if broken:
        raise VerificationError(
            f"{old.place.name}: {broken[0].file or 'the run'} {broken[0].text} The run stays.",
            f"Look at it with: auditor verify {old.place}",
        )
    kept = out / CHAIN / old.place.name
    staging, gone = kept.parent / partial_name(kept.name), out / partial_name(old.place.name)
    try:
        if not kept.exists():
            for name in kept_names(old.place):
                write_new(staging / name, (old.place / name).read_bytes())
            sync_tree(staging)
            staging.rename(kept)
            sync(kept.parent)
            sync(out)
        _same_seal(kept, old.place)
        old.place.rename(gone)
        sync(out)
        shutil.rmtree(gone)
    except OSError as error:
        raise unwritable(Path(error.filename or out), error) from error


def _same_seal(kept: Path, run: Path) -> None:
    if file_digest(kept / SEAL) != file_digest(run / SEAL):
        raise EvidenceError(f"{kept}: is there, and of another run than {run}. The run stays.", "Verify the chain.")


def _last_of_months(whole: Sequence[Link], retention: Retention, now: datetime) -> list[Link]:
    last: dict[tuple[int, int], Link] = {}
    for link in sorted(whole, key=lambda each: each.number):
        if link.replay is None and link.audited and (month := retention.month(link.made, now)):
            last[month] = link
    return list(last.values())


def _size(folder: Path) -> int:
    plain = [folder / name for name, is_plain in entries(folder).items() if is_plain]
    kept = {folder / name for name in kept_names(folder)}
    return sum(path.stat().st_size for path in plain if path not in kept)
