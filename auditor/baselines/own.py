"""The baseline of this program itself: what its own role needs, and nothing more."""

from __future__ import annotations

from functools import cache

from auditor.baselines.folders import load_baseline
from auditor.model import Baseline
from auditor.shipped import shipped_folder

OWN_BASELINE = "netsuite-auditor"


@cache
def own_baseline() -> Baseline:
    """The one that ships with the program, as the catalogue does: it states what the program's own queries need."""
    return load_baseline(shipped_folder("baselines") / f"{OWN_BASELINE}.yaml")
