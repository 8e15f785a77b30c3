"""Run folders made as the command line makes them, without the reports: quick enough to make many."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from auditor.evidence import MANIFEST, SEAL, RunFolder, free_name, holding
from auditor.evidence.chain import last_link
from auditor.evidence.latest import point_latest
from auditor.evidence.manifest import AccountRecord, Circumstances, Replay, manifest_bytes, manifest_of
from auditor.evidence.seal import SIGNATURE, seal_text
from auditor.evidence.signature import SIGNER, Signer
from tests import samples

FIRST = datetime(2026, 11, 1, 2, tzinfo=UTC)
FILES = ("accounts/1/findings.json", "accounts/1/report.pdf", "baselines/b.yaml", "run.json", "summary.pdf")


def night(out: Path, when: datetime = FIRST, *, replay: Replay | None = None, signer: Signer | None = None) -> Path:
    """One run of *out*, begun at *when*; each of its files says which run and which file it is."""
    result = samples.mixed_result()
    with holding(out, "audit"):
        name = free_name(out, when.strftime("%Y%m%dT%H%M%SZ"))
        run = msgspec.structs.replace(samples.run(result), id=name, started=when.strftime("%Y-%m-%dT%H:%M:%SZ"))
        with RunFolder(out, name) as folder:
            for file in FILES:
                folder.write(file, f"{file} of {name}".encode())
            if signer:
                folder.write(SIGNER, signer.pem)
            last = last_link(out)
            manifest = manifest_of(
                run,
                name,
                [AccountRecord.of(result)],
                result.baselines,
                Circumstances(made=run.started, replay=replay),
                last.as_previous if last else None,
                signer.record if signer else None,
            )
            folder.write(MANIFEST, manifest_bytes(manifest))
            place = folder.finish(signer.sign if signer else None)
        point_latest(out)
    return place


def nights(out: Path, count: int, first: datetime = FIRST, signer: Signer | None = None) -> list[Path]:
    return [night(out, first + timedelta(days=number), signer=signer) for number in range(count)]


def reseal(folder: Path) -> None:
    """What somebody does who changes a file and knows how SHA256SUMS is made."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    sums = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in names
        if name not in (SEAL, SIGNATURE)
    }
    (folder / SEAL).write_bytes(seal_text(sums))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below *folder*, links not followed."""
    plain = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in plain}
