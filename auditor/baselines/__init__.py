"""Reads, checks and finds baseline files: what one vendor's integration asks of its NetSuite role."""

from auditor.baselines.folders import baseline_folders, find_baseline, list_baselines, load_baseline, locate_baselines
from auditor.baselines.own import OWN_BASELINE, own_baseline
from auditor.baselines.reader import parse_baseline

__all__ = [
    "OWN_BASELINE",
    "baseline_folders",
    "find_baseline",
    "list_baselines",
    "load_baseline",
    "locate_baselines",
    "own_baseline",
    "parse_baseline",
]
