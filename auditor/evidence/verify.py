"""Is a run, and is a whole chain of them, as it was sealed?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from auditor.errors import EvidenceError
from auditor.evidence.chain import Link, link_at
from auditor.evidence.latest import latest
from auditor.evidence.manifest import Manifest, Signing, read_manifest
from auditor.evidence.places import CHAIN, kept_folders, run_folders
from auditor.evidence.seal import MANIFEST, SEAL, SIGNATURE, Problem, file_digest, read_seal, seal_problems
from auditor.evidence.signature import SIGNER, key_digest, public_key, signed_by

if TYPE_CHECKING:
    from auditor.evidence.signature import PublicKey


class Checked(Struct, frozen=True, kw_only=True):
    """One run that was looked at."""

    folder: str
    number: int
    """Place in the chain; 0 if it cannot be told."""
    run: str
    made: str
    replay_of: str
    pruned: bool
    seal_sha256: str
    signed_by: str
    """SHA-256 of the public key whose signature was found good; empty if unsigned, or if it is not good."""
    signature: str
    """``none``, ``own key`` (good by the key that the run itself holds), ``given key``, or ``bad``."""


class Verification(Struct, frozen=True, kw_only=True):
    """What came of verifying: runs in the order of the chain, and all that is not as it was sealed."""

    format: str = "netsuite-auditor/verification"
    version: int = 1
    path: str
    verdict: str
    """``as sealed`` or ``not as sealed``."""
    head: str
    """Digest of the last run's seal, which stands for every run before it."""
    runs: tuple[Checked, ...]
    problems: tuple[Problem, ...]


def verification(path: Path, checked: Sequence[Checked], problems: Iterable[Problem]) -> Verification:
    """The verdict on *checked*, the last of which is the chain's head."""
    found = tuple(problems)
    return Verification(
        path=str(path),
        verdict="not as sealed" if found else "as sealed",
        head=checked[-1].seal_sha256 if checked else "",
        runs=tuple(checked),
        problems=found,
    )


def no_such_run(folder: Path) -> EvidenceError:
    """Why *folder* is no run folder: retention let the run go, or it was never there."""
    left = folder if folder.parent.name == CHAIN else folder.parent / CHAIN / folder.name
    if (left / MANIFEST).is_file():
        return EvidenceError(
            f"The run {folder.name} is no longer kept: `auditor prune` left its manifest and seal alone, in {left}.",
            "Take a run that is still there, or a copy of this one from elsewhere.",
        )
    return EvidenceError(f"{folder}: there is no such run folder.", "Give a folder that `auditor audit` wrote.")


def verify_run(folder: Path, keys: Sequence[PublicKey] = ()) -> Verification:
    """Hold every file of one run folder against its seal, and its signature against *keys*.

    Raises:
        EvidenceError: there is no such folder.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise no_such_run(folder)
    link = link_at(folder)
    checked, problems = check(folder, link, keys)
    if keys and checked.signature == "none":
        problems = (*problems, unsigned(folder.name))
    return verification(folder, [checked], problems)


def check(folder: Path, link: Link | None, keys: Sequence[PublicKey]) -> tuple[Checked, tuple[Problem, ...]]:
    """One run folder, or what is kept of a pruned one, by itself."""
    pruned = bool(link and link.pruned)
    problems = list(_kept_problems(folder) if pruned else seal_problems(folder))
    manifest, found = _manifest(folder)
    problems += [each for each in found if (each.kind, each.file) not in {(p.kind, p.file) for p in problems}]
    if manifest and manifest.folder != folder.name:
        text = f"bears the name {folder.name}, and was sealed as {manifest.folder}."
        problems.append(Problem(run=folder.name, kind="reordered", file="", text=text))
    signature, signer, wrong = _signature(folder, manifest.signing if manifest else None, keys)
    checked = Checked(
        folder=folder.name,
        number=link.number if link else 0,
        run=link.run if link else "",
        made=link.made.isoformat().replace("+00:00", "Z") if link else "",
        replay_of=link.replay.run if link and link.replay else "",
        pruned=pruned,
        seal_sha256=file_digest(folder / SEAL),
        signed_by=signer,
        signature=signature,
    )
    return checked, (*problems, *wrong)


def unsigned(run: str) -> Problem:
    """No signature, where a key was given to check one with."""
    return Problem(run=run, kind="signature", file=SIGNATURE, text="bears no signature.")


def places(out: Path) -> list[tuple[Path, bool]]:
    """Every run folder of *out*, and after them what is kept of pruned ones (True)."""
    return [*((place, False) for place in run_folders(out)), *((place, True) for place in kept_folders(out))]


def dangling_latest(out: Path, present: Iterable[str]) -> tuple[Problem, ...]:
    """``latest`` names a run that is not there: a hint that the newest one was taken away."""
    name = latest(out)
    if not name or name in set(present):
        return ()
    return (Problem(run=name, kind="missing", file="", text="is what `latest` points at, and is not there."),)


def _kept_problems(folder: Path) -> tuple[Problem, ...]:
    """Of a pruned run only the manifest, the seal and the signature are there, and the seal covers the manifest."""
    return tuple(
        each
        for each in seal_problems(folder)
        if each.kind == "added" or each.file in (SEAL, MANIFEST) or (each.kind == "changed" and each.file == SIGNER)
    )


def _manifest(folder: Path) -> tuple[Manifest | None, tuple[Problem, ...]]:
    try:
        return read_manifest((folder / MANIFEST).read_bytes(), MANIFEST), ()
    except OSError:
        kind, text = "missing", "is not there: the run is no part of a chain."
    except EvidenceError as error:
        kind, text = "changed", error.message
    return None, (Problem(run=folder.name, kind=kind, file=MANIFEST, text=text),)


def _signature(
    folder: Path, signing: Signing | None, keys: Sequence[PublicKey]
) -> tuple[str, str, tuple[Problem, ...]]:
    """How the seal is signed, by which key, and what is wrong with that."""

    def bad(text: str) -> tuple[str, str, tuple[Problem, ...]]:
        return "bad", "", (Problem(run=folder.name, kind="signature", file=SIGNATURE, text=text),)

    there = (folder / SIGNATURE).exists()
    if signing is None:
        return bad("is there, and the manifest tells of no signature.") if there else ("none", "", ())
    if not there:
        return bad("is not there any more; the manifest says that the run was signed.")
    try:
        own = public_key((folder / SIGNER).read_bytes())
        seal, signature = (folder / SEAL).read_bytes(), (folder / SIGNATURE).read_bytes()
    except (OSError, ValueError):
        return bad(f"cannot be checked: {SIGNER} or {SEAL} cannot be read.")
    if key_digest(own) != signing.key_sha256:
        return bad(f"cannot be trusted: {SIGNER} is not the key that the manifest names.")
    for key in keys or (own,):
        if signed_by(key, seal, signature):
            return ("given key" if keys else "own key"), key_digest(key), ()
    whose = "any of the keys given" if keys else f"the key in {SIGNER}"
    return bad(f"was not made over this {SEAL} with {whose}.")


def kept_names(folder: Path) -> tuple[str, ...]:
    """The files of a run that its place in the chain rests on: all that is kept when it is pruned."""
    sums = read_seal(folder)
    signed = (SIGNATURE,) if (folder / SIGNATURE).exists() else ()
    return (MANIFEST, SEAL, *signed, *((SIGNER,) if SIGNER in sums else ()))
