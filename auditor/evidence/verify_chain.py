"""Is every night there, whole, and in the order in which it was sealed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import EvidenceError
from auditor.evidence.chain import Link, link_at
from auditor.evidence.seal import MANIFEST, SEAL, Problem
from auditor.evidence.verify import Checked, Verification, check, dangling_latest, places, unsigned, verification

if TYPE_CHECKING:
    from auditor.evidence.signature import PublicKey


def verify_chain(out: Path, *, noted: str = "", keys: Sequence[PublicKey] = ()) -> Verification:
    """Hold every run of *out* against its seal, and each against the run that was sealed after it.

    Args:
        out: The folder that runs are written to.
        noted: Digest of a seal that somebody noted elsewhere: a run of the chain must bear it.
        keys: Signatures are held against these; the last run must then bear one. A signature stands for the runs
            before it too, so that earlier runs without one are no problem.

    Raises:
        EvidenceError: there is no such folder, or no run in it.
    """
    out = out.resolve()
    if not out.is_dir():
        raise EvidenceError(f"{out}: there is no such folder.", "Give the folder that runs are written to.")
    checks: dict[Path, tuple[Checked, tuple[Problem, ...]]] = {}
    found: dict[int, list[Link]] = defaultdict(list)
    for place, pruned in places(out):
        link = link_at(place, pruned=pruned)
        checks[place] = check(place, link, keys)
        if link:
            found[link.number].append(link)
    if not checks:
        raise EvidenceError(f"{out}: holds no run.", "Give the folder that runs are written to.")
    problems = [problem for _, wrong in checks.values() for problem in wrong]
    order, doubles = _one_for_each_number(found, {place for place, (_, wrong) in checks.items() if not wrong})
    problems += doubles
    chain = [order[number] for number in sorted(order)]
    problems += _missing(chain)
    for link, after in pairwise(chain):
        problems += _linked(link, after)
    ordered = [checks[link.place][0] for link in chain]
    problems += dangling_latest(out, [place.name for place in checks])
    problems += _head(ordered, noted, keys)
    unread = [checked for checked, _ in checks.values() if not checked.number]
    return verification(out, [*unread, *ordered], problems)


def _one_for_each_number(found: dict[int, list[Link]], sound: set[Path]) -> tuple[dict[int, Link], list[Problem]]:
    """The link that each number stands for; whatever else claims a number was added.

    That is the one that the next run names; failing that, one that is as it was sealed. A run that was being pruned
    when the program ended is there whole and as what is kept of it: no problem, if the two are the same.
    """
    order: dict[int, Link] = {}
    problems = []
    for number in sorted(found, reverse=True):
        after = order.get(number + 1)
        named = after.previous.seal_sha256 if after and after.previous else ""

        def rank(link: Link, named: str = named) -> tuple[bool, bool, bool, bool]:
            renamed = link.place.name != link.folder
            return link.seal_sha256 != named, link.place not in sound, renamed, link.pruned

        first, *others = sorted(found[number], key=rank)
        order[number] = first
        for other in others:
            same = (other.folder, other.seal_sha256) == (first.folder, first.seal_sha256)
            if same and other.pruned and other.place.name == first.place.name:
                continue
            text = f"claims place {number} of the chain, which is that of {first.place.name}."
            problems.append(Problem(run=other.place.name, kind="added", file="", text=text))
    return order, problems


def _missing(chain: Sequence[Link]) -> Iterator[Problem]:
    """A gap in the numbers. The run after it names the last of those that are missing."""
    reached = 0
    for link in chain:
        first, last = reached + 1, link.number - 1
        reached = link.number
        if first > last:
            continue
        name = link.previous.folder if link.previous else ""
        which = f"place {last}" if first == last else f"the last of places {first} to {last}, which are all missing,"
        text = f"is not there: {which} of the chain; {link.place.name} was sealed after it."
        yield Problem(run=name, kind="missing", file="", text=text)


def _linked(link: Link, after: Link) -> Iterator[Problem]:
    """Is *link* the run that *after*, the next one that is there, was sealed after?"""
    named = after.previous
    if named is None or named.number != after.number - 1:
        text = f"does not name the run before it, {link.place.name}."
        yield Problem(run=after.place.name, kind="changed", file=MANIFEST, text=text)
        return
    if link.number != named.number:
        return
    since = f"since {after.place.name} was sealed after it"
    for file, was, now in (
        (MANIFEST, named.manifest_sha256, link.manifest_sha256),
        (SEAL, named.seal_sha256, link.seal_sha256),
    ):
        if was != now:
            yield Problem(run=link.place.name, kind="changed", file=file, text=f"was changed {since}.")


def _head(ordered: Sequence[Checked], noted: str, keys: Sequence[PublicKey]) -> Iterator[Problem]:
    """What only somebody outside can know: that the chain still reaches as far as it did."""
    if noted and noted.casefold() not in {checked.seal_sha256 for checked in ordered}:
        text = f"no run bears the seal {noted}: the newest runs were taken away, or replaced."
        yield Problem(run="", kind="head", file="", text=text)
    if keys and ordered and ordered[-1].signature == "none":
        yield unsigned(ordered[-1].folder)
